import { BlockingQueue } from '@shutterstock/p-map-iterable'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: '@shutterstock/p-map-iterable',
    package: '@shutterstock/p-map-iterable',
    kind: 'peer',
    queue: {
      bounded: true,
      unbounded: true,
      work: {
        style: 'text',
        make: (bound) => new BlockingQueue<number>({ maxUnread: bound ?? Number.MAX_SAFE_INTEGER }),
        put: 'await queue.enqueue(item)',
        get: 'await queue.dequeue()',
      },
    },
    absent: { 'queue-nowait': 'both its operations are asynchronous' },
  },
]
