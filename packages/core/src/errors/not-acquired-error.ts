/**
 * Released, notified or waited under what nobody holds. asyncio's RuntimeError.
 *
 * @example
 * ```ts
 * import { Lock, NotAcquiredError } from '@interlock/core'
 *
 * const lock = new Lock()
 * try {
 *   lock.release()
 * } catch (error) {
 *   (error as NotAcquiredError).code // => 'ERR_NOT_ACQUIRED'
 *   String(error) // => 'NotAcquiredError: Lock <unlocked> is not held'
 * }
 * ```
 */
export class NotAcquiredError extends Error {
  readonly code: string = 'ERR_NOT_ACQUIRED'

  static {
    // Where the language's own errors have it: in the first line of the stack, writable, and not enumerable.
    Object.defineProperty(this.prototype, 'name', { value: 'NotAcquiredError', writable: true, configurable: true })
  }
}
