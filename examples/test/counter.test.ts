import { expect, test, vi } from 'vitest'
import counter from '../counter.ts'
import { moment, record } from './record.ts'

vi.setConfig({ testTimeout: 60_000 })

test('without a lock increments are lost, with it none is', async () => {
  const lines = await record(counter)
  const [sum, of, lost] = moment(lines, /^without a lock: (\d+) of (\d+), (\d+) increments are lost$/).groups.map(
    Number,
  )
  expect(of).toBe(20_000)
  expect(sum).toBeLessThan(20_000)
  expect(sum! + lost!).toBe(20_000)
  expect(moment(lines, /^with the lock: {2}20000 of 20000, and Lock "counter" <unlocked>$/).index).toBe(1)
})
