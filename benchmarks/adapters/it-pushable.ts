import { pushable } from 'it-pushable'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: 'it-pushable',
    package: 'it-pushable',
    kind: 'peer',
    queue: {
      bounded: false,
      unbounded: true,
      work: {
        style: 'text',
        make: () => pushable<number>({ objectMode: true }),
        put: 'queue.push(item)',
        get: '(await queue.next()).value',
        putIsSynchronous: true,
      },
    },
    absent: { 'queue-nowait': 'its next() is asynchronous', 'queue-bounded': 'has no bound' },
  },
]
