/** Queue: everything that a queue keeps (the suite), and its order. */
import { describe, expect, test } from 'vitest'
import { drain, outcome } from '../../test/microtasks.ts'
import { queueSuite } from '../../test/queue-suite.ts'
import { record } from '../../test/recording.ts'
import { Queue } from './index.ts'

describe('Queue', () => {
  queueSuite('Queue', (maxsize, options) => new Queue(maxsize, options))

  test('Q1 first in, first out', async () => {
    const queue = new Queue<string>()
    for (const item of ['a', 'b', 'c']) await queue.put(item)
    expect(queue.getNowait()).toBe('a')
    queue.putNowait('d')
    expect([await queue.get(), queue.getNowait(), await queue.get()]).toEqual(['b', 'c', 'd'])
  })

  test('Q1 order holds over many items, through growth and partial drains', () => {
    const queue = new Queue<number>()
    let put = 0
    let taken = 0
    for (let round = 1; round < 150; round++) {
      for (let item = 0; item < round * 3; item++) queue.putNowait(put++)
      for (let item = 0; item < round * 2; item++) expect(queue.getNowait()).toBe(taken++)
      expect(queue.size).toBe(put - taken)
    }
    while (!queue.empty) expect(queue.getNowait()).toBe(taken++)
    expect(taken).toBe(put)
    queue.putNowait(-1)
    expect(queue.getNowait()).toBe(-1)
  })

  test('Q1 Q8 order holds across the bound: stored first, then the putters in the order in which they came', async () => {
    const queue = new Queue<number>(2)
    const putters = [1, 2, 3, 4, 5].map((item) => queue.put(item))
    const seen: number[] = []
    for (let item = 0; item < 5; item++) seen.push(await queue.get())
    expect(seen).toEqual([1, 2, 3, 4, 5])
    await Promise.all(putters)
  })

  test('Q22 the getter of each put takes that put’s item', async () => {
    const queue = new Queue<string>()
    const getters = [queue.get(), queue.get()]
    queue.putNowait('first')
    queue.putNowait('second')
    expect(await Promise.all(getters)).toEqual(['first', 'second'])
  })

  test('undefined is an item: stored, handed over, put by who waited, and iterated', async () => {
    const queue = new Queue<undefined>(1)
    const getting = queue.get()
    queue.putNowait(undefined)
    expect(await outcome(getting)).toEqual({ state: 'fulfilled', value: undefined })
    queue.putNowait(undefined)
    expect(queue).toMatchObject({ size: 1, full: true })
    const putting = queue.put(undefined)
    expect(await outcome(putting)).toEqual({ state: 'pending' })
    expect(queue.getNowait()).toBeUndefined()
    expect(await outcome(putting)).toEqual({ state: 'fulfilled', value: undefined })
    expect(queue.size).toBe(1)
    queue.shutdown()
    const seen: undefined[] = []
    for await (const item of queue) seen.push(item)
    expect(seen).toEqual([undefined])
  })

  test.each([null, false, 0, '', Number.NaN])('%s is an item', async (item) => {
    const queue = new Queue<unknown>()
    queue.putNowait(item)
    const getting = queue.get()
    const next = queue.get()
    queue.putNowait(item)
    expect([await getting, await next]).toEqual([item, item])
  })

  test('a promise that is an item comes out of getNowait() as it is', async () => {
    const queue = new Queue<Promise<number>>()
    const item = Promise.resolve(5)
    queue.putNowait(item)
    expect(queue.getNowait()).toBe(item)
  })

  test('a boss and three workers: every job is done once, join() waits for the last', async () => {
    const queue = new Queue<number>(2)
    const log: string[] = []
    const workers = [1, 2, 3].map(async (worker) => {
      for await (const job of queue) {
        await drain()
        log.push(`${worker} did ${job}`)
        queue.taskDone()
      }
      log.push(`${worker} ended`)
    })
    for (let job = 0; job < 9; job++) await queue.put(job)
    record(log, 'joined', queue.join())
    await queue.join()
    queue.shutdown()
    await Promise.all(workers)
    expect(
      log
        .slice(0, 9)
        .map((line) => line.slice(-1))
        .toSorted(),
    ).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8'])
    expect(log.slice(9).toSorted()).toEqual(['1 ended', '2 ended', '3 ended', 'joined'])
    expect(log[9]).toBe('joined')
  })
})
