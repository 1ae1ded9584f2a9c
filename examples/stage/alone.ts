/** Runs the scenario whose file is the program: `node examples/lock.ts`, with Ctrl-C where a scenario asks for it. */
import { parseArgs } from 'node:util'
import { Event } from '@interlock/core'
import { createClock, paceOf } from './clock.ts'
import { perform } from './perform.ts'
import type { PlayOptions, Scenario } from './scenario.ts'
import { endWithReader, showError, showHeading, showLine, showNote } from './terminal.ts'

export async function runAlone(scenario: Scenario): Promise<void> {
  endWithReader()
  let pace: number
  try {
    pace = paceOf(parseArgs({ options: { pace: { type: 'string' } } }).values.pace)
  } catch (error) {
    showError(error instanceof Error ? error.message : String(error))
    process.exitCode = 2
    return
  }

  const options: PlayOptions = { print: showLine, clock: createClock(Math.max(pace, scenario.leastPace)) }
  showHeading(scenario.name, scenario.description)
  if (scenario.untilCtrlC) {
    const ctrlC = new Event({ name: 'Ctrl-C' })
    // Once: a second Ctrl-C ends the process, as it does everywhere.
    process.once('SIGINT', () => ctrlC.set())
    options.ctrlC = ctrlC
    showNote('Ctrl-C stops it.\n')
  }
  try {
    await perform(scenario, options)
  } catch (error) {
    showError(`${scenario.name} failed: ${error instanceof Error ? error.stack : String(error)}`)
    process.exitCode = 1
  }
}
