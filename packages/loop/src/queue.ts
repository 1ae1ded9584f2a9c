/**
 * Queue: items from those who put to those who get, in order, with a bound if one likes. Dijkstra's bounded buffer: an array between two
 * semaphores, of which one counts the items, the other the free slots.
 *
 * States, fairness, cancellation and linearization point are those of the semaphores. An item on its way to one who has been woken is his: nobody
 *   overtakes, put-/getNowait() included. If he is cancelled in the same step, it goes to the next, and is not lost.
 */
import { misnumbered } from './argument.ts'
import { QueueEmptyError, QueueFullError } from './errors.ts'
import type { Op } from './op.ts'
import { andWaiting, Primitive, type PrimitiveOptions } from './primitive.ts'
import { touch } from './running.ts'
import { Semaphore } from './semaphore.ts'

/**
 * Hands items from producers to consumers, first in, first out; with `maxsize`, producers wait while it is full.
 *
 * Semantics: asyncio.Queue, strictly first come, first served.
 *
 * @param maxsize How many items it holds; no bound unless > 0.
 * @throws TypeError when `maxsize` is no number, RangeError when it is NaN.
 *
 * @example
 * ```ts
 * import { EventLoop, gather, Queue } from '@interlock/loop'
 *
 * const queue = new Queue<number>(1)
 * function* producer() {
 *   for (const item of [1, 2, 3]) yield* queue.put(item)
 *   return 'all put'
 * }
 * function* consumer() {
 *   let sum = 0
 *   for (let left = 3; left > 0; left--) sum += yield* queue.get()
 *   return `sum: ${sum}`
 * }
 * new EventLoop().runUntilComplete(gather(producer(), consumer())) // => ['all put', 'sum: 6']
 * ```
 */
export class Queue<T> extends Primitive {
  /** The bound that it was made with; none unless > 0. */
  readonly maxsize: number
  readonly #items: T[] = []
  readonly #stored: Semaphore
  readonly #slots: Semaphore | undefined

  constructor(maxsize = 0, options?: PrimitiveOptions) {
    super(options)
    if (typeof maxsize !== 'number' || Number.isNaN(maxsize))
      throw misnumbered('maxsize', 'a number other than NaN', maxsize)
    this.maxsize = maxsize
    this.#stored = new Semaphore(0, { name: `items of ${this.called}` })
    const bound = Math.ceil(maxsize)
    if (bound > 0 && bound < Infinity) this.#slots = new Semaphore(bound, { name: `slots of ${this.called}` })
  }

  /** How many items it holds. */
  get size(): number {
    touch(this)
    return this.#items.length
  }

  /** True when get() would have to wait: what there is, if anything, is for those who have been woken. */
  get empty(): boolean {
    return this.#stored.locked
  }

  /** True when put() would have to wait. */
  get full(): boolean {
    return this.#slots?.locked === true
  }

  /** Puts the item, when there is room and nobody is before this task. */
  *put(item: T): Op<void> {
    if (this.#slots !== undefined) yield* this.#slots.acquire()
    this.#add(item)
  }

  /** The next item, when there is one and nobody is before this task. */
  *get(): Op<T> {
    yield* this.#stored.acquire()
    return this.#take()
  }

  /** Puts the item now. @throws QueueFullError when that would have to wait. */
  putNowait(item: T): void {
    if (this.#slots?.tryAcquire() === false) throw new QueueFullError(`putNowait() into ${this}`)
    this.#add(item)
  }

  /** The next item now. @throws QueueEmptyError when that would have to wait. */
  getNowait(): T {
    if (!this.#stored.tryAcquire()) throw new QueueEmptyError(`getNowait() from ${this}`)
    return this.#take()
  }

  override get [Symbol.toStringTag](): string {
    return 'Queue'
  }

  protected override describe(): string {
    const waiting = this.#stored.waiting + (this.#slots?.waiting ?? 0)
    return `size: ${this.size}${this.maxsize > 0 ? `, maxsize: ${this.maxsize}` : ''}${andWaiting(waiting)}`
  }

  #add(item: T): void {
    touch(this, 'puts an item into')
    this.#items.push(item)
    this.#stored.release()
  }

  #take(): T {
    touch(this, 'takes an item from')
    const item = this.#items.shift() as T
    this.#slots?.release()
    return item
  }
}
