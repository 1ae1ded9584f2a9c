/**
 * gather, gatherSettled: several jobs at once, and their results in order.
 *
 * Cancellation: passed on to all jobs; it rejects when they have ended, unless all come up with a value in this very turn. Once it has
 *   failed, it touches nobody.
 */
import { callable, keepShape, mistyped } from '@interlock/core/internal'
import { copyContext } from '@interlock/contextvar'
import type { CancelledError } from './errors/cancelled-error.ts'
import { quiet } from './park.ts'
import { type Aftermath, currentScope, type Scope, Suspension } from './scope.ts'
import { type Job, Task } from './task.ts'
import { nextTurn } from './turn.ts'

type Results<T extends readonly Job<unknown>[]> = { -readonly [K in keyof T]: Awaited<ReturnType<T[K]>> }
type Outcomes<T extends readonly Job<unknown>[]> = {
  -readonly [K in keyof T]: PromiseSettledResult<Awaited<ReturnType<T[K]>>>
}

/**
 * Runs each job in a task of its own, all at once, and resolves with their values, in the order of the arguments.
 *
 * The first error rejects at once, and the other jobs go on; their errors are nobody's then. Where they should be cancelled, and waited
 * for, use taskGroup(); to see every outcome, gatherSettled(). To limit how many run at a time, let each take a permit of a Semaphore.
 *
 * Being cancelled while it waits, it cancels all jobs that have not ended, waits for their clean-up, and rejects with that cancellation.
 *
 * Semantics: asyncio.gather. O(jobs). Unlike Promise.all, which runs nothing, each job has a Context and a task of its own.
 *
 * @throws TypeError when one is no function, and then none has been started; the first error; CancelledError. All as rejections.
 *
 * @example
 * ```ts
 * import { gather, sleep } from '@interlock/tasks'
 *
 * const slow = () => sleep(2, 'slow')
 * const wrong = () => Promise.reject(new Error('no such file'))
 * await gather(slow, async () => 42) // => ['slow', 42]
 * await gather(slow, wrong).catch((error) => error.message) // => 'no such file'
 * ```
 */
export function gather<T extends readonly Job<unknown>[]>(...jobs: T): Promise<Results<T>> {
  return quiet(gathering(jobs, true, (task) => task.result())) as Promise<Results<T>>
}

/**
 * The same with every outcome, as Promise.allSettled() has them, and none thrown: one that was cancelled is rejected with its
 * CancelledError.
 *
 * @throws TypeError when one is no function; CancelledError when the waiting itself is cancelled. As rejections.
 *
 * @example
 * ```ts
 * import { gatherSettled } from '@interlock/tasks'
 *
 * const [one, other] = await gatherSettled(
 *   () => 1,
 *   () => Promise.reject(new Error('no')),
 * )
 * one // => { status: 'fulfilled', value: 1 }
 * other.status // => 'rejected'
 * ```
 */
export function gatherSettled<T extends readonly Job<unknown>[]>(...jobs: T): Promise<Outcomes<T>> {
  return quiet(gathering(jobs, false, outcomeOf)) as Promise<Outcomes<T>>
}

function outcomeOf(task: Task<unknown>): PromiseSettledResult<unknown> {
  return task.failed || task.cancelled
    ? { status: 'rejected', reason: task.error() }
    : { status: 'fulfilled', value: task.result() }
}

async function gathering<R>(
  jobs: readonly Job<unknown>[],
  failFast: boolean,
  resultOf: (task: Task<unknown>) => R,
): Promise<R[]> {
  for (const [index, job] of jobs.entries()) {
    if (Array.isArray(job)) throw mistyped(`jobs[${index}]`, 'a function: spread the jobs, gather(...jobs)', job)
    callable(`jobs[${index}]`, job)
  }
  if (jobs.length === 0) return []
  const scope = currentScope()
  const error = scope?.takePending()
  if (error !== undefined) throw error
  const all = new Gathering(failFast)
  scope?.add(all)
  for (const job of jobs) all.start(job)
  await all.promise
  return all.tasks.map(resultOf)
}

/** The tasks of a gather(), and the wait for them. */
class Gathering extends Suspension {
  readonly tasks: Task<unknown>[] = []
  readonly promise: Promise<void>
  readonly #failFast: boolean
  #resolve!: () => void
  #reject!: (error: unknown) => void
  #pending = 0
  #cancellation: CancelledError | undefined

  constructor(failFast: boolean) {
    super()
    this.#failFast = failFast
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  start(job: Job<unknown>): void {
    // A job before this one has cancelled its caller. What has not started never does.
    if (this.#cancellation !== undefined) return
    const task = Task.create()
    this.tasks.push(task)
    this.#pending++
    task.retrieve()
    task.follow(this.#ended)
    task.start(job, copyContext(), undefined)
  }

  override beyond(): readonly (Scope | true)[] {
    return this.tasks.map((task) => task.beyond)
  }

  /** It rejects when all have ended, whatever they have made of it. */
  interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    let delivered = false
    for (const task of this.tasks) if (task.passOn(error, aftermath)) delivered = true
    if (delivered) this.#cancellation = error
    else {
      // All may end in this turn, with values that must not be lost.
      nextTurn(() => {
        if (this.scope === null) return
        this.scope.acknowledge(error)
        this.#cancellation = error
      })
    }
    return delivered
  }

  readonly #ended = (task: Task<unknown>): void => {
    this.#pending--
    if (this.#cancellation === undefined && this.#failFast && (task.failed || task.cancelled)) {
      this.scope?.acknowledge(task.error())
      this.over()
      this.#reject(task.error())
    } else if (this.#pending === 0) {
      this.over()
      if (this.#cancellation === undefined) this.#resolve()
      else this.#reject(this.#cancellation)
    }
  }
}

keepShape(new Gathering(true))
