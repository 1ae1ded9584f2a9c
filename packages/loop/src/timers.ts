/** Timers in the order in which they are due: a binary heap on the deadline, and on the sequence in which they were set where that is equal. */
import { Callback } from './callback.ts'

export class Timer extends Callback {
  readonly deadline: number
  readonly sequence: number
  /** Taken out, as it is due. */
  out = false
  readonly #timers: Timers

  constructor(call: () => void, kind: Callback['kind'], deadline: number, sequence: number, timers: Timers) {
    super(call, kind)
    this.deadline = deadline
    this.sequence = sequence
    this.#timers = timers
  }

  override cancel(): void {
    if (this.cancelled) return
    super.cancel()
    if (!this.out) this.#timers.forget()
  }
}

const before = (a: Timer, b: Timer): boolean =>
  a.deadline < b.deadline || (a.deadline === b.deadline && a.sequence < b.sequence)

export class Timers {
  #heap: Timer[] = []
  #sequence = 0
  /** How many of the heap are cancelled. */
  #dead = 0

  add(call: () => void, kind: Callback['kind'], deadline: number): Timer {
    const timer = new Timer(call, kind, deadline, this.#sequence++, this)
    this.#push(timer)
    return timer
  }

  /** The earliest that is not cancelled, still in here. */
  first(): Timer | undefined {
    while (this.#heap[0]?.cancelled) {
      this.#pop()
      this.#dead--
    }
    return this.#heap[0]
  }

  /** The earliest, if it is due at `now`; taken out. */
  due(now: number): Timer | undefined {
    const first = this.first()
    if (first === undefined || first.deadline > now) return undefined
    first.out = true
    return this.#pop()
  }

  /** One has been cancelled. It stays where it is until it would be due, or until half of all are such. */
  forget(): void {
    this.#dead++
    if (this.#dead < 100 || this.#dead * 2 < this.#heap.length) return
    const live = this.#heap.filter((timer) => !timer.cancelled)
    this.#heap = []
    this.#dead = 0
    for (const timer of live) this.#push(timer)
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(timer, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = timer
  }

  #pop(): Timer | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || last === first) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}
