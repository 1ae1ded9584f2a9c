/**
 * A Queue as one thread sees it: two turnstiles, one to put and one to get, and those who join.
 *
 * Who has put looks whether somebody stands to get, and the other way round (`ring.ts`, Q4): he is rung, or served at once if he is of
 * this thread. Nobody is rung while nobody stands.
 */
import { QueueShutDownError } from '@interlock/core/errors'
import { CancellableWaiter, type Primitive, refuseAll, type Terms, WaitQueue } from '@interlock/core/internal'
import { timedOut, type SyncTerms } from '../blocking.ts'
import { leaveBlock } from '../heap.ts'
import { FREED, OBJECT, OWNER, RESERVED } from '../layout.ts'
import { clearBit, eachIn, setBit } from '../mask.ts'
import type { Local, Place } from '../place.ts'
import { type Contender, SLICE } from '../seat.ts'
import { checkPlace } from '../shared.ts'
import { Turnstile } from '../turnstile.ts'
import { Word } from '../word.ts'
import { BLOCK_AT, GET, type Into, PUT, Ring, type Side } from './ring.ts'

/** Q3 holds though the queue is freed: the block is another's only when no side is in the middle of anything there. */
class SideWord extends Word {
  readonly #block: number
  readonly #side: Side

  constructor(place: Place, ring: Ring, side: Side) {
    const at = side === PUT ? ring.putWord : ring.getWord
    super({ ...place, tag: ring.generation << 16 }, at, place.at + OBJECT.MASKS + side * place.territory.masks)
    this.#block = ring.block
    this.#side = side
  }

  override release(): void {
    super.release()
    if ((Atomics.load(this.view, this.at) & OWNER) === FREED)
      leaveBlock(this.view, this.#block, this.#side, this.seat.owner)
  }
}

abstract class QueueSide<Got extends object, Ask> extends Turnstile<Got, Ask> {
  protected readonly queue: LocalQueue
  protected readonly ring: Ring
  readonly #side: Side

  constructor(queue: LocalQueue, primitive: object, side: Side) {
    super(queue.place, primitive, side === PUT ? 'put' : 'get', new SideWord(queue.place, queue.ring, side))
    this.queue = queue
    this.ring = queue.ring
    this.#side = side
  }

  override keeps(): boolean {
    return false
  }

  protected override needs(ask: Ask | undefined): void {
    this.ring.need(this.#side, ask === undefined ? 0 : this.amount(ask))
  }

  protected abstract amount(ask: Ask): number

  /** Q4: after the other side has changed. `first`: called before anybody of this thread is served, and with it an observer of his. */
  ringStander(first?: () => void): void {
    const word = Atomics.load(this.word.view, this.word.at)
    if ((word & RESERVED) === 0) return
    const owner = word & OWNER
    const { seat } = this.word
    if (owner !== seat.owner) return seat.ring(owner - 1)
    first?.()
    if (this.step()) seat.ignore(this)
  }

  /** At the turnstile, if nobody is there: the fast path. To be left by `leaveNow()`. */
  protected enter(): boolean {
    return this.waiters.size === 0 && this.word.take()
  }

  protected leaveNow(): void {
    if (!this.word.drop()) this.word.release()
  }
}

/** What a put that has been served got. */
const STORED = {}

export class Putters extends QueueSide<object, Uint8Array> {
  protected override readonly passable = (): boolean => this.ring.putterPasses
  protected override readonly refusal = (): Error | undefined =>
    this.ring.isShut ? new QueueShutDownError(`put() of ${this.waiters.primitive}`) : undefined

  /** Now, and without overtaking anybody. */
  putNow(bytes: Uint8Array): boolean {
    if (!this.enter()) return this.tryNow(bytes) !== undefined
    const put = this.ring.put(bytes)
    this.leaveNow()
    if (put) this.queue.hasPut()
    return put
  }

  override admit(bytes: Uint8Array): object | undefined {
    if (!this.ring.put(bytes)) return undefined
    this.queue.hasPut()
    return STORED
  }

  protected override worth(): never {
    return undefined as never
  }

  protected override amount(bytes: Uint8Array): number {
    return Ring.needFor(bytes)
  }
}

export class Getters extends QueueSide<Uint8Array, Into> {
  protected override readonly passable = (): boolean => this.ring.getterPasses
  protected override readonly refusal = (): Error | undefined =>
    this.ring.isSpent ? new QueueShutDownError(`get() of ${this.waiters.primitive}`) : undefined
  /** How many of the bytes that getNow() answered last are the item's. */
  taken = 0

  /** Now, and without overtaking anybody. */
  getNow(into: Into): Uint8Array | undefined {
    if (!this.enter()) {
      const bytes = this.tryNow('own')
      if (bytes !== undefined) this.taken = bytes.length
      return bytes
    }
    const bytes = this.ring.take(into)
    this.taken = this.ring.taken
    this.leaveNow()
    return bytes !== undefined && this.ring.mustRing(PUT) ? this.#ringPutters(bytes, into) : bytes
  }

  /** Whoever is served by that may take the next item at once, as an observer may: this one is not to lie where that comes to lie. */
  #ringPutters(bytes: Uint8Array, into: Into): Uint8Array {
    let its = bytes
    const { taken } = this
    this.queue.putters.ringStander(() => {
      if (into !== 'own') its = bytes.slice(0, taken)
    })
    this.taken = taken
    return its
  }

  /** All of the bytes that it answers are the item's. */
  override admit(into: Into): Uint8Array | undefined {
    const bytes = this.ring.take(into)
    if (bytes === undefined) return undefined
    this.taken = this.ring.taken
    const its = this.ring.mustRing(PUT) ? this.#ringPutters(bytes, into) : bytes
    return into === 'own' ? its : its.subarray(0, this.taken)
  }

  protected override amount(): number {
    return 1
  }
}

/** Those who wait until nothing is unfinished. The seats that have some are in the third mask. */
class Joiners implements Contender {
  readonly #place: Place
  readonly #ring: Ring
  readonly #mask: number
  readonly waiters: WaitQueue<void, number>
  #announced = false

  constructor(place: Place, ring: Ring, primitive: object) {
    this.#place = place
    this.#ring = ring
    this.#mask = place.at + OBJECT.MASKS + 2 * place.territory.masks
    this.waiters = new WaitQueue<void, number>(primitive as Primitive, 'join', () => this.step())
  }

  /** Nothing is unfinished: all who join are to look. */
  ring(): void {
    const { view, seat, territory } = this.#place
    eachIn(view, this.#mask, territory.masks, (id) => {
      if (id !== seat.id) seat.ring(id)
    })
    if (this.step()) seat.ignore(this)
  }

  park(terms: Terms | undefined, point: number): Promise<void> {
    const { seat } = this.#place
    const seen = seat.rung()
    const waiter = new CancellableWaiter(this.waiters, point, terms)
    const promise = this.waiters.parkCancellable(waiter, terms?.timeout)
    if (this.waiters.holds(waiter)) {
      this.#announce()
      if (!this.step()) seat.listen(this, seen)
    }
    return promise
  }

  block({ timeout, abort }: SyncTerms, point: number): void {
    const { seat } = this.#place
    const since = performance.now()
    const deafen = abort?.listen()
    try {
      for (;;) {
        const seen = seat.rung()
        checkPlace(this.#place)
        this.#announce()
        if (this.#ring.hasJoined(point)) return
        abort?.throwIfAborted()
        const waited = performance.now() - since
        if (waited >= timeout) throw timedOut(this.waiters.primitive, 'join', timeout)
        seat.sleep(seen, Math.min(timeout - waited, SLICE))
      }
    } finally {
      deafen?.()
      this.step()
    }
  }

  step(): boolean {
    const { waiters } = this
    try {
      checkPlace(this.#place)
      for (let waiter = waiters.peek(); waiter !== null; waiter = waiters.peek()) {
        if (!this.#ring.hasJoined(waiter.ask)) return false
        waiters.remove(waiter)
        waiter.grant()
      }
      this.#retract()
    } catch (error) {
      refuseAll(waiters, error)
    }
    return true
  }

  lost(): void {
    this.#announced = false
    if (this.step()) this.#place.seat.ignore(this)
  }

  #announce(): void {
    if (this.#announced) return
    this.#announced = true
    setBit(this.#place.view, this.#mask, this.#place.seat.id)
  }

  #retract(): void {
    if (!this.#announced) return
    this.#announced = false
    clearBit(this.#place.view, this.#mask, this.#place.seat.id)
  }
}

export class LocalQueue implements Local {
  readonly place: Place
  readonly ring: Ring
  readonly putters: Putters
  readonly getters: Getters
  readonly joiners: Joiners
  readonly check = (): void => checkPlace(this.place)

  constructor(place: Place, primitive: object) {
    this.place = place
    this.ring = new Ring(place, Atomics.load(place.view, place.at + BLOCK_AT))
    this.putters = new Putters(this, primitive, PUT)
    this.getters = new Getters(this, primitive, GET)
    this.joiners = new Joiners(place, this.ring, primitive)
  }

  hasPut(): void {
    if (this.ring.mustRing(GET)) this.getters.ringStander()
  }

  taskDone(): boolean {
    const done = this.ring.done(this.check)
    if (done === 'last') this.joiners.ring()
    return done !== false
  }

  /** All who wait, in whatever thread, look at once: they are refused, or, to get, drain what is there. */
  shutdown(immediate: boolean): void {
    const { place, putters, getters } = this
    this.ring.shut(immediate, this.check)
    const { view, territory, seat } = place
    for (const side of [PUT, GET]) {
      eachIn(view, place.at + OBJECT.MASKS + side * territory.masks, territory.masks, (id) => {
        if (id !== seat.id) seat.ring(id)
      })
    }
    for (const side of [putters, getters]) if (side.step()) seat.ignore(side)
    if (immediate) this.joiners.ring()
  }

  lost(): void {
    this.putters.lost()
    this.getters.lost()
    this.joiners.lost()
  }
}
