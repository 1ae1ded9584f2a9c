/**
 * shield: a wait for a task that is not passed a cancellation.
 *
 * Cancellation: ends the waiting; the task does not hear of it.
 */
import { mistyped } from '@interlock/core/internal'
import { InvalidStateError } from './errors/invalid-state-error.ts'
import { park } from './park.ts'
import { currentTask, Task } from './task.ts'

/**
 * Waits for `task`, and lets it finish though the caller is cancelled: then the waiting ends, with CancelledError, and the task goes on.
 *
 * For what must not be left half done: a commit, a file to be closed. Keep the task itself too, to wait for it at the end: nobody else
 * does. An error that it ends with after the waiting has ended is an unhandled rejection, unless somebody awaits it.
 *
 * Semantics: asyncio.shield.
 *
 * @throws TypeError when `task` is no Task; InvalidStateError when it is the caller's own; the task's error; CancelledError. All as
 *   rejections.
 *
 * @example
 * ```ts
 * import { createTask, shield, sleep } from '@interlock/tasks'
 *
 * const commit = createTask(() => sleep(5, 'committed'))
 * const request = createTask(() => shield(commit))
 * request.cancel()
 * await request.catch((error) => error.code) // => 'ERR_CANCELLED'
 * await commit // => 'committed'
 * ```
 */
export function shield<T>(task: Task<T>): Promise<T> {
  if (!(task instanceof Task)) return Promise.reject(mistyped('task', 'a Task', task))
  if (task.done) return Promise.resolve(task)
  if (task === currentTask())
    return Promise.reject(new InvalidStateError(`${task} waits for itself, and would never end`))
  return park(undefined, (done, failed) =>
    task.follow(() => {
      // Not before: while nobody is told of it, an error is unhandled.
      task.retrieve()
      if (task.failed || task.cancelled) failed(task.error())
      else done(task.result())
    }),
  )
}
