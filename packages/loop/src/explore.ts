/**
 * explore: runs a program in every order in which its tasks can be stepped, and hands back the one that breaks it.
 *
 * A program is run from its beginning for each order (no state is kept of it), on a loop that asks at each step who goes next (steered-loop.ts).
 * The orders are walked depth first (depth-first.ts). One that fails becomes a schedule as short as can be found (shortest.ts), and a trace
 * of who did what in it (trace.ts).
 */
import { callable, isOp, misnumbered, mistyped, optionsObject, shown, whole } from './argument.ts'
import { DepthFirst, REDUNDANT } from './depth-first.ts'
import { DeadlockError, ExplorationError, InvalidStateError } from './errors.ts'
import type { Op } from './op.ts'
import { Progress } from './progress.ts'
import { seeded } from './random.ts'
import { running } from './running.ts'
import { isSchedule, type Schedule, toDeviations } from './schedule.ts'
import { kindOf, shortest } from './shortest.ts'
import { SteeredLoop, type Steering } from './steered-loop.ts'
import { Tracer } from './trace.ts'

/** Orders that are run unless told otherwise. */
const RUNS = 1_000_000

export interface ExploreOptions {
  /** At most so many runs; a million unless told. A whole number from 1, or Infinity. */
  runs?: number | undefined
  /**
   * A preemption is stepping another task while the last one stepped could go on. A run may have so many; no bound unless told. Most defects
   * need one or two, and with so few there are far fewer orders. A whole number from 0, or Infinity.
   */
  preemptions?: number | undefined
  /** The order in which choices are tried: where a defect is likely to be late, another seed may find it sooner. The set is the same. */
  seed?: number | undefined
  /**
   * True promises that the program's tasks share nothing but what is made in it of this package's: primitives, Futures, tasks, and Shared
   * variables. Then steps that touch different ones may be taken in either order, and only one of the two is run; there may be
   * thousands of times fewer. Of a plain variable that tasks share explore() knows nothing: with one, it may miss what it is there to find.
   */
  declared?: boolean | undefined
}

/**
 * Runs `program` once for every order in which its ready tasks can be stepped, and timers due at the same instant can ring; or throws at the
 * first run that throws, fails an assertion or deadlocks.
 *
 * Use it in tests of concurrent code: three tasks with a few steps each have some thousands of orders, which take less than a second.
 * Write the program as an Op that starts tasks, waits for them, and throws if what they came to is wrong. Every `yield` is a place
 * where another task may go on; code between two of them is not interrupted. What goes wrong in a task that nobody waits for counts, too.
 *
 * All state must be made inside `program`, anew for each run, and nothing may depend on chance or on the time on the wall.
 *
 * `complete`: every order within the bounds has been run, or is equivalent to one that has. It is false when `runs` came first, or when a task
 * had to be made to wait because it took a hundred steps in a row while others were ready, as a loop around a bare `yield` does.
 *
 * @throws ExplorationError with the schedule, which replay() runs again, the trace, and for its `cause` what the run ended with. TypeError and
 *   RangeError for wrong arguments; InvalidStateError inside a loop that is running, or when the program does something else when it
 *   is run again.
 *
 * @example
 * ```ts
 * import { explore, type ExplorationError, gather, replay } from '@interlock/loop'
 *
 * function* program() {
 *   let counter = 0
 *   function* increment() {
 *     const seen = counter
 *     yield // as any wait between reading and writing
 *     counter = seen + 1
 *   }
 *   yield* gather(increment(), increment())
 *   if (counter !== 2) throw new Error(`lost update: ${counter}`)
 * }
 *
 * let schedule = ''
 * try {
 *   explore(program)
 * } catch (error) {
 *   String((error as ExplorationError).cause) // => 'Error: lost update: 1'
 *   schedule = (error as ExplorationError).schedule
 * }
 * let again: unknown
 * try {
 *   replay(program, schedule)
 * } catch (error) {
 *   again = error
 * }
 * String(again) // => 'Error: lost update: 1'
 * ```
 */
export function explore(program: () => Op<void>, options?: ExploreOptions): { runs: number; complete: boolean } {
  callable('program', program)
  const { runs: most = RUNS, preemptions = Infinity, seed, declared = false } = optionsObject(options) ?? {}
  whole('runs', most, 1, true)
  whole('preemptions', preemptions, 0, true)
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw misnumbered('seed', 'a whole number', seed)
  if (typeof declared !== 'boolean') throw mistyped('declared', 'a boolean', declared)
  mustBeOutside('explore()')

  const search = new DepthFirst({ preemptions, declared, random: seed === undefined ? undefined : seeded(seed) })
  const progress = new Progress()
  let runs = 0
  let unfair = false
  try {
    for (;;) {
      const outcome = play(program, search)
      if (outcome.error !== REDUNDANT) runs++
      unfair ||= outcome.unfair
      if (outcome.failed && outcome.error !== REDUNDANT) {
        if (outcome.error instanceof InvalidStateError && search.astray) throw outcome.error
        progress.end()
        throw explorationError(program, search.schedule, outcome.error, runs)
      }
      if (!search.next()) return { runs, complete: !unfair }
      if (runs >= most) return { runs, complete: false }
      progress.tell(runs, search.progress)
    }
  } finally {
    progress.end()
  }
}

/**
 * Runs `program` in the order that `schedule` says, which an ExplorationError brought. Throws what that run throws.
 *
 * Where the program has changed since, and a choice is not there any more, it goes on as if the schedule did not speak of it: so a schedule
 * that once failed can stay as a test of what has been put right.
 *
 * @throws TypeError and RangeError for wrong arguments; InvalidStateError inside a loop that is running.
 */
export function replay(program: () => Op<void>, schedule: string): void {
  callable('program', program)
  if (typeof schedule !== 'string') throw mistyped('schedule', 'a string', schedule)
  if (!isSchedule(schedule))
    throw new RangeError(`schedule must be as an ExplorationError has it, such as '3:1,7:2', got ${shown(schedule)}`)
  mustBeOutside('replay()')
  const { failed, error } = play(program, new Tracer(toDeviations(schedule)))
  if (failed) throw error
}

interface Outcome {
  readonly failed: boolean
  readonly error: unknown
  readonly unfair: boolean
}

/** A run of the program. */
function play(program: () => Op<void>, steering: Steering): Outcome {
  const errors: unknown[] = []
  const loop = new SteeredLoop(steering, (error) => errors.push(error))
  try {
    loop.play(() => {
      const op = program()
      if (isOp(op)) return op
      throw mistyped('program', 'a function that answers an Op, such as a generator function', program)
    })
  } catch (error) {
    // Who threw is why the others wait.
    errors.push(error instanceof DeadlockError && error.cause !== undefined ? error.cause : error)
  }
  for (const future of loop.unread) errors.push(future.error())
  return { failed: errors.length > 0, error: errors[0], unfair: loop.unfair }
}

function explorationError(program: () => Op<void>, found: Schedule, error: unknown, runs: number): ExplorationError {
  const run = (steering: Steering): { error: unknown } | undefined => {
    const outcome = play(program, steering)
    return outcome.failed ? outcome : undefined
  }
  const schedule = shortest(run, found, kindOf(error))
  const tracer = new Tracer(toDeviations(schedule))
  const cause = run(tracer)?.error ?? error
  const text = `Run ${runs} failed: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : shown(cause)}
replay(program, ${JSON.stringify(schedule)}) runs it again. Who did what (! instead of the task before, which could have gone on):
${tracer}`
  return new ExplorationError(text, { cause, schedule, trace: String(tracer) })
}

function mustBeOutside(who: string): void {
  if (running.loop !== undefined) throw new InvalidStateError(`${who} inside a loop that is running`)
}
