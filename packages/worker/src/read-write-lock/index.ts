/**
 * ReadWriteLock: any number of threads and tasks read, or one writes.
 *
 * States: unlocked | read by a set of threads | written by one; and who waits for it (`local.ts`).
 * Fairness: eventual between threads. Readers that come while a writer waits, wait behind it; neither side is starved.
 * Cancellation: a waiter that is cancelled leaves; a writer that gives up lets in the readers behind it.
 * Death: of a reader, its read ends; of a writer, the next permit of either side is told by `abandoned`.
 * Linearization point: of a write, the compare-and-swap of the word; of a read, the setting of the thread's bit.
 */
import type { WaitOptions } from '@interlock/core'
import { NotAcquiredError } from '@interlock/core/errors'
import { andWaiting, keepShape, runHolding, termsOf } from '@interlock/core/internal'
import { readSyncTerms, type SyncWaitOptions } from '../blocking.ts'
import type { Handle } from '../handle.ts'
import { runHoldingSync, type SharedLockable } from '../lock/index.ts'
import type { SharedPermit } from '../permit.ts'
import { checkMayBlock } from '../seat.ts'
import { checkPlace, Found, findPlace, placeFor, Printable, Shared, type SharedOptions } from '../shared.ts'
import { type Ask, LocalReadWriteLock, ReadPermit } from './local.ts'

export type { Handle, SharedLockable, SharedOptions, SharedPermit, SyncWaitOptions, WaitOptions }

/**
 * A lock with two sides, for the threads of a process: many may read at a time, who writes is alone.
 *
 * Use it for what is read often, for long enough to be worth it, and written rarely. Use a Lock when sections are short: it is cheaper.
 * It is not re-entrant: a task that reads and awaits another read, while a writer waits, waits for ever. (A thread that *blocks* for a read
 * while it reads is let in, as nothing could end its first read.)
 *
 * Semantics: fair reader-writer locks, as POSIX's pthread_rwlock with writers preferred; asyncio has none. A read with no writer about costs one
 * atomic operation, and none when its thread reads already.
 *
 * @example
 * ```ts
 * import { ReadWriteLock } from '@interlock/worker'
 *
 * const table = new ReadWriteLock({ name: 'table' })
 * {
 *   using reading = await table.read.acquire()
 *   using another = table.read.acquireSync()
 *   table.write.tryAcquire() // => null
 * }
 * await table.write.run(() => String(table)) // => 'ReadWriteLock "table" <writing>'
 * ```
 */
export class ReadWriteLock extends Shared {
  /** @internal */
  readonly local: LocalReadWriteLock
  /** Held by any number at a time. read.release() ends this thread's latest read. */
  readonly read: SharedLockable
  /** Held by one. */
  readonly write: SharedLockable

  /** @throws TypeError for wrong options; SpaceFullError when a space of your own is full. */
  constructor(options?: SharedOptions) {
    super(options)
    const place = placeFor('read-write-lock', options)
    this.local = place.territory.localAt(place, () => new LocalReadWriteLock(place, this))
    if (!(options instanceof Found)) this.local.word.init()
    this.read = new ReadSide(this.local, this.name)
    this.write = new WriteSide(this.local, this.name)
  }

  /** The one of a handle, in this thread. @throws HandleError when `handle` is none, is another kind's, or has been freed. */
  static from(handle: Handle, options?: { name?: string }): ReadWriteLock {
    return new ReadWriteLock(Found.of(findPlace(handle, 'read-write-lock'), options))
  }

  override get [Symbol.toStringTag](): string {
    return 'ReadWriteLock'
  }

  protected override state(): string {
    const { local } = this
    return (local.written ? 'writing' : local.read ? 'reading' : 'unlocked') + andWaiting(local.waiters.size)
  }

  protected override spoil(): void {
    this.local.word.spoil()
  }
}

abstract class Side extends Printable implements SharedLockable {
  protected readonly local: LocalReadWriteLock
  protected abstract readonly ask: Ask

  constructor(local: LocalReadWriteLock, name: string | undefined) {
    super(name === undefined ? undefined : { name })
    this.local = local
  }

  abstract get locked(): boolean
  abstract release(): void
  protected abstract take(): SharedPermit | undefined

  acquire(options?: WaitOptions): Promise<SharedPermit> {
    const terms = termsOf(options, () => checkPlace(this.local.place))
    if (terms instanceof Promise) return terms
    const permit = this.take()
    return permit === undefined ? this.local.park(terms, this.ask) : Promise.resolve(permit)
  }

  acquireSync(options?: SyncWaitOptions): SharedPermit {
    checkMayBlock('acquireSync', 'acquire')
    const terms = readSyncTerms(options)
    checkPlace(this.local.place)
    return this.take() ?? this.local.block(terms, this.ask)
  }

  tryAcquire(): SharedPermit | null {
    checkPlace(this.local.place)
    return this.take() ?? this.local.tryNow(this.ask) ?? null
  }

  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return runHolding(this, fn, options)
  }

  runSync<T>(fn: () => T, options?: SyncWaitOptions): T {
    return runHoldingSync(this, fn, options)
  }

  protected override state(): string {
    return this.locked ? 'locked' : 'unlocked'
  }
}

class ReadSide extends Side {
  protected override readonly ask = 'read'

  get locked(): boolean {
    checkPlace(this.local.place)
    return this.local.read
  }

  release(): void {
    const latest = [...this.local.reads].pop()
    if (latest === undefined) throw notHeld(this.local, this)
    latest.release()
  }

  protected override take(): SharedPermit | undefined {
    return this.local.takeRead()
  }

  override get [Symbol.toStringTag](): string {
    return 'ReadWriteLock.read'
  }
}

class WriteSide extends Side {
  protected override readonly ask = 'write'

  get locked(): boolean {
    return this.local.written
  }

  release(): void {
    if (this.local.holder === null) throw notHeld(this.local, this)
    this.local.release()
  }

  protected override take(): SharedPermit | undefined {
    return this.local.takeWrite()
  }

  override get [Symbol.toStringTag](): string {
    return 'ReadWriteLock.write'
  }
}

function notHeld(local: LocalReadWriteLock, side: Side): Error {
  checkPlace(local.place)
  return new NotAcquiredError(`${side} is not held by this thread`)
}

keepShape(new ReadPermit(undefined as never, false))
