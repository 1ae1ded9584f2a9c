/**
 * Condition: waits for a change of what a lock guards.
 *
 * States of a waiter: waiting (in the Condition's queue, the lock given up) → relocking (notified or interrupted, in the lock's queue)
 *   → settled (the lock held again).
 * Fairness: notify() wakes first come, first served, and puts the woken waiter into the lock's queue there and then, behind those
 *   who wait for the lock by that time.
 * Cancellation: whatever ends a wait, it settles with the lock held: one cancelled while it relocks takes the lock, then rejects. A
 *   waiter that is cancelled after it was notified passes the notification to the next: none is lost, and none is invented.
 * Linearization point: of a notification, notify(); of the end of a wait, the moment after it got the lock back, when its signal is
 *   looked at for the last time and its timer is stopped.
 */
import { callable, mistyped, whole } from '../argument.ts'
import { NotAcquiredError } from '../errors/not-acquired-error.ts'
import { Lock } from '../lock/index.ts'
import { type Lockable, type Permit, type Resume, runHolding, SUSPEND, type Suspendable } from '../lockable.ts'
import { andWaiting, Primitive, type PrimitiveOptions, STATE } from '../primitive.ts'
import { keepShape } from '../shape.ts'
import { type Terms, termsOf, type WaitOptions } from '../wait-options.ts'
import { excusable, unobserved } from '../watch.ts'
import { CancellableWaiter, grantAll, hearAbort, WaitQueue } from '../wait-queue.ts'

export type { Lockable, Permit, WaitOptions }

/**
 * Lets tasks that hold a lock wait until another task, holding it too, says that things have changed.
 *
 * Use it when several tasks wait for different states of one shared thing. For a flag use an Event, for handing things over a
 * Queue. Several Conditions may share one lock.
 *
 * Always wait in a loop, or with waitFor(): between the notification and the moment that this task has the lock again, others may
 * have had it.
 *
 * Semantics: asyncio.Condition. notify(n) is O(n), all else O(1).
 *
 * @param lock Any Lockable, of any package; a Lock of its own unless given.
 * @throws TypeError when `lock` is none.
 *
 * @example
 * ```ts
 * import { Condition } from '@interlock/core'
 *
 * const jobs: string[] = []
 * const changed = new Condition()
 *
 * const consumer = changed.run(async () => {
 *   await changed.waitFor(() => jobs.length > 0)
 *   return jobs.shift()
 * })
 * await changed.run(() => {
 *   jobs.push('paint')
 *   changed.notify()
 * })
 * await consumer // => 'paint'
 * ```
 */
export class Condition extends Primitive implements Lockable {
  /** What it was made over; a Lock of its own unless given. */
  readonly lock: Lockable
  /** What is really held: the lock, or, of a Condition, the lock under it. */
  readonly #held: Lockable
  readonly #waiters = new WaitQueue(this, 'wait')

  constructor(lock?: Lockable, options?: PrimitiveOptions) {
    super(options)
    this.lock = lock === undefined ? new Lock(options) : checkLockable(lock)
    this.#held = #held in this.lock ? this.lock.#held : this.lock
  }

  /** The lock's own. */
  get locked(): boolean {
    return this.lock.locked
  }

  /** How many wait to be notified; those who wait for the lock again are not among them. */
  get waiting(): number {
    return this.#waiters.size
  }

  /** The lock's own. */
  acquire(options?: WaitOptions): Promise<Permit> {
    return this.lock.acquire(options)
  }

  /** The lock's own. */
  tryAcquire(): Permit | null {
    return this.lock.tryAcquire()
  }

  /** The lock's own. */
  release(): void {
    this.lock.release()
  }

  /** Runs `fn` while holding the lock and gives it back however `fn` ends, waits inside it included. */
  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return runHolding(this.lock, fn, options, (permit) => {
      presentPermit.set(this.#held, permit)
      return () => latestOf(permit).release()
    })
  }

  /**
   * Gives the lock up, waits to be notified, and holds the lock again when it settles, however it settles. Over a Lock of core the
   * permit from before stays good; over a foreign Lockable use release().
   *
   * When it aborts or times out after it was notified, it rejects once it holds the lock again, and its notification goes to the
   * next waiter. A signal that has aborted already, and timeout 0, reject at once without giving the lock up.
   *
   * @throws NotAcquiredError when the lock is not held; the signal's reason; DOMException TimeoutError; TypeError and RangeError for
   *   wrong options. All as rejections.
   */
  wait(options?: WaitOptions): Promise<void> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.#wait(terms, terms?.timeout)
  }

  /**
   * Waits until `predicate` answers something truthy, and resolves with that. It is called at once, and again after each
   * notification, with the lock held; `timeout` bounds the whole.
   *
   * @throws What wait() throws; what `predicate` throws, with the lock held; TypeError when it is no function. All as rejections.
   */
  waitFor<T>(predicate: () => T, options?: WaitOptions): Promise<T> {
    return excusable(async (excused) => {
      callable('predicate', predicate)
      const terms = termsOf(options)
      if (terms instanceof Promise) return await terms
      const deadline = performance.now() + (terms?.timeout ?? Infinity)
      let answer = predicate()
      while (!answer) {
        terms?.signal?.throwIfAborted()
        try {
          await this.#wait(terms, Math.max(0, deadline - performance.now()))
        } catch (error) {
          return excused(error)
        }
        answer = predicate()
      }
      return answer
    })
  }

  /**
   * Wakes `n` waiters (1 unless told), or as many as there are. The lock stays held: they go on once it is released, one after another.
   *
   * @throws NotAcquiredError when the lock is not held; RangeError or TypeError unless `n` is a whole number from 0.
   */
  notify(n = 1): void {
    whole('n', n, 0)
    if (!this.locked) throw this.#notHeld('notify')
    for (let left = n; left > 0 && this.waiting > 0; left--) this.#waiters.shift()?.grant()
  }

  /** Wakes all who wait now. @throws NotAcquiredError when the lock is not held. */
  notifyAll(): void {
    if (!this.locked) throw this.#notHeld('notifyAll')
    grantAll(this.#waiters, undefined)
  }

  /** @internal */
  [SUSPEND](): Resume | undefined {
    return (this.lock as Partial<Suspendable>)[SUSPEND]?.()
  }

  override get [Symbol.toStringTag](): string {
    return 'Condition'
  }

  /** @internal */
  override [STATE](): string {
    return (this.locked ? 'locked' : 'unlocked') + andWaiting(this.waiting)
  }

  #wait(terms: Terms | undefined, left: number | undefined): Promise<void> {
    if (!this.locked) return Promise.reject(this.#notHeld('wait'))
    const waiter = new ConditionWaiter(this.#waiters, terms, this.#held)
    // In the queue before the lock is given up: a notification that release() itself brings about must find it.
    const promise = this.#waiters.parkCancellable(waiter, terms?.timeout, left)
    if (left !== 0) waiter.giveUpLock()
    return promise
  }

  #notHeld(method: string): NotAcquiredError {
    return new NotAcquiredError(`${method}() of ${this}, whose lock is not held`)
  }
}

const METHODS = ['acquire', 'tryAcquire', 'release', 'run'] as const

function checkLockable(lock: Lockable): Lockable {
  // A KeyedLock has all the names, but they want a key, `locked` among them.
  if (typeof lock?.locked === 'boolean' && METHODS.every((name) => typeof lock[name] === 'function')) return lock
  throw mistyped('lock', 'a Lockable', lock)
}

/**
 * Of locks that cannot put a hold back, which are those of other packages: the permit of the present hold, as far as a run() or a wait
 * acquired it; and which permit a wait acquired in place of which, so that run() gives back the hold that there is.
 */
const presentPermit = new WeakMap<Lockable, Permit>()
const successorOf = new WeakMap<Permit, Permit>()

function latestOf(permit: Permit): Permit {
  const successor = successorOf.get(permit)
  return successor === undefined ? permit : latestOf(successor)
}

class ConditionWaiter extends CancellableWaiter<void, undefined> {
  readonly #lock: Lockable & Partial<Suspendable>
  /** Puts the hold back that was given up for the wait. */
  #resume: Resume | undefined
  #notified = false
  #settled = false
  #interruption: { reason: unknown } | undefined

  constructor(queue: WaitQueue, terms: Terms | undefined, lock: Lockable) {
    super(queue, undefined, terms)
    this.#lock = lock
  }

  giveUpLock(): void {
    const lock = this.#lock
    const latest = presentPermit.get(lock)
    const present = latest?.released === false ? latest : undefined
    try {
      this.#resume = lock[SUSPEND]?.()
      if (this.#resume !== undefined) return
      lock.release()
      this.#resume = (permit) => {
        if (present !== undefined) successorOf.set(present, permit)
        presentPermit.set(lock, permit)
      }
    } catch (error) {
      // A foreign lock knows better than `locked` who holds it. Nothing was given up.
      if (!this.queue.holds(this)) return
      this.queue.remove(this)
      this.#settle({ reason: error })
    }
  }

  /** Notified. */
  override grant(): void {
    this.#notified = true
    this.#relock()
  }

  override withdraw(reason: unknown): boolean {
    if (this.#settled) return false
    this.disarm()
    this.#interruption = { reason }
    if (this.queue.holds(this)) {
      this.queue.remove(this)
      this.#relock()
    }
    return true
  }

  #relock(): void {
    const failed = (error: unknown): void => this.#settle({ reason: error })
    try {
      // Part of this wait, which is observed as such; and the context here is the notifier's.
      unobserved(() => this.#lock.acquire()).then((permit) => this.#relocked(permit), failed)
    } catch (error) {
      failed(error)
    }
  }

  #relocked(permit: Permit): void {
    this.#resume?.(permit)
    // The signal may have aborted without our having been told as yet.
    hearAbort(this.signal)
    this.#settle(this.#interruption)
  }

  #settle(interruption: { reason: unknown } | undefined): void {
    this.#settled = true
    if (interruption === undefined) return super.grant()
    if (this.#notified) this.queue.shift()?.grant()
    this.refuse(interruption.reason)
  }
}

keepShape(new ConditionWaiter(new WaitQueue(new Condition(), 'wait'), undefined, new Lock()))
