import { expect, test } from 'vitest'
import lock from '../lock.ts'
import { moment, moments, peak, record } from './record.ts'

const HAS = /^(\w+) worker has it:/
const DONE = /^(\w+) worker is done:/

test('the critical sections never overlap', async () => {
  expect(peak(await record(lock), HAS, DONE)).toBe(1)
})

test('each works for a second, in the order in which they asked', async () => {
  const lines = await record(lock)
  expect(moments(lines, /^(\w+) worker wants/).map(({ at, groups }) => [at, groups[0]])).toEqual([
    [0, 'first'],
    [0, 'second'],
  ])
  expect(moments(lines, HAS).map(({ at, groups }) => [at, groups[0]])).toEqual([
    [0, 'first'],
    [1, 'second'],
  ])
  expect(moments(lines, DONE).map(({ at }) => at)).toEqual([1, 2])
})

test('the lock prints who waits for it while it is held', async () => {
  const lines = await record(lock)
  const states = moments(lines, /(Lock <.*>)$/).map(({ groups }) => groups[0])
  expect(states).toEqual([
    'Lock <locked, waiting: 1>',
    'Lock <locked, waiting: 1>',
    'Lock <locked>',
    'Lock <locked>',
    'Lock <unlocked>',
  ])
  expect(moment(lines, /^nobody/).index).toBe(lines.length - 1)
})
