/** Queue: what the contract says of it. */
import { describe, expect, test } from 'vitest'
import { Queue } from './index.ts'

describe('Queue', () => {
  test('hands items over, first in, first out, to whichever thread looks', () => {
    const queue = new Queue<unknown>()
    const same = Queue.from<unknown>(queue.handle)
    queue.putNowait({ id: 1 })
    queue.putNowait(new Map([[1, 2n]]))
    expect([same.getNowait(), same.getNowait()]).toEqual([{ id: 1 }, new Map([[1, 2n]])])
  })
})
