import { Lock } from '@rocicorp/lock'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: '@rocicorp/lock',
    package: '@rocicorp/lock',
    kind: 'peer',
    lock: { style: 'held', make: () => new Lock(), wait: 'lock.lock()', give: 'held()' },
    size: { lock: "export { Lock } from '@rocicorp/lock'", all: "export * from '@rocicorp/lock'" },
    absent: {
      'try-acquire': 'has no tryAcquire',
      semaphore: 'has no semaphore',
      abort: 'cannot cancel a waiter',
      queue: 'has no queue',
      bytes: 'a waiter that nobody awaits is collected: it is no entry of a queue',
    },
  },
]
