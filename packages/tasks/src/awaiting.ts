/**
 * Awaiting a task: a suspension of who awaits.
 *
 * Cancellation: passed on to the task that is awaited, and what that makes of it is awaited for. If it is in no wait that can be ended, the
 *   awaiting ends by itself; but not in this turn, in which a value may yet be on its way, and must not be lost.
 */
import type { CancelledError } from './errors/cancelled-error.ts'
import { InvalidStateError } from './errors/invalid-state-error.ts'
import { type Aftermath, currentScope, type Scope, Suspension } from './scope.ts'
import type { Task } from './task.ts'
import { nextTurn } from './turn.ts'

// As a promise's own methods have them: what is caught is `any`.
export type OnFulfilled<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined
// oxlint-disable-next-line typescript/no-explicit-any
export type OnRejected<B> = ((reason: any) => B | PromiseLike<B>) | null | undefined

/** The text of a function, as it was written. */
export const sourceOf = (fn: (...args: never) => unknown): string => Function.prototype.toString.call(fn)

/** A task that somebody awaits. */
export class Join extends Suspension {
  readonly #task: Task<unknown>
  readonly #reject: (reason: unknown) => void

  constructor(task: Task<unknown>, reject: (reason: unknown) => void) {
    super()
    this.#task = task
    this.#reject = reject
  }

  override beyond(): readonly (Scope | true)[] {
    return [this.#task.beyond]
  }

  /**
   * Passed on: what that task makes of it, it is awaited for. If it cannot be reached where it is, the waiting ends here; but not in this
   * turn, in which it may yet come up with a value, and that must not be lost.
   */
  interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    return this.passedOn(error, this.#task.passOn(error, aftermath))
  }

  override passOn(error: CancelledError): Scope | boolean {
    return this.#task.accept(error)
  }

  override passedOn(error: CancelledError, told: boolean): boolean {
    if (told) return true
    nextTurn(() => {
      const { scope } = this
      if (scope === null) return
      scope.acknowledge(error)
      if (!this.#task.ignores(error)) return
      this.over()
      this.#reject(error)
    })
    return false
  }
}

/** A task whose end somebody waits for who has cancelled it. */
export class Disposal extends Suspension {
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
export class Following<T> extends Promise<T> {
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
export function join<T, A, B>(
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
      waiting.scope?.acknowledge(reason)
      waiting.over()
      return reject(reason)
    },
  )
}

/** A rejecting function has no name, and a text that no program can write: a bound function has the same, but a name. */
let rejecting = ''
void new Promise((_, reject) => {
  rejecting = sourceOf(reject)
})

/**
 * Whether then() was called by `await`, by Promise.all() or their like, not by the program: for the rejection there is a promise's own
 * rejecting function. Who calls then() or catch() himself, to log an error say, does not wait by that, and when he is cancelled the task is
 * not.
 */
export const isAwait = (onrejected: unknown): boolean =>
  typeof onrejected === 'function' && sourceOf(onrejected as () => unknown) === rejecting && onrejected.name === ''
