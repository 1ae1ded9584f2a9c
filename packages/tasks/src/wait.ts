/**
 * wait: until some or all of several tasks have ended.
 *
 * Cancellation: ends the waiting, and leaves the tasks alone.
 */
import { mistyped, optionsObject, readTerms, shown } from '@interlock/core/internal'
import { park, quiet } from './park.ts'
import { Task } from './task.ts'
import { after } from './timer.ts'

/** What wait() may be told. */
export interface WaitForTasksOptions {
  /** When it aborts, the waiting rejects with `signal.reason`; the tasks go on. */
  signal?: AbortSignal | null | undefined
  /** Milliseconds after which it answers with what is pending; nothing is cancelled or thrown. 0: at once. Unless given, no limit. */
  timeout?: number | undefined
  /**
   * `'all'` have ended (unless told), the `'first'` has, or the `'firstError'` has come up, or all have ended without; a cancelled task is
   * no error.
   */
  until?: 'all' | 'first' | 'firstError' | undefined
}

const UNTIL = ['all', 'first', 'firstError']

/**
 * Waits for tasks without an interest in their outcome: throws none of their errors, and at `timeout` answers with what is pending,
 * cancelling nothing. Being cancelled, too, it leaves the tasks alone. More than one may be done when it answers, also for `'first'`.
 *
 * For results use gather(); to bind the tasks' lives to a block, taskGroup().
 *
 * Semantics: asyncio.wait. O(tasks).
 *
 * @throws RangeError when there is no task, or for an unknown `until`; TypeError for what is no iterable of Tasks, and for wrong options;
 *   the signal's reason; CancelledError. All as rejections.
 *
 * @example
 * ```ts
 * import { createTask, sleep, wait } from '@interlock/tasks'
 *
 * const quick = createTask(() => sleep(1))
 * const slow = createTask(() => sleep(60_000))
 * const { done, pending } = await wait([quick, slow], { until: 'first' })
 * done.has(quick) // => true
 * pending.has(slow) // => true
 * slow.cancel()
 * ```
 */
export function wait<T>(
  tasks: Iterable<Task<T>>,
  options?: WaitForTasksOptions,
): Promise<{ done: Set<Task<T>>; pending: Set<Task<T>> }> {
  return quiet(waiting(tasks, options))
}

async function waiting<T>(
  tasks: Iterable<Task<T>>,
  options: WaitForTasksOptions | undefined,
): Promise<{ done: Set<Task<T>>; pending: Set<Task<T>> }> {
  const all = readTasks(tasks)
  const until = readUntil(options)
  const { signal, timeout = Infinity } = readTerms(options) ?? {}
  signal?.throwIfAborted()
  // Their errors are for whoever looks at the tasks afterwards.
  for (const task of all) task.retrieve()

  let pending = 0
  let enough = false
  const ended = (task: Task<T>): void => {
    if (until === 'first' || (until === 'firstError' && task.failed)) enough = true
  }
  for (const task of all) {
    if (task.done) ended(task)
    else pending++
  }
  if (pending > 0 && !enough && timeout > 0) {
    await park<void>(signal, (done) => {
      const unfollow = [...all]
        .filter((task) => !task.done)
        .map((task) =>
          task.follow(() => {
            ended(task)
            pending--
            if (pending === 0 || enough) done()
          }),
        )
      const stop = after(timeout, done)
      return () => {
        stop()
        for (const leave of unfollow) leave()
      }
    })
  }
  const isDone = (task: Task<T>): boolean => task.done
  return { done: new Set([...all].filter(isDone)), pending: new Set([...all].filter((task) => !isDone(task))) }
}

function readTasks<T>(tasks: Iterable<Task<T>>): Set<Task<T>> {
  if (typeof (tasks as Partial<typeof tasks> | null)?.[Symbol.iterator] !== 'function') {
    throw mistyped('tasks', 'an iterable of Tasks, as in wait([task])', tasks)
  }
  const all = new Set(tasks)
  for (const [index, task] of [...all].entries()) {
    if (!(task instanceof Task)) throw mistyped(`tasks[${index}]`, 'a Task', task)
  }
  if (all.size === 0) throw new RangeError('tasks must be at least one Task, got none')
  return all
}

function readUntil(options: WaitForTasksOptions | undefined): WaitForTasksOptions['until'] {
  const { until = 'all' } = optionsObject(options) ?? {}
  if (UNTIL.includes(until)) return until
  const range = UNTIL.map(shown).join(' or ')
  throw typeof until === 'string'
    ? new RangeError(`until must be ${range}, got ${shown(until)}`)
    : mistyped('until', range, until)
}
