/** The iteration of a queue: yields items, and ends when the queue is shut down and drained. Whoever leaves takes no item along. */
import { QueueShutDownError } from '@interlock/core/errors'
import { type CancellableWaiter, excusable, type Terms } from '@interlock/core/internal'

/** Why a next() that is pending when its loop is left ends. Only an observer sees it. */
const LEFT: unique symbol = Symbol('left')

/** A get, and its place in the line if it has to wait. */
export interface Getting<T> {
  readonly item: Promise<T>
  readonly waiter: Pick<CancellableWaiter<never, never>, 'cancel'> | undefined
}

export class Items<T> implements AsyncIterableIterator<T> {
  readonly #get: () => Getting<T>
  readonly #terms: Terms | undefined
  readonly #pending = new Set<Getting<T>>()
  #ended = false

  constructor(get: (terms: Terms | undefined) => Getting<T>, terms: Terms | undefined) {
    this.#get = () => get(terms)
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
    const getting = this.#get()
    this.#pending.add(getting)
    try {
      return { done: false, value: await getting.item }
    } catch (error) {
      if (error !== LEFT && !(error instanceof QueueShutDownError)) return excused(error)
      this.#ended = true
      return { done: true, value: undefined }
    } finally {
      this.#pending.delete(getting)
    }
  }

  /** Leaves: a next() that still waits is cancelled. */
  async return(value?: unknown): Promise<IteratorResult<T, unknown>> {
    this.#ended = true
    for (const { waiter } of this.#pending) waiter?.cancel(LEFT)
    return { done: true, value }
  }

  /** Leaves with an error, which comes back to who threw it in. */
  async throw(error?: unknown): Promise<never> {
    await this.return()
    throw error
  }
}
