/**
 * PriorityQueue: a Queue that gives the smallest item first. States, fairness among those who wait and cancellation are Queue's; an item
 * put while a getter waits goes to it, whatever comes next.
 */
import { callable, misnumbered, mistyped } from '../argument.ts'
import type { PrimitiveOptions } from '../primitive.ts'
import { Queue, type Store } from '../queue/index.ts'
import { Heap } from './heap.ts'

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
 * Semantics: asyncio.PriorityQueue, stable. put and get are O(log size), with at most 2 log2(size) comparisons.
 *
 * A `compare` that throws, or answers something that is no number, fails the put (or the get) and changes nothing. Without a
 * `compare`, an item that has no natural order is a TypeError, NaN and an invalid Date a RangeError.
 *
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
    return compare === undefined ? new Heap<T>(natural, checkNatural) : new Heap(callable('options.compare', compare))
  }
}

type Kind = 'number' | 'string' | 'Date' | 'array'

/** Numbers and bigints share an order. */
function kindOf(item: unknown): Kind {
  if (Array.isArray(item)) return 'array'
  if (item instanceof Date) return 'Date'
  const type = typeof item
  if (type === 'number' || type === 'string') return type
  if (type === 'bigint') return 'number'
  throw mistyped('item', 'a number, bigint, string, Date or array of those, as there is no compare', item)
}

/** What can have no place in the natural order. An array's elements are looked at when they are compared. */
function checkNatural(item: unknown): void {
  const kind = kindOf(item)
  if (kind !== 'array' && Number.isNaN(kind === 'Date' ? (item as Date).getTime() : item)) {
    throw misnumbered('item', kind === 'Date' ? 'a valid Date' : 'other than NaN', kind === 'Date' ? Number.NaN : item)
  }
}

function natural(a: unknown, b: unknown): number {
  const kind = kindOf(a)
  if (kind !== kindOf(b)) throw mistyped('item', `of the kind of the others, which is ${kindOf(b)}`, a)
  if (kind === 'array') return naturalArrays(a as unknown[], b as unknown[])
  checkNatural(a)
  checkNatural(b)
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0
}

function naturalArrays(a: readonly unknown[], b: readonly unknown[]): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const order = natural(a[at], b[at])
    if (order !== 0) return order
  }
  return a.length - b.length
}
