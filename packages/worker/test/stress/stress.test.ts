/** A few seconds of it. `npm run test:stress` makes a million operations and more. */
import { expect, test } from 'vitest'
import { KINDS, MODES } from './ledger.ts'
import { stress } from './stress.ts'

test('real threads use all primitives at once, and some of them die', { timeout: 120_000 }, async () => {
  const seed = Date.now() % 1_000_000_000
  const { operations, table } = await stress({ seed, operations: 5000, seconds: 5, workers: 3 })
  expect(operations).toBeGreaterThan(0)
  expect(table).toHaveLength(KINDS.length * MODES.length)
})
