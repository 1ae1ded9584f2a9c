/**
 * A put after shutdown(), or a get once nothing is left. asyncio's QueueShutDown.
 *
 * @example
 * ```ts
 * import { Queue } from '@interlock/core'
 *
 * const queue = new Queue<string>()
 * const getting = queue.get()
 * queue.shutdown()
 * await getting.catch((error) => error.code) // => 'ERR_QUEUE_SHUT_DOWN'
 * ```
 */
export class QueueShutDownError extends Error {
  readonly code: string = 'ERR_QUEUE_SHUT_DOWN'

  static {
    // Where the language's own errors have it: in the first line of the stack, writable, and not enumerable.
    Object.defineProperty(this.prototype, 'name', { value: 'QueueShutDownError', writable: true, configurable: true })
  }
}
