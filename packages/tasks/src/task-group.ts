/**
 * TaskGroup: tasks that live no longer than a block.
 *
 * States: open (the body runs) → joining (it has ended, its children have not) → ended. And, from the first failure or cancel() on,
 *   aborting.
 * Cancellation: an abort cancels the body and all children, once. One from outside reaches the body; the children, once the body has let it
 *   through, or ended.
 * A child is in the group before its job begins: one that fails, or cancels the group, before its first await aborts those before it and
 *   itself.
 * Linearization point: of a failure, the child's end; of spawn() and cancel(), inside the call.
 */
import { callable, readTerms } from '@interlock/core/internal'
import { copyContext } from '@interlock/contextvar'
import { onAbort } from './abort.ts'
import { type CancelledError, cancellationIn, cancelledError } from './errors/cancelled-error.ts'
import { InvalidStateError } from './errors/invalid-state-error.ts'
import { printed } from './brand.ts'
import { observeCore } from './core-waits.ts'
import { quiet } from './park.ts'
import { type Aftermath, currentScope, Scope, Suspension } from './scope.ts'
import { type Job, readOptions, Task, type TaskOptions } from './task.ts'
import type { SignalOptions } from './timeout.ts'

/**
 * Runs `body`, which spawns tasks into the group that it is given, and resolves with the body's value once all have ended: no task outlives
 * the call.
 *
 * When a child or the body fails, the other children and the body are cancelled; all are awaited, and the errors come as one
 * AggregateError, in the order in which they happened. A child that was cancelled by itself is no failure. Being cancelled from outside,
 * the group cancels its children, and rejects with that cancellation, or with an AggregateError if a clean-up failed; then the caller's
 * next wait is cancelled.
 *
 * The body runs in the caller's own task and Context, each child in a task of its own. For results in order without a block use gather().
 *
 * Semantics: asyncio.TaskGroup of Python 3.13, with the cancel() of 3.15 and eager children. O(children) to abort.
 *
 * @param body Its value is the group's.
 * @param options `signal`: when it aborts, the group is cancelled, and rejects with the signal's reason once it has ended.
 *
 * @throws AggregateError of all errors; the CancelledError of an outer cancel; the signal's reason; TypeError for wrong arguments. All as
 *   rejections.
 *
 * @example
 * ```ts
 * import { sleep, taskGroup } from '@interlock/tasks'
 *
 * const pages = await taskGroup((group) => {
 *   const one = group.spawn(() => sleep(2, 'one'))
 *   const two = group.spawn(() => sleep(1, 'two'))
 *   return [one, two]
 * })
 * pages.map((page) => page.result()) // => ['one', 'two']
 *
 * const failing = taskGroup((group) => {
 *   group.spawn(() => sleep(60_000))
 *   group.spawn(() => Promise.reject(new Error('no such page')))
 * })
 * await failing.catch((error) => error.errors.map(String)) // => ['Error: no such page']
 * ```
 */
export function taskGroup<T>(body: (group: TaskGroup) => T | PromiseLike<T>, options?: SignalOptions): Promise<T> {
  return quiet(grouped(body, options))
}

async function grouped<T>(body: (group: TaskGroup) => T | PromiseLike<T>, options?: SignalOptions): Promise<T> {
  callable('body', body)
  const signal = readTerms(options)?.signal
  signal?.throwIfAborted()
  return TaskGroup.run(body, signal)
}

const BY_US = Symbol('taskGroup')

/** What the body of a taskGroup() spawns tasks into. There is no other way to get one. */
export class TaskGroup {
  /** The body's. */
  readonly #scope: Scope
  readonly #children = new Set<Task<unknown>>()
  readonly #errors: unknown[] = []
  #state: 'open' | 'joining' | 'ended' = 'open'
  /** What the children and the body are cancelled with, from the moment that the group aborts. */
  #abortion: CancelledError | undefined
  /** A cancellation that is not the group's own, and that the body has let through. */
  #cancellation: CancelledError | undefined
  /** What spawn() has thrown since the group aborts: it says no more than that. */
  readonly #refusals = new WeakSet<object>()
  #joined: (() => void) | undefined

  static {
    printed(this)
  }

  /** @internal */
  static run<T>(body: (group: TaskGroup) => T | PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
    return new this(BY_US).#run(body, signal)
  }

  private constructor(by: symbol) {
    if (by !== BY_US) throw new TypeError('TaskGroup has no public constructor: use taskGroup()')
    observeCore()
    const outer = currentScope()
    this.#scope = new Scope(outer?.task, outer)
  }

  /**
   * Starts `job` in a task of the group, at once; as createTask() does, in a copy of the current Context. A child may spawn others, also
   * once the body has ended.
   *
   * @throws InvalidStateError once the group is aborting or has ended; TypeError for wrong arguments. The job has not been started then.
   */
  spawn<T>(job: Job<T>, options?: TaskOptions): Task<T> {
    callable('job', job)
    const { name, context, signal } = readOptions(options)
    if (this.#state === 'ended' || this.#abortion !== undefined) {
      const refusal = new InvalidStateError(`${this} takes no more tasks`)
      this.#refusals.add(refusal)
      throw refusal
    }
    const task = Task.create<T>(name)
    this.#children.add(task)
    task.retrieve()
    task.follow(() => this.#ended(task))
    task.start(job, context ?? copyContext(), signal)
    return task
  }

  /** Cancels the children and the body; taskGroup() then resolves without an error, with undefined if the body did not end. */
  cancel(): void {
    if (this.#state !== 'ended') this.#abort(cancelledError('the task group', undefined))
  }

  get [Symbol.toStringTag](): string {
    return 'TaskGroup'
  }

  toString(): string {
    const state = this.#abortion !== undefined && this.#state !== 'ended' ? 'aborting' : this.#state
    return `TaskGroup <${state}, children: ${this.#children.size}>`
  }

  async #run<T>(body: (group: TaskGroup) => T | PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
    let bySignal: CancelledError | undefined
    const unhear = onAbort(signal, () => {
      bySignal = cancelledError('the task group', signal?.reason)
      this.#scope.request(bySignal)
    })
    let value: T | undefined
    try {
      value = await this.#scope.run(body, this)
    } catch (error) {
      this.#bodyFailed(error)
    }
    this.#state = 'joining'
    // Looked at and ended in one go: another may be spawned when the last has just ended.
    while (this.#children.size > 0) await this.#join()
    this.#state = 'ended'
    unhear()
    this.#scope.close()

    if (this.#errors.length > 0) {
      // The errors come first, and the cancellation from outside with the caller's next wait: neither is lost.
      this.#scope.pendAgain()
      throw this.#aggregate()
    }
    if (this.#cancellation === undefined) return value as T
    const { interruption } = this.#scope
    if (interruption === undefined && this.#cancellation === bySignal) throw signal?.reason
    throw interruption ?? this.#cancellation
  }

  #bodyFailed(error: unknown): void {
    if (this.#isRefusal(error)) return
    const cancellation = cancellationIn(error, this.#scope.abortedBy)
    // The body may have awaited a child, and thrown its error on.
    if (cancellation === undefined) this.#failed(error, true)
    else if (cancellation !== this.#abortion) {
      this.#cancellation = cancellation
      this.#abort(cancellation)
    }
  }

  #isRefusal(error: unknown): boolean {
    return this.#refusals.has(error as object)
  }

  #ended(task: Task<unknown>): void {
    this.#children.delete(task)
    if (task.failed && !this.#isRefusal(task.error())) {
      const error = task.error()
      // So may another child; but of what is no object, two may throw the same.
      this.#failed(error, Object(error) === error)
    }
    if (this.#children.size === 0) this.#joined?.()
  }

  /** `passedOn`: an error that is known already is that one, thrown on. */
  #failed(error: unknown, passedOn: boolean): void {
    if (!passedOn || !this.#errors.includes(error)) this.#errors.push(error)
    this.#abort(cancelledError('the task group', error))
  }

  /** By the cancellation from outside, if it is that: a child that the body waits for has had it already, and is to have it once. */
  #abort(abortion: CancelledError, aftermath?: Aftermath): void {
    if (this.#abortion !== undefined) return
    const after = aftermath ?? []
    this.#abortion = abortion
    if (this.#state === 'open') this.#scope.request(abortion, after)
    for (const child of this.#children) child.passOn(abortion, after)
    if (aftermath === undefined) for (const serve of after) serve()
  }

  /** Waits for the children. A cancellation from outside that finds the group here aborts it. */
  async #join(): Promise<void> {
    const joining = new Joining((error, aftermath) => {
      this.#cancellation ??= error
      this.#abort(error, aftermath)
    })
    const error = this.#scope.takePending()
    this.#scope.add(joining)
    if (error !== undefined && error !== this.#abortion) {
      this.#cancellation = error
      this.#abort(error)
    }
    if (this.#children.size > 0) {
      await new Promise<void>((resolve) => {
        this.#joined = resolve
      })
    }
    joining.over()
  }

  #aggregate(): AggregateError {
    const count = this.#errors.length
    const [first] = this.#errors
    const message = first instanceof Error ? first.message : String(first)
    return new AggregateError(this.#errors, `${count} error${count === 1 ? '' : 's'} in a task group: ${message}`)
  }
}

class Joining extends Suspension {
  readonly interrupted: (error: CancelledError, aftermath: Aftermath) => void

  constructor(interrupted: (error: CancelledError, aftermath: Aftermath) => void) {
    super()
    this.interrupted = interrupted
  }

  interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    this.interrupted(error, aftermath)
    return true
  }
}
