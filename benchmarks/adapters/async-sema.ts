import { Sema } from 'async-sema'
import type { Guard, Library } from '../library.ts'

const guard: Guard = {
  style: 'held',
  make: (permits) => new Sema(permits),
  wait: 'lock.acquire()',
  give: 'lock.release()',
  tryTake: 'lock.tryAcquire()',
}

export const libraries: Library[] = [
  {
    name: 'async-sema',
    package: 'async-sema',
    kind: 'peer',
    lock: guard,
    semaphore: guard,
    size: { lock: "export { Sema } from 'async-sema'", all: "export * from 'async-sema'" },
    absent: { abort: 'cannot cancel a waiter', queue: 'has no queue' },
  },
]
