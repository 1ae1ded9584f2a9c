/**
 * Queue: items from those who put to those who get, in order, with a bound if one likes.
 *
 * States: getters wait (and nothing is stored) | neither waits | putters wait (and it is full). Or shut down: nobody waits to put,
 *   and nobody to get.
 * Fairness: getters and putters are each served first come, first served. An item put while a getter waits goes to it and is never
 *   stored; a slot that a get frees goes to the first putter inside that get. Nobody overtakes, put-/getNowait() included.
 * Cancellation: a getter or putter that is cancelled leaves, and nothing has been taken or put. A grant beats a later abort: a get()
 *   that has its item keeps it.
 * Linearization point: each method that need not wait takes effect inside the call; of a put that waits, the get that frees its slot.
 */
import { misnumbered, mistyped } from '../argument.ts'
import { QueueEmptyError } from '../errors/queue-empty-error.ts'
import { QueueFullError } from '../errors/queue-full-error.ts'
import { QueueShutDownError } from '../errors/queue-shut-down-error.ts'
import { andWaiting, Primitive, type PrimitiveOptions, STATE } from '../primitive.ts'
import { keepShape } from '../shape.ts'
import { readTerms, type Terms, termsOf, type WaitOptions } from '../wait-options.ts'
import { CancellableWaiter, DONE, grantAll, refuseAll, WaitQueue } from '../wait-queue.ts'
import { Fifo, type Store } from './fifo.ts'
import { Items } from './items.ts'

export type { Store, WaitOptions }

/**
 * Hands items from producers to consumers, first in, first out; with `maxsize`, producers wait while it is full, so that memory
 * cannot grow without bound.
 *
 * Use it between tasks that make work and tasks that do it. Use a PriorityQueue when some items are more urgent, a LifoQueue when
 * the newest is. For a limit on what runs at once, without handing anything over, a Semaphore does.
 *
 * An item that is a promise (or has a `then`) reaches the consumer as what it resolves to, as everything that a promise
 * carries; wrap it in an object to pass the promise itself.
 *
 * Semantics: asyncio.Queue of Python 3.13, with hand-off. All operations are O(1), shutdown() and the last taskDone() O(those who wait).
 *
 * @param maxsize How many items it holds; no bound unless > 0.
 * @throws TypeError when `maxsize` is no number, RangeError when it is NaN.
 *
 * @example
 * ```ts
 * import { Queue } from '@interlock/core'
 *
 * const queue = new Queue<string>(2)
 * await queue.put('a')
 * await queue.put('b')
 * const third = queue.put('c') // waits: the queue is full
 * String(queue) // => 'Queue <size: 2, maxsize: 2, waiting: 1>'
 * await queue.get() // => 'a'
 * await third
 *
 * queue.shutdown()
 * const rest = []
 * for await (const item of queue) rest.push(item)
 * rest // => ['b', 'c']
 * ```
 */
export class Queue<T> extends Primitive implements AsyncIterable<T> {
  /** The bound that it was made with; none unless > 0. */
  readonly maxsize: number
  readonly #bound: number
  readonly #store: Store<T>
  readonly #getters = new WaitQueue<T>(this, 'get')
  readonly #putters = new WaitQueue<void, T>(this, 'put')
  readonly #joiners = new WaitQueue(this, 'join')
  /** Items put whose taskDone() has not been called. */
  #unfinished = 0
  #isShutdown = false

  constructor(maxsize = 0, options?: PrimitiveOptions) {
    super(options)
    if (typeof maxsize !== 'number' || Number.isNaN(maxsize))
      throw misnumbered('maxsize', 'a number other than NaN', maxsize)
    this.maxsize = maxsize
    this.#bound = maxsize > 0 ? maxsize : Infinity
    this.#store = this.createStore(options)
  }

  /** How many items it holds. */
  get size(): number {
    return this.#store.size
  }

  /** True when get() would have to wait. */
  get empty(): boolean {
    return this.size === 0
  }

  /** True when put() would have to wait. */
  get full(): boolean {
    return this.size >= this.#bound
  }

  /** True from shutdown() on. */
  get isShutdown(): boolean {
    return this.#isShutdown
  }

  /**
   * Resolves once the item is in the queue, or has gone to a consumer that was waiting.
   *
   * @throws QueueShutDownError; the signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options. All as
   *   rejections, and the item was not put.
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    try {
      if (this.#tryPut(item)) return DONE
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#putters.parkCancellable(new CancellableWaiter(this.#putters, item, terms), terms?.timeout)
  }

  /**
   * Resolves with the next item.
   *
   * @throws QueueShutDownError when the queue is shut down and drained; the signal's reason; DOMException TimeoutError; TypeError
   *   and RangeError for wrong options. All as rejections, and no item was taken.
   */
  get(options?: WaitOptions): Promise<T> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.#get(terms)
  }

  /** Puts the item now. @throws QueueFullError when that would have to wait; QueueShutDownError. */
  putNowait(item: T): void {
    if (!this.#tryPut(item)) throw new QueueFullError(`putNowait() into ${this}`)
  }

  /** The next item now. @throws QueueEmptyError when there is none; QueueShutDownError when there will be none. */
  getNowait(): T {
    if (this.#store.size > 0) return this.#take()
    throw this.#isShutdown ? this.#shutDownError('getNowait') : new QueueEmptyError(`getNowait() from ${this}`)
  }

  /**
   * Says that an item that was got has been dealt with. Once for each, by the consumer.
   *
   * @throws RangeError when called more often than items were put.
   */
  taskDone(): void {
    if (this.#unfinished === 0) throw new RangeError(`taskDone() of ${this} called more often than items were put`)
    this.#finish(1)
  }

  /**
   * Resolves once every item put has had its taskDone(): at once if none is unfinished.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options. All as rejections.
   */
  join(options?: WaitOptions): Promise<void> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.#unfinished === 0 ? DONE : this.#joiners.park(terms, undefined)
  }

  /**
   * No more put: those who wait to put, and all later, get QueueShutDownError. get() drains what is there, then rejects with
   * QueueShutDownError too. `immediate`: drops what is there and counts it as done, so that join() waits for items in flight alone.
   *
   * @throws TypeError when `immediate` is no boolean.
   */
  shutdown(immediate = false): void {
    if (typeof immediate !== 'boolean') throw mistyped('immediate', 'a boolean', immediate)
    this.#isShutdown = true
    if (this.#putters.size > 0) refuseAll(this.#putters, this.#shutDownError('put'))
    if (immediate) {
      // taskDone() may have been called for items that nobody had got yet.
      const dropped = Math.min(this.#store.size, this.#unfinished)
      this.#store.clear()
      this.#finish(dropped)
    }
    if (this.#getters.size > 0) refuseAll(this.#getters, this.#shutDownError('get'))
  }

  /** Yields items, and ends when the queue is shut down and drained. Leaving the loop early loses no item. taskDone() is the caller's. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.items()
  }

  /**
   * The same, abortable: `for await (const job of queue.items({ signal }))`. `timeout` bounds each wait.
   *
   * @throws TypeError and RangeError for wrong options, at the call.
   */
  items(options?: WaitOptions): AsyncIterableIterator<T> {
    return new Items((terms) => this.#get(terms), this.#getters, readTerms(options))
  }

  override get [Symbol.toStringTag](): string {
    return 'Queue'
  }

  /** @internal */
  override [STATE](): string {
    const waiting = this.#getters.size + this.#putters.size
    return `size: ${this.size}${this.maxsize > 0 ? `, maxsize: ${this.maxsize}` : ''}${this.#isShutdown ? ', shut down' : ''}${andWaiting(waiting)}`
  }

  /** Where the items are kept: what makes this a queue of another order. Called once, by the constructor. */
  protected createStore(_options: PrimitiveOptions | undefined): Store<T> {
    return new Fifo()
  }

  #get(terms: Terms | undefined): Promise<T> {
    try {
      if (this.#store.size > 0) return Promise.resolve(this.#take())
    } catch (error) {
      return Promise.reject(error)
    }
    if (this.#isShutdown) return Promise.reject(this.#shutDownError('get'))
    return this.#getters.parkCancellable(new CancellableWaiter(this.#getters, undefined, terms), terms?.timeout)
  }

  #tryPut(item: T): boolean {
    if (this.#isShutdown) throw this.#shutDownError('put')
    this.#store.check?.(item)
    const getter = this.#getters.shift()
    if (getter === null) {
      if (this.full) return false
      this.#store.add(item)
    }
    this.#unfinished++
    getter?.grant(item)
    return true
  }

  #take(): T {
    const item = this.#store.take()
    this.#admitPutters()
    return item
  }

  /** Stores what the first putters brought, while there is room. */
  #admitPutters(): void {
    while (!this.full) {
      const putter = this.#putters.shift() as CancellableWaiter<void, T> | null
      if (putter === null) return
      try {
        this.#store.add(putter.ask)
      } catch (error) {
        // It has no place in the order, as this put learns only now; the slot is the next one's.
        putter.refuse(error)
        continue
      }
      this.#unfinished++
      putter.grant()
    }
  }

  #finish(count: number): void {
    this.#unfinished -= count
    if (this.#unfinished === 0) grantAll(this.#joiners, undefined)
  }

  #shutDownError(method: string): QueueShutDownError {
    return new QueueShutDownError(`${method}() of ${this}`)
  }
}

keepShape(new Queue())
