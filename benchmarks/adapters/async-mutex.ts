import { Mutex, Semaphore } from 'async-mutex'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: 'async-mutex',
    package: 'async-mutex',
    kind: 'peer',
    lock: {
      style: 'held',
      make: () => new Mutex(),
      wait: 'lock.acquire()',
      give: 'held()',
      cancelAll: 'lock.cancel()',
    },
    semaphore: { style: 'held', make: (permits) => new Semaphore(permits), wait: 'lock.acquire()', give: 'held[1]()' },
    size: { lock: "export { Mutex } from 'async-mutex'", all: "export * from 'async-mutex'" },
    absent: {
      'try-acquire': 'its tryAcquire is a wait with a timeout of 0: not synchronous',
      'abort-own': 'cannot cancel one waiter',
      'abort-live': 'takes no signal',
      queue: 'has no queue',
    },
  },
]
