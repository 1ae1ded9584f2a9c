/**
 * Task: an Op that the loop steps, beside others.
 *
 * A step runs the Op from where it was suspended to its next `yield`. Those that an Op calls by `yield*` are one stack with it: a value or an
 * error goes through all of them in one step.
 *
 *   yield          the next step comes with the loop's next turn
 *   yield* future  the next step comes with the turn after the Future is done
 *
 * States: pending, and in that ready (a step is due) or waiting for a Future → finished | failed | cancelled.
 * Cancellation: cancel() is delivered once, as a CancelledError thrown in at the next step. It goes through to what the task waits for: a
 *   Future is cancelled with it, and another task decides for itself. If that is done already, the cancel beats its result: what had been
 *   granted is passed on by whoever finds the CancelledError at the wait for it.
 */
import { operation, optionalString } from './argument.ts'
import { Callback } from './callback.ts'
import { CancelledError, InvalidStateError } from './errors.ts'
import type { EventLoop } from './event-loop.ts'
import { cancelledError, Future, shownOf } from './future.ts'
import type { Op } from './op.ts'
import { running, runningLoop, touch } from './running.ts'

/** Says that an Op is a task's. In the Op itself: a WeakSet of them would take most of the time that a task takes. */
const ADOPTED: unique symbol = Symbol('adopted')

/**
 * Something that runs beside the rest. `loop.createTask()` makes one from outside, `yield* spawn()` from inside an Op. It is a Future of what
 * its Op answers: `yield* task` waits for that.
 *
 * Semantics: asyncio.Task. It begins with the loop's next turn.
 *
 * @throws TypeError when `op` is no Op; InvalidStateError when it is another task's.
 *
 * @example
 * ```ts
 * import { currentTask, EventLoop, sleep, spawn } from '@interlock/loop'
 *
 * function* worker() {
 *   yield* sleep(1000)
 *   return `${currentTask()?.name} is done`
 * }
 * function* program() {
 *   const task = yield* spawn(worker(), 'painter')
 *   return yield* task
 * }
 * new EventLoop().runUntilComplete(program()) // => 'painter is done'
 * ```
 */
export class Task<T> extends Future<T> {
  /** As given, or `Task-1` and so on. */
  readonly name: string
  /** The next step, for the loop's queue. @internal */
  readonly next: Callback
  readonly #op: Op<T>
  #waitsFor: Future<unknown> | undefined
  /** The Op asked for what it cannot have: thrown in at the next step. */
  #mistake: { error: unknown } | undefined
  /** A cancel that has not been delivered. */
  #pending: { reason: unknown } | undefined
  #cancelling = 0

  constructor(loop: EventLoop, op: Op<T>, name?: string) {
    operation('op', op)
    optionalString('name', name)
    super(loop)
    if (ADOPTED in op) throw new InvalidStateError('op is the Op of another task: call its function again')
    this.name = this.boundLoop().admit(this, name)
    if (Object.isExtensible(op)) (op as { [ADOPTED]?: true })[ADOPTED] = true
    this.#op = op
    this.next = new Callback(() => this.#step(), 'task', this)
    this.boundLoop().ready.push(this.next)
  }

  /** How many cancel() there were, less the uncancel(). */
  get cancelling(): number {
    touch(this)
    return this.#cancelling
  }

  /**
   * Asks it to end: a CancelledError, whose `cause` is the reason, is thrown in at its next step. It may clean up, waiting as it needs to; it
   * is `cancelled` once it has let the error through. False, and nothing happens, when it is done.
   */
  override cancel(reason?: unknown): boolean {
    if (this.done) return false
    touch(this, 'cancels')
    this.#cancelling++
    if (!this.#waitsFor?.cancel(reason)) this.#pending = { reason }
    return true
  }

  /** Takes one cancel() back: a last one that has not been delivered is not delivered any more. How many are left. */
  uncancel(): number {
    touch(this)
    if (this.#cancelling > 0) this.#cancelling--
    if (this.#cancelling === 0) this.#pending = undefined
    return this.#cancelling
  }

  /** A task's outcome is its Op's. @throws InvalidStateError */
  override setResult(): never {
    throw new InvalidStateError(`the result of ${this} is what its Op returns`)
  }

  /** A task's outcome is its Op's. @throws InvalidStateError */
  override setError(): never {
    throw new InvalidStateError(`the error of ${this} is what its Op throws`)
  }

  override toString(): string {
    return `Task ${JSON.stringify(this.name)} <${this.state}>`
  }

  /** @internal */
  override get called(): string {
    return `task ${JSON.stringify(this.name)}`
  }

  /** The error that it failed with, without its counting as read. @internal */
  get failureUnread(): unknown {
    const unread = this.loop?.unread.has(this)
    const error = this.failure()?.error
    if (unread === true) this.loop?.unread.add(this)
    return error
  }

  /** What it waits for, in words. @internal */
  get waitsFor(): string {
    const future = this.#waitsFor
    if (future === undefined) return 'its next step'
    return future.purpose?.() ?? future.called.replace('the Future', 'a Future')
  }

  /** Ends its Op where it is suspended, which runs the `finally` blocks on the way out. @internal */
  close(): void {
    running.task = this
    try {
      const { done } = this.#op.return(undefined as T)
      if (done !== true)
        throw new InvalidStateError(`${this.called} waited in a finally block while the loop was closing`)
    } finally {
      running.task = undefined
      if (!this.done) this.settle('cancelled', 'the loop was closed')
    }
  }

  #step(): void {
    touch(this)
    const thrown = this.#thrownIn()
    let result: IteratorResult<Future<unknown> | undefined, T>
    running.task = this
    try {
      result = thrown === undefined ? this.#op.next() : this.#op.throw(thrown.error)
    } catch (error) {
      if (error instanceof CancelledError) this.#end('cancelled', undefined, error)
      else this.#end('failed', error)
      return
    } finally {
      running.task = undefined
    }
    if (result.done !== true) this.#suspend(result.value)
    else if (this.#pending === undefined) this.#end('finished', result.value)
    else this.#end('cancelled', this.#pending.reason)
  }

  /** What the step begins with: the error of what was waited for, or a cancel, which beats all but another. */
  #thrownIn(): { error: unknown } | undefined {
    const thrown = this.#mistake ?? this.#waitsFor?.failure()
    this.#mistake = this.#waitsFor = undefined
    const cancel = this.#pending
    if (cancel === undefined) return thrown
    this.#pending = undefined
    return thrown?.error instanceof CancelledError ? thrown : { error: cancelledError(this.called, cancel.reason) }
  }

  #suspend(on: Future<unknown> | undefined): void {
    if (on !== undefined) {
      const mistake = this.#mistakeIn(on)
      if (mistake === undefined) {
        on.awaited = false
        on.whenDone(this.next)
        this.#waitsFor = on
        if (this.#pending !== undefined && on.cancel(this.#pending.reason)) this.#pending = undefined
        return
      }
      this.#mistake = { error: mistake }
    }
    this.boundLoop().ready.push(this.next)
  }

  #mistakeIn(on: Future<unknown>): Error | undefined {
    if (!(on instanceof Future))
      return new TypeError(`a task can wait for a Future, or yield nothing; ${this.called} has yielded ${shownOf(on)}`)
    if (!on.awaited) return new InvalidStateError(`${this.called} has said yield where it must say yield* future`)
    if (on === (this as Future<unknown>)) return new InvalidStateError(`${this.called} cannot wait for itself`)
    if (on.boundLoop() === this.loop) return undefined
    return new InvalidStateError(`${this.called} cannot wait for what belongs to another loop`)
  }

  #end(state: 'finished' | 'failed' | 'cancelled', outcome: unknown, error?: CancelledError): void {
    this.boundLoop().tasks.delete(this)
    this.settle(state, outcome, error)
  }
}

/**
 * Starts another task beside this one, in the loop that is running: `const task = yield* spawn(op())`. It begins with the next turn.
 *
 * @throws TypeError when `op` is no Op or `name` no string; InvalidStateError when no loop is running, or `op` is another task's.
 */
export function spawn<T>(op: Op<T>, name?: string): Op<Task<T>> {
  operation('op', op)
  optionalString('name', name)
  return spawning(op, name)
}

// oxlint-disable-next-line eslint/require-yield -- it need not wait
function* spawning<T>(op: Op<T>, name: string | undefined): Op<Task<T>> {
  return new Task(runningLoop('spawn()'), op, name)
}
