import { expect, test } from 'vitest'
import { explored } from '../mutations.ts'
import { scenarios } from './scenarios/index.ts'
import { explore } from './search.ts'
import { bundle } from './source.ts'

test.each(explored)('the exploration of $by finds: $name', { timeout: 60_000 }, async (mutation) => {
  const scenario = scenarios.find(({ name }) => name === mutation.by)
  expect(scenario, 'the scenario that the mutation names').toBeDefined()
  const { failure } = explore(scenario!, await bundle([mutation]), {
    preemptions: mutation.preemptions ?? 3,
    states: mutation.states ?? 400_000,
  })
  expect(failure?.message).toBeTypeOf('string')
})
