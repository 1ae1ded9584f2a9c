/**
 * putNowait() on a full queue. asyncio's QueueFull.
 *
 * @example
 * ```ts
 * import { Queue, QueueFullError } from '@interlock/core'
 *
 * const queue = new Queue<string>(1)
 * queue.putNowait('a')
 * try {
 *   queue.putNowait('b')
 * } catch (error) {
 *   error instanceof QueueFullError // => true
 * }
 * ```
 */
export class QueueFullError extends Error {
  readonly code: string = 'ERR_QUEUE_FULL'

  static {
    // Where the language's own errors have it: in the first line of the stack, writable, and not enumerable.
    Object.defineProperty(this.prototype, 'name', { value: 'QueueFullError', writable: true, configurable: true })
  }
}
