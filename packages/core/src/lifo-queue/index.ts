/**
 * LifoQueue: a Queue that gives the newest item first. States, fairness among those who wait and cancellation are Queue's: it is the
 * items that leave in reverse, not those who wait for them.
 */
import { Queue, type Store } from '../queue/index.ts'

/**
 * Hands over the newest item first: a stack that one can wait at.
 *
 * Use it for pools, where what was used last is warmest, and for work in which only the latest matters.
 *
 * Semantics: asyncio.LifoQueue. All operations are O(1).
 *
 * @example
 * ```ts
 * import { LifoQueue } from '@interlock/core'
 *
 * const pool = new LifoQueue<string>()
 * pool.putNowait('old connection')
 * pool.putNowait('warm connection')
 * await pool.get() // => 'warm connection'
 * ```
 */
export class LifoQueue<T> extends Queue<T> {
  override get [Symbol.toStringTag](): string {
    return 'LifoQueue'
  }

  protected override createStore(): Store<T> {
    return new Stack()
  }
}

class Stack<T> implements Store<T> {
  #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  add(item: T): void {
    this.#items.push(item)
  }

  take(): T {
    return this.#items.pop() as T
  }

  clear(): void {
    this.#items = []
  }
}
