import { expect, test } from 'vitest'
import databaseLimiter from '../database-limiter.ts'
import { moment, moments, peak, record } from './record.ts'

test('exactly two queries start in each second, until all hundred have, in the order in which they came', async () => {
  const lines = await record(databaseLimiter)
  const starts = moments(lines, /^start: (.*)$/).flatMap(({ at, groups }) =>
    groups[0]!.split(', ').map((id) => ({ second: Math.floor(at), id: Number(id) })),
  )
  expect(starts.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
  const bySecond = Map.groupBy(starts, ({ second }) => second)
  expect([...bySecond.keys()]).toEqual(Array.from({ length: 50 }, (_, second) => second))
  for (const inSecond of bySecond.values()) expect(inSecond).toHaveLength(2)
})

test('of eight tasks never more than two are in, and all come in, in order', async () => {
  const lines = await record(databaseLimiter)
  expect(peak(lines, /^task \w: starts/, /^task \w: ends/)).toBe(2)
  expect(moments(lines, /^task (\w): starts/).map(({ groups }) => groups[0])).toEqual([
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
  ])
})

test('whoever ends lets the next one in, in the same moment', async () => {
  const lines = await record(databaseLimiter)
  const starts = moments(lines, /^task \w: starts/).map(({ at }) => at)
  const ends = moments(lines, /^task \w: ends/).map(({ at }) => at)
  expect(starts.slice(2)).toEqual(ends.slice(0, 6))
  expect(moment(lines, /^all done: Semaphore <value: 2>$/).at).toBe(ends.at(-1))
})
