/** The small bound: every scenario with one and two interruptions. `npm run test:explore -- worker` goes further. */
import { expect, test } from 'vitest'
import { report } from './run.ts'
import { scenarios } from './scenarios/index.ts'
import { explore, replay, walk } from './search.ts'
import { bundle } from './source.ts'

const shipped = await bundle()

/** For a machine that is busy with other things: milliseconds. */
const LOADED = 60_000

test.each(scenarios)('$name', { timeout: LOADED }, (scenario) => {
  // With one, all of them; with two, as many as there is time for.
  for (const preemptions of [1, 2]) {
    const { failure, executions } = explore(scenario, shipped, { preemptions, states: 6000 })
    if (failure !== undefined) throw new Error(report(scenario, shipped, failure))
    expect(executions).toBeGreaterThan(0)
  }
})

test('what fails is run again by its schedule, step by step', { timeout: LOADED }, async () => {
  const broken = await bundle([
    {
      file: 'word.ts',
      find: 'if (hasBit(view, mask, next)) return seat.ring(next)',
      replace: 'if (hasBit(view, mask, next)) return',
    },
  ])
  const scenario = scenarios.find(({ name }) => name === 'Lock: 2 block')!
  const { failure } = explore(scenario, broken)
  const again = replay(scenario, broken, failure!.schedule)
  expect(again.failure).toBe(failure!.message)
  expect(again.trace.join('\n')).toContain('falls asleep on seat1.bell')
  expect(walk(scenario, broken, { seed: 1, runs: 1000 }).failure?.message).toMatch(/^forgotten/)
})

test('the same seed draws the same orders', () => {
  const scenario = scenarios.find(({ name }) => name === 'Lock: 3 block')!
  const drawn = [1, 1, 2].map((seed) => walk(scenario, shipped, { seed, runs: 50 }).steps)
  expect(drawn[1]).toBe(drawn[0])
  expect(drawn[2]).not.toBe(drawn[0])
})
