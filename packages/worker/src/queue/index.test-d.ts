import { expectTypeOf, test } from 'vitest'
import { type Codec, type Handle, Queue, Space } from '../index.ts'

interface Job {
  id: number
}
const queue = new Queue<Job>({ name: 'jobs', bytes: 1024, maxsize: 10, codec: 'json', space: new Space() })

test('items', () => {
  expectTypeOf(queue.get()).toEqualTypeOf<Promise<Job>>()
  expectTypeOf(queue.getSync({ timeout: 5 })).toEqualTypeOf<Job>()
  expectTypeOf(queue.getNowait()).toEqualTypeOf<Job>()
  expectTypeOf(queue.put({ id: 1 })).toEqualTypeOf<Promise<void>>()
  expectTypeOf(queue.putSync({ id: 1 })).toEqualTypeOf<void>()
  expectTypeOf(queue.putNowait({ id: 1 })).toEqualTypeOf<void>()
  // @ts-expect-error not a Job
  void queue.put('job')
  // @ts-expect-error a blocked thread hears no signal
  queue.getSync({ signal: new AbortController().signal })
})

test('handles', () => {
  expectTypeOf(queue.handle).toEqualTypeOf<Handle>()
  expectTypeOf(Queue.from<Job>(queue.handle, { name: 'theirs' })).toEqualTypeOf<Queue<Job>>()
  const codec: Codec<Job> = { encode: ({ id }) => Uint8Array.of(id), decode: ([id]) => ({ id: id! }) }
  expectTypeOf(Queue.from(queue.handle, { codec })).toEqualTypeOf<Queue<Job>>()
  // @ts-expect-error its items are Jobs
  void new Queue<string>({ codec })
  // @ts-expect-error no such codec
  void new Queue<Job>({ codec: 'xml' })
})

test('the rest', async () => {
  expectTypeOf(queue.join({ timeout: 5 })).toEqualTypeOf<Promise<void>>()
  expectTypeOf(queue.joinSync()).toEqualTypeOf<void>()
  expectTypeOf(queue.taskDone()).toEqualTypeOf<void>()
  expectTypeOf(queue.size).toEqualTypeOf<number>()
  expectTypeOf(queue.isShutdown).toEqualTypeOf<boolean>()
  // @ts-expect-error a boolean, not an object
  queue.shutdown({ immediate: true })
  for await (const job of queue) expectTypeOf(job).toEqualTypeOf<Job>()
  for await (const job of queue.items({ timeout: 5 })) expectTypeOf(job).toEqualTypeOf<Job>()
})
