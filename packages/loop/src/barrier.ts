/**
 * Barrier: a point that a number of tasks reach before any goes on.
 *
 * States: filling (fewer than `parties` wait) → tripped, all go on and it fills again | broken, by abort(), until reset().
 * Fairness: places are given at the trip, in the order of arrival; the last to arrive has the last.
 * Cancellation: who is cancelled before the trip leaves, and it goes on filling; who is cancelled after it is out, and the rest pass.
 * Linearization point: the wait() that fills it. Rounds cannot mix: who has been woken belongs to no round any more.
 */
import { whole } from './argument.ts'
import { BrokenBarrierError } from './errors.ts'
import { Line } from './line.ts'
import type { Op } from './op.ts'
import { Primitive, type PrimitiveOptions } from './primitive.ts'
import { touch } from './running.ts'

/**
 * Holds tasks back until `parties` of them have arrived; then lets all of them go on, and starts over.
 *
 * Semantics: asyncio.Barrier, with places that are never given twice (CPython gh-155233). wait() is O(parties).
 *
 * @param parties A whole number from 1.
 * @throws RangeError or TypeError for any other value.
 *
 * @example
 * ```ts
 * import { Barrier, EventLoop, gather } from '@interlock/loop'
 *
 * const barrier = new Barrier(3)
 * new EventLoop().runUntilComplete(gather(barrier.wait(), barrier.wait(), barrier.wait())) // => [0, 1, 2]
 * String(barrier) // => 'Barrier <filling, 0/3>'
 * ```
 */
export class Barrier extends Primitive {
  /** How many must arrive for all to go on. */
  readonly parties: number
  #broken = false
  readonly #line = new Line<number>(this, 'wait')

  constructor(parties: number, options?: PrimitiveOptions) {
    super(options)
    this.parties = whole('parties', parties, 1)
  }

  /** How many have arrived in this round. */
  get waiting(): number {
    touch(this)
    return this.#line.asleep.length
  }

  /** True from abort() until reset(). */
  get broken(): boolean {
    touch(this)
    return this.#broken
  }

  /**
   * Waits until `parties` wait, and answers this task's place among those who pass: 0 to parties - 1, each once.
   *
   * @throws BrokenBarrierError when the barrier is broken, or is reset or aborted meanwhile.
   */
  *wait(): Op<number> {
    touch(this, 'waits at')
    if (this.#broken) throw new BrokenBarrierError(`wait() at ${this}`)
    const arrived = this.#line.asleep
    const last = this.parties - 1
    if (arrived.length === last) {
      for (const [place, waiter] of arrived.entries()) waiter.setResult(place)
      return last
    }
    const waiter = this.#line.enter()
    try {
      return yield* waiter
    } finally {
      this.#line.leave(waiter)
    }
  }

  /** Turns away those who wait, with BrokenBarrierError; the barrier is empty and whole again. */
  reset(): void {
    touch(this, 'resets')
    this.#broken = false
    this.#turnAway('was reset')
  }

  /** Turns away those who wait and all who come later, with BrokenBarrierError, until reset(). */
  abort(): void {
    touch(this, 'aborts')
    this.#broken = true
    this.#turnAway('was aborted')
  }

  override get [Symbol.toStringTag](): string {
    return 'Barrier'
  }

  protected override describe(): string {
    return this.broken ? 'broken' : `filling, ${this.waiting}/${this.parties}`
  }

  #turnAway(what: string): void {
    const waiters = this.#line.asleep
    if (waiters.length === 0) return
    const error = new BrokenBarrierError(`${this.called} ${what}`)
    for (const waiter of waiters) waiter.setError(error)
  }
}
