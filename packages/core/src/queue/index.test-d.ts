import { expectTypeOf, test } from 'vitest'
import type { WaitOptions } from '../index.ts'
import { Queue } from './index.ts'

interface Job {
  id: number
}
const queue = new Queue<Job>(10, { name: 'jobs' })

test('carries items of one type', () => {
  expectTypeOf(queue.get()).toEqualTypeOf<Promise<Job>>()
  expectTypeOf(queue.getNowait()).toEqualTypeOf<Job>()
  expectTypeOf(queue.put({ id: 1 })).toEqualTypeOf<Promise<void>>()
  expectTypeOf(queue.putNowait({ id: 1 })).toEqualTypeOf<void>()
  // @ts-expect-error not a Job
  void queue.put('job')
  // @ts-expect-error not a Job
  queue.putNowait({ name: 'job' })
  // @ts-expect-error an item is needed
  void queue.put()
})

test('undefined may be an item, where the type says so', () => {
  const maybe = new Queue<string | undefined>()
  expectTypeOf(maybe.getNowait()).toEqualTypeOf<string | undefined>()
  void maybe.put(undefined)
  // @ts-expect-error a Job is not optional
  void queue.put(undefined)
})

test('what it shows', () => {
  expectTypeOf(queue.size).toEqualTypeOf<number>()
  expectTypeOf(queue.maxsize).toEqualTypeOf<number>()
  expectTypeOf(queue.empty).toEqualTypeOf<boolean>()
  expectTypeOf(queue.full).toEqualTypeOf<boolean>()
  expectTypeOf(queue.isShutdown).toEqualTypeOf<boolean>()
  expectTypeOf(queue.name).toEqualTypeOf<string | undefined>()
  // @ts-expect-error read-only
  queue.size = 0
  // @ts-expect-error read-only
  queue.maxsize = 5
  // @ts-expect-error read-only
  queue.isShutdown = true
})

test('taskDone, join, shutdown', () => {
  expectTypeOf(queue.taskDone()).toEqualTypeOf<void>()
  expectTypeOf(queue.join()).toEqualTypeOf<Promise<void>>()
  expectTypeOf(queue.shutdown()).toEqualTypeOf<void>()
  queue.shutdown(true)
  // @ts-expect-error a boolean, not an object
  queue.shutdown({ immediate: true })
})

test('every wait takes the same options', () => {
  expectTypeOf<Parameters<Queue<Job>['get']>[0]>().toEqualTypeOf<WaitOptions | undefined>()
  expectTypeOf<Parameters<Queue<Job>['put']>[1]>().toEqualTypeOf<WaitOptions | undefined>()
  expectTypeOf<Parameters<Queue<Job>['join']>[0]>().toEqualTypeOf<WaitOptions | undefined>()
  expectTypeOf<Parameters<Queue<Job>['items']>[0]>().toEqualTypeOf<WaitOptions | undefined>()
  // @ts-expect-error a signal, not its controller
  void queue.get({ signal: new AbortController() })
  // @ts-expect-error a number of milliseconds
  void queue.join({ timeout: '5' })
})

test('iterates over its items', async () => {
  expectTypeOf(queue).toExtend<AsyncIterable<Job>>()
  expectTypeOf(queue[Symbol.asyncIterator]()).toExtend<AsyncIterator<Job>>()
  expectTypeOf(queue.items({ timeout: 5 })).toExtend<AsyncIterableIterator<Job>>()
  for await (const job of queue) expectTypeOf(job).toEqualTypeOf<Job>()
  for await (const job of queue.items()) expectTypeOf(job).toEqualTypeOf<Job>()
  // @ts-expect-error its iterator is asynchronous
  for (const job of queue) void job
})

test('construction', () => {
  expectTypeOf(new Queue<Job>()).toEqualTypeOf<Queue<Job>>()
  expectTypeOf(new Queue<Job>(5)).toEqualTypeOf<Queue<Job>>()
  // @ts-expect-error a number
  void new Queue<Job>('5')
  // @ts-expect-error a Queue has no order but that of the puts
  void new Queue<number>(0, { compare: (a: number, b: number) => a - b })
})

test('a queue of one type is none of another', () => {
  // @ts-expect-error what is put as a string would be got as a Job
  const other: Queue<string> = queue
  void other
})
