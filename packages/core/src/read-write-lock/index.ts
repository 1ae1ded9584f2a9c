/**
 * ReadWriteLock: any number of readers, or one writer.
 *
 * States: unlocked | read by n >= 1 | written by one, and then those who wait, readers and writers in one queue.
 * Fairness: first come, first served. A waiting writer holds later readers back, so neither side starves; readers that stand together
 *   at the head go in together.
 * Cancellation: when a waiter leaves, those behind it that may now go in do so at once (readers behind a writer that gave up).
 * Linearization point: acquire() that need not wait, tryAcquire() and release() take effect inside the call.
 */
import { NotAcquiredError } from '../errors/not-acquired-error.ts'
import {
  type Held,
  HOLDER,
  HolderPermit,
  type Lockable,
  type Permit,
  permitClass,
  type Resume,
  runHolding,
  SUSPEND,
} from '../lockable.ts'
import { andWaiting, Primitive, type PrimitiveOptions, STATE } from '../primitive.ts'
import { keepShape } from '../shape.ts'
import { termsOf, type WaitOptions } from '../wait-options.ts'
import { WaitQueue, type Waiter } from '../wait-queue.ts'

export type { Lockable, Permit, WaitOptions }

/**
 * Guards what many may read at once and one may change.
 *
 * Use it where reads await something, are many and far outnumber writes; for short critical sections a Lock does the same with less.
 * It cannot be upgraded: a reader that acquires the write side waits for itself for ever.
 *
 * Semantics: the first-come-first-served solution of the readers-writers problem (Courtois, Heymans and Parnas 1971, third form); asyncio
 * has none. All operations are O(1), release() O(readers let in).
 *
 * @example
 * ```ts
 * import { ReadWriteLock } from '@interlock/core'
 *
 * const table = new ReadWriteLock({ name: 'table' })
 * const [a, b] = await Promise.all([table.read.acquire(), table.read.acquire()])
 * const writing = table.write.run(() => String(table))
 * table.read.tryAcquire() // => null
 * a.release()
 * b.release()
 * await writing // => 'ReadWriteLock "table" <writing>'
 * ```
 */
export class ReadWriteLock extends Primitive {
  /** Held by any number at a time; `locked` while a reader holds. */
  readonly read: ReadWriteSide
  /** `locked` while a writer holds. */
  readonly write: ReadWriteSide

  constructor(options?: PrimitiveOptions) {
    super(options)
    const queue = new SideQueue(this)
    const read = new ReadSide(queue, options)
    this.read = read
    this.write = read.write
  }

  override get [Symbol.toStringTag](): string {
    return 'ReadWriteLock'
  }

  /** @internal */
  override [STATE](): string {
    const { read, write } = this
    const state = write.locked ? 'writing' : read.locked ? 'reading' : 'unlocked'
    return state + andWaiting(read.waiting + write.waiting)
  }
}

/** One side of a ReadWriteLock: a lock in its own right, which a Condition may stand on. */
export interface ReadWriteSide extends Lockable {
  /** How many wait for this side. */
  readonly waiting: number
}

/** Both sides wait in one queue; each knows how many are its own. */
class SideQueue extends WaitQueue<Permit, Side> {
  constructor(primitive: ReadWriteLock) {
    super(primitive, 'acquire', () => this.admit())
  }

  /** Lets in whoever stands at the head, for as long as it may enter. */
  admit(): void {
    for (let head = this.peek(); head?.ask.open; head = this.peek()) {
      this.remove(head)
      head.grant(head.ask.enter())
    }
  }

  protected override push(waiter: Waiter<Permit, Side>): void {
    waiter.ask.waiting++
    super.push(waiter)
  }

  override remove(waiter: Waiter<Permit, Side>): void {
    waiter.ask.waiting--
    super.remove(waiter)
  }
}

abstract class Side extends Primitive implements ReadWriteSide {
  waiting = 0
  protected readonly queue: SideQueue

  constructor(queue: SideQueue, options: PrimitiveOptions | undefined) {
    super(options)
    this.queue = queue
  }

  abstract get locked(): boolean
  abstract release(): void
  /** Whether one more may enter, those who wait left aside. */
  abstract get open(): boolean
  abstract enter(): Permit

  acquire(options?: WaitOptions): Promise<Permit> {
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.#free ? Promise.resolve(this.enter()) : this.queue.park(terms, this)
  }

  tryAcquire(): Permit | null {
    return this.#free ? this.enter() : null
  }

  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return runHolding(this, fn, options)
  }

  /** @internal */
  override [STATE](): string {
    return (this.locked ? 'locked' : 'unlocked') + andWaiting(this.waiting)
  }

  get #free(): boolean {
    return this.open && this.queue.size === 0
  }
}

class ReadSide extends Side {
  readonly write: WriteSide
  #holds = 0
  /** Holds given up for a Condition's wait: their permits are not over, though nobody reads. */
  #suspended = 0
  /** Counts the times that the last reader left: a permit of an earlier time is over, though read.release() did not say whose it ended. */
  epoch = 0

  constructor(queue: SideQueue, options: PrimitiveOptions | undefined) {
    super(queue, options)
    this.write = new WriteSide(queue, options, this)
  }

  get locked(): boolean {
    return this.#holds > 0
  }

  get open(): boolean {
    return !this.write.locked
  }

  enter(): Permit {
    this.#holds++
    return new ReadPermit(this)
  }

  release(): void {
    if (this.#holds === 0) throw new NotAcquiredError(`${this} is not held`)
    this.#holds--
    if (this.#holds > 0) return
    if (this.#suspended === 0) this.epoch++
    this.queue.admit()
  }

  [SUSPEND](): Resume {
    this.#suspended++
    this.release()
    // The hold acquired anew takes the old one's place in the count, and the permit from before stands for it.
    return () => {
      this.#suspended--
    }
  }

  override get [Symbol.toStringTag](): string {
    return 'ReadLock'
  }
}

class WriteSide extends Side implements Held {
  [HOLDER]: Permit | null = null
  readonly #read: ReadSide

  constructor(queue: SideQueue, options: PrimitiveOptions | undefined, read: ReadSide) {
    super(queue, options)
    this.#read = read
  }

  get locked(): boolean {
    return this[HOLDER] !== null
  }

  get open(): boolean {
    return !this.locked && !this.#read.locked
  }

  enter(): Permit {
    return (this[HOLDER] = new HolderPermit(this))
  }

  release(): void {
    if (!this.locked) throw new NotAcquiredError(`${this} is not held`)
    this[HOLDER] = null
    this.queue.admit()
  }

  [SUSPEND](): Resume {
    const hold = this[HOLDER]
    this.release()
    return (permit) => {
      if (this[HOLDER] === permit) this[HOLDER] = hold
    }
  }

  override get [Symbol.toStringTag](): string {
    return 'WriteLock'
  }
}

class ReadPermit implements Permit {
  declare [Symbol.dispose]: () => void
  private readonly side: ReadSide
  private readonly epoch: number
  private over = false

  static {
    permitClass(this.prototype)
  }

  constructor(side: ReadSide) {
    this.side = side
    this.epoch = side.epoch
  }

  get released(): boolean {
    return this.over || this.epoch !== this.side.epoch
  }

  release(): void {
    if (this.released) return
    this.over = true
    this.side.release()
  }
}

keepShape(new ReadWriteLock().read.tryAcquire())
