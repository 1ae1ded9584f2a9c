/**
 * A window on the waits of a program: who parks on what, when it is woken or cancelled, and a way to cancel it from outside.
 * Off by default, and next to free when off: a look at one property when a waiter parks.
 *
 * A wait is seen when it parks, that is when it could not be served at once; what is served at once does not wait.
 * All copies of this package in one realm share the observers.
 */
import { callable, mistyped } from '../argument.ts'
import { excuse, type Listener, type ObservedWaiter, type Sighting, watch } from '../watch.ts'

/** One wait, from parking to its end. */
export interface Wait {
  /** What it waits for: a Lock, a Queue, ... String(primitive) says which and how it stands. */
  readonly primitive: object
  /** The method that waits. `acquire` also stands for run(). */
  readonly operation: 'acquire' | 'wait' | 'get' | 'put' | 'join'
  /**
   * Ends the wait as an abort with this reason would: it rejects with `reason`, and what it was about to receive goes to the next. False
   * when it is over already. A Condition's wait rejects once it holds its lock again, with the latest reason. That nobody awaits it is no
   * unhandled rejection then.
   */
  cancel(reason: unknown): boolean
  /**
   * The first half of cancel(): the wait is over, and has left its queue. It answers the second half, which lets those behind be served, or
   * undefined if the wait was over already. Whoever cancels several waits together withdraws all of them first: else one that is about to
   * be cancelled is served because another left.
   */
  withdraw(reason: unknown): (() => void) | undefined
}

/**
 * Each is called synchronously; an error thrown by one is reported as uncaught, and changes nothing. An observer may cancel waits, and
 * should leave the primitives themselves alone: it is called in the middle of their work.
 */
export interface WaitObserver {
  /**
   * In the call that waits, hence in the waiting task's own async context. May cancel the wait then and there. What it answers is its
   * note on the wait: the other two are given it back.
   */
  parked?(wait: Wait): unknown
  /** It has been given what it waited for, and its task will resume. In the context of whoever gave it. */
  woken?(wait: Wait, note: unknown): void
  /** It ends by an abort, a time-out, cancel(), or because its queue was shut down or its barrier broke. */
  cancelled?(wait: Wait, reason: unknown, note: unknown): void
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
  ended: boolean
}

class Watchers implements Listener {
  /** Never changed, only replaced: a wait keeps those who saw it park, as nobody hears of the end of a wait whose beginning he missed. */
  #watchers: readonly Watcher[] = []

  add(observer: WaitObserver): () => void {
    const watcher: Watcher = { observer, ended: false }
    this.#watchers = [...this.#watchers, watcher]
    return () => {
      watcher.ended = true
      this.#watchers = this.#watchers.filter((other) => other !== watcher)
      if (this.#watchers.length === 0 && watch.listener === this) watch.listener = undefined
    }
  }

  sight(waiter: ObservedWaiter): Sighting {
    return new WatchedWait(new ObservedWait(waiter), this.#watchers)
  }
}

class ObservedWait implements Wait {
  readonly primitive: object
  readonly operation: Wait['operation']
  readonly #waiter: ObservedWaiter

  constructor(waiter: ObservedWaiter) {
    this.primitive = waiter.queue.primitive
    this.operation = waiter.queue.operation
    this.#waiter = waiter
  }

  cancel(reason: unknown): boolean {
    const serve = this.withdraw(reason)
    serve?.()
    return serve !== undefined
  }

  withdraw(reason: unknown): (() => void) | undefined {
    const { queue, promise } = this.#waiter
    if (!this.#waiter.withdraw(reason)) return undefined
    // Its task may be waiting for something else at the moment, and never look at this one again.
    excuse(reason, promise)
    return () => queue.left?.()
  }
}

/** A wait, those who saw it park, and the note that each of them took. */
class WatchedWait implements Sighting {
  readonly #wait: Wait
  readonly #watchers: readonly Watcher[]
  readonly #notes: unknown[] = []

  constructor(wait: Wait, watchers: readonly Watcher[]) {
    this.#wait = wait
    this.#watchers = watchers
  }

  parked(): void {
    this.#tell((observer, index) => (this.#notes[index] = observer.parked?.(this.#wait)))
  }

  woken(): void {
    this.#tell((observer, index) => observer.woken?.(this.#wait, this.#notes[index]))
  }

  cancelled(reason: unknown): void {
    this.#tell((observer, index) => observer.cancelled?.(this.#wait, reason, this.#notes[index]))
  }

  #tell(say: (observer: WaitObserver, index: number) => void): void {
    for (const [index, watcher] of this.#watchers.entries()) {
      if (watcher.ended) continue
      try {
        say(watcher.observer, index)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
