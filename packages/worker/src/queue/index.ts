/**
 * Queue: items from those who put to those who get, in order, across threads, with a bound.
 *
 * States: how much is in its ring of bytes, who stands at either side, whether it is shut down (`ring.ts`, with its invariants).
 * Fairness: eventual between threads, first come first served among the tasks of one; who stands first at a side is not overtaken.
 * Cancellation: a getter or putter that is cancelled leaves, and nothing has been taken or put.
 * Death: of a thread in the middle of a put, nothing was put; in the middle of a get, it takes at most that one item with it.
 * Linearization point: the compare-and-swap that counts the item as put, or as taken.
 */
import type { WaitOptions } from '@interlock/core'
import { QueueEmptyError, QueueFullError, QueueShutDownError } from '@interlock/core/errors'
import {
  andWaiting,
  type CancellableWaiter,
  DONE,
  excusable,
  misnumbered,
  mistyped,
  optionsObject,
  readTerms,
  type Terms,
  termsOf,
  whole,
} from '@interlock/core/internal'
import { readSyncTerms, type SyncWaitOptions } from '../blocking.ts'
import { allocate, retire, settle, unclaim } from '../heap.ts'
import type { Handle } from '../handle.ts'
import type { Place } from '../place.ts'
import { checkMayBlock } from '../seat.ts'
import { checkPlace, Found, findPlace, Shared, type SharedOptions } from '../shared.ts'
import { claim, territoryOf } from '../space/index.ts'
import { agreed, type Codec, type Coder, codecNumber, coderFor, type OwnCodec } from './codec.ts'
import { Items, type Getting } from './items.ts'
import { LocalQueue } from './local.ts'
import { dissolve, foundFor, letGoOfFreed } from './own-space.ts'
import {
  BLOCK_AT,
  getWordOf,
  type Into,
  LEAST_BYTES,
  MOST_BYTES,
  putWordOf,
  Ring,
  Scratch,
  wordsForRing,
} from './ring.ts'

export type { Codec, Handle, OwnCodec, SharedOptions, SyncWaitOptions, WaitOptions }

export interface QueueOptions<T> extends SharedOptions {
  /** How large its buffer is: 16 to 1,073,741,824 bytes, 65,536 unless told. An item of up to half of it always fits; each takes 8 bytes more. */
  bytes?: number | undefined
  /** How many items it holds at most; no bound but its bytes unless > 0. */
  maxsize?: number | undefined
  /** How items become bytes; 'structured' unless told. */
  codec?: Codec<T> | undefined
}

const BYTES = 65_536

/**
 * Hands items from the producers of any threads to the consumers of any threads, first in, first out. Each goes to exactly one consumer. Its memory is
 * bounded: put() waits while there is no room.
 *
 * Use it between threads that make work and threads that do it: it takes a fraction of what postMessage() costs for small items, and it holds
 * producers back. Use core's Queue within one thread, where items need not become bytes; postMessage() to transfer objects, such as a MessagePort.
 *
 * Items travel as bytes, by a codec: 'structured' knows what structured clone knows, but functions; 'json' what JSON knows; 'bytes' hands
 * a Uint8Array over with one copy in and one out. An item is encoded when it is put: what is done to it later reaches nobody. Of 'bytes' and of a codec
 * of your own, leave the bytes alone until put() has resolved.
 *
 * Without `space` it has shared memory of its own, just large enough, for 32 threads; free() it when it is no longer used.
 *
 * Semantics: asyncio.Queue of Python 3.13. A consumer that dies takes at most the one item with it that it was taking.
 *
 * @example
 * ```ts
 * import { Queue } from '@interlock/worker'
 *
 * const jobs = new Queue<{ id: number }>({ name: 'jobs' })
 * await jobs.put({ id: 1 })
 * jobs.putNowait({ id: 2 })
 * const inAnotherThread = Queue.from<{ id: number }>(jobs.handle)
 * inAnotherThread.getSync() // => { id: 1 }
 * inAnotherThread.shutdown()
 * const rest = []
 * for await (const job of jobs) rest.push(job.id)
 * rest // => [2]
 * ```
 */
export class Queue<T> extends Shared implements AsyncIterable<T> {
  /** @internal */
  readonly local: LocalQueue
  readonly #coder: Coder
  /** While one is being decoded by a codec of the program's, which may get the next one, that is not to come to lie where this one lies. */
  #into: Into

  /**
   * Makes one, in memory of its own unless told.
   *
   * @throws TypeError and RangeError for wrong options; SpaceFullError when the space given has no room; TypeError, saying what to do, where the
   *   runtime has no SharedArrayBuffer.
   */
  constructor(options?: QueueOptions<T>) {
    super(options)
    const found = options instanceof FoundQueue
    const place = found ? options.place : makePlace(options)
    letGoOfFreed(place.territory)
    this.local = place.territory.localAt(place, () => new LocalQueue(place, this))
    const codec = found ? agreed(this.local.ring.codec, options.codec) : (options?.codec ?? 'structured')
    this.#coder = coderFor(codec as Codec<never>)
    const { copies, foreign } = this.#coder
    // A codec of the program's may be decoding while another queue's item is got.
    this.#into = !copies ? 'own' : foreign ? new Scratch(MOST_BYTES) : scratch
  }

  /**
   * The one of a handle, in this thread. Its codec is known but for one of your own, which has to be told in each thread.
   *
   * @throws HandleError when `handle` is none, is another kind's, or has been freed; SpaceFullError when its space has no seat left; TypeError for
   *   wrong options, another codec than the queue's among them.
   */
  static from<T>(handle: Handle, options?: { name?: string; codec?: Codec<T> }): Queue<T> {
    const place = findPlace(handle, 'queue')
    const codec = optionsObject(options)?.codec
    if (codec !== undefined) codecNumber(codec as Codec<never>)
    return new Queue<T>(new FoundQueue(place, options?.name, codec as Codec<never> | undefined))
  }

  /** How many items it holds, in this instant. */
  get size(): number {
    return this.#ring.size
  }

  /** The bound that it was made with; none unless > 0. */
  get maxsize(): number {
    return this.#ring.maxsize
  }

  /** True when get() would have to wait. */
  get empty(): boolean {
    return !this.#ring.hasItem
  }

  /** True when put() would have to wait with an item as large as the latest one. */
  get full(): boolean {
    return this.#ring.full
  }

  /** True from shutdown() on, in every thread. */
  get isShutdown(): boolean {
    return this.#ring.isShut
  }

  /**
   * Resolves once the item is in the queue.
   *
   * @throws RangeError when it can never fit; what its codec throws; QueueShutDownError; the signal's reason; DOMException TimeoutError; TypeError and
   *   RangeError for wrong options; HandleError when it is freed. All as rejections, and the item was not put.
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    try {
      const bytes = this.#encode(item)
      if (this.#tryPut('put', bytes)) return DONE
      return this.local.putters.park(terms, this.#coder.transient ? new Uint8Array(bytes) : bytes) as Promise<never>
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Blocks the thread until the item is in the queue.
   *
   * @throws RangeError when it can never fit; what its codec throws; QueueShutDownError; DOMException TimeoutError; AbortError when `abort`
   *   aborts; TypeError and RangeError for wrong options, and where the thread must not block; HandleError when it is freed.
   */
  putSync(item: T, options?: SyncWaitOptions): void {
    checkMayBlock('putSync', 'put')
    const terms = readSyncTerms(options)
    const bytes = this.#encode(item)
    if (!this.#tryPut('putSync', bytes)) this.local.putters.block(terms, bytes)
  }

  /**
   * Puts the item now. Never overtakes one who stands first.
   *
   * @throws QueueFullError when that would have to wait; RangeError when it can never fit; what its codec throws; QueueShutDownError; HandleError.
   */
  putNowait(item: T): void {
    if (!this.#tryPut('putNowait', this.#encode(item))) throw new QueueFullError(`putNowait() into ${this}`)
  }

  /**
   * Resolves with the next item.
   *
   * @throws QueueShutDownError when the queue is shut down and drained; the signal's reason; DOMException TimeoutError; TypeError and RangeError for
   *   wrong options; HandleError when it is freed. All as rejections, and no item was taken. What the codec throws: that item is gone.
   */
  get(options?: WaitOptions): Promise<T> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.#get(terms).item
  }

  /**
   * Blocks the thread until there is an item, and returns it.
   *
   * @throws QueueShutDownError when the queue is shut down and drained; DOMException TimeoutError; AbortError when `abort` aborts; TypeError and
   *   RangeError for wrong options, and where the thread must not block; HandleError when it is freed.
   */
  getSync(options?: SyncWaitOptions): T {
    checkMayBlock('getSync', 'get')
    const terms = readSyncTerms(options)
    const { getters } = this.local
    const bytes = this.#tryGet('getSync')
    if (bytes !== undefined) return this.#decode(bytes, getters.taken)
    // Others of this thread may be served when it passes, and their items come to lie there.
    return this.#decodeWhole(getters.block(terms, getters.waiters.size === 0 ? this.#into : 'own'))
  }

  /** The next item now. @throws QueueEmptyError when there is none; QueueShutDownError when there will be none; HandleError. */
  getNowait(): T {
    const bytes = this.#tryGet('getNowait')
    if (bytes === undefined) throw new QueueEmptyError(`getNowait() from ${this}`)
    return this.#decode(bytes, this.local.getters.taken)
  }

  /**
   * Says that an item that was got has been dealt with. Once for each, by the consumer, in whatever thread.
   *
   * @throws RangeError when called more often than items were put; HandleError.
   */
  taskDone(): void {
    if (!this.local.taskDone()) throw new RangeError(`taskDone() of ${this} called more often than items were put`)
  }

  /**
   * Resolves once every item put has had its taskDone(): at once if none is unfinished. Of an item that died with its consumer, nobody will
   * say so.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options; HandleError. All as rejections.
   */
  join(options?: WaitOptions): Promise<void> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    try {
      const point = this.#ring.joinPoint
      return point === undefined ? DONE : this.local.joiners.park(terms, point)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Blocks the thread until every item put has had its taskDone().
   *
   * @throws DOMException TimeoutError; AbortError when `abort` aborts; TypeError and RangeError for wrong options, and where the thread must not
   *   block; HandleError.
   */
  joinSync(options?: SyncWaitOptions): void {
    checkMayBlock('joinSync', 'join')
    const terms = readSyncTerms(options)
    const point = this.#ring.joinPoint
    if (point !== undefined) this.local.joiners.block(terms, point)
  }

  /**
   * No more put, in any thread: those who wait to put, and all later, get QueueShutDownError. get() drains what is there, then throws it too.
   * `immediate`: drops what is there and counts it as done, so that join() waits for items in flight alone.
   *
   * @throws TypeError when `immediate` is no boolean; HandleError.
   */
  shutdown(immediate = false): void {
    if (typeof immediate !== 'boolean') throw mistyped('immediate', 'a boolean', immediate)
    this.local.shutdown(immediate)
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
    return new Items((terms) => this.#get(terms), readTerms(options))
  }

  /**
   * Gives its memory back: to the space that it was made in, for the next queue that needs no more, or to the collector. Whatever still waits on
   * it, and every later use in any thread, gets HandleError.
   *
   * @throws HandleError when it has been freed already.
   */
  override free(): void {
    super.free()
    dissolve(this.local.place.territory)
  }

  override get [Symbol.toStringTag](): string {
    return 'Queue'
  }

  protected override state(): string {
    const { size, maxsize, isShutdown, local } = this
    const waiting = local.getters.waiters.size + local.putters.waiters.size
    return `size: ${size}${maxsize > 0 ? `, maxsize: ${maxsize}` : ''}${isShutdown ? ', shut down' : ''}${andWaiting(waiting)}`
  }

  protected override spoil(): void {
    const { territory } = this.local.place
    const { block } = this.local.ring
    retire(territory, block, [putWordOf(block), getWordOf(block)])
  }

  get #ring(): Ring {
    checkPlace(this.local.place)
    return this.local.ring
  }

  #encode(item: T): Uint8Array {
    const bytes = this.#coder.encode(item)
    const { ring } = this.local
    if (ring.fits(bytes.length)) return bytes
    throw new RangeError(
      `item must have at most ${ring.capacity - 8} bytes to fit into the queue, got ${bytes.length}: make the queue larger, as in new Queue({ bytes: ${Math.min(MOST_BYTES, bytes.length * 2)} })`,
    )
  }

  #tryPut(method: string, bytes: Uint8Array): boolean {
    const { local } = this
    if (local.putters.putNow(bytes)) return true
    if (this.#ring.isShut) throw this.#shutDownError(method)
    return false
  }

  #tryGet(method: string): Uint8Array | undefined {
    const bytes = this.local.getters.getNow(this.#into)
    if (bytes === undefined && this.#ring.isSpent) throw this.#shutDownError(method)
    return bytes
  }

  #get(terms: Terms | undefined): Getting<T> {
    const { getters } = this.local
    try {
      const bytes = this.#tryGet('get')
      if (bytes !== undefined) return { item: Promise.resolve(this.#decode(bytes, getters.taken)), waiter: undefined }
      const before = getters.waiters.tail
      const taking = getters.park(terms, 'own')
      const { tail } = getters.waiters
      const item = excusable((excused) => taking.then((taken) => this.#decodeWhole(taken), excused))
      return {
        item,
        waiter: tail === before ? undefined : ((tail as CancellableWaiter<never, never> | null) ?? undefined),
      }
    } catch (error) {
      return { item: Promise.reject(error), waiter: undefined }
    }
  }

  #decode(bytes: Uint8Array, length: number): T {
    const into = this.#into
    if (into === 'own' || !this.#coder.foreign) return this.#coder.decode(bytes, length) as T
    this.#into = 'own'
    try {
      return this.#coder.decode(bytes, length) as T
    } finally {
      this.#into = into
    }
  }

  #decodeWhole(bytes: Uint8Array): T {
    return this.#decode(bytes, bytes.length)
  }

  #shutDownError(method: string): QueueShutDownError {
    return new QueueShutDownError(`${method}() of ${this}`)
  }
}

/** Of all queues of this thread: what is in it is decoded at once. */
const scratch = new Scratch(2 ** 20)

class FoundQueue extends Found {
  readonly codec: Codec<never> | undefined

  constructor(place: Place, name: string | undefined, codec: Codec<never> | undefined) {
    super(place, name)
    this.codec = codec
  }
}

function makePlace<T>(options: QueueOptions<T> | undefined): Place {
  const { bytes = BYTES, maxsize = 0, codec = 'structured' } = options ?? {}
  whole('bytes', bytes, LEAST_BYTES, MOST_BYTES)
  if (typeof maxsize !== 'number' || Number.isNaN(maxsize))
    throw misnumbered('maxsize', 'a number other than NaN', maxsize)
  const number = codecNumber(codec as Codec<never>)
  const words = wordsForRing(bytes)
  const territory = territoryOf(options)
  const own = territory === undefined ? foundFor(words) : territory
  const block = allocate(own, words)
  try {
    const place = claim('queue', own)
    Ring.init(place, block, bytes, maxsize, number)
    Atomics.store(place.view, place.at + BLOCK_AT, block)
    settle(own, block)
    return place
  } catch (error) {
    unclaim(own, block)
    throw error
  }
}
