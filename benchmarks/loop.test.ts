// Each work of the rows of the loop does as much as it says.
import { expect, it } from 'vitest'
import { GENERATOR, PLAIN, runWorks, stepWorks } from './loop-work.ts'

it.each(stepWorks)('takes as many steps as are timed: $name', async ({ run }) => {
  expect([await run(100), await run(2000)]).toEqual([100, 2000])
})

it.each(runWorks)('runs the program as often as is timed: $name', async ({ run }) => {
  expect([await run(1), await run(300)]).toEqual([1, 300])
})

it('has a floor for each row, and ours beside it', () => {
  expect(stepWorks.map(({ name }) => name)).toEqual(expect.arrayContaining([GENERATOR, '@interlock/loop']))
  expect(runWorks.map(({ name }) => name)).toEqual(expect.arrayContaining([PLAIN, '@interlock/loop']))
})
