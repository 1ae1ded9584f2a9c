import { createMutex, createSemaphore } from 'async-primitives'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: 'async-primitives',
    package: 'async-primitives',
    kind: 'peer',
    lock: {
      style: 'held',
      make: () => createMutex(),
      wait: 'lock.lock()',
      give: 'held.release()',
      waitWith: 'lock.lock(signal)',
    },
    semaphore: {
      style: 'held',
      make: (permits) => createSemaphore(permits),
      wait: 'lock.acquire()',
      give: 'held.release()',
    },
    size: { lock: "export { createMutex } from 'async-primitives'", all: "export * from 'async-primitives'" },
    absent: { 'try-acquire': 'has no tryAcquire', queue: 'has no queue' },
  },
]
