import { Mutex, Semaphore } from 'es-toolkit'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: 'es-toolkit',
    package: 'es-toolkit',
    kind: 'peer',
    lock: { style: 'held', make: () => new Mutex(), wait: 'lock.acquire()', give: 'lock.release()' },
    semaphore: {
      style: 'held',
      make: (permits) => new Semaphore(permits),
      wait: 'lock.acquire()',
      give: 'lock.release()',
    },
    size: { lock: "export { Mutex } from 'es-toolkit'", all: "export { Mutex, Semaphore } from 'es-toolkit'" },
    absent: { 'try-acquire': 'has no tryAcquire', abort: 'cannot cancel a waiter', queue: 'has no queue' },
  },
]
