import { expect, test } from 'vitest'
import slowApi from '../slow-api.ts'
import { moment, moments, record } from './record.ts'

test('all requests come in at once and are calculated one at a time, in order', async () => {
  const lines = await record(slowApi)
  expect(moments(lines, /^request (\d): came in/).map(({ at, groups }) => [at, groups[0]])).toEqual([
    [0, '1'],
    [0, '2'],
    [0, '3'],
  ])
  // Each takes two seconds, so two at a time would start less than two apart.
  expect(moments(lines, /^request (\d): calculating/).map(({ at, groups }) => [at, groups[0]])).toEqual([
    [0, '1'],
    [2, '2'],
    [4, '3'],
  ])
  expect(lines.filter(({ text }) => text.includes('calculates already'))).toEqual([])
})

test('a calculation that fails gives the lock back', async () => {
  const lines = await record(slowApi)
  const outcomes = moments(lines, /^request (\d): (200|500)/).map(({ at, groups }) => [at, groups[0], groups[1]])
  expect(outcomes).toEqual([
    [2, '1', '200'],
    [4, '2', '500'],
    [6, '3', '200'],
  ])
  expect(moment(lines, /<unlocked>/).index).toBe(lines.length - 1)
})
