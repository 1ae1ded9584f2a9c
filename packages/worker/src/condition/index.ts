/**
 * Condition: waits, across threads, for a change of what a lock guards.
 *
 * States of a waiter: waiting (counted in its thread's cell, the lock given up) → relocking (notified or interrupted, in the lock's queue)
 *   → settled (the lock held again).
 * Fairness: notifications go round from thread to thread; among the tasks of one thread first come, first served, but for a call that blocks,
 *   which comes first: no task of its thread could go on before it returns.
 * Cancellation: whatever ends a wait, it settles with the lock held. A waiter that is cancelled after it was notified passes the notification
 *   to another one: none is lost, and none is invented.
 * Death: of a waiter, its notification, if it had one and has not given the lock up again since, goes to another; others may then see one
 *   wake-up more than was asked for. Of a holder, the next to hold the lock is told by its permit, which of a wait is the permit from before it.
 * Linearization point: of a notification, the compare-and-swap on a cell (`words.ts`); of the end of a wait, the moment after it got the lock
 *   back, when its signal is looked at for the last time.
 *
 * The races, and both orders of each:
 *   Notify against interrupt, neither with the other's knowledge. The cell decides: notified first, as many are notified as wait, or this one is
 *     not among them; in the one case it passes on, in the other it leaves (`withdraw()`). Interrupted first: it is not counted any more.
 *   Notify against sleep. A thread reads its bell, then its cell, then sleeps on the bell; who notifies changes the cell and then rings.
 *   Death against notify. Recovery first closes the dead thread's cell, then empties it; a notification that came in between is found (C3).
 */
import type { WaitOptions } from '@interlock/core'
import { NotAcquiredError } from '@interlock/core/errors'
import { andWaiting, callable, excusable, mistyped, type Terms, termsOf, whole } from '@interlock/core/internal'
import { readSyncTerms, type SyncTerms, type SyncWaitOptions } from '../blocking.ts'
import { HandleError } from '../errors/handle-error.ts'
import { SpaceFullError } from '../errors/space-full-error.ts'
import type { Handle } from '../handle.ts'
import { Lock, type SharedLockable } from '../lock/index.ts'
import type { SharedPermit } from '../permit.ts'
import type { Place } from '../place.ts'
import { checkMayBlock } from '../seat.ts'
import { checkPlace, Found, findPlace, Shared, type SharedOptions } from '../shared.ts'
import { claim, Space, territoryOf } from '../space/index.ts'
import { LocalCondition } from './local.ts'
import { LOCK, LOCK_TAG, MADE_LOCK } from './words.ts'

export type { Handle, SharedLockable, SharedOptions, SharedPermit, SyncWaitOptions, WaitOptions }

/**
 * Lets threads that hold a lock wait until another one, holding it too, says that things have changed.
 *
 * Use it when several threads wait for different states of one shared thing, a table in shared memory for instance. For a flag use an Event,
 * for handing things over a Queue. Several Conditions may share one lock; each lies in its lock's space.
 *
 * Always wait in a loop, or with waitFor() or waitForSync(): between the notification and the moment that this thread has the lock again,
 * others may have had it; and when a thread dies that had been notified, another is woken in its place.
 *
 * Semantics: asyncio.Condition, and for the dead POSIX's robust mutexes. notify(n) is O(threads × n), notifyAll() O(threads), all else O(1).
 * Up to 65,535 tasks of one thread may wait on one Condition.
 *
 * @example
 * ```ts
 * import { Condition } from '@interlock/worker'
 *
 * const cells = new Int32Array(new SharedArrayBuffer(4))
 * const changed = new Condition()
 * const inAnotherThread = Condition.from(changed.handle) // the handle came by postMessage
 *
 * const consumer = changed.run(async () => {
 *   await changed.waitFor(() => cells[0] > 0)
 *   return cells[0]
 * })
 * await inAnotherThread.run(() => {
 *   cells[0] = 42
 *   inAnotherThread.notify()
 * })
 * await consumer // => 42
 * ```
 */
export class Condition extends Shared implements SharedLockable {
  /** What it was made over; a Lock of its own unless given. */
  readonly lock: Lock
  /** @internal */
  readonly local: LocalCondition

  /**
   * @param lock Of this package; a Lock made with it, and freed with it, unless given.
   * @throws TypeError when `lock` is no Lock, and for wrong options; RangeError when `space` is another than the lock's; HandleError when the lock
   *   has been freed; SpaceFullError when there is no room, which of a given lock is in its own space.
   */
  constructor(lock?: Lock, options?: SharedOptions) {
    super(options)
    const { place, over } =
      options instanceof Found ? foundAgain(options) : lock === undefined ? makeBoth(options) : makeOver(lock, options)
    this.lock = over
    this.local = place.territory.localAt(place, () => new LocalCondition(place, over.local, this))
  }

  /**
   * The one of a handle, in this thread, and its lock.
   *
   * @throws HandleError when `handle` is none, is another kind's, or it or its lock has been freed.
   */
  static from(handle: Handle, options?: { name?: string }): Condition {
    return new Condition(undefined, Found.of(findPlace(handle, 'condition'), options))
  }

  /** The lock's own. */
  get locked(): boolean {
    return this.lock.locked
  }

  /** How many wait to be notified, in all threads; those who wait for the lock again are not among them. O(threads). */
  get waiting(): number {
    return this.local.waiting
  }

  /** The lock's own. */
  acquire(options?: WaitOptions): Promise<SharedPermit> {
    return this.lock.acquire(options)
  }

  /** The lock's own. */
  acquireSync(options?: SyncWaitOptions): SharedPermit {
    return this.lock.acquireSync(options)
  }

  /** The lock's own. */
  tryAcquire(): SharedPermit | null {
    return this.lock.tryAcquire()
  }

  /** The lock's own. */
  release(): void {
    this.lock.release()
  }

  /** The lock's own. */
  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return this.lock.run(fn, options)
  }

  /** The lock's own. */
  runSync<T>(fn: () => T, options?: SyncWaitOptions): T {
    return this.lock.runSync(fn, options)
  }

  /**
   * Gives the lock up, waits to be notified, and holds the lock again when it settles, however it settles. The permit from before is good
   * again then, and its `abandoned` says whether who held the lock last died with it.
   *
   * When it aborts or times out after it was notified, it rejects once it holds the lock again, and its notification goes to another waiter. A
   * signal that has aborted already, and timeout 0, reject at once without giving the lock up.
   *
   * @throws NotAcquiredError unless this thread holds the lock; the signal's reason; DOMException TimeoutError; TypeError and RangeError for
   *   wrong options; HandleError when it, or its lock, is freed. All as rejections.
   */
  wait(options?: WaitOptions): Promise<void> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.#wait(terms, terms?.timeout ?? Infinity)
  }

  /**
   * The same, blocking the thread, of which no other task runs meanwhile: what is to happen for the notification must happen in another
   * thread.
   *
   * @throws NotAcquiredError unless this thread holds the lock; DOMException TimeoutError; AbortError when `abort` aborts; TypeError and
   *   RangeError for wrong options, and where the thread must not block; HandleError when it, or its lock, is freed.
   */
  waitSync(options?: SyncWaitOptions): void {
    checkMayBlock('waitSync', 'wait')
    const terms = readSyncTerms(options)
    this.#waitSync(terms, terms.timeout)
  }

  /**
   * Waits until `predicate` answers something truthy, and resolves with that. It is called at once, and again after each notification, with
   * the lock held; `timeout` bounds the whole.
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
   * The same, blocking the thread.
   *
   * @throws What waitSync() throws; what `predicate` throws, with the lock held; TypeError when it is no function.
   */
  waitForSync<T>(predicate: () => T, options?: SyncWaitOptions): T {
    checkMayBlock('waitForSync', 'waitFor')
    callable('predicate', predicate)
    const terms = readSyncTerms(options)
    const deadline = performance.now() + terms.timeout
    let answer = predicate()
    while (!answer) {
      terms.abort?.throwIfAborted()
      this.#waitSync(terms, Math.max(0, deadline - performance.now()))
      answer = predicate()
    }
    return answer
  }

  /**
   * Wakes `n` waiters (1 unless told), or as many as there are, in whatever threads. The lock stays held: they go on once it is released, one
   * after another.
   *
   * @throws NotAcquiredError unless this thread holds the lock; RangeError or TypeError unless `n` is a whole number from 0; HandleError when it
   *   has been freed.
   */
  notify(n = 1): void {
    whole('n', n, 0)
    this.#checkHeld('notify')
    this.local.notify(n)
  }

  /** Wakes all who wait now. @throws NotAcquiredError unless this thread holds the lock; HandleError when it has been freed. */
  notifyAll(): void {
    this.#checkHeld('notifyAll')
    this.local.notifyAll()
  }

  /**
   * Gives its place in the space back, and that of its lock if the lock was made with it. Whatever still waits on it gets HandleError, holding
   * the lock again where that is still there; so does every later use in any thread.
   *
   * @throws HandleError when it has been freed already.
   */
  override free(): void {
    const { view, at } = this.local.place
    const madeLock = Atomics.load(view, at + MADE_LOCK) !== 0
    super.free()
    if (!madeLock) return
    try {
      this.lock.free()
    } catch (error) {
      // Somebody has freed it before, by itself.
      if (!(error instanceof HandleError)) throw error
    }
  }

  override get [Symbol.toStringTag](): string {
    return 'Condition'
  }

  protected override state(): string {
    return (this.locked ? 'locked' : 'unlocked') + andWaiting(this.waiting)
  }

  protected override spoil(): void {}

  #wait(terms: Terms | undefined, left: number): Promise<void> {
    try {
      this.#checkHeld('wait')
    } catch (error) {
      return Promise.reject(error)
    }
    return this.local.park(terms, left)
  }

  #waitSync(terms: SyncTerms, left: number): void {
    this.#checkHeld('waitSync')
    this.local.block(terms, left)
  }

  #checkHeld(method: string): void {
    this.local.check()
    if (this.lock.local.holder === null) {
      throw new NotAcquiredError(`${method}() of ${this}, whose lock is not held by this thread`)
    }
  }
}

/** Where a Condition lies, and its lock. */
interface Pair {
  readonly place: Place
  readonly over: Lock
}

function foundAgain({ place, name }: Found): Pair {
  const { view, at, territory } = place
  const tag = Atomics.load(view, at + LOCK_TAG)
  const lock = territory.find('lock', Atomics.load(view, at + LOCK), tag >>> 16)
  if (lock === undefined) throw new HandleError('handle is of a condition whose lock has been freed')
  return { place, over: new Lock(new Found(lock, name)) }
}

function makeOver(lock: Lock, options: SharedOptions | undefined): Pair {
  const space = territoryOf(options)
  if (!(lock instanceof Lock)) throw mistyped('lock', 'a Lock of @interlock/worker', lock)
  const { place } = lock.local
  checkPlace(place)
  if (space !== undefined && space !== place.territory) {
    throw new RangeError("space must be the lock's own, got another one: it need not be told beside a lock")
  }
  return { place: founded(claimBeside(lock), lock, false), over: lock }
}

function makeBoth(options: SharedOptions | undefined): Pair {
  const space = territoryOf(options)
  let over = new Lock(options)
  let place = over.local.place.territory.claim('condition')
  if (place === undefined) {
    if (space !== undefined) {
      over.free()
      throw noRoom(space.objects)
    }
    // The default space had room for the lock alone. The one that follows it has room for both.
    const full = over
    place = claim('condition', undefined)
    if (place.territory !== full.local.place.territory) {
      over = new Lock({ ...options, space: Space.default })
      full.free()
    }
  }
  return { place: founded(place, over, true), over }
}

function claimBeside(lock: Lock): Place {
  const { territory } = lock.local.place
  const place = territory.claim('condition')
  if (place === undefined) throw noRoom(territory.objects)
  return place
}

function founded(place: Place, lock: Lock, made: boolean): Place {
  const { view, at } = place
  Atomics.store(view, at + LOCK, lock.local.place.at)
  Atomics.store(view, at + LOCK_TAG, lock.local.place.tag)
  Atomics.store(view, at + MADE_LOCK, made ? 1 : 0)
  return place
}

const noRoom = (objects: number): SpaceFullError =>
  new SpaceFullError(
    `the space is full with ${objects} objects, and a Condition lies beside its lock: make both in a larger one, as in new Space({ objects: ${objects * 2} }), or free() what is no longer used`,
  )
