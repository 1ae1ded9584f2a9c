import { expect, test, vi } from 'vitest'
import queue from '../queue-in-threads.ts'
import { moment, moments, record } from './record.ts'

vi.setConfig({ testTimeout: 60_000 })

test('each task is put once and done once, the queue holds two at most, and all go home', async () => {
  const lines = await record(queue)
  const numbers = Array.from({ length: 9 }, (_, index) => String(index + 1))
  const put = moments(lines, /^boss: has put task (\d), Queue "tasks" <size: ([012])(?:, .*)?, maxsize: 2>$/)
  expect(put.map(({ groups }) => groups[0])).toEqual(numbers)
  const starts = moments(lines, /^(\w+): starts task (\d)$/)
  const ends = moments(lines, /^(\w+): ends task (\d)$/)
  expect(new Set(starts.map(({ groups }) => groups[1]))).toEqual(new Set(numbers))
  expect(starts).toHaveLength(9)
  // Whoever has begun a task ends it, before it begins another.
  for (const name of ['Ann', 'Bob', 'Cid']) {
    const begun = starts.filter(({ groups }) => groups[0] === name)
    const ended = ends.filter(({ groups }) => groups[0] === name)
    expect(ended.map(({ groups }) => groups[1])).toEqual(begun.map(({ groups }) => groups[1]))
    for (const [at, { index }] of ended.entries()) {
      expect(index).toBeGreaterThan(begun[at]!.index)
      expect(index).toBeLessThan(begun[at + 1]?.index ?? Infinity)
    }
  }
  expect(ends).toHaveLength(9)
  const home = moments(lines, /^(\w+): goes home$/).map(({ groups }) => groups[0])
  expect(home).toHaveLength(3)
  expect(new Set(home)).toEqual(new Set(['Ann', 'Bob', 'Cid']))
  moment(lines, /^boss: all is done$/)
  expect(lines.at(-1)?.text).toBe('the threads have ended: Queue "tasks" <size: 0, maxsize: 2, shut down>')
})
