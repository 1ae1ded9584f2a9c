/**
 * Barrier: a point that a number of tasks reach before any goes on.
 *
 * States: filling (fewer than `parties` wait) → tripped, all go on and it fills again | broken, by abort(), until reset().
 * Fairness: places are given at the trip in the order of arrival; the last to arrive has the last.
 * Cancellation: a waiter that is cancelled leaves, the barrier goes on filling, and the places of the rest stay without a gap.
 * Linearization point: the call of wait() that fills it. Rounds cannot mix: the waiters of one round have left the queue
 *   before anybody can join the next.
 */
import { whole } from '../argument.ts'
import { BrokenBarrierError } from '../errors/broken-barrier-error.ts'
import { Primitive, type PrimitiveOptions, STATE } from '../primitive.ts'
import { type Terms, termsOf, type WaitOptions } from '../wait-options.ts'
import { CancellableWaiter, hearAborts, refuseAll, takeAll, WaitQueue } from '../wait-queue.ts'

export type { WaitOptions }

/**
 * Holds tasks back until `parties` of them have arrived; then lets all of them go on, and starts over.
 *
 * Use it for work in phases. To wait until tasks have ended use Promise.all, to wait for one thing an Event.
 *
 * Semantics: asyncio.Barrier, with places that are never given twice (CPython gh-155233). wait() is O(1), the one that trips the
 * barrier O(parties).
 *
 * @param parties A whole number from 1.
 * @throws RangeError or TypeError for any other value.
 *
 * @example
 * ```ts
 * import { Barrier } from '@interlock/core'
 *
 * const barrier = new Barrier(3)
 * const first = barrier.wait()
 * const second = barrier.wait()
 * String(barrier) // => 'Barrier <filling, 2/3>'
 * await Promise.all([first, second, barrier.wait()]) // => [0, 1, 2]
 * String(barrier) // => 'Barrier <filling, 0/3>'
 * ```
 */
export class Barrier extends Primitive {
  /** How many must arrive for all to go on. */
  readonly parties: number
  #broken = false
  readonly #waiters = new WaitQueue<number>(this, 'wait')

  constructor(parties: number, options?: PrimitiveOptions) {
    super(options)
    this.parties = whole('parties', parties, 1)
  }

  /** How many have arrived in this round. */
  get waiting(): number {
    return this.#waiters.size
  }

  /** True from abort() until reset(). */
  get broken(): boolean {
    return this.#broken
  }

  /**
   * Resolves once `parties` wait, with this task's place in the order of arrival among those who pass: 0 to parties - 1, each once.
   *
   * @throws BrokenBarrierError when the barrier is broken, or is reset or aborted meanwhile; the signal's reason; DOMException
   *   TimeoutError; TypeError and RangeError for wrong options. All as rejections.
   */
  wait(options?: WaitOptions): Promise<number> {
    // Who is being aborted, though it has not heard so yet, is no party to the trip. Before all else: observers are told, and may act.
    if (this.waiting >= this.parties - 1) hearAborts(this.#waiters)
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.#wait(terms)
  }

  /** Turns away those who wait, with BrokenBarrierError; the barrier is empty and whole again. */
  reset(): void {
    this.#broken = false
    this.#turnAway('was reset')
  }

  /** Turns away those who wait and all who come later, with BrokenBarrierError, until reset(). */
  abort(): void {
    this.#broken = true
    this.#turnAway('was aborted')
  }

  override get [Symbol.toStringTag](): string {
    return 'Barrier'
  }

  /** @internal */
  override [STATE](): string {
    return this.#broken ? 'broken' : `filling, ${this.waiting}/${this.parties}`
  }

  #wait(terms: Terms | undefined): Promise<number> {
    if (this.#broken) return Promise.reject(new BrokenBarrierError(`wait() at ${this}`))
    const last = this.parties - 1
    if (this.waiting < last) {
      return this.#waiters.parkCancellable(new CancellableWaiter(this.#waiters, undefined, terms), terms?.timeout)
    }
    for (const [place, waiter] of takeAll(this.#waiters).entries()) waiter.grant(place)
    return Promise.resolve(last)
  }

  #turnAway(what: string): void {
    if (this.waiting > 0) refuseAll(this.#waiters, new BrokenBarrierError(`${this} ${what}`))
  }
}
