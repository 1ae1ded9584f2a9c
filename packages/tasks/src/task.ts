/**
 * Task: a job that runs beside the code that started it, in a Context of its own, and that can be cancelled wherever it waits.
 *
 * States: pending → fulfilled | failed | cancelled, when its job has ended, and never before: a cancelled task is pending while it cleans
 *   up.
 * Cancellation: cancel() delivers a CancelledError to the waits that the task is in (scope.ts). What the job makes of it decides: let
 *   through, the task is cancelled; caught, it goes on.
 * Linearization point: of cancel(), inside the call; of the end, the microtask in which the job's promise is heard of.
 */
import { callable, keepShape, mistyped, optionsObject, readTerms } from '@interlock/core/internal'
import { Context, copyContext } from '@interlock/contextvar'
import { runFor } from '@interlock/contextvar/frame'
import { onAbort } from './abort.ts'
import { Disposal, Following, isAwait, Join, join, type OnFulfilled, type OnRejected, sourceOf } from './awaiting.ts'
import { asyncDisposable, brand, printed } from './brand.ts'
import { observeCore } from './core-waits.ts'
import { type CancelledError, cancellationIn, cancelledError } from './errors/cancelled-error.ts'
import { InvalidStateError } from './errors/invalid-state-error.ts'
import { ignore } from './park.ts'
import { type Aftermath, currentScope, Scope } from './scope.ts'

export interface TaskOptions {
  /** Shown when the task is printed, and in its errors. `Task-1`, `Task-2`, … unless given. */
  name?: string | undefined
  /** What the task runs in: shared, not copied. A copy of the current Context unless given. */
  context?: Context | undefined
  /** When it aborts, the task is cancelled, with the signal's reason for its reason. */
  signal?: AbortSignal | null | undefined
}

/** What a task does. `signal` aborts when the task is cancelled, for what knows only signals: fetch, streams, timers. */
export type Job<T> = (signal: AbortSignal) => T | PromiseLike<T>

type State = 'pending' | 'fulfilled' | 'failed' | 'cancelled'

const BY_US = Symbol('createTask')

type Follower = (task: Task<unknown>) => void

let unnamed = 0

/**
 * Something that runs: made by createTask(), or by a group's spawn(). Awaiting it gives the job's value or throws its error, as often as
 *   one likes.
 *
 * cancel() reaches the wait that the task is in, whatever primitive of these packages it waits on and however deep the call, with no signal
 * handed down: that wait rejects with CancelledError, and nothing that it was about to receive is lost. A task that is in no such wait is
 * cancelled at its next one. Delivered once for each cancel(), so clean-up may wait.
 *
 * A task that awaits another passes its cancellation on to it, as in asyncio; shield() is against that. A task that ends cancelled, and
 * that nobody awaits, is no unhandled rejection; any other error is.
 *
 * Semantics: asyncio.Task, started eagerly. cancel() is O(waits that the task is in), all else O(1).
 *
 * @example
 * ```ts
 * import { Lock } from '@interlock/core'
 * import { createTask } from '@interlock/tasks'
 *
 * const lock = new Lock()
 * await lock.acquire()
 *
 * const save = async () => {
 *   using permit = await lock.acquire() // knows nothing of tasks
 * }
 * const task = createTask(async () => await save(), { name: 'save' })
 * task.cancel('shutting down')
 * await task.catch((error) => String(error)) // => 'CancelledError: task "save" was cancelled: shutting down'
 * task.cancelled // => true
 * lock.waiting // => 0
 * ```
 */
export class Task<T> implements PromiseLike<T>, AsyncDisposable {
  readonly #scope: Scope
  #name: string | number | undefined
  #state: State = 'pending'
  #outcome: unknown
  /** Undefined until the job has come to its first await. */
  #running: Promise<T> | undefined
  #cancelling = 0
  /** The latest cancellation that came from who waits for it. */
  #passedOn: CancelledError | undefined
  /** The latest cancellation by the task itself. */
  #own: CancelledError | undefined
  /** Whether somebody deals with an error. */
  #retrieved = false
  /** Who hears of the end: most often one, or none. */
  #follower: Follower | undefined
  #followers: Set<Follower> | undefined
  #unhear = ignore
  /** `await using`: cancels the task at the end of the block, and waits for its clean-up; throws what goes wrong in it. */
  declare [Symbol.asyncDispose]: () => Promise<void>

  static {
    brand('Task', this)
    printed(this)
    asyncDisposable(this, (task) => task.#dispose())
  }

  /**
   * A task that does nothing as yet.
   * @internal
   */
  static create<T>(name?: string): Task<T> {
    // Not by name, which a bundler would change.
    return new this<T>(BY_US, name)
  }

  private constructor(by: symbol, name: string | undefined) {
    if (by !== BY_US) throw new TypeError('Task has no public constructor: use createTask()')
    this.#name = name
    this.#scope = new Scope(this, undefined)
  }

  /** As given, or `Task-1`, `Task-2`, … */
  get name(): string {
    return typeof this.#name === 'string' ? this.#name : `Task-${this.#name}`
  }

  /** Aborts when the task is cancelled, with the CancelledError for its reason. */
  get signal(): AbortSignal {
    return this.#scope.signal
  }

  /** True once the job has ended, however. */
  get done(): boolean {
    return this.#state !== 'pending'
  }

  /** True once the job has ended by being cancelled. */
  get cancelled(): boolean {
    return this.#state === 'cancelled'
  }

  /**
   * True once the job has ended by an error that is no cancellation.
   * @internal
   */
  get failed(): boolean {
    return this.#state === 'failed'
  }

  /** How many cancel() there were, less the uncancel(). */
  get cancelling(): number {
    return this.#cancelling
  }

  /**
   * Cancels the task, for `reason`, which will be the `cause` of the CancelledError. It is for the task to end: await it, to see how it
   * did.
   *
   * A second cancel() interrupts the clean-up that the first one caused. To wait for that, await the task; do not cancel it again.
   *
   * @returns False when the task was done already, and nothing has happened.
   */
  cancel(reason?: unknown): boolean {
    if (this.done) return false
    const error = cancelledError(`task ${JSON.stringify(this.name)}`, reason)
    if (currentScope()?.task === this) this.#own = error
    this.#cancelling++
    this.#scope.request(error)
    return true
  }

  /**
   * Says that one cancel() has been dealt with, and answers how many are left. At none, one that was not delivered yet is withdrawn.
   * For code that catches a CancelledError and means to go on.
   */
  uncancel(): number {
    if (this.#cancelling > 0 && --this.#cancelling === 0) this.#scope.withdrawPending()
    return this.#cancelling
  }

  /** The value. @throws The task's error, if it failed or was cancelled; InvalidStateError while it is pending. */
  result(): T {
    if (this.#state === 'fulfilled') return this.#outcome as T
    throw this.error()
  }

  /** The error; undefined if there is none. @throws InvalidStateError while the task is pending. */
  error(): unknown {
    if (!this.done) throw new InvalidStateError(`${this} has not ended: await it first`)
    return this.#state === 'fulfilled' ? undefined : this.#outcome
  }

  /**
   * A promise's own. Called by `await` in another task, that task waits for this one, and passes its cancellation on to it; called by the
   * program, to log say, it waits for nothing.
   */
  // oxlint-disable-next-line unicorn/no-thenable -- to be awaited is what a task is for
  then<A = T, B = never>(onfulfilled?: OnFulfilled<T, A>, onrejected?: OnRejected<B>): Promise<A | B> {
    const scope = this.done ? undefined : currentScope()
    if (scope === undefined) return this.#promise.then(onfulfilled, onrejected)
    if (isAwait(onrejected)) return join(this, scope, this.#promise, onfulfilled, onrejected)
    return new Following(this, this.#promise.then(onfulfilled, onrejected))
  }

  /** A promise's own, as then(). */
  catch<B = never>(onrejected?: OnRejected<B>): Promise<T | B> {
    return this.then(undefined, onrejected)
  }

  /** A promise's own, as then(). */
  finally(onfinally?: (() => void) | null): Promise<T> {
    const promise = this.#promise.finally(onfinally)
    return this.done || currentScope() === undefined ? promise : new Following(this, promise)
  }

  get [Symbol.toStringTag](): string {
    return 'Task'
  }

  toString(): string {
    const state = this.#state === 'pending' && this.#cancelling > 0 ? 'cancelling' : this.#state
    return `Task ${JSON.stringify(this.name)} <${state}>`
  }

  /**
   * Begins the job; not for a signal that has aborted: then it ends cancelled, and has never run.
   * @internal
   */
  start(job: Job<T>, context: Context, signal: AbortSignal | undefined): void {
    observeCore()
    this.#name ??= ++unnamed
    if (signal?.aborted) {
      this.cancel(signal.reason)
      this.#running = Promise.reject(this.#end('cancelled', this.#scope.pending))
    } else {
      if (signal !== undefined) this.#unhear = onAbort(signal, () => void this.cancel(signal.reason))
      this.#scope.resumes()
      this.#running = runFor(this.#scope, context, run<T>, this, job)
    }
    if (this.#retrieved || this.done) this.#running.catch(ignore)
  }

  /**
   * Calls `fn` when the task ends, unless the function that it answers is called before. Whoever follows a task hears of its error, but
   * does not count as somebody who deals with it: for that there is retrieve().
   * @internal
   */
  follow(fn: (task: Task<T>) => void): () => void {
    const follower = fn as Follower
    if (this.#follower === undefined) this.#follower = follower
    else (this.#followers ??= new Set()).add(follower)
    return () => {
      if (this.#follower === follower) this.#follower = undefined
      else this.#followers?.delete(follower)
    }
  }

  /**
   * Says that somebody deals with the task's error, so that it is no unhandled rejection.
   * @internal
   */
  retrieve(): void {
    if (this.done) this.#running?.catch(ignore)
    else this.#retrieved = true
  }

  /**
   * The cancellation of who waits for this task. True if it was delivered to a wait of this one.
   * @internal
   */
  passOn(error: CancelledError, aftermath: Aftermath): boolean {
    const accepted = this.accept(error)
    return typeof accepted === 'boolean' ? accepted : accepted.request(error, aftermath)
  }

  /**
   * The first half of passOn(): the scope that the cancellation is to be requested of, or the answer, if it is not to be.
   * @internal
   */
  accept(error: CancelledError): Scope | boolean {
    // Two tasks that wait for each other would send it round for ever.
    if (this.done || this.#scope.delivering) return false
    // It has come by another way already: a second time it would cut the clean-up short.
    if (this.#passedOn === error) return this.#scope.pending !== error
    this.#passedOn = error
    this.#cancelling++
    return this.#scope
  }

  /**
   * The task's code, in its Context.
   * @internal
   */
  run(job: Job<T>): Promise<T> {
    let given: Promise<T>
    try {
      given = Promise.resolve(takesNothing(job) ? (job as () => T | PromiseLike<T>)() : job(this.#scope.signal))
    } catch (error) {
      // A job that throws is one that rejects: whoever started it hears of it later, and never inside the call.
      given = Promise.reject(error)
    }
    // By then(), as an async function around it would cost as much again as the job's own.
    return given.then(
      (value) => this.#returned(value),
      (error: unknown) => this.#threw(error),
    )
  }

  #returned(value: T): T {
    const { pending } = this.#scope
    // Cancelled by another, what it has got counts: it may be a lock, or an item. Cancelled by itself, it knew what it did.
    if (pending !== undefined && pending === this.#own) throw this.#end('cancelled', pending)
    return this.#end('fulfilled', value) as T
  }

  #threw(error: unknown): never {
    const cancellation = cancellationIn(error, this.#scope.abortedBy)
    throw cancellation === undefined ? this.#end('failed', error) : this.#end('cancelled', cancellation)
  }

  get #promise(): Promise<T> {
    // Asked for by the job itself, before its first await.
    return this.#running ?? Promise.resolve().then(() => this.#running as Promise<T>)
  }

  #end(state: State, outcome: unknown): unknown {
    this.#state = state
    this.#outcome = outcome
    this.#scope.close()
    this.#unhear()
    if (state === 'cancelled' || (state === 'failed' && this.#retrieved)) this.#running?.catch(ignore)
    this.#follower?.(this)
    for (const follower of this.#followers ?? []) follower(this)
    return outcome
  }

  /**
   * Whether it has still not been told of `error`, which was passed on to it.
   * @internal
   */
  ignores(error: CancelledError): boolean {
    return !this.done && this.#scope.pending === error
  }

  /**
   * From where something may be on its way to who awaits it: its value, if it has ended, or else what its code has got.
   * @internal
   */
  get beyond(): Scope | true {
    return this.done || this.#scope
  }

  /** Cancels, and waits for the clean-up; throws what goes wrong in it. */
  async #dispose(): Promise<void> {
    if (!this.cancel()) return
    const disposal = new Disposal(this)
    const scope = currentScope()
    if (scope?.task === this) throw new InvalidStateError(`${this} waits for its own end, which would never come`)
    const error = scope?.takePending()
    scope?.add(disposal)
    if (error !== undefined) disposal.interrupt(error, [])
    try {
      await this.#promise
    } catch (reason) {
      if (this.failed) throw reason
    } finally {
      disposal.over()
    }
    if (disposal.cancellation !== undefined) throw disposal.cancellation
  }
}

const run = <T>(task: Task<T>, job: Job<T>): Promise<T> => task.run(job)

const FORMATTED = 'async () =>'
const NO_PARAMETER = /^(?:async\s*)?\(\s*\)\s*=>/

/** Whether `job` is written `() =>`: it cannot take a signal, which costs more than all the rest of a task. */
function takesNothing(job: Job<unknown>): boolean {
  if (job.length > 0) return false
  const source = sourceOf(job)
  // As formatters write it, first: the expression takes as long as reading the source does.
  return source.slice(0, FORMATTED.length) === FORMATTED || NO_PARAMETER.test(source)
}

/**
 * The task that this code runs in, across its awaits; undefined outside any. In a browser without the build plugin, up to the first await.
 *
 * To cancel oneself, or to pass on one's own signal; for values of a task's own there is ContextVar. Semantics: asyncio.current_task. O(1).
 *
 * @example
 * ```ts
 * import { createTask, currentTask } from '@interlock/tasks'
 *
 * await createTask(() => currentTask()?.name, { name: 'import' }) // => 'import'
 * currentTask() // => undefined
 * ```
 */
export const currentTask = (): Task<unknown> | undefined => currentScope()?.task

/**
 * Starts `job` at once, in a copy of the current Context, beside the code that calls. The job runs up to its first await inside the call;
 * what it throws, then or later, is the task's error, and is never thrown here.
 *
 * Keep the task, and await it or cancel it: for several that belong together use taskGroup(), for results gather(), for a time limit
 * timeout().
 *
 * Semantics: asyncio.create_task with eager start.
 *
 * @param job A function, not a promise: so that a task that is cancelled before it starts never runs.
 * @param options `name`; `context`: shared, in place of a copy; `signal`: aborts the task, as cancel() does.
 * @throws TypeError for a `job` that is no function, and for wrong options.
 *
 * @example
 * ```ts node
 * import { createTask, currentTask, sleep } from '@interlock/tasks'
 *
 * const task = createTask(
 *   async () => {
 *     await sleep(1)
 *     return currentTask()?.name
 *   },
 *   { name: 'report' },
 * )
 * String(task) // => 'Task "report" <pending>'
 * await task // => 'report'
 * String(task) // => 'Task "report" <fulfilled>'
 * ```
 */
export function createTask<T>(job: Job<T>, options?: TaskOptions): Task<T> {
  callable('job', job)
  const { name, context, signal } = readOptions(options)
  const task = Task.create<T>(name)
  task.start(job, context ?? copyContext(), signal)
  return task
}

/** What a task was told, found good. */
interface TaskTerms {
  readonly name: string | undefined
  readonly context: Context | undefined
  readonly signal: AbortSignal | undefined
}

const NOTHING: TaskTerms = { name: undefined, context: undefined, signal: undefined }

/** @internal */
export function readOptions(options: TaskOptions | undefined): TaskTerms {
  if (optionsObject(options) === undefined) return NOTHING
  const { name, context } = options as TaskOptions
  if (name !== undefined && typeof name !== 'string') throw mistyped('name', 'a string', name)
  if (context !== undefined && !(context instanceof Context)) throw mistyped('context', 'a Context', context)
  return { name, context, signal: readTerms(options)?.signal }
}

keepShape(new Join(Task.create(), ignore))
