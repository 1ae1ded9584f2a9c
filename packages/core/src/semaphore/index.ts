/**
 * Semaphore: a number of permits, of which one takes one or more at once.
 *
 * States: `value` permits free, and those who wait. Whoever is at the head asks for more than is free.
 * Fairness: strictly first come, first served. A large request at the head holds the small ones behind it back, so it is never starved.
 * Cancellation: when a waiter leaves, those behind it that now fit are served at once.
 * Linearization point: acquire() that need not wait, tryAcquire() and release() take effect inside the call.
 */
import { misnumbered, whole } from '../argument.ts'
import { type Permit, permitClass, runHolding } from '../lockable.ts'
import { BOUND } from './bound.ts'
import { andWaiting, Primitive, type PrimitiveOptions, STATE } from '../primitive.ts'
import { keepShape } from '../shape.ts'
import { termsOf, type WaitOptions } from '../wait-options.ts'
import { WaitQueue } from '../wait-queue.ts'

export type { Permit, WaitOptions }

export interface SemaphoreWaitOptions extends WaitOptions {
  /** How many to take at once, all or none. A whole number from 1; 1 unless told. */
  permits?: number | undefined
}

/**
 * Lets at most `value` tasks in at a time, or tasks that together weigh at most `value`.
 *
 * Use it to limit concurrency: connections, requests to an API, memory in flight (weighted). For one at a time use a Lock, whose
 * permits know their hold. Use a BoundedSemaphore where a release too many is a defect and should be an error.
 *
 * Semantics: asyncio.Semaphore, with hand-off and weights. All operations are O(1), release() O(waiters served).
 *
 * @param value Permits to begin with, a whole number from 0; 1 unless told.
 * @throws RangeError or TypeError for any other value.
 *
 * @example
 * ```ts
 * import { Semaphore } from '@interlock/core'
 *
 * const connections = new Semaphore(2)
 * const [a, b] = await Promise.all([connections.acquire(), connections.acquire()])
 * connections.tryAcquire() // => null
 * String(connections) // => 'Semaphore <locked>'
 * a.release()
 * connections.value // => 1
 * b.release()
 * await connections.run(() => connections.value, { permits: 2 }) // => 0
 * ```
 */
export class Semaphore extends Primitive {
  /** @internal */
  readonly [BOUND]: number = Number.MAX_SAFE_INTEGER
  #value: number
  readonly #waiters = new WaitQueue<Permit, number>(this, 'acquire', () => this.#admit())

  constructor(value = 1, options?: PrimitiveOptions) {
    super(options)
    this.#value = whole('value', value, 0)
  }

  /** Permits free now. */
  get value(): number {
    return this.#value
  }

  /** True when an acquire() of one permit would have to wait. */
  get locked(): boolean {
    return this.#value === 0 || this.#waiters.size > 0
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.size
  }

  /**
   * Takes `permits` at once (1 unless told), all or none; waits behind whoever came before.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options. All as rejections.
   */
  acquire(options?: SemaphoreWaitOptions): Promise<Permit> {
    if (options === undefined && this.#fits(1)) return Promise.resolve(this.#take(1))
    let permits = 1
    const terms = termsOf(options, (given: SemaphoreWaitOptions | undefined) => {
      permits = this.#wanted(given?.permits)
    })
    if (terms instanceof Promise) return terms
    return this.#fits(permits) ? Promise.resolve(this.#take(permits)) : this.#waiters.park(terms, permits)
  }

  /**
   * The permits now, or null. Never overtakes a waiter.
   *
   * @throws RangeError or TypeError unless `permits` is a whole number from 1.
   */
  tryAcquire(permits?: number): Permit | null {
    const wanted = this.#wanted(permits)
    return this.#fits(wanted) ? this.#take(wanted) : null
  }

  /**
   * Gives permits back, or adds some, and serves those who wait. Whoever calls: asyncio's own style.
   *
   * @throws RangeError or TypeError unless `permits` is a whole number from 1.
   */
  release(permits = 1): void {
    const value = this.#value + whole('permits', permits, 1)
    if (value > this[BOUND]) {
      throw misnumbered('permits', `few enough that ${this} stays within its bound of ${this[BOUND]}`, permits)
    }
    this.#value = value
    this.#admit()
  }

  /**
   * Runs `fn` while holding `permits` (1 unless told) and gives them back however `fn` ends.
   *
   * @throws What acquire() and `fn` throw; TypeError when `fn` is no function. All as rejections.
   */
  run<T>(fn: () => T | PromiseLike<T>, options?: SemaphoreWaitOptions): Promise<T> {
    return runHolding(this, fn, options)
  }

  override get [Symbol.toStringTag](): string {
    return 'Semaphore'
  }

  /** @internal */
  override [STATE](): string {
    return (this.locked ? 'locked' : `value: ${this.#value}`) + andWaiting(this.waiting)
  }

  #wanted(permits = 1): number {
    return whole('permits', permits, 1, this[BOUND])
  }

  #fits(permits: number): boolean {
    return this.#value >= permits && this.#waiters.size === 0
  }

  #take(permits: number): Permit {
    this.#value -= permits
    return new SemaphorePermit(this, permits)
  }

  /** Serves the head for as long as its request fits. */
  #admit(): void {
    for (let head = this.#waiters.peek(); head !== null && head.ask <= this.#value; head = this.#waiters.peek()) {
      this.#waiters.remove(head)
      head.grant(this.#take(head.ask))
    }
  }
}

class SemaphorePermit implements Permit {
  declare [Symbol.dispose]: () => void
  private semaphore: Semaphore | null
  private readonly permits: number

  static {
    permitClass(this.prototype)
  }

  constructor(semaphore: Semaphore, permits: number) {
    this.semaphore = semaphore
    this.permits = permits
  }

  get released(): boolean {
    return this.semaphore === null
  }

  release(): void {
    const { semaphore } = this
    // Spent even if a bound refuses it: tried again later, it would end the hold of another.
    this.semaphore = null
    semaphore?.release(this.permits)
  }
}

keepShape(new Semaphore().tryAcquire())
