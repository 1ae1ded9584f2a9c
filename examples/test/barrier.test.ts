import { expect, test } from 'vitest'
import barrier from '../barrier.ts'
import { moments, record } from './record.ts'

test.for([1, 2])('round %d: nobody goes on before all have arrived, and then all do, at once', async (round) => {
  const lines = await record(barrier)
  const arrivals = moments(lines, new RegExp(`^round ${round}: (\\w+) arrives`))
  const departures = moments(lines, new RegExp(`^round ${round}: (\\w+) goes on`))
  expect(arrivals).toHaveLength(3)
  expect(new Set(departures.map(({ groups }) => groups[0]))).toEqual(new Set(['Ann', 'Bob', 'Cid']))
  expect(departures).toHaveLength(3)
  for (const { at, index } of departures) {
    expect(index).toBeGreaterThan(arrivals[2]!.index)
    expect(at).toBe(arrivals[2]!.at)
  }
})

test('they arrive second by second, the second time the other way round, and find those who wait already', async () => {
  const lines = await record(barrier)
  const arrivals = moments(lines, /^round (\d): (\w+) arrives, Barrier <filling, (\d)\/3>/)
  expect(arrivals.map(({ at, groups }) => [at, groups[0], groups[1], groups[2]])).toEqual([
    [1, '1', 'Ann', '0'],
    [2, '1', 'Bob', '1'],
    [3, '1', 'Cid', '2'],
    [4, '2', 'Cid', '0'],
    [5, '2', 'Bob', '1'],
    [6, '2', 'Ann', '2'],
  ])
})

test('in each round exactly one is told that it was the first, and it was', async () => {
  const lines = await record(barrier)
  expect(moments(lines, /^round (\d): (\w+) .* first to come$/).map(({ groups }) => groups)).toEqual([
    ['1', 'Ann'],
    ['2', 'Cid'],
  ])
})
