/** LifoQueue: everything that a queue keeps (the suite), and its order. */
import { describe, expect, test } from 'vitest'
import { outcome } from '../../test/microtasks.ts'
import { queueSuite } from '../../test/queue-suite.ts'
import { Queue } from '../queue/index.ts'
import { LifoQueue } from './index.ts'

describe('LifoQueue', () => {
  queueSuite(
    'LifoQueue',
    (maxsize, options) => new LifoQueue(maxsize, options),
    (items) => items.toReversed(),
  )

  test('is a Queue', () => {
    expect(new LifoQueue()).toBeInstanceOf(Queue)
  })

  test('Q21 newest first', async () => {
    const queue = new LifoQueue<string>()
    for (const item of ['a', 'b', 'c']) queue.putNowait(item)
    expect(queue.getNowait()).toBe('c')
    queue.putNowait('d')
    expect([await queue.get(), queue.getNowait(), queue.getNowait()]).toEqual(['d', 'b', 'a'])
  })

  test('Q21 many items come back in reverse, also after a partial drain', () => {
    const queue = new LifoQueue<number>()
    const stack: number[] = []
    for (let round = 0; round < 50; round++) {
      for (let item = 0; item < 100; item++) {
        queue.putNowait(round * 100 + item)
        stack.push(round * 100 + item)
      }
      for (let item = 0; item < 90; item++) expect(queue.getNowait()).toBe(stack.pop())
    }
    while (stack.length > 0) expect(queue.getNowait()).toBe(stack.pop())
    expect(queue.empty).toBe(true)
  })

  test('Q8 Q21 the item of a waiting putter is stored after the one that made room left, and is then the newest', async () => {
    const queue = new LifoQueue<string>(2)
    queue.putNowait('a')
    queue.putNowait('b')
    const putting = queue.put('c')
    expect(queue.getNowait()).toBe('b')
    expect(await outcome(putting)).toEqual({ state: 'fulfilled', value: undefined })
    expect([queue.getNowait(), queue.getNowait()]).toEqual(['c', 'a'])
  })

  test('Q22 a waiting getter takes the item of the put that woke it, not the newest when it resumes', async () => {
    const queue = new LifoQueue<string>()
    const getting = queue.get()
    queue.putNowait('first')
    queue.putNowait('second')
    expect(await getting).toBe('first')
    expect(queue.getNowait()).toBe('second')
  })

  test('undefined is an item', async () => {
    const queue = new LifoQueue<string | undefined>(2)
    const getting = queue.get()
    queue.putNowait(undefined)
    expect(await outcome(getting)).toEqual({ state: 'fulfilled', value: undefined })
    await queue.put('a')
    await queue.put(undefined)
    expect(queue.size).toBe(2)
    expect([queue.getNowait(), queue.getNowait()]).toEqual([undefined, 'a'])
  })
})
