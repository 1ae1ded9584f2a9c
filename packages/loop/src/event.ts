/**
 * Event: a flag that tasks can wait for.
 *
 * States: unset, with those who wait | set, with nobody.
 * Fairness: set() wakes all who wait, in the order in which they came.
 * Cancellation: who is cancelled leaves; nothing is consumed, so nothing need be passed on.
 * Linearization point: set(), clear() and wait() on a set event take effect inside the call; who has been woken stays woken though clear()
 *   follows at once.
 */
import { Line } from './line.ts'
import type { Op } from './op.ts'
import { andWaiting, Primitive } from './primitive.ts'
import { touch } from './running.ts'

/**
 * Tells any number of tasks that something has happened, and remembers it until clear().
 *
 * Semantics: asyncio.Event. set() is O(waiters).
 *
 * @example
 * ```ts
 * import { Event, EventLoop, gather, sleep } from '@interlock/loop'
 *
 * const loop = new EventLoop()
 * const fetched = new Event()
 * function* worker() {
 *   yield* fetched.wait()
 *   return loop.time()
 * }
 * function* fetcher() {
 *   yield* sleep(2000)
 *   fetched.set()
 *   return 0
 * }
 * loop.runUntilComplete(gather(worker(), worker(), fetcher())) // => [2000, 2000, 0]
 * ```
 */
export class Event extends Primitive {
  #isSet = false
  readonly #line = new Line(this, 'wait')

  /** True from set() until clear(). */
  get isSet(): boolean {
    touch(this)
    return this.#isSet
  }

  /** How many wait. */
  get waiting(): number {
    touch(this)
    return this.#line.asleep.length
  }

  /** Wakes every task that waits now; later ones do not wait until clear(). */
  set(): void {
    touch(this, 'sets')
    this.#isSet = true
    for (const place of this.#line.asleep) place.setResult()
  }

  /** From now on wait() waits again. */
  clear(): void {
    touch(this, 'clears')
    this.#isSet = false
  }

  /** Waits until it is set: not at all if it is. It may have been cleared again by the time that the caller resumes. */
  *wait(): Op<void> {
    touch(this, 'waits for')
    if (this.#isSet) return
    const place = this.#line.enter()
    try {
      yield* place
    } finally {
      this.#line.leave(place)
    }
  }

  override get [Symbol.toStringTag](): string {
    return 'Event'
  }

  protected override describe(): string {
    return (this.isSet ? 'set' : 'unset') + andWaiting(this.waiting)
  }
}
