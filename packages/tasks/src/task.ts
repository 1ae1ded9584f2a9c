/**
 * Task: a job that runs beside the code that started it, in a Context of its own, and that can be cancelled wherever it waits.
 *
 * States: pending → fulfilled | failed | cancelled, when its job has ended, and never before: a cancelled task is pending while it cleans up.
 * Cancellation: cancel() delivers a CancelledError to the waits that the task is in (scope.ts). What the job makes of it decides: let through, the task is
 *   cancelled; caught, it goes on.
 * Linearization point: of cancel(), inside the call; of the end, the microtask in which the job's promise is heard of.
 */
import { callable, keepShape, mistyped, optionsObject, readTerms } from '@interlock/core/internal'
import { Context, copyContext } from '@interlock/contextvar'
import { runFor } from '@interlock/contextvar/frame'
import { onAbort } from './abort.ts'
import { type CancelledError, cancellationIn, cancelledError } from './errors/cancelled-error.ts'
import { InvalidStateError } from './errors/invalid-state-error.ts'
import { brand, printed } from './brand.ts'
import { type Aftermath, currentScope, ignore, observeCore, Scope, Suspension } from './scope.ts'
import { nextTurn } from './turn.ts'

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

// As a promise's own methods have them: what is caught is `any`.
type OnFulfilled<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined
// oxlint-disable-next-line typescript/no-explicit-any
type OnRejected<B> = ((reason: any) => B | PromiseLike<B>) | null | undefined

type Follower = (task: Task<unknown>) => void

let unnamed = 0

/**
 * Something that runs: made by createTask(), or by a group's spawn(). Awaiting it gives the job's value or throws its error, as often as one likes.
 *
 * cancel() reaches the wait that the task is in, whatever primitive of these packages it waits on and however deep the call, with no signal handed
 * down: that wait rejects with CancelledError, and nothing that it was about to receive is lost. A task that is in no such wait is cancelled at its next one. Delivered once
 * for each cancel(), so clean-up may wait.
 *
 * A task that awaits another passes its cancellation on to it, as in asyncio; shield() is against that. A task that ends cancelled, and that nobody
 * awaits, is no unhandled rejection; any other error is.
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
  declare [Symbol.asyncDispose]: () => Promise<void>

  static {
    brand('Task', this)
    printed(this)
    // Where a runtime does not have Symbol.asyncDispose yet, the symbol that a compiler's `await using` looks for.
    Object.defineProperty(this.prototype, Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'), {
      value(this: Task<unknown>): Promise<void> {
        return this.#dispose()
      },
    })
  }

  /**
   * A task that does nothing as yet.
   * @internal
   */
  static create<T>(name?: string): Task<T> {
    // Not by name, which a bundler would change.
    return new this<T>(name)
  }

  private constructor(name: string | undefined) {
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
   * Cancels the task, for `reason`, which will be the `cause` of the CancelledError. It is for the task to end: await it, to see how it did.
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
    if (this.#cancelling > 0 && --this.#cancelling === 0) this.#scope.forgive()
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

  // oxlint-disable-next-line unicorn/no-thenable -- to be awaited is what a task is for
  then<A = T, B = never>(onfulfilled?: OnFulfilled<T, A>, onrejected?: OnRejected<B>): Promise<A | B> {
    const scope = this.done ? undefined : currentScope()
    if (scope === undefined) return this.#promise.then(onfulfilled, onrejected)
    if (isAwait(onrejected)) return join(this, scope, this.#promise, onfulfilled, onrejected)
    return new Following(this, this.#promise.then(onfulfilled, onrejected))
  }

  catch<B = never>(onrejected?: OnRejected<B>): Promise<T | B> {
    return this.then(undefined, onrejected)
  }

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
   * Calls `fn` when the task ends, unless the function that it answers is called before. Whoever follows a task hears of its error, but does not
   * count as somebody who deals with it: for that there is retrieve().
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
    // Two tasks that wait for each other would send it round for ever.
    if (this.done || this.#scope.delivering) return false
    // It has come by another way already: a second time it would cut the clean-up short.
    if (this.#passedOn === error) return this.#scope.pending !== error
    this.#passedOn = error
    this.#cancelling++
    return this.#scope.request(error, aftermath)
  }

  /**
   * The task's code, in its Context.
   * @internal
   */
  async run(job: Job<T>): Promise<T> {
    let value: T
    try {
      value = await (takesNothing(job) ? (job as () => T | PromiseLike<T>)() : job(this.#scope.signal))
    } catch (error) {
      // A job that throws is one that rejects: whoever started it hears of it later, and never inside the call.
      if (this.#running === undefined) await Promise.resolve()
      const cancellation = cancellationIn(error, this.#scope.abortedBy)
      throw cancellation === undefined ? this.#end('failed', error) : this.#end('cancelled', cancellation)
    }
    const { pending } = this.#scope
    // Cancelled by another, what it has got counts: it may be a lock, or an item. Cancelled by itself, it knew what it did.
    if (pending !== undefined && pending === this.#own) throw this.#end('cancelled', pending)
    return this.#end('fulfilled', value) as T
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
   * Whether its value is on its way, or what it was granted.
   * @internal
   */
  get arriving(): boolean {
    return this.done || this.#scope.arriving
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

const sourceOf = (fn: (...args: never) => unknown): string => Function.prototype.toString.call(fn)

const NO_PARAMETER = /^(?:async\s*)?\(\s*\)\s*=>/

/** Whether `job` is written `() =>`: it cannot take a signal, which costs more than all the rest of a task. */
const takesNothing = (job: Job<unknown>): boolean => job.length === 0 && NO_PARAMETER.test(sourceOf(job))

/** A task that somebody awaits. */
class Join extends Suspension {
  readonly #task: Task<unknown>
  readonly #reject: (reason: unknown) => void

  constructor(task: Task<unknown>, reject: (reason: unknown) => void) {
    super()
    this.#task = task
    this.#reject = reject
  }

  override get arriving(): boolean {
    return this.#task.arriving
  }

  /**
   * Passed on: what that task makes of it, it is awaited for. If it cannot be reached where it is, the waiting ends here; but not in this
   * turn, in which it may yet come up with a value, and that must not be lost.
   */
  interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    if (this.#task.passOn(error, aftermath)) return true
    nextTurn(() => {
      const { scope } = this
      if (scope === null) return
      scope.told(error)
      if (!this.#task.ignores(error)) return
      this.over()
      this.#reject(error)
    })
    return false
  }
}

/** A task whose end somebody waits for who has cancelled it. */
class Disposal extends Suspension {
  readonly #task: Task<unknown>
  cancellation: CancelledError | undefined

  constructor(task: Task<unknown>) {
    super()
    this.#task = task
  }

  /** Passed on, to interrupt the clean-up; but the end is waited for. */
  interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    this.cancellation = error
    this.#task.passOn(error, aftermath)
    return true
  }
}

/** What then(), catch() and finally() of a task answer: whoever awaits it waits for the task. */
class Following<T> extends Promise<T> {
  readonly #task: Task<unknown>

  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  constructor(task: Task<unknown>, promise: Promise<T>) {
    super((resolve) => resolve(promise))
    this.#task = task
  }

  // oxlint-disable-next-line unicorn/no-thenable -- a promise's own, overridden
  override then<A = T, B = never>(onfulfilled?: OnFulfilled<T, A>, onrejected?: OnRejected<B>): Promise<A | B> {
    const scope = this.#task.done || !isAwait(onrejected) ? undefined : currentScope()
    if (scope === undefined) return super.then(onfulfilled, onrejected)
    return join(this.#task, scope, super.then(undefined), onfulfilled, onrejected)
  }
}

/** `promise`, which comes from `task`, is awaited by code of `scope`, by the resolving functions of a promise. */
function join<T, A, B>(
  task: Task<unknown>,
  scope: Scope,
  promise: Promise<T>,
  onfulfilled: OnFulfilled<T, A>,
  onrejected: OnRejected<B>,
): Promise<A | B> {
  const resolve = onfulfilled as (value: T) => A
  const reject = onrejected as (reason: unknown) => B
  if (scope.task === task) {
    reject(new InvalidStateError(`${task} awaits itself, and would never end`))
    return promise as Promise<never>
  }
  const waiting = new Join(task, reject)
  const error = scope.takePending()
  scope.add(waiting)
  if (error !== undefined) {
    const aftermath: Aftermath = []
    waiting.interrupt(error, aftermath)
    for (const serve of aftermath) serve()
  }
  return promise.then(
    (value) => {
      waiting.over()
      return resolve(value)
    },
    (reason: unknown) => {
      // Pending because something was on its way, and it was not in the end: now the code is told.
      waiting.scope?.told(reason)
      waiting.over()
      return reject(reason)
    },
  )
}

const NATIVE = /\{\s*\[native code\]\s*\}$/

/**
 * Whether then() was called by `await`, by Promise.all() or their like, not by the program: for the rejection there is a promise's own rejecting
 * function. Who calls then() or catch() himself, to log an error say, does not wait by that, and when he is cancelled the task is not.
 */
const isAwait = (onrejected: unknown): boolean =>
  typeof onrejected === 'function' && onrejected.name === '' && NATIVE.test(sourceOf(onrejected as () => unknown))

/** The task that this code runs in, across its awaits; undefined outside any. */
export const currentTask = (): Task<unknown> | undefined => currentScope()?.task

/**
 * Starts `job` at once, in a copy of the current Context, beside the code that calls. The job runs up to its first await inside the call; what it
 * throws, then or later, is the task's error, and is never thrown here.
 *
 * Keep the task, and await it or cancel it: for several that belong together use taskGroup(), for results gather(), for a time limit timeout().
 *
 * Semantics: asyncio.create_task with eager start.
 *
 * @param job A function, not a promise: so that a task that is cancelled before it starts never runs.
 * @throws TypeError for a `job` that is no function, and for wrong options.
 *
 * @example
 * ```ts
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
interface Told {
  readonly name: string | undefined
  readonly context: Context | undefined
  readonly signal: AbortSignal | undefined
}

const NOTHING: Told = { name: undefined, context: undefined, signal: undefined }

export function readOptions(options: TaskOptions | undefined): Told {
  if (optionsObject(options) === undefined) return NOTHING
  const { name, context } = options as TaskOptions
  if (name !== undefined && typeof name !== 'string') throw mistyped('name', 'a string', name)
  if (context !== undefined && !(context instanceof Context)) throw mistyped('context', 'a Context', context)
  return { name, context, signal: readTerms(options)?.signal }
}

keepShape(new Join(Task.create(), ignore))
