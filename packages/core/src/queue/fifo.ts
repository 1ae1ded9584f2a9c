/**
 * First in, first out, in chunks: no item is ever moved, so a put is O(1) at its worst, and a drained queue gives back all but one chunk.
 */
const FIRST_CHUNK = 16
const LARGEST_CHUNK = 2048

/** Where a queue keeps its items, and in which order they leave. */
export interface Store<T> {
  readonly size: number
  /** Throws for an item that can have no place in this order, whatever else is there. */
  readonly check?: ((item: T) => void) | undefined
  /** May throw, and has then changed nothing. */
  add(item: T): void
  clear(): void
  /** The next item. Only while size > 0. May throw, and has then changed nothing. */
  take(): T
}

interface Chunk<T> {
  readonly items: (T | undefined)[]
  next: Chunk<T> | undefined
}

const chunk = <T>(length: number): Chunk<T> => ({ items: new Array<T | undefined>(length), next: undefined })

export class Fifo<T> implements Store<T> {
  size = 0
  #first = chunk<T>(FIRST_CHUNK)
  #last = this.#first
  /** The place in #first to take from, and the place in #last to add at. */
  #from = 0
  #to = 0

  add(item: T): void {
    if (this.#to === this.#last.items.length) {
      this.#last = this.#last.next = chunk(Math.min(this.#to * 2, LARGEST_CHUNK))
      this.#to = 0
    }
    this.#last.items[this.#to++] = item
    this.size++
  }

  clear(): void {
    this.size = this.#from = this.#to = 0
    this.#first = this.#last = chunk(FIRST_CHUNK)
  }

  take(): T {
    const { items, next } = this.#first
    const item = items[this.#from] as T
    items[this.#from++] = undefined
    this.size--
    if (this.size === 0) {
      // One chunk is left, and starts over.
      this.#from = this.#to = 0
    } else if (this.#from === items.length) {
      this.#first = next as Chunk<T>
      this.#from = 0
    }
    return item
  }
}
