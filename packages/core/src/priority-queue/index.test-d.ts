import { expectTypeOf, test } from 'vitest'
import { Queue } from '../queue/index.ts'
import { PriorityQueue } from './index.ts'

interface Job {
  urgency: number
}

test('is a Queue of the same items', () => {
  expectTypeOf<PriorityQueue<Job>>().toExtend<Queue<Job>>()
  const queue = new PriorityQueue<[number, string]>()
  expectTypeOf(queue.getNowait()).toEqualTypeOf<[number, string]>()
  expectTypeOf(queue.get()).toEqualTypeOf<Promise<[number, string]>>()
})

test('compare takes two items and answers a number', () => {
  expectTypeOf(new PriorityQueue<Job>(5, { compare: (a, b) => a.urgency - b.urgency, name: 'jobs' })).toEqualTypeOf<
    PriorityQueue<Job>
  >()
  // @ts-expect-error not a number
  void new PriorityQueue<Job>(0, { compare: (a, b) => a.urgency < b.urgency })
  // @ts-expect-error of other items
  void new PriorityQueue<Job>(0, { compare: (a: string, b: string) => a.length - b.length })
  // @ts-expect-error the options come second
  void new PriorityQueue<Job>({ compare: (a: Job, b: Job) => a.urgency - b.urgency })
})

test('items are inferred from compare', () => {
  const queue = new PriorityQueue(0, { compare: (a: Job, b: Job) => a.urgency - b.urgency })
  expectTypeOf(queue).toEqualTypeOf<PriorityQueue<Job>>()
})

test('compare may be undefined', () => {
  const build = (compare: ((a: Job, b: Job) => number) | undefined): PriorityQueue<Job> =>
    new PriorityQueue(0, { compare })
  expectTypeOf(build).returns.toEqualTypeOf<PriorityQueue<Job>>()
})
