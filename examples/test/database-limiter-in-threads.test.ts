import { expect, test, vi } from 'vitest'
import limiter from '../database-limiter-in-threads.ts'
import { moment, moments, record } from './record.ts'

vi.setConfig({ testTimeout: 60_000 })

test('all twenty queries of four threads are made, never more than two at a time', async () => {
  const lines = await record(limiter)
  const starts = moments(lines, /^thread (\d): query (\d)\d starts, inside: (\d)$/)
  expect(starts).toHaveLength(20)
  for (const { groups } of starts) {
    expect(groups[1]).toBe(groups[0])
    expect(['1', '2']).toContain(groups[2])
  }
  expect(new Set(starts.map(({ groups }) => groups[0]))).toEqual(new Set(['1', '2', '3', '4']))
  expect(moment(lines, /^at most 2 were in at a time: Semaphore "database" <value: 2>$/).index).toBe(lines.length - 1)
})
