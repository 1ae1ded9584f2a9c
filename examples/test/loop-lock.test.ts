import { expect, test } from 'vitest'
import loopLock from '../loop-lock.ts'
import { moment, moments, peak, record } from './record.ts'

const HAS = /^second \d+: (\w+) worker has it:/
const DONE = /^second \d+: (\w+) worker is done:/

test('the critical sections never overlap, and last a second of the loop’s each', async () => {
  const lines = await record(loopLock)
  expect(peak(lines, HAS, DONE)).toBe(1)
  expect(moments(lines, /^second (\d+): (\w+) worker has it: (.*)$/).map(({ groups }) => groups)).toEqual([
    ['0', 'first', 'Lock <locked>'],
    ['1', 'second', 'Lock <locked>'],
  ])
  expect(moment(lines, /^second (\d+): nobody has it: (.*)$/).groups).toEqual(['2', 'Lock <unlocked>'])
})

test('three tasks wait for the event, and go on together, in their order', async () => {
  const lines = await record(loopLock)
  const waits = moments(lines, /^second 2: task (\d): waits/)
  expect(waits.map(({ groups }) => groups[0])).toEqual(['1', '2', '3'])
  const set = moment(lines, /^second 4: fetched, Event "APIs fetched" <unset, waiting: 3>$/)
  const on = moments(lines, /^second 4: task (\d): goes on$/)
  expect(on.map(({ groups }) => groups[0])).toEqual(['1', '2', '3'])
  expect(on[0]!.index).toBe(set.index + 1)
  expect(moments(lines, /^second 5: task (\d): done$/)).toHaveLength(3)
})

test('the lost update is found, with who did what; with a lock there is none', async () => {
  const lines = await record(loopLock)
  moment(lines, /^without a lock: Error: three deposits of 10 came to 20$/)
  const trace = lines.map(({ text }) => text).filter((text) => /^ *\d+ {2}/.test(text))
  expect(trace.length).toBeGreaterThan(5)
  expect(trace.join('\n')).toContain('!')
  const [all, runs] = moment(lines, /^with a lock: right in (\w+) of (\d+) orders$/).groups
  expect([all, Number(runs) > 10]).toEqual(['all', true])
})

test('the time on the left stands still: the loop has one of its own', async () => {
  expect(new Set((await record(loopLock)).map(({ at }) => at))).toEqual(new Set([0]))
})
