/**
 * Semaphore: a number of permits.
 *
 * States: `value` permits free, and those who wait. A permit on its way to one who has been woken is not free any more.
 * Fairness: first come, first served; nobody overtakes one who has been woken.
 * Cancellation: who has been woken and is cancelled in the same step gives the permit back, and it goes to the next.
 * Linearization point: acquire() that need not wait and release() take effect inside the call; of one that waits, the release() that wakes it.
 */
import { callable, whole } from './argument.ts'
import { Line } from './line.ts'
import { holding } from './lock.ts'
import type { Op } from './op.ts'
import { andWaiting, Primitive, type PrimitiveOptions } from './primitive.ts'
import { touch } from './running.ts'

/**
 * Lets at most `value` tasks in at a time.
 *
 * Semantics: asyncio.Semaphore of Python 3.13. All is O(1).
 *
 * @param value Permits to begin with, a whole number from 0; 1 unless told.
 * @throws RangeError or TypeError for any other value.
 *
 * @example
 * ```ts
 * import { EventLoop, gather, Semaphore, sleep } from '@interlock/loop'
 *
 * const loop = new EventLoop()
 * const database = new Semaphore(2)
 * const query = () => database.run(() => sleep(1000))
 * loop.runUntilComplete(gather(query(), query(), query()))
 * loop.time() // => 2000
 * ```
 */
export class Semaphore extends Primitive {
  #value: number
  readonly #line = new Line(this, 'acquire')

  constructor(value = 1, options?: PrimitiveOptions) {
    super(options)
    this.#value = whole('value', value, 0)
  }

  /** Permits free now. */
  get value(): number {
    touch(this)
    return this.#value
  }

  /** True when acquire() would have to wait. */
  get locked(): boolean {
    touch(this)
    return this.#value === 0 || this.#line.occupied
  }

  /** How many wait. */
  get waiting(): number {
    touch(this)
    return this.#line.asleep.length
  }

  /** Takes a permit, when there is one and nobody is before this task. */
  *acquire(): Op<void> {
    touch(this, 'asks for')
    if (this.tryAcquire()) return
    const place = this.#line.enter()
    let resumed = false
    try {
      yield* place
      resumed = true
      touch(this, 'acquires')
    } finally {
      this.#line.leave(place)
      if (!resumed && place.finished) this.#value++
      // Who came meanwhile had to wait for this one's step.
      while (this.#value > 0 && this.#line.wake()) this.#value--
    }
  }

  /** A permit now, or false. Never overtakes one who waits. */
  tryAcquire(): boolean {
    if (this.locked) return false
    touch(this, 'acquires')
    this.#value--
    return true
  }

  /** Gives a permit back, or adds one, whoever calls. */
  release(): void {
    touch(this, 'releases')
    if (!this.#line.wake()) this.#value++
  }

  /** Runs `op()` while holding a permit, and gives it back however that ends. @throws TypeError when `op` is no function, at the call. */
  run<T>(op: () => Op<T>): Op<T> {
    return holding(this, callable('op', op))
  }

  override get [Symbol.toStringTag](): string {
    return 'Semaphore'
  }

  protected override describe(): string {
    return (this.locked ? 'locked' : `value: ${this.value}`) + andWaiting(this.waiting)
  }
}
