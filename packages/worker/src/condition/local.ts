/**
 * A Condition as one thread sees it: which of its tasks wait, and which of them have been notified.
 *
 * The cell says how many of this thread have been notified, `granted` how many of these this thread has taken note of. The difference goes to
 * whoever of this thread waits first. But a call that blocks comes before the tasks that wait without: none of them could go on until it returns.
 */
import { CancellableWaiter, hearAbort, type Terms, unobserved, WaitQueue } from '@interlock/core/internal'
import { readSyncTerms, type SyncTerms, timedOut } from '../blocking.ts'
import type { LocalLock } from '../lock/local.ts'
import type { HolderPermit } from '../permit.ts'
import { cellAt, type Local, type Place } from '../place.ts'
import { type Contender, SLICE } from '../seat.ts'
import { checkPlace } from '../shared.ts'
import {
  countWaiting,
  MOST_WAITING,
  NOTIFIED,
  notifiedIn,
  notifyEach,
  notifyNext,
  WAITING,
  waitingIn,
} from './words.ts'

/** What ended a wait other than a notification. */
interface Interruption {
  readonly reason: unknown
}

export class LocalCondition implements Local, Contender {
  readonly place: Place
  readonly lock: LocalLock
  readonly waiters: WaitQueue
  readonly #cell: number
  /** How many of this thread have been notified, know of it, and have not settled yet. */
  #granted = 0

  constructor(place: Place, lock: LocalLock, primitive: object) {
    this.place = place
    this.lock = lock
    this.#cell = cellAt(place, place.seat.id)
    this.waiters = new WaitQueue(primitive as never, 'wait', () => this.#left())
  }

  /** How many wait to be notified, in all threads. */
  get waiting(): number {
    checkPlace(this.place)
    return countWaiting(this.place)
  }

  /** Throws unless both the condition and its lock are there. */
  check(): void {
    checkPlace(this.place)
    checkPlace(this.lock.place)
  }

  /** Holding the lock: gives it up and waits, `left` milliseconds of `terms.timeout`. */
  park(terms: Terms | undefined, left: number): Promise<void> {
    const { lock, waiters } = this
    const { seat } = this.place
    const timeout = terms?.timeout ?? Infinity
    if (left === 0) return Promise.reject(timedOut(waiters.primitive, waiters.operation, timeout))
    const permit = lock.holder as HolderPermit
    const waiter = new ConditionWaiter(this, terms, permit)
    const seen = seat.rung()
    try {
      this.#enter()
    } catch (error) {
      return Promise.reject(error)
    }
    const promise = waiters.parkCancellable(waiter, timeout, left)
    // An observer, told of the wait, may have given it up.
    if (lock.holder === permit) lock.release()
    if (!this.step()) seat.listen(this, seen)
    return promise
  }

  /** Holding the lock: gives it up and blocks this thread. It holds the lock again however it ends, unless that is gone. */
  block({ timeout, abort }: SyncTerms, left: number = timeout): void {
    const { lock } = this
    if (left === 0) throw this.#timedOut(timeout)
    this.#enter()
    const permit = lock.holder as HolderPermit
    const deadline = performance.now() + left
    const deafen = abort?.listen()
    let interruption: Interruption | undefined
    let notified: boolean
    try {
      lock.cede()
      try {
        this.#sleep(deadline, { timeout, abort })
        notified = true
      } catch (error) {
        interruption = { reason: error }
        notified = this.withdraw()
      }
      try {
        lock.block(readSyncTerms(undefined))
        lock.resume(permit)
        // As a wait that does not block: what came before it held the lock again, came in time.
        abort?.throwIfAborted()
        if (performance.now() >= deadline) throw this.#timedOut(timeout)
      } catch (error) {
        interruption ??= { reason: error }
      }
    } finally {
      deafen?.()
    }
    this.settle(notified, interruption, permit)
    if (interruption !== undefined) throw interruption.reason
  }

  /** Holding the lock: notifies `n`, or as many as wait. */
  notify(n: number): void {
    const seats = new Set<number>()
    for (let left = n; left > 0; left--) {
      const id = notifyNext(this.place)
      if (id < 0) break
      seats.add(id)
    }
    this.#ring(seats)
  }

  /** Holding the lock: notifies all who wait. */
  notifyAll(): void {
    const { place } = this
    const seats = new Set<number>()
    for (let id = 0; id < place.territory.used; id++) if (notifyEach(place, cellAt(place, id))) seats.add(id)
    this.#ring(seats)
  }

  /**
   * One of this thread, of whom nobody knows that it has been notified, waits no more. True if it has been all the same: as many are as wait.
   */
  withdraw(): boolean {
    const { view } = this.place
    while (this.#there) {
      const was = Atomics.load(view, this.#cell)
      if (waitingIn(was) === notifiedIn(was)) {
        this.#granted++
        return true
      }
      if (Atomics.compareExchange(view, this.#cell, was, was - WAITING) === was) break
    }
    return false
  }

  /** One of this thread is done, holding the lock by `permit`. A notification that it had and did not use goes to another. */
  settle(notified: boolean, interruption: Interruption | undefined, permit: HolderPermit): void {
    if (!notified || !this.#there) return
    if (interruption !== undefined) this.#passOn()
    // C3: it is used when the lock is given up. It may have been, by another task of this thread.
    else if (permit.released) this.part()
    else this.lock.parting = this
  }

  /** C3: what one of this thread was notified of has been seen to. */
  part(): void {
    if (!this.#there) return
    this.#granted--
    Atomics.sub(this.place.view, this.#cell, WAITING + NOTIFIED)
  }

  /** Wakes those of this thread who have been notified. True when none waits for that any more. */
  step(): boolean {
    const { waiters, place } = this
    try {
      this.check()
      while (notifiedIn(Atomics.load(place.view, this.#cell)) > this.#granted) {
        const waiter = waiters.shift()
        if (waiter === null) break
        this.#granted++
        waiter.grant()
      }
    } catch (error) {
      for (let waiter = waiters.head; waiter !== null; waiter = waiters.head)
        (waiter as ConditionWaiter).withdraw(error)
    }
    return waiters.size === 0
  }

  lost(): void {
    this.step()
    this.place.seat.ignore(this)
  }

  /** C2: before the lock is given up. */
  #enter(): void {
    const { view } = this.place
    if (waitingIn(Atomics.load(view, this.#cell)) === MOST_WAITING) {
      throw new RangeError(
        `${this.waiters.primitive}: ${MOST_WAITING} tasks of this thread wait already, and no more can`,
      )
    }
    Atomics.add(view, this.#cell, WAITING)
  }

  /** Ends when one notification is this call's. */
  #sleep(deadline: number, { timeout, abort }: SyncTerms): void {
    const { view, seat } = this.place
    for (;;) {
      const seen = seat.rung()
      this.check()
      if (notifiedIn(Atomics.load(view, this.#cell)) > this.#granted) {
        this.#granted++
        return
      }
      abort?.throwIfAborted()
      const left = deadline - performance.now()
      if (left <= 0) throw this.#timedOut(timeout)
      seat.sleep(seen, Math.min(left, SLICE))
    }
  }

  #passOn(): void {
    const { view, seat } = this.place
    for (;;) {
      const was = Atomics.load(view, this.#cell)
      if (waitingIn(was) === notifiedIn(was)) break
      // To the next of this thread.
      if (Atomics.compareExchange(view, this.#cell, was, was - WAITING) !== was) continue
      this.#granted--
      return void this.step()
    }
    // C4.
    const id = notifyNext(this.place)
    this.part()
    if (id >= 0) seat.ring(id)
  }

  /** After all that they are to see has been written. */
  #ring(seats: Set<number>): void {
    const { seat } = this.place
    for (const id of seats) if (id !== seat.id) seat.ring(id)
    if (seats.has(seat.id) && this.step()) seat.ignore(this)
  }

  #left(): void {
    if (this.waiters.size === 0) this.place.seat.ignore(this)
  }

  #timedOut(timeout: number): DOMException {
    return timedOut(this.waiters.primitive, this.waiters.operation, timeout)
  }

  /** Its words are still its own. */
  get #there(): boolean {
    try {
      checkPlace(this.place)
      return true
    } catch {
      return false
    }
  }
}

/**
 * One task's wait. waiting (in the Condition's queue, the lock given up) → relocking (notified or interrupted, in the lock's queue) → settled,
 * the lock held again.
 */
class ConditionWaiter extends CancellableWaiter<void, undefined> {
  readonly #condition: LocalCondition
  /** Of the hold that was given up. */
  readonly #permit: HolderPermit
  #notified = false
  #settled = false
  #interruption: Interruption | undefined

  constructor(condition: LocalCondition, terms: Terms | undefined, permit: HolderPermit) {
    super(condition.waiters, undefined, terms)
    this.#condition = condition
    this.#permit = permit
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
      this.#notified = this.#condition.withdraw()
      this.#relock()
    }
    return true
  }

  relocked(): void {
    this.#condition.lock.resume(this.#permit)
    // As in core, it can be cancelled until it goes on.
    queueMicrotask(() => this.settle(undefined))
  }

  /** `failure`: the lock is gone. */
  settle(failure: Interruption | undefined): void {
    // The signal may have aborted without our having been told as yet.
    hearAbort(this.signal)
    if (this.#settled) return
    this.#settled = true
    const interruption = this.#interruption ?? failure
    this.#condition.settle(this.#notified, interruption, this.#permit)
    if (interruption === undefined) super.grant()
    else this.refuse(interruption.reason)
  }

  #relock(): void {
    const { lock } = this.#condition
    // Part of this wait, which is observed as such.
    unobserved(() => {
      if (lock.take() === null) void lock.join(new Relocking(lock, this))
      else this.relocked()
    })
  }
}

/** The place of a Condition's waiter in the queue of the lock. */
class Relocking extends CancellableWaiter<HolderPermit, undefined> {
  readonly #waiter: ConditionWaiter

  constructor(lock: LocalLock, waiter: ConditionWaiter) {
    super(lock.waiters, undefined, undefined)
    this.#waiter = waiter
  }

  override grant(): void {
    this.#waiter.relocked()
  }

  override refuse(reason: unknown): void {
    this.#waiter.settle({ reason })
  }
}
