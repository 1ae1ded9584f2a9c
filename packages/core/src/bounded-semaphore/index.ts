/**
 * BoundedSemaphore: a Semaphore that never has more permits than it began with. States, fairness and cancellation are Semaphore's.
 */
import type { PrimitiveOptions } from '../primitive.ts'
import { BOUND } from '../semaphore/bound.ts'
import { Semaphore } from '../semaphore/index.ts'

/**
 * A Semaphore whose release() throws when it would pass the initial value: a release too many is an error, not a silent extra
 * permit. An acquire of more than the initial value, which could never be served, is a RangeError at once.
 *
 * Use it wherever permits stand for real things. It counts permits and knows no owners: while a waiter has been granted what
 * was released, a second release by the same caller is not told from the waiter's own. Permits (`using`) cannot make that mistake.
 *
 * Semantics: asyncio.BoundedSemaphore.
 *
 * @example
 * ```ts
 * import { BoundedSemaphore } from '@interlock/core'
 *
 * const slots = new BoundedSemaphore(2)
 * await slots.acquire()
 * slots.release()
 * try {
 *   slots.release()
 * } catch (error) {
 *   error instanceof RangeError // => true
 * }
 * slots.value // => 2
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  /** @internal */
  override readonly [BOUND]: number

  constructor(value = 1, options?: PrimitiveOptions) {
    super(value, options)
    this[BOUND] = value
  }

  override get [Symbol.toStringTag](): string {
    return 'BoundedSemaphore'
  }
}
