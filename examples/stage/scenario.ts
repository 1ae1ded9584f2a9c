/**
 * What a scenario is: a name, a line that says what it shows, and a play for a stage.
 *
 *     export default scenario(import.meta, 'What it shows.', async ({ print, sleep }) => { ... })
 *
 * A file that says so can be run alone, is played by the tour once scenarios.ts lists it, and by its test on a clock of
 * the test's own.
 */
import { parse } from 'node:path'
import { format } from 'node:util'
import { Event } from '@interlock/core'
import { runAlone } from './alone.ts'
import { createClock } from './clock.ts'
import type { Clock } from './clock.ts'

/** What a scenario is given to play with. */
export interface Stage extends Clock {
  /** console.log, with the scenario's time in front. */
  readonly print: (...values: unknown[]) => void
  /** Set once somebody presses Ctrl-C. */
  readonly ctrlC: Event
}

/** A line that a scenario printed, and its time at that moment, in seconds. */
export interface Line {
  readonly at: number
  readonly text: string
}

export interface PlayOptions {
  print: (line: Line) => void
  clock?: Clock
  /** Without one nobody is there to press it, and a scenario that goes on until Ctrl-C is stopped at its own time. */
  ctrlC?: Event
}

export interface Scenario {
  /** That of its file. */
  readonly name: string
  readonly description: string
  /** It goes on until Ctrl-C, when somebody is there to press it. */
  readonly untilCtrlC: boolean
  /** It needs a clock of at least this pace: 1 where it waits for the host's own timers, which no clock can hurry. */
  readonly leastPace: number
  /** Threads take part: in which order they print, each run has to say for itself. */
  readonly threads: boolean
  readonly play: (options: PlayOptions) => Promise<void>
}

export interface ScenarioOptions {
  /** It goes on until Ctrl-C, and until that many seconds when nobody is there to press it. */
  ctrlCAfter?: number
  /** It waits for timers of the host, for ms(seconds). Its times are then printed to a tenth. */
  hostTimers?: boolean
  /** Threads take part. */
  threads?: boolean
}

export function scenario(
  file: ImportMeta,
  description: string,
  body: (stage: Stage) => Promise<void>,
  options: ScenarioOptions = {},
): Scenario {
  const self: Scenario = {
    name: parse(file.filename).name,
    description,
    untilCtrlC: options.ctrlCAfter !== undefined,
    leastPace: options.hostTimers === true ? 1 : 0,
    threads: options.threads === true,
    async play({ print, clock = createClock(), ctrlC }) {
      const interrupt = ctrlC ?? new Event({ name: 'Ctrl-C' })
      if (ctrlC === undefined && options.ctrlCAfter !== undefined)
        clock.after(options.ctrlCAfter, () => interrupt.set())
      // What a host's timer sets off does not see the timer's own time but the host's, which is never before it and a
      // little after: so it is cut to tenths. (A millionth, because 2.3 * 10 is a little less than 23.)
      const at = options.hostTimers === true ? () => Math.floor(clock.now() * 10 + 1e-6) / 10 : clock.now
      await body({
        ...clock,
        ctrlC: interrupt,
        print: (...values) => print({ at: at(), text: format(...values) }),
      })
    },
  }
  // Not before the file's last line has been run: the body may use a class that is declared below it.
  if (file.main) setImmediate(() => void runAlone(self))
  return self
}
