import { brand } from '../brand.ts'

/**
 * What a wait rejects with when its task is cancelled, and what a task that ended so rejects with. asyncio's CancelledError.
 *
 * Let it pass: clean up in `finally`, and wait there as needed. Who catches all errors should throw this one on.
 *
 * @example
 * ```ts
 * import { createTask, sleep } from '@interlock/tasks'
 *
 * const task = createTask(() => sleep(60_000))
 * task.cancel('no longer needed')
 * await task.catch((error) => error.code) // => 'ERR_CANCELLED'
 * await task.catch((error) => error.cause) // => 'no longer needed'
 * ```
 */
export class CancelledError extends Error {
  readonly code: string = 'ERR_CANCELLED'
  /** The reason given to cancel(). */
  declare readonly cause?: unknown

  static {
    brand('CancelledError', this)
    // Where the language's own errors have it: in the first line of the stack, writable, and not enumerable.
    Object.defineProperty(this.prototype, 'name', { value: 'CancelledError', writable: true, configurable: true })
  }
}

/**
 * For what `of` was doing when it was cancelled.
 * @internal
 */
export function cancelledError(of: string, reason: unknown): CancelledError {
  const because = typeof reason === 'string' ? `: ${reason}` : reason instanceof Error ? `: ${reason.message}` : ''
  return new CancelledError(`${of} was cancelled${because}`, reason === undefined ? undefined : { cause: reason })
}

/** @internal */
export const isCancelledError = (error: unknown): error is CancelledError =>
  (error as { code?: unknown } | undefined | null)?.code === 'ERR_CANCELLED'

/**
 * The cancellation that `error` is, if it is one: it, or what an AbortError was caused by. Many functions that take a signal do not reject
 * with its reason, but with an AbortError of their own around it, and some forget the reason.
 * @internal
 */
export function cancellationIn(error: unknown, signalled?: CancelledError): CancelledError | undefined {
  if (isCancelledError(error)) return error
  if ((error as { name?: unknown } | undefined | null)?.name !== 'AbortError') return undefined
  const { cause } = error as { cause?: unknown }
  return isCancelledError(cause) ? cause : signalled
}
