/** The small bound: every scenario with up to two interruptions. `npm run test:explore -- worker` goes further. */
import { expect, test } from 'vitest'
import { report } from './run.ts'
import { scenarios } from './scenarios/index.ts'
import { explore, replay, walk } from './search.ts'
import { bundle } from './source.ts'

const shipped = await bundle()

test.each(scenarios)('$name', (scenario) => {
  const { failure, executions } = explore(scenario, shipped, { preemptions: 2, states: 12_000 })
  if (failure !== undefined) throw new Error(report(scenario, shipped, failure))
  expect(executions).toBeGreaterThan(0)
})

test('what fails is run again by its schedule, step by step', async () => {
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
