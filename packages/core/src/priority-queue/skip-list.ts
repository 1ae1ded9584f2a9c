/**
 * A skip list (Pugh 1990): a sorted list with express lanes, in which a put finds its place in O(log n) comparisons on average, behind its
 * equals, and the smallest item is simply the first. A get compares nothing, so a comparison that throws can only fail a put,
 * which then has moved nothing. (A heap compares in a get too: two items that cannot be compared would jam it for ever.)
 */
import { misnumbered } from '../argument.ts'
import type { Store } from '../queue/fifo.ts'

interface Node<T> {
  readonly item: T
  /** The next node on each lane that this one is on; lane 0 has them all. */
  readonly next: (Node<T> | undefined)[]
}

export class SkipList<T> implements Store<T> {
  readonly check: ((item: T) => void) | undefined
  readonly #compare: (a: T, b: T) => number
  /** The next of nobody: where each lane begins. */
  #lanes: (Node<T> | undefined)[] = []
  /** Of the list's own random numbers, so that it neither takes from nor depends on Math.random. */
  #random = 1
  size = 0

  constructor(compare: (a: T, b: T) => number, check?: (item: T) => void) {
    this.#compare = compare
    this.check = check
  }

  add(item: T): void {
    // Where the new node will be linked in, lane by lane: found before anything changes.
    const places: (Node<T> | undefined)[][] = []
    let next = this.#lanes
    for (let lane = this.#lanes.length - 1; lane >= 0; lane--) {
      for (let node = next[lane]; node !== undefined && !this.#follows(node.item, item); node = next[lane])
        next = node.next
      places[lane] = next
    }
    const fresh: Node<T> = { item, next: [] }
    for (let lane = this.#randomLane(); lane >= 0; lane--) {
      const place = places[lane] ?? this.#lanes
      fresh.next[lane] = place[lane]
      place[lane] = fresh
    }
    this.size++
  }

  take(): T {
    const first = this.#lanes[0] as Node<T>
    // The first of all is the first on every lane that it is on.
    for (const [lane, node] of first.next.entries()) this.#lanes[lane] = node
    while (this.#lanes.length > 0 && this.#lanes.at(-1) === undefined) this.#lanes.pop()
    this.size--
    return first.item
  }

  clear(): void {
    this.#lanes = []
    this.size = 0
  }

  /** 0 for three nodes in four, 1 for three in four of the rest, and so on up to 15. Xorshift (Marsaglia 2003). */
  #randomLane(): number {
    let random = this.#random
    random ^= random << 13
    random ^= random >>> 17
    random ^= random << 5
    this.#random = random
    return Math.clz32(random) >> 1
  }

  #follows(a: T, b: T): boolean {
    const order = this.#compare(a, b)
    // NaN would make a disorder of it, without a word.
    if (typeof order !== 'number' || Number.isNaN(order))
      throw misnumbered("compare's answer", 'a number other than NaN', order)
    return order > 0
  }
}
