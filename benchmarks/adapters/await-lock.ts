import AwaitLock from 'await-lock'
import type { Library } from '../library.ts'

export const libraries: Library[] = [
  {
    name: 'await-lock',
    package: 'await-lock',
    kind: 'peer',
    lock: {
      style: 'held',
      make: () => new AwaitLock(),
      wait: 'lock.acquireAsync()',
      give: 'lock.release()',
      tryTake: 'lock.tryAcquire()',
    },
    size: { lock: "export { default } from 'await-lock'", all: "export { default } from 'await-lock'" },
    absent: { semaphore: 'has no semaphore', abort: 'takes a timeout, but no signal', queue: 'has no queue' },
  },
]
