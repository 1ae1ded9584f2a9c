/**
 * Semaphore: a number of permits, taken and given back by any thread.
 *
 * States: how many permits there are, how many each thread holds, and who stands first in the line (`local.ts`).
 * Fairness: eventual between threads, first come first served among the tasks of one; who stands first is not overtaken.
 * Cancellation: a waiter that is cancelled leaves, and those behind it may pass.
 * Death: the permits that a dead thread held come back.
 * Linearization point: of taking, the addition to the thread's own cell; of giving back, the subtraction from it.
 */
import type { WaitOptions } from '@interlock/core'
import { andWaiting, keepShape, optionsObject, runHolding, termsOf, whole } from '@interlock/core/internal'
import { readSyncTerms, type SyncWaitOptions } from '../blocking.ts'
import type { Handle } from '../handle.ts'
import type { Kind } from '../kinds.ts'
import { runHoldingSync } from '../lock/index.ts'
import type { SharedPermit } from '../permit.ts'
import { checkMayBlock } from '../seat.ts'
import { checkPlace, Found, findPlace, placeFor, Shared, type SharedOptions } from '../shared.ts'
import { LocalSemaphore, MOST_PERMITS, SemaphorePermit } from './local.ts'

export type { Handle, SharedOptions, SharedPermit, SyncWaitOptions, WaitOptions }

export interface SemaphoreWaitOptions extends WaitOptions {
  /** How many to take at once, all or none. A whole number from 1; 1 unless told. */
  permits?: number | undefined
}

export interface SemaphoreSyncWaitOptions extends SyncWaitOptions {
  /** How many to take at once, all or none. A whole number from 1; 1 unless told. */
  permits?: number | undefined
}

/**
 * Lets a number of threads and tasks in at a time, in the whole process.
 *
 * Use it to bound what all threads together do at once: queries, connections, memory in use. Use a BoundedSemaphore where permits stand for
 * real things, a Lock to let in one, core's Semaphore for what a single thread does.
 *
 * What a thread holds when it dies comes back. release() first gives back what this thread holds; by a thread that holds nothing it is a
 * signal, a permit from nowhere, as in asyncio.
 *
 * Semantics: asyncio.Semaphore. Each call looks at one word for each thread that has joined the space.
 *
 * @example
 * ```ts
 * import { Semaphore } from '@interlock/worker'
 *
 * const connections = new Semaphore(2)
 * const inAnotherThread = Semaphore.from(connections.handle)
 * {
 *   using permit = await connections.acquire({ permits: 2, timeout: 5000 })
 *   inAnotherThread.value // => 0
 *   inAnotherThread.tryAcquire() // => null
 * }
 * inAnotherThread.value // => 2
 * ```
 */
export class Semaphore extends Shared {
  /** @internal */
  readonly local: LocalSemaphore

  /**
   * Makes one with `value` permits, 1 unless told.
   *
   * @throws RangeError or TypeError unless `value` is a whole number from 0 to 2,147,483,647; TypeError for wrong options; SpaceFullError when a
   *   space of your own is full.
   */
  constructor(value = 1, options?: SharedOptions) {
    super(options)
    const found = options instanceof Found
    if (!found) whole('value', value, 0, MOST_PERMITS)
    const place = placeFor(this.kind, options)
    this.local = place.territory.localAt(place, () => new LocalSemaphore(place, this, this.kind !== 'semaphore'))
    if (!found) this.local.init(value)
  }

  /**
   * The one of a handle, in this thread.
   *
   * @throws HandleError when `handle` is none, is another kind's, or has been freed; SpaceFullError when its space has no seat left.
   */
  static from(handle: Handle, options?: { name?: string }): Semaphore {
    return new Semaphore(0, Found.of(findPlace(handle, 'semaphore'), options))
  }

  /** Permits free now. */
  get value(): number {
    checkPlace(this.local.place)
    return this.local.value
  }

  /** True when an acquire() of one permit would have to wait. */
  get locked(): boolean {
    return this.local.stood || this.local.value < 1
  }

  /**
   * Takes `permits` at once (1 unless told), all or none. A large request that stands first is never starved by small ones.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options; HandleError when it is freed. All as
   *   rejections.
   */
  acquire(options?: SemaphoreWaitOptions): Promise<SharedPermit> {
    let permits = 1
    const terms = termsOf(options, (given: SemaphoreWaitOptions | undefined) => {
      permits = this.#wanted(given?.permits)
    })
    if (terms instanceof Promise) return terms
    const permit = this.local.take(permits)
    return permit === undefined ? this.local.park(terms, permits) : Promise.resolve(permit)
  }

  /**
   * Blocks the thread until it has the permits.
   *
   * @throws DOMException TimeoutError; AbortError when `abort` aborts; TypeError and RangeError for wrong options, and where the thread must not
   *   block; HandleError when it is freed.
   */
  acquireSync(options?: SemaphoreSyncWaitOptions): SharedPermit {
    checkMayBlock('acquireSync', 'acquire')
    const permits = this.#wanted(optionsObject(options)?.permits)
    const terms = readSyncTerms(options)
    return this.local.take(permits) ?? this.local.block(terms, permits)
  }

  /**
   * The permits now, or null. Never overtakes one who stands first.
   *
   * @throws RangeError or TypeError unless `permits` is a whole number from 1.
   */
  tryAcquire(permits?: number): SharedPermit | null {
    const wanted = this.#wanted(permits)
    return this.local.take(wanted) ?? this.local.tryNow(wanted) ?? null
  }

  /**
   * Gives permits back, or adds some, and serves those who wait. Whoever calls: asyncio's own style.
   *
   * @throws RangeError or TypeError unless `permits` is a whole number from 1; HandleError when it has been freed.
   */
  release(permits = 1): void {
    this.local.release(whole('permits', permits, 1, MOST_PERMITS))
  }

  /**
   * Runs `fn` while holding `permits` (1 unless told) and gives them back however `fn` ends.
   *
   * @throws What acquire() and `fn` throw; TypeError when `fn` is no function. All as rejections.
   */
  run<T>(fn: () => T | PromiseLike<T>, options?: SemaphoreWaitOptions): Promise<T> {
    return runHolding(this, fn, options)
  }

  /**
   * Blocks until it has the permits, runs `fn`, and gives them back however `fn` ends.
   *
   * @throws What acquireSync() and `fn` throw; TypeError when `fn` is no function.
   */
  runSync<T>(fn: () => T, options?: SemaphoreSyncWaitOptions): T {
    return runHoldingSync(this, fn, options)
  }

  override get [Symbol.toStringTag](): string {
    return 'Semaphore'
  }

  /** @internal */
  get kind(): Extract<Kind, 'semaphore' | 'bounded-semaphore'> {
    return 'semaphore'
  }

  protected override state(): string {
    return (this.locked ? 'locked' : `value: ${this.value}`) + andWaiting(this.local.waiters.size)
  }

  protected override spoil(): void {
    this.local.word.spoil()
  }

  #wanted(permits = 1): number {
    return whole('permits', permits, 1, this.kind === 'semaphore' ? MOST_PERMITS : this.local.bound)
  }
}

keepShape(new SemaphorePermit(null as never, 1))
