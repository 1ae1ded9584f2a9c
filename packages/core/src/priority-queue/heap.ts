/**
 * A binary heap that keeps equals in the order in which they came. A comparison may throw: each operation finds its path first,
 * comparing and moving nothing, and only then moves what lies on it.
 */
import { mistyped } from '../argument.ts'
import type { Store } from '../queue/fifo.ts'

interface Entry<T> {
  readonly item: T
  /** When it came. */
  readonly turn: number
}

const parentOf = (at: number): number => (at - 1) >> 1

export class Heap<T> implements Store<T> {
  readonly check: ((item: T) => void) | undefined
  readonly #compare: (a: T, b: T) => number
  #entries: Entry<T>[] = []
  #turn = 0

  constructor(compare: (a: T, b: T) => number, check?: (item: T) => void) {
    this.#compare = compare
    this.check = check
  }

  get size(): number {
    return this.#entries.length
  }

  add(item: T): void {
    const entries = this.#entries
    const entry: Entry<T> = { item, turn: this.#turn }
    let place = entries.length
    while (place > 0 && this.#precedes(entry, entries[parentOf(place)] as Entry<T>)) place = parentOf(place)
    for (let hole = entries.length; hole > place; hole = parentOf(hole))
      entries[hole] = entries[parentOf(hole)] as Entry<T>
    entries[place] = entry
    this.#turn++
  }

  take(): T {
    const entries = this.#entries
    const end = entries.length - 1
    // The last entry takes the root's place and sinks to its own: the children on its path each rise by one.
    const last = entries[end] as Entry<T>
    let place = 0
    for (let child = 1; child < end; child = 2 * place + 1) {
      if (child + 1 < end && this.#precedes(entries[child + 1] as Entry<T>, entries[child] as Entry<T>)) child++
      if (!this.#precedes(entries[child] as Entry<T>, last)) break
      place = child
    }
    let rising = last
    for (let hole = place; hole >= 0; hole = parentOf(hole)) {
      const above = entries[hole] as Entry<T>
      entries[hole] = rising
      rising = above
    }
    entries.pop()
    return rising.item
  }

  clear(): void {
    this.#entries = []
  }

  #precedes(a: Entry<T>, b: Entry<T>): boolean {
    const order = this.#compare(a.item, b.item)
    // NaN would make a heap that is none, without a word.
    if (typeof order !== 'number' || Number.isNaN(order)) throw mistyped("compare's answer", 'a number', order)
    return order < 0 || (order === 0 && a.turn < b.turn)
  }
}
