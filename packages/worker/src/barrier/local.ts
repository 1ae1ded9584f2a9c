/**
 * A Barrier as one thread sees it: which of its tasks wait. As many as its cell says, whenever this thread is not at it.
 */
import { BrokenBarrierError } from '@interlock/core/errors'
import { CancellableWaiter, keepShape, refuseAll, type Terms, WaitQueue } from '@interlock/core/internal'
import { type SyncTerms, timedOut } from '../blocking.ts'
import { cellAt, type Local, type Place } from '../place.ts'
import { type Contender, SLICE } from '../seat.ts'
import { checkPlace } from '../shared.ts'
import {
  ABORTED,
  ARRIVING,
  calmCell,
  changed,
  countMembers,
  current,
  DIED,
  ended,
  FROZEN,
  IN_ORDER,
  isBroken,
  isMixed,
  isOpen,
  isPresent,
  kindOf,
  LEAVING,
  MIXED,
  number,
  NUMBERED,
  outcomeOf,
  PARTIES,
  PASSED,
  pendingCell,
  publish,
  readState,
  RESET,
  swapState,
  TURNED_AWAY,
  valueOf,
} from './words.ts'

const HOW: { readonly [outcome: number]: string } = {
  [RESET]: 'was reset',
  [ABORTED]: 'was aborted',
  [DIED]: 'was left by a thread that died while it waited there',
}

export class LocalBarrier implements Local, Contender {
  readonly place: Place
  readonly parties: number
  readonly waiters: Arrivals
  readonly #cell: number

  constructor(place: Place, primitive: object) {
    this.place = place
    this.parties = Atomics.load(place.view, place.at + PARTIES)
    this.waiters = new Arrivals(primitive as never, 'wait', () => this.#left())
    this.#cell = cellAt(place, place.seat.id)
  }

  get broken(): boolean {
    checkPlace(this.place)
    return isBroken(readState(this.place))
  }

  /** How many have arrived in this phase, in all threads. */
  get waiting(): number {
    const { place } = this
    checkPlace(place)
    for (;;) {
      const state = current(place)
      const count = countMembers(place, state)
      // B2.
      if (readState(place) === state) return count
    }
  }

  park(terms: Terms | undefined): Promise<number> {
    const { place, waiters } = this
    const { seat } = place
    const seen = seat.rung()
    const arrival = new Arrival(this, terms)
    try {
      if (this.#arrive(arrival, terms?.timeout ?? Infinity)) {
        waiters.enter(arrival)
        this.#collect()
        return arrival.promise
      }
    } catch (error) {
      return Promise.reject(error)
    }
    const promise = waiters.parkCancellable(arrival, terms?.timeout)
    if (!this.step()) seat.listen(this, seen)
    return promise
  }

  block({ timeout, abort }: SyncTerms): number {
    const { waiters } = this
    const { seat } = this.place
    const arrival = new BlockedArrival(this, undefined)
    const deadline = performance.now() + timeout
    const last = this.#arrive(arrival, timeout)
    waiters.enter(arrival)
    if (last) this.#collect()
    const deafen = abort?.listen()
    try {
      for (;;) {
        const seen = seat.rung()
        this.step()
        if (!waiters.holds(arrival)) return arrival.result()
        abort?.throwIfAborted()
        const left = deadline - performance.now()
        if (left <= 0) throw timedOut(waiters.primitive, waiters.operation, timeout)
        seat.sleep(seen, Math.min(left, SLICE))
      }
    } catch (error) {
      if (!waiters.holds(arrival)) throw error
      // Else all had come by now: it passes.
      if (!this.leave(arrival)) return arrival.result()
      waiters.remove(arrival)
      throw error
    } finally {
      deafen?.()
      if (waiters.size === 0) seat.ignore(this)
    }
  }

  /** One of this thread's arrivals waits no more. False if its phase has ended: it has been told. */
  leave(arrival: Arrival): boolean {
    const { place, waiters } = this
    const { view, seat } = place
    for (;;) {
      try {
        checkPlace(place)
      } catch {
        return true
      }
      this.#collect()
      if (!waiters.holds(arrival)) return false
      const state = current(place)
      const cell = Atomics.load(view, this.#cell)
      if (!isOpen(cell) || !isPresent(cell, state)) continue
      const count = countMembers(place, state)
      const pending = pendingCell(state, LEAVING, waiters.size)
      if (Atomics.compareExchange(view, this.#cell, cell, pending) !== cell) continue
      const mixed = count > 1 && (isMixed(state) || arrival.number !== count - 1)
      if (!swapState(place, state, changed(state, seat.id, mixed, false))) continue
      current(place)
      return true
    }
  }

  /** Turns away those who wait, and if it is to be broken all who come later. */
  turnAway(outcome: typeof RESET | typeof ABORTED): void {
    const { place } = this
    const { seat } = place
    const broken = outcome === ABORTED
    for (;;) {
      checkPlace(place)
      this.#collect()
      const state = current(place)
      const seats: number[] = []
      if (countMembers(place, state, (id) => seats.push(id)) > 0) {
        if (!publish(place, state) || !swapState(place, state, ended(state, seat.id, outcome, broken))) continue
        this.#ring(seats)
        this.#collect()
        return
      }
      if (isBroken(state) === broken || swapState(place, state, changed(state, seat.id, false, broken))) return
    }
  }

  /** Tells those of this thread whose phase has ended. True when none of it waits. */
  step(): boolean {
    try {
      checkPlace(this.place)
      this.#collect()
    } catch (error) {
      refuseAll(this.waiters, error)
    }
    return this.waiters.size === 0
  }

  lost(): void {
    this.step()
    this.place.seat.ignore(this)
  }

  /** True if all have arrived by that: the phase has ended. Else it waits; neither is in the queue as yet. */
  #arrive(arrival: Arrival, timeout: number): boolean {
    const { place, parties, waiters } = this
    const { view, seat } = place
    for (;;) {
      checkPlace(place)
      this.#collect()
      const state = current(place)
      const cell = Atomics.load(view, this.#cell)
      const { size } = waiters
      if (size > 0 && !(isOpen(cell) && isPresent(cell, state))) continue
      if (isBroken(state)) {
        this.#calm()
        throw new BrokenBarrierError(`wait() at ${waiters.primitive}`)
      }
      const seats: number[] = []
      const count = countMembers(place, state, (id) => seats.push(id))
      const last = count === parties - 1
      if (!last && timeout === 0) {
        this.#calm()
        throw timedOut(waiters.primitive, waiters.operation, timeout)
      }
      if (Atomics.compareExchange(view, this.#cell, cell, pendingCell(state, ARRIVING, size)) !== cell) continue
      // B3.
      if (last && !publish(place, state)) continue
      const outcome = isMixed(state) ? MIXED : IN_ORDER
      const next = last ? ended(state, seat.id, outcome, false) : changed(state, seat.id, isMixed(state), false)
      // B2: `count` is right. And if this thread dies here, whoever comes next knows of it (B1).
      if (!swapState(place, state, next)) continue
      arrival.number = count
      current(place)
      if (last) this.#ring(seats)
      return last
    }
  }

  /** What was about to take place does not. */
  #calm(): void {
    const { view } = this.place
    for (;;) {
      const cell = Atomics.load(view, this.#cell)
      const kind = kindOf(cell)
      if (kind !== ARRIVING && kind !== LEAVING) return
      if (Atomics.compareExchange(view, this.#cell, cell, calmCell(cell)) === cell) return
    }
  }

  /** If the phase in which this thread waits has ended: takes its outcome off the cell, and tells its tasks. */
  #collect(): void {
    const { place, waiters } = this
    const { view } = place
    while (waiters.size > 0) {
      const state = current(place)
      const cell = Atomics.load(view, this.#cell)
      const kind = kindOf(cell)
      let outcome: number
      if (isOpen(cell)) {
        // The cell was read last: had a later phase ended by then, it would say so (B3).
        if (isPresent(cell, state)) return
        outcome = outcomeOf(state)
        if (outcome === MIXED) {
          number(place, state)
          continue
        }
      } else if (kind === FROZEN) {
        number(place, state)
        continue
      } else if (kind === NUMBERED) {
        // B4.
        if (!number(place, state)) continue
        outcome = MIXED
      } else outcome = kind === PASSED ? IN_ORDER : kind === TURNED_AWAY ? valueOf(cell) : MIXED
      if (Atomics.compareExchange(view, this.#cell, cell, 0) !== cell) continue
      const arrivals = waiters.takeAll()
      this.#tell(arrivals, outcome, valueOf(cell) - arrivals.length)
      return
    }
  }

  /** `first`: the first place of this thread, in a mixed phase. */
  #tell(arrivals: Arrival[], outcome: number, first: number): void {
    if (outcome === IN_ORDER) for (const arrival of arrivals) arrival.grant(arrival.number)
    else if (outcome === MIXED) for (const [index, arrival] of arrivals.entries()) arrival.grant(first + index)
    else {
      const reason = new BrokenBarrierError(`${this.waiters.primitive} ${HOW[outcome]}`)
      for (const arrival of arrivals) arrival.refuse(reason)
    }
  }

  #ring(seats: number[]): void {
    const { seat } = this.place
    for (const id of seats) if (id !== seat.id) seat.ring(id)
  }

  #left(): void {
    if (this.waiters.size === 0) this.place.seat.ignore(this)
  }
}

/** Those of one thread who wait, in the order in which they came. */
class Arrivals extends WaitQueue<number> {
  /** For one that nothing can cancel. */
  enter(arrival: Arrival): void {
    this.push(arrival)
  }

  /** Their phase has ended: whose signal has aborted since, has passed all the same. */
  takeAll(): Arrival[] {
    const taken: Arrival[] = []
    for (let arrival = this.head; arrival !== null; arrival = this.head) {
      this.remove(arrival)
      taken.push(arrival as Arrival)
    }
    return taken
  }
}

class Arrival extends CancellableWaiter<number, undefined> {
  readonly #barrier: LocalBarrier
  /** How many had arrived before it: its place, unless somebody in the middle leaves. */
  number = 0

  constructor(barrier: LocalBarrier, terms: Terms | undefined) {
    super(barrier.waiters, undefined, terms)
    this.#barrier = barrier
  }

  override withdraw(reason: unknown): boolean {
    if (!this.queue.holds(this) || !this.#barrier.leave(this)) return false
    return super.withdraw(reason)
  }
}

/** Of a call that blocks: nobody awaits its promise. */
class BlockedArrival extends Arrival {
  #place = -1
  #refusal: { reason: unknown } | undefined

  override grant(place: number): void {
    this.#place = place
  }

  override refuse(reason: unknown): void {
    this.#refusal = { reason }
  }

  /** Once it is out of the queue. */
  result(): number {
    if (this.#refusal !== undefined) throw this.#refusal.reason
    return this.#place
  }
}

keepShape(new Arrival({ waiters: new Arrivals(undefined as never, 'wait') } as LocalBarrier, undefined))
