/**
 * A window on the waits of a program: who parks on what, when it is woken or cancelled, and a way to cancel it from outside.
 * Off by default, and next to free when off: a look at one property when a waiter parks.
 *
 * A wait is seen when it parks, that is when it could not be served at once; what is served at once does not wait.
 * All copies of this package in one realm share the observers.
 */
import { callable, mistyped } from '../argument.ts'
import { type Listener, type ObservedWaiter, watch } from '../watch.ts'

/** One wait, from parking to its end. */
export interface Wait {
  /** What it waits for: a Lock, a Queue, ... String(primitive) says which and how it stands. */
  readonly primitive: object
  /** The method that waits. `acquire` also stands for run(). */
  readonly operation: 'acquire' | 'wait' | 'get' | 'put' | 'join'
  /**
   * Ends the wait as an abort with this reason would: it rejects with `reason`, and what it was about to receive goes to the next.
   * False when it is over already. A Condition's wait rejects once it holds its lock again, with the latest reason.
   */
  cancel(reason: unknown): boolean
}

/**
 * Each is called synchronously; an error thrown by one is reported as uncaught, and changes nothing. An observer may cancel waits, and
 * should leave the primitives themselves alone: it is called in the middle of their work.
 */
export interface WaitObserver {
  /** In the call that waits, hence in the waiting task's own async context. May cancel the wait then and there. */
  parked?(wait: Wait): void
  /** It has been given what it waited for, and its task will resume. In the context of whoever gave it. */
  woken?(wait: Wait): void
  /** It ends by an abort, a time-out, cancel(), or because its queue was shut down or its barrier broke. */
  cancelled?(wait: Wait, reason: unknown): void
}

/**
 * Shows `observer` every wait that parks from now on, until the function that it returns is called.
 *
 * For tools (who waits for whom), and for packages that cancel tasks. Not for the logic of a program: pass a signal where a wait
 * is to be aborted.
 *
 * @throws TypeError when `observer` is no object or one of its members no function.
 *
 * @example
 * ```ts
 * import { Lock } from '@interlock/core'
 * import { observeWaits } from '@interlock/core/observe'
 *
 * const seen: string[] = []
 * const stop = observeWaits({
 *   parked: (wait) => seen.push(`${wait.operation} parked on ${wait.primitive}`),
 *   woken: (wait) => seen.push(`${wait.operation} woken`),
 * })
 *
 * const lock = new Lock({ name: 'db' })
 * const first = await lock.acquire()
 * const second = lock.acquire()
 * first.release()
 * await second
 * stop()
 *
 * seen // => ['acquire parked on Lock "db" <locked, waiting: 1>', 'acquire woken']
 * ```
 */
export function observeWaits(observer: WaitObserver): () => void {
  if (typeof observer !== 'object' || observer === null) throw mistyped('observer', 'an object', observer)
  for (const member of ['parked', 'woken', 'cancelled'] as const) {
    if (observer[member] !== undefined) callable(`observer.${member}`, observer[member])
  }
  return ((watch.listener ??= new Watchers()) as Watchers).add(observer)
}

/** An observer, once for each time that it was given. */
interface Watcher {
  readonly observer: WaitObserver
}

class Watchers implements Listener {
  readonly #watchers = new Set<Watcher>()
  /** Each wait, and those who saw it park: nobody hears of the end of a wait whose beginning he missed. */
  readonly #sightings = new WeakMap<ObservedWaiter, { wait: Wait; watchers: readonly Watcher[] }>()

  add(observer: WaitObserver): () => void {
    const watcher: Watcher = { observer }
    this.#watchers.add(watcher)
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size === 0 && watch.listener === this) watch.listener = undefined
    }
  }

  parked(waiter: ObservedWaiter): void {
    const { primitive, operation } = waiter.queue
    const wait: Wait = { primitive, operation, cancel: (reason) => waiter.cancel(reason) }
    this.#sightings.set(waiter, { wait, watchers: [...this.#watchers] })
    this.#tell(waiter, (observer) => observer.parked?.(wait))
  }

  woken(waiter: ObservedWaiter): void {
    this.#tell(waiter, (observer, wait) => observer.woken?.(wait))
  }

  cancelled(waiter: ObservedWaiter, reason: unknown): void {
    this.#tell(waiter, (observer, wait) => observer.cancelled?.(wait, reason))
  }

  #tell(waiter: ObservedWaiter, say: (observer: WaitObserver, wait: Wait) => void): void {
    const sighting = this.#sightings.get(waiter)
    for (const watcher of sighting?.watchers ?? []) {
      if (!this.#watchers.has(watcher)) continue
      try {
        say(watcher.observer, (sighting as { wait: Wait }).wait)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
