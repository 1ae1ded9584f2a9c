/**
 * Lock: at most one holder.
 *
 * States: unlocked | locked, and those who wait, first come first served.
 * Fairness: release() unlocks and wakes the head of the line. Until that one has had its step the lock is free, but nobody overtakes: who comes
 *   meanwhile stands behind it.
 * Cancellation: whoever leaves the line without the lock wakes the head, if the lock is free: it may have been he who was woken. That one
 *   rule is why no wake-up is lost.
 * Linearization point: acquire() of a free lock and release() take effect inside the call; of one that waits, the step in which it resumes.
 */
import { callable, isOp, mistyped } from './argument.ts'
import { NotAcquiredError } from './errors.ts'
import { Future } from './future.ts'
import { Line } from './line.ts'
import type { Op } from './op.ts'
import { andWaiting, Primitive } from './primitive.ts'
import { touch } from './running.ts'

/**
 * Mutual exclusion between tasks: what one does while it holds the lock, across its waits, no other does at the same time.
 *
 * Use it where a critical section contains a `yield`; code without one is not interrupted. It is not re-entrant: who holds it and acquires
 * it again waits for ever, which the loop reports as a DeadlockError.
 *
 * Semantics: asyncio.Lock. All is O(1).
 *
 * @example
 * ```ts
 * import { EventLoop, gather, Lock, sleep } from '@interlock/loop'
 *
 * const lock = new Lock()
 * const log: string[] = []
 * function* worker(name: string) {
 *   yield* lock.acquire()
 *   log.push(`${name} begins`)
 *   yield* sleep(1000)
 *   log.push(`${name} ends`)
 *   lock.release()
 * }
 * new EventLoop().runUntilComplete(gather(worker('a'), worker('b')))
 * log // => ['a begins', 'a ends', 'b begins', 'b ends']
 * ```
 */
export class Lock extends Primitive {
  #locked = false
  readonly #line = new Line(this, 'acquire')

  /** True while it is held. */
  get locked(): boolean {
    touch(this)
    return this.#locked
  }

  /** How many wait. */
  get waiting(): number {
    touch(this)
    return this.#line.asleep.length
  }

  /** Waits until the lock is free and nobody is before this task, and takes it. */
  *acquire(): Op<void> {
    touch(this, 'asks for')
    if (!this.#locked && !this.#line.occupied) {
      this.#take()
      return
    }
    const place = this.#line.enter()
    let woken = false
    try {
      yield* place
      woken = true
    } finally {
      this.#line.leave(place)
      if (woken) this.#take()
      else if (!this.#locked) this.#wakeHead()
    }
  }

  /** Gives it back, whoever calls. @throws NotAcquiredError when nobody holds it. */
  release(): void {
    touch(this, 'releases')
    if (!this.#locked) throw new NotAcquiredError(`${this} is not held`)
    this.#locked = false
    this.#wakeHead()
  }

  /** Runs `op()` while holding it, and gives it back however that ends. @throws TypeError when `op` is no function, at the call. */
  run<T>(op: () => Op<T>): Op<T> {
    return holding(this, callable('op', op))
  }

  override get [Symbol.toStringTag](): string {
    return 'Lock'
  }

  protected override describe(): string {
    return (this.locked ? 'locked' : 'unlocked') + andWaiting(this.waiting)
  }

  /** Takes it before all who wait: for one whose loop is closing. @internal */
  seize(): void {
    this.#locked = true
  }

  #take(): void {
    touch(this, 'acquires')
    this.#locked = true
  }

  #wakeHead(): void {
    const head = this.#line.first
    // One who is cancelled, and has not had his step, is not passed over: in that step he will come here himself.
    if (head?.done === false) head.setResult()
  }
}

/** run() of what can be held. */
export function* holding<T>(what: { acquire(): Op<void>; release(): void }, op: () => Op<T>): Op<T> {
  yield* what.acquire()
  try {
    const work: unknown = op()
    if (isOp(work) || work instanceof Future) return yield* work as Op<T>
    throw mistyped('op', 'a function that answers an Op', work)
  } finally {
    what.release()
  }
}
