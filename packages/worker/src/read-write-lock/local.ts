/**
 * A ReadWriteLock as one thread sees it.
 *
 * Writers hold the word. Readers hold but a bit of the second mask, one a thread however many of its tasks read: so nobody has to be told who
 * read when a thread dies. Whoever finds the word taken comes to it like a writer, sets its bit while it owns the word, and lets it go.
 *
 *   RW1. A reader sets its bit and then looks at the word; a writer takes the word and then looks at the bits. One of them sees the other: the
 *        reader that does clears its bit again.
 *   RW2. A writer that finds readers stands: the word is reserved before it looks at the bits for the last time. A reader that leaves clears its
 *        bit before it looks at the word, and rings who stands there.
 *   RW3. The word is not free while a writer waits, so who comes later waits behind it: writers are not starved. Readers that wait are
 *        in the same line, and are not starved either.
 */
import { permitClass } from '@interlock/core/internal'
import type { SyncTerms } from '../blocking.ts'
import { DeadlockError } from '../errors/deadlock-error.ts'
import { KEPT, OBJECT, OWNER, RESERVED } from '../layout.ts'
import { clearBit, emptyBut, setBit } from '../mask.ts'
import { HolderPermit, type SharedPermit } from '../permit.ts'
import type { Place } from '../place.ts'
import { checkPlace } from '../shared.ts'
import { Turnstile } from '../turnstile.ts'

export type Ask = 'read' | 'write'

/** 1 if the one who stands waits for readers to leave. */
const NEED: number = OBJECT.OWN

/** No seat: everybody counts. */
const NOBODY = -1

export class LocalReadWriteLock extends Turnstile<SharedPermit, Ask> {
  /** The permit of this thread's write; null when it does not write. */
  holder: HolderPermit | null = null
  /** The permits of this thread's reads, the latest last. */
  readonly reads: Set<ReadPermit> = new Set()
  readonly #readers: number
  protected override readonly passable = (): boolean =>
    Atomics.load(this.word.view, this.place.at + NEED) === 0 || !this.read

  constructor(place: Place, primitive: object) {
    super(place, primitive, 'acquire')
    this.#readers = place.at + OBJECT.MASKS + place.territory.masks
  }

  /** Some thread reads. */
  get read(): boolean {
    const { view, masks } = this.word
    return !emptyBut(view, this.#readers, masks, NOBODY)
  }

  /** Some thread writes. */
  get written(): boolean {
    return (this.word.read() & KEPT) !== 0
  }

  /** A read with no writer about: the word is not even taken. */
  takeRead(): ReadPermit | undefined {
    const { word } = this
    if (this.waiters.size > 0) return undefined
    if (this.reads.size > 0) return Atomics.load(word.view, word.at) === word.free ? this.#reads(false) : undefined
    setBit(word.view, this.#readers, word.seat.id)
    // RW1.
    if (Atomics.load(word.view, word.at) === word.free) return this.#reads(false)
    this.#stopReading()
    return undefined
  }

  takeWrite(): SharedPermit | undefined {
    const { word } = this
    if (this.waiters.size > 0 || !word.take()) return undefined
    const permit = this.admit('write')
    if (permit === undefined) word.release()
    else this.owning = true
    return permit
  }

  override admit(ask: Ask): SharedPermit | undefined {
    const { word } = this
    if (ask === 'read') {
      if (this.reads.size === 0) setBit(word.view, this.#readers, word.seat.id)
      return this.#reads(this.#tellOrphaned())
    }
    if (this.read) return undefined
    word.keep(true)
    return (this.holder = new HolderPermit(this, this.#tellOrphaned()))
  }

  override keeps(ask: Ask): boolean {
    return ask === 'write'
  }

  protected override needs(ask: Ask | undefined): void {
    Atomics.store(this.word.view, this.place.at + NEED, ask === 'write' ? 1 : 0)
  }

  override block(terms: SyncTerms, ask: Ask): SharedPermit {
    const { primitive } = this.waiters
    if (this.holder !== null) {
      throw new DeadlockError(
        `${primitive} is being written by this very thread, which would block for itself: release it first`,
      )
    }
    if (ask === 'write' && this.reads.size > 0) {
      throw new DeadlockError(
        `${primitive} is being read by this very thread, which would block for itself: release it first`,
      )
    }
    // A writer may wait for this thread's read, which cannot end while the thread blocks: so it may read once more.
    if (this.reads.size > 0) {
      checkPlace(this.place)
      return this.#reads(false)
    }
    return super.block(terms, ask)
  }

  /** Ends this thread's write, which there is. */
  release(): void {
    this.holder = null
    this.word.keep(false)
    this.leave()
  }

  /** Ends one of this thread's reads. */
  endRead(permit: ReadPermit): void {
    if (!this.reads.delete(permit) || this.reads.size > 0) return
    checkPlace(this.place)
    this.#stopReading()
  }

  override lost(): void {
    this.holder = null
    this.reads.clear()
    super.lost()
  }

  #reads(abandoned: boolean): ReadPermit {
    const permit = new ReadPermit(this, abandoned)
    this.reads.add(permit)
    return permit
  }

  #tellOrphaned(): boolean {
    const { orphaned } = this.word
    this.word.orphaned = false
    return orphaned
  }

  /** RW2. */
  #stopReading(): void {
    const { view, seat } = this.word
    clearBit(view, this.#readers, seat.id)
    const word = this.word.read()
    if ((word & RESERVED) === 0) return
    const owner = word & OWNER
    if (owner !== seat.owner) seat.ring(owner - 1)
    else if (this.step()) seat.ignore(this)
  }
}

/** A read of this thread's. */
export class ReadPermit implements SharedPermit {
  declare [Symbol.dispose]: () => void
  private readonly lock: LocalReadWriteLock
  readonly abandoned: boolean

  static {
    permitClass(this.prototype)
  }

  constructor(lock: LocalReadWriteLock, abandoned: boolean) {
    this.lock = lock
    this.abandoned = abandoned
  }

  get released(): boolean {
    return !this.lock.reads.has(this)
  }

  release(): void {
    this.lock.endRead(this)
  }
}
