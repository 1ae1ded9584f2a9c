import { AsyncQueue } from '@sapphire/async-queue'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: '@sapphire/async-queue',
    package: '@sapphire/async-queue',
    kind: 'peer',
    lock: {
      style: 'held',
      make: () => new AsyncQueue(),
      wait: 'lock.wait()',
      give: 'lock.shift()',
      waitWith: 'lock.wait({ signal })',
    },
    size: { lock: "export { AsyncQueue } from '@sapphire/async-queue'", all: "export * from '@sapphire/async-queue'" },
    absent: {
      'try-acquire': 'has no tryAcquire',
      semaphore: 'has no semaphore',
      queue: 'a lock, in spite of its name',
    },
  },
]
