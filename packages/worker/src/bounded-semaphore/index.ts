/**
 * BoundedSemaphore: a Semaphore that never has more permits than it began with. States, fairness, cancellation and death are Semaphore's.
 */
import type { Handle } from '../handle.ts'
import type { Kind } from '../kinds.ts'
import { Semaphore } from '../semaphore/index.ts'
import { Found, findPlace } from '../shared.ts'

/**
 * A Semaphore whose release() throws when it would pass the initial value: a release too many is an error, not a silent extra permit. An
 * acquire of more than the initial value, which could never be served, is a RangeError at once.
 *
 * Use it wherever permits stand for real things. release() first gives back what this thread holds; by a thread that holds nothing it gives
 * back what another one does, so that the permits in all never change.
 *
 * Semantics: asyncio.BoundedSemaphore.
 *
 * @example
 * ```ts
 * import { BoundedSemaphore } from '@interlock/worker'
 *
 * const slots = new BoundedSemaphore(2)
 * slots.acquireSync()
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
  /** The one of a handle, in this thread. @throws HandleError when `handle` is none, is another kind's, or has been freed. */
  static override from(handle: Handle, options?: { name?: string }): BoundedSemaphore {
    return new BoundedSemaphore(0, Found.of(findPlace(handle, 'bounded-semaphore'), options))
  }

  override get [Symbol.toStringTag](): string {
    return 'BoundedSemaphore'
  }

  /** @internal */
  override get kind(): Extract<Kind, 'semaphore' | 'bounded-semaphore'> {
    return 'bounded-semaphore'
  }
}
