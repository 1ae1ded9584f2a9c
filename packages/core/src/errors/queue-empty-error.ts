/**
 * getNowait() on an empty queue. asyncio's QueueEmpty.
 *
 * @example
 * ```ts
 * import { Queue, QueueEmptyError } from '@interlock/core'
 *
 * const queue = new Queue<string>()
 * try {
 *   queue.getNowait()
 * } catch (error) {
 *   error instanceof QueueEmptyError // => true
 * }
 * ```
 */
export class QueueEmptyError extends Error {
  readonly code: string = 'ERR_QUEUE_EMPTY'

  static {
    // Where the language's own errors have it: in the first line of the stack, writable, and not enumerable.
    Object.defineProperty(this.prototype, 'name', { value: 'QueueEmptyError', writable: true, configurable: true })
  }
}
