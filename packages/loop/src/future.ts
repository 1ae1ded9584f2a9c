/**
 * Future: a value that somebody will have later.
 *
 * States: pending → finished (a result, or an error) | cancelled, once and for good.
 * Order: whatever waits for it, awaiting tasks and onDone() alike, is called in the order in which it came, never inside setResult() but
 *   with the loop's next turn.
 * Cancellation: it is one thing for all who wait. To cancel one of the tasks that await it is to cancel the Future, and so the others' wait.
 */
import { callable, mistyped, shown } from './argument.ts'
import { Callback } from './callback.ts'
import { CancelledError, InvalidStateError } from './errors.ts'
import type { EventLoop } from './event-loop.ts'
import type { Op } from './op.ts'
import { made, running, touch } from './running.ts'

/** For these two the Future is known by what it does, and not by its class: the loop's class stands on this one. */
const isLoop = (value: unknown): boolean => typeof (value as EventLoop | null)?.runUntilComplete === 'function'

export const cancelledError = (of: string, reason: unknown): CancelledError => {
  const because = typeof reason === 'string' ? `: ${reason}` : reason instanceof Error ? `: ${reason.message}` : ''
  return new CancelledError(`${of} was cancelled${because}`, reason === undefined ? undefined : { cause: reason })
}

/**
 * A value that will be there later. `yield* future` waits for it, and answers it.
 *
 * Use it where one task, or a callback, tells one other something once. For a flag that many look at use an Event, for many values a
 * Queue. Unlike a promise it takes every value as it is, a thenable too; and it can be cancelled.
 *
 * Semantics: asyncio.Future.
 *
 * @param loop That of the tasks that will wait for it; the one that is running, or the first in which somebody waits, unless told.
 * @throws TypeError when `loop` is none.
 *
 * @example
 * ```ts
 * import { EventLoop, Future } from '@interlock/loop'
 *
 * const loop = new EventLoop()
 * const future = new Future<number>(loop)
 * loop.callLater(60_000, () => future.setResult(42))
 * loop.runUntilComplete(future) // => 42
 * loop.time() // => 60_000
 * ```
 */
export class Future<T> {
  /** @internal */
  loop: EventLoop | undefined
  /**
   * What a task waits for in it, in words.
   * @internal
   */
  purpose: (() => string) | undefined
  /**
   * Somebody has said `yield* future`, and the loop has not seen it yet. Without the star it stays false, and the loop can tell.
   * @internal
   */
  awaited = false
  #state: 'pending' | 'finished' | 'failed' | 'cancelled' = 'pending'
  /** The result, the error, or the reason for which it was cancelled. */
  #outcome: unknown
  #cancelledError: CancelledError | undefined
  #callbacks: Callback[] = []

  constructor(loop?: EventLoop) {
    if (loop !== undefined && !isLoop(loop)) throw mistyped('loop', 'an EventLoop', loop)
    this.loop = loop ?? running.loop
    made(this)
  }

  /** True once it has a result or an error, or is cancelled. */
  get done(): boolean {
    touch(this, undefined, true)
    return this.#state !== 'pending'
  }

  /** True once it is cancelled. */
  get cancelled(): boolean {
    touch(this, undefined, true)
    return this.#state === 'cancelled'
  }

  /** Done, and not by being cancelled. @internal */
  get finished(): boolean {
    touch(this, undefined, true)
    return this.#state === 'finished' || this.#state === 'failed'
  }

  /** @throws InvalidStateError when it is done. */
  setResult(value: T): void {
    this.settle('finished', value)
  }

  /** What result() will throw. @throws InvalidStateError when it is done. */
  setError(error: unknown): void {
    this.settle('failed', error)
  }

  /** Those who wait get a CancelledError, whose `cause` is the reason. False, and nothing happens, when it is done. */
  cancel(reason?: unknown): boolean {
    touch(this)
    if (this.#state !== 'pending') return false
    this.settle('cancelled', reason)
    return true
  }

  /** The value; or throws the error, or the CancelledError. @throws InvalidStateError while it is pending. */
  result(): T {
    const failure = this.failure()
    if (failure !== undefined) throw failure.error
    return this.#outcome as T
  }

  /** The error that it failed with, or undefined. @throws InvalidStateError while it is pending; the CancelledError when it is cancelled. */
  error(): unknown {
    const failure = this.failure()
    if (this.#state === 'cancelled') throw failure?.error
    return failure?.error
  }

  /**
   * Calls `fn(future)` once it is done, with the loop's next turn; if it is done, with the next turn from now. What `fn` throws, the loop's
   * `onError` hears.
   *
   * @throws TypeError when `fn` is no function; InvalidStateError when no loop is known.
   */
  onDone(fn: (future: Future<T>) => void): void {
    callable('fn', fn)
    this.whenDone(new Callback(() => fn(this), 'own'))
  }

  /** Waits until it is done, and answers its value or throws its error. If it is done, without a turn of the loop in between. */
  *[Symbol.iterator](): Op<T> {
    touch(this)
    if (this.#state === 'pending') {
      this.awaited = true
      yield this
    }
    return this.result()
  }

  toString(): string {
    return `Future <${this.state}>`
  }

  /** @internal */
  get state(): string {
    touch(this, undefined, true)
    return this.#state
  }

  /** What it failed with or was cancelled by, if so. Whoever asks has read the error. @internal */
  failure(): { error: unknown } | undefined {
    touch(this, undefined, true)
    switch (this.#state) {
      case 'pending':
        throw new InvalidStateError(`${this} is not done`)
      case 'finished':
        return undefined
      case 'failed':
        this.loop?.unread.delete(this)
        return { error: this.#outcome }
      case 'cancelled':
        return { error: (this.#cancelledError ??= cancelledError(this.called, this.#outcome)) }
    }
  }

  /** @internal */
  get called(): string {
    return 'the Future'
  }

  /** Calls back with the next turn after it is done. @internal */
  whenDone(callback: Callback): void {
    touch(this)
    const loop = this.boundLoop()
    if (this.#state === 'pending') this.#callbacks.push(callback)
    else loop.soon(callback)
  }

  /** @internal */
  boundLoop(): EventLoop {
    this.loop ??= running.loop
    if (this.loop !== undefined) return this.loop
    throw new InvalidStateError(`${this} belongs to no loop as yet: pass one to its constructor`)
  }

  /** `outcome`: for 'cancelled' the reason, or the very CancelledError. @internal */
  protected settle(state: 'finished' | 'failed' | 'cancelled', outcome: unknown, error?: CancelledError): void {
    touch(this)
    if (this.#state !== 'pending') throw new InvalidStateError(`${this} is done already`)
    this.#state = state
    this.#outcome = outcome
    this.#cancelledError = error
    const { loop } = this
    if (loop === undefined) return
    if (state === 'failed') loop.unread.add(this)
    const callbacks = this.#callbacks
    this.#callbacks = []
    for (const callback of callbacks) loop.soon(callback)
  }
}

/** A value in a message: `5`, `a Future`. */
export const shownOf = (value: unknown): string => (value instanceof Future ? String(value) : shown(value))
