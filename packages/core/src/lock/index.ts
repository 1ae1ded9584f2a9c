/**
 * Lock: at most one holder.
 *
 * States: unlocked | locked, and then those who wait, first come first served. Unlocked implies that nobody waits.
 * Fairness: release() hands the lock to the head waiter; in between it never looks free, so nobody barges in.
 * Cancellation: a waiter that is cancelled leaves the queue and nothing else changes. A grant beats a later abort.
 * Linearization point: acquire() of a free lock, tryAcquire() and release() take effect inside the call.
 */
import { NotAcquiredError } from '../errors/not-acquired-error.ts'
import { HOLDER, HolderPermit, type Lockable, type Permit, type Resume, runHolding, SUSPEND } from '../lockable.ts'
import { andWaiting, Primitive, STATE } from '../primitive.ts'
import { keepShape } from '../shape.ts'
import { termsOf, type WaitOptions } from '../wait-options.ts'
import { WaitQueue } from '../wait-queue.ts'

export type { Lockable, Permit, WaitOptions }

/**
 * Mutual exclusion between tasks: what one task does while it holds the lock, across its awaits, no other does at the same time.
 *
 * Use it where a critical section contains an `await`; code without one is not interrupted and needs no lock. Use a
 * Semaphore to let more than one in, a ReadWriteLock where most only read, a KeyedLock for one lock per account or file. It is not
 * re-entrant: who holds it and acquires it again waits for ever.
 *
 * Semantics: asyncio.Lock, with hand-off in place of wake-and-retry. acquire, tryAcquire and release are O(1).
 *
 * @example
 * ```ts
 * import { Lock } from '@interlock/core'
 *
 * const lock = new Lock({ name: 'db' })
 * {
 *   using permit = await lock.acquire()
 *   String(lock) // => 'Lock "db" <locked>'
 *   permit.released // => false
 * }
 * String(lock) // => 'Lock "db" <unlocked>'
 * await lock.run(() => 42) // => 42
 * ```
 */
export class Lock extends Primitive implements Lockable {
  /** @internal */
  [HOLDER]: Permit | null = null
  readonly #waiters = new WaitQueue<Permit>(this, 'acquire')

  /** True while it is held, and from the moment that it is promised to a waiter. */
  get locked(): boolean {
    return this[HOLDER] !== null
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size
  }

  /**
   * Resolves with a permit once the lock is this caller's. A free lock is taken before acquire() returns.
   *
   * To give up after a while, pass a `signal` or a `timeout` (milliseconds); do not race the promise against a timer: the loser of such
   * a race stays in the queue and takes the lock for nobody.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options. All as rejections.
   */
  acquire(options?: WaitOptions): Promise<Permit> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this[HOLDER] === null ? Promise.resolve(this.#hold()) : this.#waiters.park(terms, undefined)
  }

  /** The lock now, or null. Never overtakes a waiter. */
  tryAcquire(): Permit | null {
    return this[HOLDER] === null ? this.#hold() : null
  }

  /**
   * Ends the present hold, whoever calls, and hands the lock to the next waiter: asyncio's own style, for code that acquires in one
   * method and releases in another. A permit's release() is safer, as it can only end its own hold.
   *
   * @throws NotAcquiredError when nobody holds the lock.
   */
  release(): void {
    if (this[HOLDER] === null) throw new NotAcquiredError(`${this} is not held`)
    const next = this.#waiters.shift()
    // Held until here: shift() may hear of an abort, on which a Condition re-acquires, and must find the lock taken.
    if (next === null) this[HOLDER] = null
    else next.grant(this.#hold())
  }

  /**
   * Runs `fn` while holding the lock and gives it back however `fn` ends. `fn` never begins before run() has returned.
   *
   * @throws What acquire() and `fn` throw; TypeError when `fn` is no function. All as rejections.
   */
  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return runHolding(this, fn, options)
  }

  /** @internal */
  [SUSPEND](): Resume {
    const hold = this[HOLDER]
    this.release()
    return (permit) => {
      if (this[HOLDER] === permit) this[HOLDER] = hold
    }
  }

  override get [Symbol.toStringTag](): string {
    return 'Lock'
  }

  /** @internal */
  override [STATE](): string {
    return (this.locked ? 'locked' : 'unlocked') + andWaiting(this.waiting)
  }

  #hold(): Permit {
    return (this[HOLDER] = new HolderPermit(this))
  }
}

keepShape(new Lock().tryAcquire())
