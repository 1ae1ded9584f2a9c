import { expect, test } from 'vitest'
import queue from '../queue.ts'
import { moment, moments, peak, record } from './record.ts'

const TASKS = Array.from({ length: 9 }, (_, index) => String(index + 1))

test('the queue is bounded: it fills up and never holds more than maxsize', async () => {
  const sizes = moments(await record(queue), /Queue <size: (\d+), maxsize: 2/).map(({ groups }) => Number(groups[0]))
  expect(Math.max(...sizes)).toBe(2)
})

test('the boss waits for room, and goes on in the moment in which a worker takes a task', async () => {
  const lines = await record(queue)
  const waits = moments(lines, /^boss: waits with task (\d)/)
  for (const { index, at, groups } of waits) {
    const puts = moment(lines, new RegExp(`^boss: has put task ${groups[0]},`))
    const freed = moments(lines, /^\w+: ends task/).find((ends) => ends.index > index)
    expect(puts.at).toBeGreaterThan(at)
    expect(puts.at).toBe(freed?.at)
  }
})

test('each task is started once and ended once, in the order in which the boss put them', async () => {
  const lines = await record(queue)
  const order = (pattern: RegExp): (string | undefined)[] => moments(lines, pattern).map(({ groups }) => groups[0])
  expect(order(/^boss: has put task (\d)/)).toEqual(TASKS)
  expect(order(/^\w+: starts task (\d)/)).toEqual(TASKS)
  expect(order(/^\w+: ends task (\d)/)).toEqual(TASKS)
})

test('three workers work at the same time, each on one task', async () => {
  const lines = await record(queue)
  expect(peak(lines, /^\w+: starts task/, /^\w+: ends task/)).toBe(3)
  for (const name of ['Ann', 'Bob', 'Cid']) {
    expect(peak(lines, new RegExp(`^${name}: starts task`), new RegExp(`^${name}: ends task`))).toBe(1)
  }
})

test('join() waits for the last task, and only then does anybody go home; all three do', async () => {
  const lines = await record(queue)
  const last = moments(lines, /^\w+: ends task/).at(-1)!
  const joined = moment(lines, /^boss: all is done/)
  const home = moments(lines, /^(Ann|Bob|Cid): goes home/)
  expect(joined.index).toBeGreaterThan(last.index)
  expect(joined.at).toBe(last.at)
  expect(home.map(({ groups }) => groups[0])).toEqual(['Ann', 'Bob', 'Cid'])
  for (const { index, at } of home) {
    expect(index).toBeGreaterThan(joined.index)
    expect(at).toBe(joined.at)
  }
})

test('the urgent job is put last and done next; jobs of one priority keep their order', async () => {
  const lines = await record(queue)
  const jobs = moments(lines, /^Dan: (.*) \(priority (\d)\)$/)
  const alarm = moment(lines, /^the fire alarm rings, PriorityQueue <size: 2>/)
  expect(jobs.map(({ groups }) => groups)).toEqual([
    ['water the plants', '2'],
    ['put out the fire', '1'],
    ['tidy up', '2'],
    ['wind the clock', '2'],
  ])
  expect(alarm.at).toBeGreaterThan(jobs[0]!.at)
  expect(alarm.at).toBeLessThan(jobs[1]!.at)
})

test('after shutdown() what is there is still done, then the loop ends', async () => {
  const lines = await record(queue)
  expect(moment(lines, /^Dan: goes home$/).index).toBe(lines.length - 1)
})
