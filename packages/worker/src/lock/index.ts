/**
 * Lock: at most one thread holds it, and of that thread at most one task.
 *
 * States: unlocked | locked by a thread | promised to a thread that waits. The word says which (`word.ts`).
 * Fairness: eventual between threads, first come first served among the tasks of one (`turnstile.ts`).
 * Cancellation: a waiter that is cancelled leaves, and what it was about to receive goes to the next.
 * Death: of the holder, the next is told by `abandoned`; of a waiter, nobody notices.
 * Linearization point: the compare-and-swap by which the word becomes this thread's; for the next task of a thread, the release before.
 */
import type { Lockable, WaitOptions } from '@interlock/core'
import { NotAcquiredError } from '@interlock/core/errors'
import { andWaiting, callable, keepShape, runHolding, termsOf } from '@interlock/core/internal'
import { readSyncTerms, type SyncWaitOptions } from '../blocking.ts'
import type { Handle } from '../handle.ts'
import { HolderPermit, type SharedPermit } from '../permit.ts'
import { checkMayBlock, mayBlock } from '../seat.ts'
import { checkPlace, Found, findPlace, placeFor, Shared, type SharedOptions } from '../shared.ts'
import { LocalLock } from './local.ts'

export type { Handle, SharedOptions, SharedPermit, SyncWaitOptions, WaitOptions }

/** What a lock across threads is. A blocking acquire that only this thread could end throws DeadlockError at once, whatever its timeout. */
export interface SharedLockable extends Lockable {
  acquire(options?: WaitOptions): Promise<SharedPermit>
  /** Blocks the thread until the lock is its own. */
  acquireSync(options?: SyncWaitOptions): SharedPermit
  tryAcquire(): SharedPermit | null
  /** Blocks until the lock is held, runs `fn`, and gives it back however `fn` ends. */
  runSync<T>(fn: () => T, options?: SyncWaitOptions): T
}

/**
 * Mutual exclusion between the threads of a process, and between their tasks: what one does while it holds the lock, no other does at the
 * same time.
 *
 * Use it to guard what several threads change: shared memory, a file, a device. Use core's Lock for what only one thread touches: it is
 * cheaper and strictly fair. A shared lock belongs to a thread, not to a task: it is not re-entrant, and a task that holds it across an
 * `await` keeps the other tasks of its thread waiting as well.
 *
 * When a thread dies holding it, the next to acquire it is told by `permit.abandoned`: what the lock guards may be half done.
 *
 * Semantics: asyncio.Lock, and POSIX's robust mutexes for the dead. Uncontended, each call is one compare-and-swap: no promise is
 * made but the one that is returned, nobody is notified, nothing keeps the process alive.
 *
 * @example
 * ```ts
 * import { Lock } from '@interlock/worker'
 *
 * const lock = new Lock({ name: 'table' })
 * const inAnotherThread = Lock.from(lock.handle) // the handle came by postMessage
 * {
 *   using permit = await lock.acquire()
 *   permit.abandoned // => false
 *   inAnotherThread.locked // => true
 * }
 * inAnotherThread.runSync(() => 42) // => 42
 * ```
 */
export class Lock extends Shared implements SharedLockable {
  /** @internal */
  readonly local: LocalLock

  /**
   * Makes one, in the default space unless told.
   *
   * @throws TypeError for wrong options; SpaceFullError when a space of your own is full.
   */
  constructor(options?: SharedOptions) {
    super(options)
    const place = placeFor('lock', options)
    this.local = place.territory.localAt(place, () => new LocalLock(place, this))
    if (!(options instanceof Found)) this.local.word.init()
  }

  /**
   * The lock of a handle, in this thread.
   *
   * @throws HandleError when `handle` is none, is another kind's, or its lock has been freed; SpaceFullError when its space has no seat left.
   */
  static from(handle: Handle, options?: { name?: string }): Lock {
    return new Lock(Found.of(findPlace(handle, 'lock'), options))
  }

  /** True while it is held, in whatever thread, and from the moment that it is promised to a waiter. */
  get locked(): boolean {
    return this.local.word.busy
  }

  /**
   * Resolves with a permit once the lock is this caller's. A free lock is taken before acquire() returns.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options; HandleError when it is freed. All as
   *   rejections.
   */
  acquire(options?: WaitOptions): Promise<SharedPermit> {
    const { local } = this
    if (options === undefined) {
      const permit = local.take() ?? local.barge()
      return permit === null ? local.park(undefined, undefined) : Promise.resolve(permit)
    }
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    const permit = local.take() ?? local.barge()
    return permit === null ? local.park(terms, undefined) : Promise.resolve(permit)
  }

  /**
   * Blocks the thread until the lock is its own. Its other tasks do not run meanwhile: in a thread that serves an event loop, prefer acquire().
   *
   * @throws DeadlockError when this thread holds it; DOMException TimeoutError; AbortError when `abort` aborts; TypeError and RangeError for
   *   wrong options, and where the thread must not block; HandleError when it is freed.
   */
  acquireSync(options?: SyncWaitOptions): SharedPermit {
    const { local } = this
    if (options === undefined && mayBlock) return local.take() ?? local.block(readSyncTerms(undefined))
    checkMayBlock('acquireSync', 'acquire')
    const terms = readSyncTerms(options)
    return local.take() ?? local.block(terms)
  }

  /** The lock now, or null. It waits for nobody, but may overtake one who does. */
  tryAcquire(): SharedPermit | null {
    const { local } = this
    return local.take() ?? local.tryNow(undefined) ?? null
  }

  /**
   * Ends this thread's hold, and lets the next one have it.
   *
   * @throws NotAcquiredError unless this thread holds it; HandleError when it has been freed.
   */
  release(): void {
    const { local } = this
    checkPlace(local.place)
    if (local.holder === null) throw new NotAcquiredError(`${this} is not held by this thread`)
    local.release()
  }

  /**
   * Runs `fn` while holding the lock and gives it back however `fn` ends. `fn` never begins before run() has returned.
   *
   * @throws What acquire() and `fn` throw; TypeError when `fn` is no function. All as rejections.
   */
  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return runHolding(this, fn, options)
  }

  /**
   * Blocks until the lock is held, runs `fn`, and gives it back however `fn` ends. What `fn` awaits happens after that: use run() for it.
   *
   * @throws What acquireSync() and `fn` throw; TypeError when `fn` is no function.
   */
  runSync<T>(fn: () => T, options?: SyncWaitOptions): T {
    return runHoldingSync(this, fn, options)
  }

  override get [Symbol.toStringTag](): string {
    return 'Lock'
  }

  protected override state(): string {
    return (this.locked ? 'locked' : 'unlocked') + andWaiting(this.local.waiters.size)
  }

  protected override spoil(): void {
    this.local.word.spoil()
  }
}

/** runSync() of every lock. */
export function runHoldingSync<T, O extends SyncWaitOptions>(
  from: { acquireSync(options?: O): SharedPermit },
  fn: () => T,
  options?: O,
): T {
  callable('fn', fn)
  const permit = from.acquireSync(options)
  try {
    return fn()
  } finally {
    permit.release()
  }
}

keepShape(new HolderPermit({ holder: null, release() {} }, false))
