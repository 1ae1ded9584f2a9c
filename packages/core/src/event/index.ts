/**
 * Event: a flag that tasks can wait for.
 *
 * States: unset, with those who wait | set, with nobody.
 * Fairness: set() wakes all who wait, in the order in which they came.
 * Cancellation: a waiter that is cancelled leaves; the others still wake. set() beats a later abort.
 * Linearization point: set(), clear() and wait() on a set event take effect inside the call; a waiter woken by set() stays woken
 *   though clear() follows at once.
 */
import { andWaiting, Primitive, STATE } from '../primitive.ts'
import { keepShape } from '../shape.ts'
import { termsOf, type WaitOptions } from '../wait-options.ts'
import { DONE, grantAll, WaitQueue } from '../wait-queue.ts'

export type { WaitOptions }

/**
 * Tells any number of tasks that something has happened, and remembers it until clear().
 *
 * Use it for "ready", "stop", "configuration loaded". Use a Condition when waiters must look at shared state under a lock, a
 * Queue when something is handed over. A promise does for what happens only once.
 *
 * Semantics: asyncio.Event. set() is O(waiters), all else O(1).
 *
 * @example
 * ```ts
 * import { Event } from '@interlock/core'
 *
 * const ready = new Event({ name: 'ready' })
 * const waiter = ready.wait().then(() => 'went on')
 * String(ready) // => 'Event "ready" <unset, waiting: 1>'
 * ready.set()
 * await waiter // => 'went on'
 * await ready.wait() // at once, from now on
 * ```
 */
export class Event extends Primitive {
  #isSet = false
  readonly #waiters = new WaitQueue(this, 'wait')

  /** True from set() until clear(). */
  get isSet(): boolean {
    return this.#isSet
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size
  }

  /** Wakes every task waiting now; later ones do not wait until clear(). On a set event it does nothing. */
  set(): void {
    this.#isSet = true
    grantAll(this.#waiters, undefined)
  }

  /** From now on wait() waits again. */
  clear(): void {
    this.#isSet = false
  }

  /**
   * Resolves once the event is set: at once if it is. It may have been cleared again by the time that the caller resumes.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options. All as rejections.
   */
  wait(options?: WaitOptions): Promise<void> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.#isSet ? DONE : this.#waiters.park(terms, undefined)
  }

  override get [Symbol.toStringTag](): string {
    return 'Event'
  }

  /** @internal */
  override [STATE](): string {
    return (this.#isSet ? 'set' : 'unset') + andWaiting(this.waiting)
  }
}

keepShape(new Event())
