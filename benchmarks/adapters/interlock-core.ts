// Ours, as people use it (a permit for each hold), and other ways to use the same things.
import { Lock, Queue, Semaphore } from '@interlock/core'
import type { Library } from '../library.ts'

const make = (): Lock => new Lock()
const makeSemaphore = (permits: number): Semaphore => new Semaphore(permits)

export const libraries: Library[] = [
  {
    name: '@interlock/core',
    package: '@interlock/core',
    kind: 'ours',
    lock: {
      style: 'held',
      make,
      wait: 'lock.acquire()',
      give: 'held.release()',
      tryTake: 'lock.tryAcquire()',
      waitWith: 'lock.acquire({ signal })',
    },
    semaphore: { style: 'held', make: makeSemaphore, wait: 'lock.acquire()', give: 'held.release()' },
    queue: {
      bounded: true,
      unbounded: true,
      work: {
        style: 'text',
        make: (bound) => new Queue<number>(bound),
        put: 'await queue.put(item)',
        get: 'await queue.get()',
        putNow: 'queue.putNowait(item)',
        getNow: 'queue.getNowait()',
      },
    },
    size: { lock: "export { Lock } from '@interlock/core'", all: "export * from '@interlock/core'" },
  },
  {
    name: '@interlock/core, lock.release()',
    package: '@interlock/core',
    kind: 'ours',
    variant: true,
    lock: { style: 'held', make, wait: 'lock.acquire()', give: 'lock.release()', tryTake: 'lock.tryAcquire()' },
    semaphore: { style: 'held', make: makeSemaphore, wait: 'lock.acquire()', give: 'lock.release()' },
  },
  {
    name: '@interlock/core, run()',
    package: '@interlock/core',
    kind: 'ours',
    variant: true,
    lock: { style: 'limit', make, run: 'lock.run(task)', runWith: 'lock.run(task, { signal })' },
    semaphore: { style: 'limit', make: makeSemaphore, run: 'lock.run(task)' },
  },
  {
    // Beside the libraries whose put is synchronous.
    name: '@interlock/core, putNowait()',
    package: '@interlock/core',
    kind: 'ours',
    variant: true,
    queue: {
      bounded: false,
      unbounded: true,
      work: {
        style: 'text',
        make: () => new Queue<number>(),
        put: 'queue.putNowait(item)',
        get: 'await queue.get()',
        putIsSynchronous: true,
      },
    },
  },
]
