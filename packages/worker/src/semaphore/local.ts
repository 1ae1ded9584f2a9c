/**
 * A Semaphore as one thread sees it.
 *
 * How many permits a thread holds stands in its own cell, and nowhere else: so they come back when it dies, wherever it was. Free are
 * `TOTAL` less the sum of all cells. Only the owner of the word takes permits, and it writes but its own cell; everybody gives back at any time.
 *
 *   S1. While a thread owns the word, what is free only grows: what it finds free, it may take.
 *   S2. Who stands has its word reserved before it counts for the last time. Who gives back changes a cell or TOTAL before it looks at the word.
 *       So either the one counts what came, or the other sees who is to be rung.
 */
import { misnumbered, permitClass } from '@interlock/core/internal'
import type { SharedPermit } from '../permit.ts'
import { cellAt, type Place } from '../place.ts'
import { OBJECT, OWNER, RESERVED } from '../layout.ts'
import { checkPlace } from '../shared.ts'
import { Turnstile } from '../turnstile.ts'

/** All permits there are: those that the semaphore began with, and those that came from nowhere. */
const TOTAL: number = OBJECT.OWN
/** How many the one who stands asks for; 0 if that is not known as yet. */
const NEED: number = OBJECT.OWN + 1
/** What it began with: the most that a bounded one may have. */
const BOUND: number = OBJECT.OWN + 2

/** What fits into a word. */
export const MOST_PERMITS: number = 2 ** 31 - 1

export class LocalSemaphore extends Turnstile<SemaphorePermit, number> {
  readonly #view: Int32Array
  readonly #at: number
  readonly #cells: number
  readonly #own: number
  readonly #bounded: boolean
  protected override readonly passable = (): boolean => this.value >= Atomics.load(this.#view, this.#at + NEED)

  constructor(place: Place, primitive: object, bounded: boolean) {
    super(place, primitive, 'acquire')
    this.#bounded = bounded
    this.#view = place.view
    this.#at = place.at
    this.#cells = cellAt(place, 0)
    this.#own = cellAt(place, place.seat.id)
  }

  init(value: number): void {
    Atomics.store(this.#view, this.#at + TOTAL, value)
    Atomics.store(this.#view, this.#at + BOUND, value)
    this.word.init()
  }

  /** Free permits. Less than there are, perhaps, while some are being given back. */
  get value(): number {
    const total = Atomics.load(this.#view, this.#at + TOTAL)
    return total - this.held
  }

  /** What all threads hold together. */
  get held(): number {
    const { used } = this.place.territory
    let held = 0
    for (let id = 0; id < used; id++) held += Atomics.load(this.#view, this.#cells + id)
    return held
  }

  get bound(): number {
    return Atomics.load(this.#view, this.#at + BOUND)
  }

  /** Someone stands first, and is not to be overtaken. */
  get stood(): boolean {
    return (this.word.read() & RESERVED) !== 0
  }

  /** The permits, if they are to be had with nobody there. */
  take(permits: number): SemaphorePermit | undefined {
    if (this.waiters.size > 0 || !this.word.take()) return undefined
    const permit = this.admit(permits)
    this.word.release()
    return permit
  }

  override admit(permits: number): SemaphorePermit | undefined {
    if (this.value < permits) return undefined
    Atomics.add(this.#view, this.#own, permits)
    return new SemaphorePermit(this, permits)
  }

  override keeps(): boolean {
    return false
  }

  protected override needs(permits: number | undefined): void {
    Atomics.store(this.#view, this.#at + NEED, permits ?? 0)
  }

  /**
   * Gives back what this thread holds, and makes up the rest: of a bounded one at the cost of those who hold, so that there are never more
   * than in the beginning.
   *
   * @throws RangeError when there would be more than may be.
   */
  release(permits: number): void {
    checkPlace(this.place)
    if (this.#bounded) this.#releaseBounded(permits)
    else this.#releaseUnbounded(permits)
    this.#ring()
  }

  #releaseUnbounded(permits: number): void {
    let rest = permits - this.#giveBack(this.#own, permits)
    while (rest > 0) {
      const total = Atomics.load(this.#view, this.#at + TOTAL)
      if (total + rest > MOST_PERMITS) throw this.#refusal(permits, MOST_PERMITS)
      if (Atomics.compareExchange(this.#view, this.#at + TOTAL, total, total + rest) === total) rest = 0
    }
  }

  #releaseBounded(permits: number): void {
    if (this.held < permits) throw this.#refusal(permits, this.bound)
    let rest = permits - this.#giveBack(this.#own, permits)
    const { used } = this.place.territory
    for (;;) {
      for (let id = 0; id < used && rest > 0; id++) rest -= this.#giveBack(this.#cells + id, rest)
      if (rest === 0) return
      // Others have given back the same permits meanwhile: this is one release too many. Or they have only passed from one thread to another.
      if (this.held < rest) {
        this.#ring()
        throw this.#refusal(permits, this.bound)
      }
    }
  }

  #refusal(permits: number, bound: number): Error {
    return misnumbered(
      'permits',
      `few enough that ${this.waiters.primitive} stays within its bound of ${bound}`,
      permits,
    )
  }

  /** Takes up to `permits` off a cell, and says how many. */
  #giveBack(cell: number, permits: number): number {
    for (;;) {
      const held = Atomics.load(this.#view, cell)
      const given = Math.min(held, permits)
      if (given === 0 || Atomics.compareExchange(this.#view, cell, held, held - given) === held) return given
    }
  }

  /** S2: whoever stands may pass now. */
  #ring(): void {
    const word = this.word.read()
    if ((word & RESERVED) === 0) return
    const owner = word & OWNER
    const { seat } = this.word
    if (owner !== seat.owner) seat.ring(owner - 1)
    else if (this.step()) seat.ignore(this)
  }
}

/** Permits, given back once. Whose death it outlives is not known: it is never abandoned. */
export class SemaphorePermit implements SharedPermit {
  declare [Symbol.dispose]: () => void
  private semaphore: LocalSemaphore | null
  private readonly permits: number

  static {
    permitClass(this.prototype)
  }

  constructor(semaphore: LocalSemaphore, permits: number) {
    this.semaphore = semaphore
    this.permits = permits
  }

  get abandoned(): boolean {
    return false
  }

  get released(): boolean {
    return this.semaphore === null
  }

  release(): void {
    const { semaphore } = this
    // Spent even if it is refused: tried again later, it would end the hold of another.
    this.semaphore = null
    semaphore?.release(this.permits)
  }
}
