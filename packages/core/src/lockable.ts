/// <reference lib="esnext.disposable" preserve="true" />
/** What every lock answers to, and what holding one is. */
import { callable } from './argument.ts'
import type { WaitOptions } from './wait-options.ts'
import { excusable } from './watch.ts'

/**
 * A hold on something: a lock, or permits of a semaphore.
 *
 * `using permit = await lock.acquire()` gives it back at the end of the block, however the block ends.
 */
export interface Permit extends Disposable {
  /** Gives the hold back, once: a second call does nothing, whoever holds the lock by then. */
  release(): void
  /** True after release(), or when a Lock's own release() ended this hold. */
  readonly released: boolean
}

/** What a lock is, whether it guards the tasks of one thread, the threads of one process or a fleet. */
export interface Lockable {
  /** True while it is held, and from the moment that it is promised to a waiter. */
  readonly locked: boolean
  /** Strictly first come, first served. A free lock is taken before acquire() returns. */
  acquire(options?: WaitOptions): Promise<Permit>
  /** Takes it now, or answers null. Never overtakes a waiter. No promise, no allocation beyond the permit. */
  tryAcquire(): Permit | null
  /** asyncio's own style: ends the present hold, whoever calls. NotAcquiredError when there is none. */
  release(): void
  /** Runs `fn` while holding it, never before run() has returned; gives it back however `fn` ends, a synchronous throw included. */
  run<T>(fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T>
}

/**
 * The permit of a lock's present hold. Registered by name, like SUSPEND, so that two copies of this package understand each other.
 * @internal
 */
export const HOLDER: unique symbol = Symbol.for('@interlock/core/holder') as never

/**
 * Gives the present hold up for a Condition's wait. What it answers puts the hold back in place of the permit that was acquired
 * anew, so that the holder's permit from before is good again; undefined, and nothing given up, if this lock cannot do that.
 * @internal
 */
export const SUSPEND: unique symbol = Symbol.for('@interlock/core/suspend') as never

/** @internal */
export type Resume = (permit: Permit) => void

/** @internal */
export interface Held {
  [HOLDER]: Permit | null
  release(): void
}

/** @internal */
export interface Suspendable {
  [SUSPEND](): Resume | undefined
}

/** Symbol.dispose, and where a runtime does not have it yet, the symbol that a compiler's `using` looks for. */
const dispose: symbol = Symbol.dispose ?? Symbol.for('Symbol.dispose')

/**
 * Makes a class of permits disposable. And says outright that they have no `then`: a promise looks for one in whatever it is resolved
 * with, and finds it (or rather undefined) here, not at the end of the prototype chain. That is a tenth of an uncontended acquire().
 */
export function permitClass(prototype: Permit): void {
  Object.defineProperties(prototype, {
    // oxlint-disable-next-line unicorn/no-thenable -- it is the absence of one that is stated
    then: { value: undefined },
    [dispose]: {
      value(this: Permit): void {
        this.release()
      },
    },
  })
}

/**
 * A hold that lasts for as long as it is the one that the lock names.
 * @internal
 */
export class HolderPermit implements Permit {
  declare [Symbol.dispose]: () => void
  private readonly lock: Held

  static {
    permitClass(this.prototype)
  }

  constructor(lock: Held) {
    this.lock = lock
  }

  get released(): boolean {
    return this.lock[HOLDER] !== this
  }

  release(): void {
    if (this.lock[HOLDER] === this) this.lock.release()
  }
}

/**
 * run() of every lock: `from.acquire(options)` has its effect inside the call, `fn` begins after it. `held` hears of the permit, and
 * answers what gives the hold back, where that is not simply the permit's release().
 */
export function runHolding<T, O extends WaitOptions>(
  from: { acquire(options?: O): Promise<Permit> },
  fn: () => T | PromiseLike<T>,
  options?: O,
  held?: (permit: Permit) => () => void,
): Promise<T> {
  return excusable(async (excused) => {
    callable('fn', fn)
    let permit: Permit
    try {
      permit = await from.acquire(options)
    } catch (error) {
      return excused(error)
    }
    const giveBack = held?.(permit)
    try {
      return await fn()
    } finally {
      if (giveBack === undefined) permit.release()
      else giveBack()
    }
  })
}
