import Mutex from 'p-mutex'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: 'p-mutex',
    package: 'p-mutex',
    kind: 'peer',
    lock: { style: 'held', make: () => new Mutex(), wait: 'lock.lock()', give: 'lock.unlock()' },
    size: { lock: "export { default } from 'p-mutex'", all: "export { default } from 'p-mutex'" },
    absent: {
      'try-acquire': 'has no tryAcquire',
      semaphore: 'has no semaphore',
      abort: 'cannot cancel a waiter',
      queue: 'has no queue',
    },
  },
]
