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
  readonly play: (options: PlayOptions) => Promise<void>
}

export function scenario(
  file: ImportMeta,
  description: string,
  body: (stage: Stage) => Promise<void>,
  options: { ctrlCAfter?: number } = {},
): Scenario {
  const self: Scenario = {
    name: parse(file.filename).name,
    description,
    untilCtrlC: options.ctrlCAfter !== undefined,
    async play({ print, clock = createClock(), ctrlC }) {
      const interrupt = ctrlC ?? new Event({ name: 'Ctrl-C' })
      if (ctrlC === undefined && options.ctrlCAfter !== undefined)
        clock.after(options.ctrlCAfter, () => interrupt.set())
      await body({
        ...clock,
        ctrlC: interrupt,
        print: (...values) => print({ at: clock.now(), text: format(...values) }),
      })
    },
  }
  // Not before the file's last line has been run: the body may use a class that is declared below it.
  if (file.main) setImmediate(() => void runAlone(self))
  return self
}
