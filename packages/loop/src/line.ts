/** Those who wait at a primitive, in the order in which they came: a Future each. */
import { Future } from './future.ts'
import type { Primitive } from './primitive.ts'

export class Line<T = void> {
  readonly #places = new Set<Future<T>>()
  readonly #primitive: Primitive
  readonly #operation: string

  constructor(primitive: Primitive, operation: string) {
    this.#primitive = primitive
    this.#operation = operation
  }

  /** A place at the end. Whoever takes it waits for it, and leaves it, however the wait ends. */
  enter(): Future<T> {
    const place = new Future<T>()
    place.purpose = () => `${this.#operation}() of ${this.#primitive}`
    this.#places.add(place)
    return place
  }

  leave(place: Future<T>): void {
    this.#places.delete(place)
  }

  /** Whoever came first, though he may have been cancelled or woken meanwhile, and not had his step. */
  get first(): Future<T> | undefined {
    for (const place of this.#places) return place
    return undefined
  }

  /** Those who have been neither woken nor cancelled. */
  get asleep(): Future<T>[] {
    return [...this.#places].filter((place) => !place.done)
  }

  /** Whether anybody is here who will go on: what he came for is his. */
  get occupied(): boolean {
    for (const place of this.#places) if (!place.cancelled) return true
    return false
  }

  /** Wakes the first who is asleep; whether there was one. */
  wake(value: T): boolean {
    for (const place of this.#places) {
      if (place.done) continue
      place.setResult(value)
      return true
    }
    return false
  }
}
