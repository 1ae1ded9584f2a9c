/**
 * KeyedLock: a Lock for each key, made when it is first taken and dropped when nobody holds it or waits for it.
 *
 * States, fairness, cancellation and linearization point of each key are Lock's; keys have nothing to do with each other.
 */
import { shown } from '../argument.ts'
import { NotAcquiredError } from '../errors/not-acquired-error.ts'
import { Lock } from '../lock/index.ts'
import { type Permit, runHolding } from '../lockable.ts'
import { Primitive, STATE } from '../primitive.ts'
import { keepShape } from '../shape.ts'
import type { WaitOptions } from '../wait-options.ts'

export type { Permit, WaitOptions }

/**
 * Mutual exclusion per account, file, user, URL: whatever may go on in parallel for different keys, but not for the same one.
 *
 * Use it in place of a Map of Locks that nobody cleans up. Keys are compared as a Map compares them: objects by identity, NaN equal
 * to itself. To hold two keys at once, acquire them in one order everywhere, or two tasks will wait for each other.
 *
 * Semantics: those of asyncio.Lock for each key. All operations are O(1); memory is that of the keys in use.
 *
 * @example
 * ```ts
 * import { KeyedLock } from '@interlock/core'
 *
 * const accounts = new KeyedLock<string>()
 * {
 *   using permit = await accounts.acquire('alice')
 *   accounts.locked('alice') // => true
 *   accounts.tryAcquire('alice') // => null
 *   await accounts.run('bob', () => accounts.size) // => 2
 * }
 * accounts.size // => 0
 * ```
 */
export class KeyedLock<K> extends Primitive {
  readonly #locks = new Map<K, Lock>()

  /** Keys in use: held, and so perhaps waited for. */
  get size(): number {
    return this.#locks.size
  }

  /** True while `key` is held, and from the moment that it is promised to a waiter. */
  locked(key: K): boolean {
    return this.#locks.has(key)
  }

  /** How many wait for `key`. */
  waiting(key: K): number {
    return this.#locks.get(key)?.waiting ?? 0
  }

  /**
   * Resolves with a permit once `key` is this caller's.
   *
   * @throws The signal's reason; DOMException TimeoutError; TypeError and RangeError for wrong options. All as rejections.
   */
  acquire(key: K, options?: WaitOptions): Promise<Permit> {
    return this.#use(key, (lock) => lock.acquire(options))
  }

  /** `key` now, or null. Never overtakes a waiter. */
  tryAcquire(key: K): Permit | null {
    return this.#use(key, (lock) => lock.tryAcquire())
  }

  /** Ends the present hold of `key`, whoever calls. @throws NotAcquiredError when nobody holds it. */
  release(key: K): void {
    const lock = this.#locks.get(key)
    if (lock === undefined) throw new NotAcquiredError(`${this}: the key ${shown(key)} is not held`)
    lock.release()
  }

  /**
   * Runs `fn` while holding `key` and gives it back however `fn` ends.
   *
   * @throws What acquire() and `fn` throw; TypeError when `fn` is no function. All as rejections.
   */
  run<T>(key: K, fn: () => T | PromiseLike<T>, options?: WaitOptions): Promise<T> {
    return runHolding({ acquire: () => this.acquire(key, options) }, fn)
  }

  override get [Symbol.toStringTag](): string {
    return 'KeyedLock'
  }

  /** @internal */
  override [STATE](): string {
    return `size: ${this.size}`
  }

  #use<R>(key: K, take: (lock: Lock) => R): R {
    const lock = this.#locks.get(key) ?? new KeyLock(this.#locks, key, this.name)
    const taken = take(lock)
    // A free lock is taken inside take(), or not at all: only one that was taken is kept.
    if (lock.locked) this.#locks.set(key, lock)
    return taken
  }
}

/** The lock of one key, which forgets itself when it becomes free. */
class KeyLock<K> extends Lock {
  readonly #locks: Map<K, Lock>
  #key: K | undefined

  constructor(locks: Map<K, Lock>, key: K, name: string | undefined) {
    super({ name: `${name ?? ''}[${typeof key === 'string' ? key : shown(key)}]` })
    this.#locks = locks
    this.#key = key
  }

  override release(): void {
    super.release()
    if (this.locked) return
    this.#locks.delete(this.#key as K)
    // A permit that somebody keeps must not keep the key.
    this.#key = undefined
  }
}

keepShape(new KeyLock(new Map(), undefined, undefined))
