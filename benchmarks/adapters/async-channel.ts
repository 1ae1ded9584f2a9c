import { Channel } from 'async-channel'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: 'async-channel',
    package: 'async-channel',
    kind: 'peer',
    queue: {
      bounded: true,
      unbounded: true,
      work: {
        style: 'text',
        make: (bound) => new Channel<number>(bound ?? Number.MAX_SAFE_INTEGER),
        put: 'await queue.push(item)',
        get: 'await queue.get()',
      },
    },
    absent: { 'queue-nowait': 'both its operations are asynchronous' },
  },
]
