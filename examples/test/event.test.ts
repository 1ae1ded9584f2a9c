import { expect, test } from 'vitest'
import event from '../event.ts'
import { moment, moments, record } from './record.ts'

test('the waiter goes on when the setter sets, a second later, and not before', async () => {
  const lines = await record(event)
  const waits = moment(lines, /^waiter: waits/)
  const sets = moment(lines, /^setter: sets/)
  const goesOn = moment(lines, /^waiter: goes on/)
  expect([waits.at, sets.at, goesOn.at]).toEqual([0, 1, 1])
  expect(goesOn.index).toBeGreaterThan(sets.index)
})

test('a wait() after set() takes no time', async () => {
  const lines = await record(event)
  expect(moment(lines, /^a wait\(\) after set\(\)/).at).toBe(moment(lines, /^setter: sets/).at)
})

test('three tasks wait for the list; when it is there all go on at once, each with its part of it', async () => {
  const lines = await record(event)
  const fetched = moment(lines, /^fetched: (\w+), (\w+), (\w+);/)
  const waits = moments(lines, /^task (\d): waits/)
  const calls = moments(lines, /^task (\d): calls (\w+)/)
  for (const wait of waits) expect(wait.index).toBeLessThan(fetched.index)
  for (const call of calls) expect(call.index).toBeGreaterThan(fetched.index)
  expect(calls.map(({ at }) => at - fetched.at)).toEqual([0, 0, 0])
  expect(fetched.at - waits[0]!.at).toBe(2)
  expect(calls.map(({ groups }) => groups)).toEqual(fetched.groups.map((api, index) => [String(index + 1), api]))
})

test('the fan-out runs together, not one after the other', async () => {
  const lines = await record(event)
  const calls = moments(lines, /^task \d: calls/)
  const done = moments(lines, /^task \d: done/)
  expect(done.map(({ at }) => at - calls[0]!.at)).toEqual([1, 1, 1])
})

test('the event prints who waits and that it is set', async () => {
  const lines = await record(event)
  expect(moments(lines, /(Event .*)$/).map(({ groups }) => groups[0])).toEqual([
    'Event <unset>',
    'Event <unset, waiting: 1>',
    'Event <set>',
    'Event "APIs fetched" <unset, waiting: 3>',
  ])
})
