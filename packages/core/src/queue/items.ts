/** The iteration of a queue: yields items, and ends when the queue is shut down and drained. Whoever leaves takes no item along. */
import { QueueShutDownError } from '../errors/queue-shut-down-error.ts'
import type { Terms } from '../wait-options.ts'
import type { CancellableWaiter, WaitQueue } from '../wait-queue.ts'
import { excusable } from '../watch.ts'

/** Why a next() that is pending when its loop is left ends. Only an observer sees it. */
const LEFT: unique symbol = Symbol('left')

export class Items<T> implements AsyncIterableIterator<T> {
  readonly #get: (terms: Terms | undefined) => Promise<T>
  readonly #getters: WaitQueue<T>
  readonly #terms: Terms | undefined
  readonly #pending = new Set<CancellableWaiter<T, undefined>>()
  #ended = false

  constructor(get: (terms: Terms | undefined) => Promise<T>, getters: WaitQueue<T>, terms: Terms | undefined) {
    this.#get = get
    this.#getters = getters
    this.#terms = terms
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<T>> {
    return excusable((excused) => this.#next(excused))
  }

  async #next(excused: (error: unknown) => never): Promise<IteratorResult<T>> {
    if (this.#ended) return { done: true, value: undefined }
    this.#terms?.signal?.throwIfAborted()
    const item = this.#get(this.#terms)
    // If it has to wait, its waiter is the last in line.
    const last = this.#getters.tail as CancellableWaiter<T, undefined> | null
    const waiter = last?.promise === item ? last : undefined
    if (waiter !== undefined) this.#pending.add(waiter)
    try {
      return { done: false, value: await item }
    } catch (error) {
      if (error !== LEFT && !(error instanceof QueueShutDownError)) return excused(error)
      this.#ended = true
      return { done: true, value: undefined }
    } finally {
      if (waiter !== undefined) this.#pending.delete(waiter)
    }
  }

  /** Leaves: a next() that still waits is cancelled. */
  async return(value?: unknown): Promise<IteratorResult<T, unknown>> {
    this.#ended = true
    for (const waiter of this.#pending) waiter.cancel(LEFT)
    return { done: true, value }
  }

  /** Leaves with an error, which comes back to who threw it in. */
  async throw(error?: unknown): Promise<never> {
    await this.return()
    throw error
  }
}
