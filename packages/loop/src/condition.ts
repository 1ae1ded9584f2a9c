/**
 * Condition: waits for a change of what a lock guards.
 *
 * States of a waiter: waiting (in the line, the lock given up) → relocking (woken, or cancelled) → resumed, with the lock held again.
 * Fairness: notify() wakes first come, first served; who is woken asks for the lock behind those who wait for it by then.
 * Cancellation: however a wait ends, it ends with the lock held; a cancel while it relocks is thrown after that. Who has been notified and is
 *   cancelled passes the notification on: none is lost, and none is invented.
 * Linearization point: of a notification, notify(); of a wait, the step in which it has the lock again.
 */
import { callable, mistyped, whole } from './argument.ts'
import { NotAcquiredError } from './errors.ts'
import { Line } from './line.ts'
import { Lock } from './lock.ts'
import type { Op } from './op.ts'
import { andWaiting, Primitive, type PrimitiveOptions } from './primitive.ts'
import { touch } from './running.ts'

/**
 * Lets tasks that hold a lock wait until another, holding it too, says that things have changed.
 *
 * Always wait in a loop, or by waitFor(): between the notification and the step in which this task has the lock again, others may have had
 * it. explore() finds where that was forgotten.
 *
 * Semantics: asyncio.Condition, without its spurious wake-ups. notify(n) is O(n).
 *
 * @param lock A Lock, which several Conditions may share; one of its own unless given.
 * @throws TypeError when `lock` is none.
 *
 * @example
 * ```ts
 * import { Condition, EventLoop, gather } from '@interlock/loop'
 *
 * const jobs: string[] = []
 * const changed = new Condition()
 * function* consumer() {
 *   yield* changed.lock.acquire()
 *   yield* changed.waitFor(() => jobs.length > 0)
 *   changed.lock.release()
 *   return jobs.shift()
 * }
 * function* producer() {
 *   yield* changed.lock.acquire()
 *   jobs.push('paint')
 *   changed.notify()
 *   changed.lock.release()
 *   return undefined
 * }
 * new EventLoop().runUntilComplete(gather(consumer(), producer())) // => ['paint', undefined]
 * ```
 */
export class Condition extends Primitive {
  readonly lock: Lock
  readonly #line = new Line(this, 'wait')

  constructor(lock?: Lock, options?: PrimitiveOptions) {
    super(options)
    if (lock !== undefined && !(lock instanceof Lock)) throw mistyped('lock', 'a Lock', lock)
    this.lock = lock ?? new Lock(options)
  }

  /** The lock's own. */
  get locked(): boolean {
    return this.lock.locked
  }

  /** How many wait to be notified. */
  get waiting(): number {
    touch(this)
    return this.#line.asleep.length
  }

  /** The lock's own. */
  acquire(): Op<void> {
    return this.lock.acquire()
  }

  /** The lock's own. */
  release(): void {
    this.lock.release()
  }

  /** The lock's own. */
  run<T>(op: () => Op<T>): Op<T> {
    return this.lock.run(op)
  }

  /** Gives the lock up, waits to be notified, and holds the lock again when it ends. @throws NotAcquiredError when the lock is not held. */
  *wait(): Op<void> {
    this.#mustHold('wait')
    touch(this, 'waits for')
    const place = this.#line.enter()
    this.lock.release()
    let interruption: { error: unknown } | undefined
    let relocked = false
    try {
      try {
        yield* place
      } catch (error) {
        interruption = { error }
      } finally {
        this.#line.leave(place)
      }
      while (!relocked) {
        try {
          yield* this.lock.acquire()
          relocked = true
        } catch (error) {
          interruption = { error }
        }
      }
    } finally {
      // The loop is closing: there is no waiting any more, and what calls this will release the lock.
      if (!relocked) this.lock.seize()
    }
    if (interruption === undefined) return
    if (place.finished) this.#line.wake()
    throw interruption.error
  }

  /**
   * Waits until `predicate` answers something truthy, and answers that. It is called at once, and again after each notification, with the
   * lock held.
   *
   * @throws TypeError when `predicate` is no function, at the call; NotAcquiredError when it would wait and the lock is not held.
   */
  waitFor<T>(predicate: () => T): Op<T> {
    return this.#waitingFor(callable('predicate', predicate))
  }

  /**
   * Wakes `n` of those who wait (1 unless told), or as many as there are. The lock stays held: they go on once it is released.
   *
   * @throws NotAcquiredError when the lock is not held; RangeError or TypeError unless `n` is a whole number from 0.
   */
  notify(n = 1): void {
    whole('n', n, 0)
    this.#mustHold('notify')
    touch(this, 'notifies')
    for (let left = n; left > 0 && this.#line.wake(); left--);
  }

  /** Wakes all who wait now. @throws NotAcquiredError when the lock is not held. */
  notifyAll(): void {
    this.#mustHold('notifyAll')
    touch(this, 'notifies all of')
    for (const place of this.#line.asleep) place.setResult()
  }

  override get [Symbol.toStringTag](): string {
    return 'Condition'
  }

  protected override describe(): string {
    return (this.locked ? 'locked' : 'unlocked') + andWaiting(this.waiting)
  }

  *#waitingFor<T>(predicate: () => T): Op<T> {
    let answer = predicate()
    while (!answer) {
      yield* this.wait()
      answer = predicate()
    }
    return answer
  }

  #mustHold(method: string): void {
    if (!this.lock.locked) throw new NotAcquiredError(`${method}() of ${this}, whose lock is not held`)
  }
}
