import { brand } from '../brand.ts'

/**
 * Asked of a task or a group what its state does not allow: the result of a pending task, a child of a group that has ended. asyncio's
 * InvalidStateError.
 *
 * @example
 * ```ts
 * import { createTask, InvalidStateError, sleep } from '@interlock/tasks'
 *
 * const task = createTask(() => sleep(0, 'late'))
 * try {
 *   task.result()
 * } catch (error) {
 *   (error as InvalidStateError).code // => 'ERR_INVALID_STATE'
 * }
 * await task
 * task.result() // => 'late'
 * ```
 */
export class InvalidStateError extends Error {
  readonly code: string = 'ERR_INVALID_STATE'

  static {
    brand('InvalidStateError', this)
    // Where the language's own errors have it: in the first line of the stack, writable, and not enumerable.
    Object.defineProperty(this.prototype, 'name', { value: 'InvalidStateError', writable: true, configurable: true })
  }
}
