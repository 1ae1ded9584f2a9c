/** What explores the shipped sources, or sources broken by a mutation. */
import type { Scenario } from './machine.ts'
import { type Bounds, explore, type Failure, replay, type Result } from './search.ts'
import type { Instantiate } from './source.ts'

/** The order of the fewest interruptions that breaks `scenario`: the one to read. */
export function simplest(scenario: Scenario, instantiate: Instantiate, found: Failure, bounds: Bounds): Failure {
  for (let preemptions = 0; preemptions < Math.min(4, bounds.preemptions ?? 4); preemptions++) {
    const { failure } = explore(scenario, instantiate, { states: 300_000, milliseconds: 10_000, preemptions })
    if (failure !== undefined) return failure
  }
  return found
}

/** The failing run, step by step, and how to have it again. */
export function report(scenario: Scenario, instantiate: Instantiate, { message, schedule }: Failure): string {
  const { trace } = replay(scenario, instantiate, schedule)
  return [
    `${scenario.name}: ${message}`,
    ...trace.map((line) => `  ${line}`),
    `Again: npm run test:explore -- worker --only '${scenario.name}' --replay '${schedule}'`,
  ].join('\n')
}

export function summary({ states, steps, executions, met, longest, complete, milliseconds }: Result): string {
  const runs = executions + met
  return `${count(runs)} runs, ${count(states)} states, ${count(steps)} steps, up to ${longest} a run; ${complete ? 'all there is' : 'cut off'}; ${(milliseconds / 1000).toFixed(1)} s`
}

export const count = (number: number): string => number.toLocaleString('en-US')
