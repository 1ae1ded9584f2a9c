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
import { mistyped, misnumbered } from '../argument.ts'
import { QueueEmptyError, QueueFullError, QueueShutDownError } from '../errors/index.ts'
import { andWaiting, Primitive, type PrimitiveOptions } from '../primitive.ts'
import { keepShape } from '../shape.ts'
import {
  CancellableWaiter,
  checkWaitOptions,
  DONE,
  grantAll,
  refusal,
  refuseAll,
  WaitQueue,
  type WaitOptions,
} from '../wait-queue.ts'
import { Fifo, type Store } from './fifo.ts'

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
 * Semantics: asyncio.Queue of Python 3.13, with hand-off. All operations are O(1), shutdown() O(waiters).
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
    if (typeof maxsize !== 'number' || Number.isNaN(maxsize)) throw misnumbered('maxsize', 'a number', maxsize)
    this.maxsize = maxsize
    this.#bound = maxsize > 0 ? maxsize : Infinity
    this.#store = this.createStore(options)
  }

  /** How many items it holds. */
  get size(): number {
    return this.#store.size
  }

  get empty(): boolean {
    return this.size === 0
  }

  /** True when put() would have to wait. */
  get full(): boolean {
    return this.size >= this.#bound
  }

  get isShutdown(): boolean {
    return this.#isShutdown
  }

  /**
   * Resolves once the item is in the queue, or with the consumer that waited for it.
   *
   * @throws QueueShutDownError; the signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options. All as
   *   rejections, and the item was not put.
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    const refused = refusal(options)
    if (refused !== undefined) return refused
    try {
      if (this.#tryPut(item)) return DONE
    } catch (error) {
      return Promise.reject(error)
    }
    return this.#putters.parkCancellable(new CancellableWaiter(this.#putters, item, options), options?.timeout)
  }

  /**
   * Resolves with the next item.
   *
   * @throws QueueShutDownError when the queue is shut down and drained; the signal's reason; DOMException TimeoutError; TypeError
   *   and RangeError for wrong options. All as rejections, and no item was taken.
   */
  get(options?: WaitOptions): Promise<T> {
    const refused = refusal(options)
    if (refused !== undefined) return refused
    try {
      if (this.#store.size > 0) return Promise.resolve(this.#take())
    } catch (error) {
      return Promise.reject(error)
    }
    if (this.#isShutdown) return Promise.reject(this.#shutDownError('get'))
    return this.#getters.parkCancellable(new CancellableWaiter(this.#getters, undefined, options), options?.timeout)
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
    return refusal(options) ?? (this.#unfinished === 0 ? DONE : this.#joiners.park(options, undefined))
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
    checkWaitOptions(options)
    return new Items(this, this.#getters, options)
  }

  override get [Symbol.toStringTag](): string {
    return 'Queue'
  }

  protected override get state(): string {
    const waiting = this.#getters.size + this.#putters.size
    return `size: ${this.size}${this.maxsize > 0 ? `, maxsize: ${this.maxsize}` : ''}${this.#isShutdown ? ', shut down' : ''}${andWaiting(waiting)}`
  }

  /** Where the items are kept: what makes this a queue of another order. Called once, by the constructor. */
  protected createStore(_options: PrimitiveOptions | undefined): Store<T> {
    return new Fifo()
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

/** Why a next() that is pending when its loop is left ends. Nobody sees it. */
const LEFT: unique symbol = Symbol('left')

class Items<T> implements AsyncIterableIterator<T> {
  readonly #queue: Queue<T>
  readonly #getters: WaitQueue<T>
  readonly #options: WaitOptions | undefined
  readonly #pending = new Set<CancellableWaiter<T, undefined>>()
  #ended = false

  constructor(queue: Queue<T>, getters: WaitQueue<T>, options: WaitOptions | undefined) {
    this.#queue = queue
    this.#getters = getters
    this.#options = options
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<T>> {
    if (this.#ended) return { done: true, value: undefined }
    const item = this.#queue.get(this.#options)
    const waiter = this.#getters.tail as CancellableWaiter<T, undefined> | null
    const parked = waiter?.promise === item ? waiter : undefined
    if (parked !== undefined) this.#pending.add(parked)
    try {
      return { done: false, value: await item }
    } catch (error) {
      if (error !== LEFT && !(error instanceof QueueShutDownError && this.#queue.isShutdown)) throw error
      this.#ended = true
      return { done: true, value: undefined }
    } finally {
      if (parked !== undefined) this.#pending.delete(parked)
    }
  }

  /** Whoever leaves takes no item along: a next() that still waits is cancelled. */
  async return(): Promise<IteratorResult<T>> {
    this.#ended = true
    for (const waiter of this.#pending) waiter.cancel(LEFT)
    return { done: true, value: undefined }
  }
}

keepShape(new Queue())
