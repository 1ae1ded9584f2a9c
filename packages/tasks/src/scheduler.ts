/**
 * Scheduler: the same job again and again, in step with the clock.
 *
 * States: stopped | started; and the runs in progress, which outlive stop(), and which it waits for.
 * Fairness: starts are reckoned from the first one, never from the one before: lateness does not add up. Starts that fell into a time in
 *   which the whole program stood still are left out, not made up for, except in a queue.
 * Cancellation: stop() cancels nothing. Who is cancelled while he waits for stop() leaves the runs alone.
 */
import { callable, misnumbered, mistyped, optionsObject, shown } from '@interlock/core/internal'
import { Context, copyContext } from '@interlock/contextvar'
import { asyncDisposable, printed } from './brand.ts'
import { park } from './park.ts'
import { currentTask, type Job, Task } from './task.ts'
import { after } from './timer.ts'

export interface SchedulerOptions {
  /**
   * What becomes of a start while a run is in progress: it starts beside it (`true`, the default), waits until that has ended
   * (`'queue'`: every start happens, also those that fell into a time in which the whole program stood still), or is left out (`'skip'`).
   */
  overlap?: true | 'queue' | 'skip' | undefined
  /** Hears of the error of a run. Without it, an error is an unhandled rejection. The schedule goes on either way. */
  onError?: ((error: unknown) => void) | undefined
}

const OVERLAPS: ReadonlySet<unknown> = new Set([true, 'queue', 'skip'])

/**
 * Runs `job` every `period` milliseconds, first at once, each run in a task of its own.
 *
 * For what has to happen regularly: a poll, a report, a clean-up. `setInterval` slips, cannot wait for what it started, and loses errors.
 * For a pause *between* runs use a loop with sleep().
 *
 * Semantics: none of asyncio's; what its users write by hand. O(1) a start.
 *
 * @param period Milliseconds from one start to the next, more than 0.
 * @param job Its value is ignored; its error goes to `onError`.
 * @param options What becomes of starts that overlap, and who hears of errors.
 * @throws RangeError or TypeError for wrong arguments.
 *
 * @example
 * ```ts
 * import { Event } from '@interlock/core'
 * import { Scheduler } from '@interlock/tasks'
 *
 * let runs = 0
 * const thrice = new Event()
 * const scheduler = new Scheduler(2, async () => {
 *   if (++runs === 3) thrice.set()
 * })
 * scheduler.start()
 * scheduler.started // => true
 * await thrice.wait()
 * await scheduler.stop()
 * scheduler.running // => 0
 * ```
 */
export class Scheduler implements AsyncDisposable {
  readonly #period: number
  readonly #job: Job<unknown>
  readonly #overlap: true | 'queue' | 'skip'
  readonly #onError: ((error: unknown) => void) | undefined
  /** A copy of what start() was called in. Runs copy it: a timer's own Context is the host's affair. */
  #context = new Context()
  readonly #runs = new Set<Task<unknown>>()
  /** Runs that wait in stop() themselves. */
  readonly #stopping = new Set<Task<unknown>>()
  /** What each stop() that waits does when a run has ended, or waits in stop(). */
  readonly #stops = new Set<() => void>()
  /** Starts that wait for a run to end. */
  #queued = 0
  /** Ends the schedule; undefined while there is none. */
  #cancelNext: (() => void) | undefined
  /** `await using`: stops the schedule at the end of the block, and waits for the runs in progress. */
  declare [Symbol.asyncDispose]: () => Promise<void>

  static {
    printed(this)
    asyncDisposable(this, (scheduler) => scheduler.stop())
  }

  constructor(period: number, job: Job<unknown>, options?: SchedulerOptions) {
    if (typeof period !== 'number' || !(period > 0 && period < Infinity)) {
      throw misnumbered('period', 'milliseconds, more than 0 and finite', period)
    }
    callable('job', job)
    const { overlap = true, onError } = optionsObject(options) ?? {}
    if (!OVERLAPS.has(overlap)) throw wrongOverlap(overlap)
    if (onError !== undefined) callable('onError', onError)
    this.#period = period
    this.#job = job
    this.#overlap = overlap
    this.#onError = onError
  }

  /** How many runs are in progress. */
  get running(): number {
    return this.#runs.size
  }

  /** True from start() to stop(). */
  get started(): boolean {
    return this.#cancelNext !== undefined
  }

  /** Starts the schedule, and the first run, at once. Nothing happens if it is started already. */
  start(): this {
    if (this.started) return this
    this.#context = copyContext()
    this.#schedule(performance.now(), 0)
    return this
  }

  /**
   * Ends the schedule: no new runs, queued ones included. Resolves when every run in progress has ended, at once if there is none; called
   * by a run itself, when all others have; a run must not wait for another task that calls it. May be called twice, and start() after it.
   */
  async stop(): Promise<void> {
    this.#cancelNext?.()
    this.#cancelNext = undefined
    this.#queued = 0
    const runs = [...this.#runs]
    const caller = runs.find((run) => run === currentTask())
    if (caller !== undefined) this.#stopping.add(caller)
    // A run does not wait for those that do the same: they would wait for it.
    const isOver = (): boolean => runs.every((run) => run.done || (caller !== undefined && this.#stopping.has(run)))
    for (const look of this.#stops) look()
    try {
      if (isOver()) return
      await park<void>(undefined, (done) => {
        const look = (): void => {
          if (isOver()) done()
        }
        this.#stops.add(look)
        return () => void this.#stops.delete(look)
      })
    } finally {
      if (caller !== undefined) this.#stopping.delete(caller)
    }
  }

  get [Symbol.toStringTag](): string {
    return 'Scheduler'
  }

  toString(): string {
    return `Scheduler <${this.started ? 'started' : 'stopped'}, running: ${this.running}>`
  }

  /** Start number `index`, of those reckoned from `first`, is due. */
  #schedule(first: number, index: number): void {
    const elapsed = Math.floor((performance.now() - first) / this.#period)
    // Those that fell into a time in which the program stood still: in a queue they wait as others do.
    if (this.#overlap === 'queue') this.#queued += Math.max(0, elapsed - index)
    const next = Math.max(index, elapsed) + 1
    this.#cancelNext = after(first + next * this.#period - performance.now(), () => this.#schedule(first, next))
    if (this.#overlap === true || this.running === 0) this.#run()
    else if (this.#overlap === 'queue') this.#queued++
  }

  #run(): void {
    const run = Task.create()
    // In progress before its job begins: the job may ask, or stop the schedule.
    this.#runs.add(run)
    run.follow(() => this.#ended(run))
    run.start(this.#job, this.#context.copy(), undefined)
  }

  #ended(run: Task<unknown>): void {
    this.#runs.delete(run)
    for (const look of this.#stops) look()
    if (run.failed && this.#onError !== undefined) {
      run.retrieve()
      try {
        this.#onError(run.error())
      } catch (error) {
        // As much a bug as an unhandled error of the job, and no reason for the schedule to end.
        void Promise.reject(error)
      }
    }
    if (this.#queued > 0) {
      this.#queued--
      this.#run()
    }
  }
}

function wrongOverlap(overlap: unknown): Error {
  const range = "true, 'queue' or 'skip'"
  return typeof overlap === 'string'
    ? new RangeError(`overlap must be ${range}, got ${shown(overlap)}`)
    : mistyped('overlap', range, overlap)
}
