// Without a limit on the waiters: it refuses the 1001st unless told.
import AsyncLock from 'async-lock'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: 'async-lock',
    package: 'async-lock',
    kind: 'peer',
    lock: { style: 'limit', make: () => new AsyncLock({ maxPending: Infinity }), run: "lock.acquire('key', task)" },
    size: { lock: "export { default } from 'async-lock'", all: "export { default } from 'async-lock'" },
    absent: {
      'try-acquire': 'runs callbacks only',
      semaphore: 'has no semaphore',
      abort: 'cannot cancel a waiter',
      queue: 'has no queue',
    },
  },
]
