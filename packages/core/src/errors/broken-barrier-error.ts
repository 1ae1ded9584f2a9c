/**
 * The barrier was aborted, or reset while this task waited at it. asyncio's BrokenBarrierError.
 *
 * @example
 * ```ts
 * import { Barrier } from '@interlock/core'
 *
 * const barrier = new Barrier(2)
 * const waiting = barrier.wait()
 * barrier.abort()
 * await waiting.catch((error) => error.code) // => 'ERR_BROKEN_BARRIER'
 * ```
 */
export class BrokenBarrierError extends Error {
  readonly code: string = 'ERR_BROKEN_BARRIER'

  static {
    // Where the language's own errors have it: in the first line of the stack, writable, and not enumerable.
    Object.defineProperty(this.prototype, 'name', { value: 'BrokenBarrierError', writable: true, configurable: true })
  }
}
