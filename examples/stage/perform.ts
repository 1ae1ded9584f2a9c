/**
 * Plays a scenario in this process, and settles however that goes: it rejects when the scenario does, when an error or
 * a rejection that nobody handles comes up meanwhile, and when the scenario waits for something that can no longer happen.
 */
import type { PlayOptions, Scenario } from './scenario.ts'

export async function perform(scenario: Scenario, options: PlayOptions): Promise<void> {
  const { promise: broken, reject } = Promise.withResolvers<never>()
  // Node emits this once nothing is left that could wake anybody.
  const stuck = (): void => reject(new Error('it never ends: what it waits for cannot happen any more'))
  process.on('uncaughtException', reject)
  process.on('beforeExit', stuck)
  let over = false
  try {
    await Promise.race([
      // What a broken scenario still has to say would be printed into the next one.
      scenario.play({ ...options, print: (line) => over || options.print(line) }),
      broken,
    ])
  } finally {
    over = true
    process.off('uncaughtException', reject)
    process.off('beforeExit', stuck)
  }
}
