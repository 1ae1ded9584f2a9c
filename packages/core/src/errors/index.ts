/**
 * What can go wrong in use. Each error has its class's `name` and a stable `code`: match on the code where
 * two copies of this package may be installed, on the class elsewhere. Wrong arguments are TypeErrors and RangeErrors,
 * a time-out is a DOMException named TimeoutError, an aborted wait rejects with its signal's own reason.
 */

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
  override get name(): string {
    return 'NotAcquiredError'
  }
}

/** getNowait() on an empty queue. */
export class QueueEmptyError extends Error {
  readonly code: string = 'ERR_QUEUE_EMPTY'
  override get name(): string {
    return 'QueueEmptyError'
  }
}

/** putNowait() on a full queue. */
export class QueueFullError extends Error {
  readonly code: string = 'ERR_QUEUE_FULL'
  override get name(): string {
    return 'QueueFullError'
  }
}

/** A put after shutdown(), or a get once nothing is left. */
export class QueueShutDownError extends Error {
  readonly code: string = 'ERR_QUEUE_SHUT_DOWN'
  override get name(): string {
    return 'QueueShutDownError'
  }
}

/** The barrier was aborted, or reset while this task waited at it. */
export class BrokenBarrierError extends Error {
  readonly code: string = 'ERR_BROKEN_BARRIER'
  override get name(): string {
    return 'BrokenBarrierError'
  }
}
