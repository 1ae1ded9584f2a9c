// Driven through its own Cancelable, the symbol of which is registered: it takes no AbortSignal.
import { AsyncMutex } from '@esfx/async-mutex'
import { AsyncQueue } from '@esfx/async-queue'
import { AsyncSemaphore } from '@esfx/async-semaphore'
import type { Library, Token } from '../library.ts'

const CANCEL_SIGNAL = Symbol.for('@esfx/cancelable:Cancelable.cancelSignal')

function cancelable(): Token {
  const subscribed = new Set<() => void>()
  const state = {
    signaled: false,
    reason: undefined as unknown,
    subscribe(notify: () => void) {
      subscribed.add(notify)
      const unsubscribe = (): void => {
        subscribed.delete(notify)
      }
      return { unsubscribe, [Symbol.dispose]: unsubscribe }
    },
  }
  return {
    signal: { [CANCEL_SIGNAL]: () => state },
    abort(reason) {
      state.signaled = true
      state.reason = reason
      for (const notify of subscribed) notify()
    },
  }
}

export const libraries: Library[] = [
  {
    name: '@esfx/async-*',
    package: '@esfx/async-mutex',
    kind: 'peer',
    lock: {
      style: 'held',
      make: () => new AsyncMutex(),
      wait: 'lock.lock()',
      give: 'lock.unlock()',
      tryTake: 'lock.tryLock()',
      waitWith: 'lock.lock(signal)',
      token: cancelable,
    },
    semaphore: {
      style: 'held',
      make: (permits) => new AsyncSemaphore(permits),
      wait: 'lock.wait()',
      give: 'lock.release()',
    },
    queue: {
      bounded: false,
      unbounded: true,
      work: {
        style: 'text',
        make: () => new AsyncQueue<number>(),
        put: 'queue.put(item)',
        get: 'await queue.get()',
        putIsSynchronous: true,
      },
    },
    size: {
      lock: "export { AsyncMutex } from '@esfx/async-mutex'",
      all: "export * from '@esfx/async-mutex'; export * from '@esfx/async-semaphore'; export * from '@esfx/async-queue'",
    },
    absent: { 'queue-nowait': 'its get() is asynchronous', 'queue-bounded': 'its queue has no bound' },
  },
]
