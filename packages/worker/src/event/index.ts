/**
 * Event: a flag that all threads see, and may wait for.
 *
 * States: unset | set, and how often it has been set: (times « 1 | set) in one word. A seat's bit in the mask says that it waits.
 * Fairness: set() wakes all who wait.
 * Cancellation: a waiter that is cancelled leaves; the others still wake.
 * Death: of one who waits, nobody notices; of one who was setting it, whoever waits looks again.
 * Linearization point: the compare-and-swap of set() and clear(). Who waited before set() is woken though clear() follows at once, as it
 *   compares how often the event has been set.
 */
import type { WaitOptions } from '@interlock/core'
import {
  andWaiting,
  CancellableWaiter,
  DONE,
  refuseAll,
  type Terms,
  termsOf,
  WaitQueue,
} from '@interlock/core/internal'
import { readSyncTerms, type SyncTerms, type SyncWaitOptions, timedOut } from '../blocking.ts'
import type { Handle } from '../handle.ts'
import { OBJECT } from '../layout.ts'
import { clearBit, eachIn, setBit } from '../mask.ts'
import type { Local, Place } from '../place.ts'
import { checkMayBlock, type Contender, SLICE } from '../seat.ts'
import { checkPlace, Found, findPlace, placeFor, Shared, type SharedOptions } from '../shared.ts'

export type { Handle, SharedOptions, SyncWaitOptions, WaitOptions }

/** As one thread sees it. */
class LocalEvent implements Local, Contender {
  readonly place: Place
  /** Each asks for another word than it found. */
  readonly waiters: WaitQueue<void, number>
  readonly #view: Int32Array
  readonly #at: number
  readonly #mask: number
  #announced = false

  constructor(place: Place, primitive: object) {
    this.place = place
    this.#view = place.view
    this.#at = place.at + OBJECT.WORD
    this.#mask = place.at + OBJECT.MASKS
    this.waiters = new WaitQueue(primitive as never, 'wait', () => this.step())
  }

  read(): number {
    checkPlace(this.place)
    return Atomics.load(this.#view, this.#at)
  }

  set(): void {
    for (;;) {
      const word = this.read()
      if ((word & 1) !== 0) return
      if (Atomics.compareExchange(this.#view, this.#at, word, (word + 2) | 1) === word) break
    }
    const { seat, territory } = this.place
    eachIn(this.#view, this.#mask, territory.masks, (id) => {
      if (id !== seat.id) seat.ring(id)
    })
    if (this.step()) seat.ignore(this)
  }

  clear(): void {
    checkPlace(this.place)
    Atomics.and(this.#view, this.#at, ~1)
  }

  park(terms: Terms | undefined): Promise<void> {
    const { seat } = this.place
    const seen = seat.rung()
    const waiter = new CancellableWaiter(this.waiters, this.read(), terms)
    const promise = this.waiters.parkCancellable(waiter, terms?.timeout)
    if (this.waiters.holds(waiter)) {
      this.#announce()
      if (!this.step()) seat.listen(this, seen)
    }
    return promise
  }

  block({ timeout, abort }: SyncTerms): void {
    const { seat } = this.place
    const before = this.read()
    if ((before & 1) !== 0) return
    const since = performance.now()
    const deafen = abort?.listen()
    try {
      for (;;) {
        const seen = seat.rung()
        this.#announce()
        if (isSince(this.read(), before)) return
        abort?.throwIfAborted()
        const waited = performance.now() - since
        if (waited >= timeout) throw timedOut(this.waiters.primitive, 'wait', timeout)
        seat.sleep(seen, Math.min(timeout - waited, SLICE))
      }
    } finally {
      deafen?.()
      this.step()
    }
  }

  /** Wakes those of this thread for whom it has been set. */
  step(): boolean {
    const { waiters } = this
    try {
      const word = this.read()
      for (let waiter = waiters.peek(); waiter !== null && isSince(word, waiter.ask); waiter = waiters.peek()) {
        waiters.remove(waiter)
        waiter.grant()
      }
      if (waiters.size > 0) return false
      this.#retract()
    } catch (error) {
      refuseAll(waiters, error)
    }
    return true
  }

  lost(): void {
    this.#announced = false
    if (this.step()) this.place.seat.ignore(this)
  }

  #announce(): void {
    if (this.#announced) return
    this.#announced = true
    setBit(this.#view, this.#mask, this.place.seat.id)
  }

  #retract(): void {
    if (!this.#announced) return
    this.#announced = false
    clearBit(this.#view, this.#mask, this.place.seat.id)
  }
}

/** Set now, or set since it read `before`. */
const isSince = (word: number, before: number): boolean => (word & 1) !== 0 || word >>> 1 !== before >>> 1

/**
 * Tells any number of threads that something has happened, and remembers it until clear().
 *
 * Use it for "ready", "stop", "configuration loaded", across threads. Use a Condition when waiters must look at shared state under a lock, a
 * Queue when something is handed over.
 *
 * Semantics: asyncio.Event. set() is O(threads), all else O(1).
 *
 * @example
 * ```ts
 * import { Event } from '@interlock/worker'
 *
 * const ready = new Event({ name: 'ready' })
 * const waiter = ready.wait().then(() => 'went on')
 * Event.from(ready.handle).set() // in another thread, as a rule
 * await waiter // => 'went on'
 * ready.waitSync() // at once, from now on
 * String(ready) // => 'Event "ready" <set>'
 * ```
 */
export class Event extends Shared {
  /** @internal */
  readonly local: LocalEvent

  /** @throws TypeError for wrong options; SpaceFullError when a space of your own is full. */
  constructor(options?: SharedOptions) {
    super(options)
    const place = placeFor('event', options)
    this.local = place.territory.localAt(place, () => new LocalEvent(place, this))
  }

  /** The one of a handle, in this thread. @throws HandleError when `handle` is none, is another kind's, or has been freed. */
  static from(handle: Handle, options?: { name?: string }): Event {
    return new Event(Found.of(findPlace(handle, 'event'), options))
  }

  /** True from set() until clear(), in every thread. */
  get isSet(): boolean {
    return (this.local.read() & 1) !== 0
  }

  /** Wakes all who wait, in all threads; later ones do not wait until clear(). On a set event it does nothing. */
  set(): void {
    this.local.set()
  }

  /** From now on wait() waits again. */
  clear(): void {
    this.local.clear()
  }

  /**
   * Resolves once the event is set: at once if it is. It may have been cleared again by the time that the caller resumes.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options; HandleError when it is freed. All as
   *   rejections.
   */
  wait(options?: WaitOptions): Promise<void> {
    const terms = termsOf(options, () => void this.local.read())
    if (terms instanceof Promise) return terms
    return this.isSet ? DONE : this.local.park(terms)
  }

  /**
   * Blocks the thread until the event is set.
   *
   * @throws DOMException TimeoutError; AbortError when `abort` aborts; TypeError and RangeError for wrong options, and where the thread must not
   *   block; HandleError when it is freed.
   */
  waitSync(options?: SyncWaitOptions): void {
    checkMayBlock('waitSync', 'wait')
    this.local.block(readSyncTerms(options))
  }

  override get [Symbol.toStringTag](): string {
    return 'Event'
  }

  protected override state(): string {
    return (this.isSet ? 'set' : 'unset') + andWaiting(this.local.waiters.size)
  }

  protected override spoil(): void {}
}
