/**
 * PriorityQueue: a Queue that gives the smallest item first. States, fairness among those who wait and cancellation are Queue's; an item
 * put while a getter waits goes to it, whatever comes next.
 */
import { callable, misnumbered, mistyped } from '../argument.ts'
import type { PrimitiveOptions } from '../primitive.ts'
import { Queue, type Store } from '../queue/index.ts'
import { SkipList } from './skip-list.ts'

export interface PriorityQueueOptions<T> extends PrimitiveOptions {
  /** Negative when `a` is to leave before `b`, positive when after, 0 when it does not matter: then the first to come leaves first. */
  compare?: ((a: T, b: T) => number) | undefined
}

/**
 * Hands over the smallest item first: by `compare`, or in the natural order of numbers, bigints, strings (by code unit), Dates and,
 * element by element, arrays of those. Equals leave in the order in which they came.
 *
 * Use it where some work is more urgent. Priority does not overtake those who already wait to put, and old unimportant
 * items may wait for ever while urgent ones keep coming.
 *
 * Semantics: asyncio.PriorityQueue, stable. put is O(log size) on average, get O(1).
 *
 * A `compare` that throws, or answers something that is no number, fails the put and changes nothing; a get compares nothing. Without
 * a `compare`, an item without a natural order, or not of the kind of those in the queue, is a TypeError; NaN and an invalid Date are
 * RangeErrors.
 *
 * @param maxsize How many items it holds; no bound unless > 0.
 * @throws TypeError when `compare` is no function; what Queue throws.
 *
 * @example
 * ```ts
 * import { PriorityQueue } from '@interlock/core'
 *
 * const jobs = new PriorityQueue<[urgency: number, name: string]>()
 * await jobs.put([2, 'sweep'])
 * await jobs.put([1, 'put out the fire'])
 * await jobs.get() // => [1, 'put out the fire']
 *
 * const tasks = new PriorityQueue<{ due: number }>(0, { compare: (a, b) => a.due - b.due })
 * tasks.putNowait({ due: 20 })
 * tasks.putNowait({ due: 10 })
 * tasks.getNowait() // => { due: 10 }
 * ```
 */
export class PriorityQueue<T> extends Queue<T> {
  constructor(maxsize = 0, options?: PriorityQueueOptions<T>) {
    super(maxsize, options)
  }

  override get [Symbol.toStringTag](): string {
    return 'PriorityQueue'
  }

  protected override createStore(options: PriorityQueueOptions<T> | undefined): Store<T> {
    const compare = options?.compare
    return compare === undefined ? new SkipList<T>(natural, checkNatural) : new SkipList(callable('compare', compare))
  }
}

const ORDERED = new Set(['number', 'bigint', 'string', 'Date', 'array'])

/** Throws for what has no place in the natural order. Numbers and bigints share one. */
function kindOf(item: unknown): string {
  const kind = Array.isArray(item) ? 'array' : item instanceof Date ? 'Date' : typeof item
  if (!ORDERED.has(kind))
    throw mistyped('item', 'a number, bigint, string, Date or array of those, or the queue needs a compare', item)
  const value: unknown = item instanceof Date ? item.getTime() : item
  if (Number.isNaN(value))
    throw misnumbered('item', kind === 'Date' ? 'a valid Date' : 'a number with a place in the order', value)
  return kind === 'bigint' ? 'number' : kind
}

/** Of an array, the first element, which is always compared: the others are, only when those before them are equal. */
function checkNatural(item: unknown): void {
  kindOf(item)
  if (Array.isArray(item) && item.length > 0) checkNatural(item[0])
}

/** `b` is the newcomer, and to blame. */
function natural(a: unknown, b: unknown): number {
  const kind = kindOf(a)
  if (kind !== kindOf(b)) throw mistyped('item', `of the kind of the others, ${kind}`, b)
  if (Array.isArray(a)) return naturalArrays(a, b as unknown[])
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}

function naturalArrays(a: readonly unknown[], b: readonly unknown[]): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const order = natural(a[at], b[at])
    if (order !== 0) return order
  }
  return a.length - b.length
}
