/**
 * Turnstile: those who wait for something, across threads and within this one. Every primitive that is taken waits here.
 *
 * The word says which thread is at the turnstile; within a thread, the tasks wait in one of core's queues, and the thread is at the turnstile
 * for the first of them. What being there is worth, the primitive says in admit(): a Lock is simply held; a semaphore has permits enough, or
 * else the thread stands (its word reserved for itself) until a release rings it.
 *
 * States of a thread: away | announced (its bit is in the mask, and it looks whenever its bell rings) | standing (announced, and the word is
 *   reserved for it, but what it needs is not there) | owning.
 * Fairness: among the tasks of a thread first come, first served. A thread passes at most LOCALLY of its own tasks through while others wait.
 *   Among threads as word.ts says. Who stands is not overtaken while it could not pass: a large request is not starved by small ones.
 * Cancellation: a waiter leaves this thread's queue. If it was the last, the thread retracts; what was reserved for it meanwhile is passed on.
 * Linearization point: admit(), while owning the word.
 */
import { CancellableWaiter, refuseAll, type Terms, WaitQueue, type Primitive } from '@interlock/core/internal'
import { timedOut, type SyncTerms } from './blocking.ts'
import { KEPT, OWNER, RESERVED } from './layout.ts'
import type { Local, Place } from './place.ts'
import { type Contender, SLICE } from './seat.ts'
import { Word } from './word.ts'

/** How many tasks of one thread may pass in a row while other threads wait. */
const LOCALLY = 64

/**
 * How often to look at a busy word before sleeping, in a thread that may block. After each look it rests twice as long as after the last: every
 * look takes the cache line away from the holder, and makes it hold for longer. Some 4 µs in all; to fall asleep and be woken costs more.
 */
const SPINS = 6

/** For how long somebody else's instant at the turnstile is waited for by a call that does not wait: milliseconds. */
const INSTANT = 20

const idle = new Int32Array(1)

/** Some 35 ns, without touching what another thread may use. */
const pause: () => void =
  (Atomics as { pause?: () => void }).pause ??
  ((): void => {
    for (let looks = 0; looks < 8; looks++) Atomics.load(idle, 0)
  })

export abstract class Turnstile<Got extends object, Ask> implements Local, Contender {
  readonly place: Place
  readonly word: Word
  readonly waiters: WaitQueue<Got, Ask>
  /** This thread is at the turnstile. */
  owning = false
  /** How many of this thread have passed in a row. */
  #passed = 0
  /** Since when the first of this thread waits. */
  #since = 0
  #stepping = false
  /** The first of this thread stood when this thread last looked. */
  #stands = false

  constructor(place: Place, primitive: object, operation: 'acquire' | 'get' | 'put', word: Word = new Word(place)) {
    this.place = place
    this.word = word
    this.waiters = new WaitQueue(primitive as Primitive, operation, () => this.#left())
  }

  /** Owning the word: takes what `ask` is for. undefined if it is not there; nothing has changed then. */
  abstract admit(ask: Ask): Got | undefined

  /** The word stays with who passes, until leave(): a lock. Otherwise the next may come at once. */
  abstract keeps(ask: Ask): boolean

  /** Called before it stands: what `ask` needs is written where who could bring it about, and who would overtake, can read it. */
  protected needs(_ask: Ask | undefined): void {}

  /** Whether who stands at the turnstile, in whatever thread, could pass now. Without needs() it always could. */
  protected readonly passable: (() => boolean) | undefined = undefined

  /** Why nobody who waits will ever pass, once that is so: a queue that has been shut down. */
  protected readonly refusal: (() => Error | undefined) | undefined = undefined

  /** What the promise of a waiter that got `got` resolves with. */
  protected worth(got: Got): Got {
    return got
  }

  /** A place in the queue of this thread. With timeout 0, only what is there now. */
  park(terms: Terms | undefined, ask: Ask): Promise<Got> {
    if (terms?.timeout === 0) {
      const got = this.tryNow(ask)
      if (got !== undefined) return Promise.resolve(this.worth(got))
    }
    return this.join(new CancellableWaiter(this.waiters, ask, terms), terms?.timeout)
  }

  /** A place in the queue of this thread, for a waiter of the caller's own kind. */
  join(waiter: CancellableWaiter<Got, Ask>, timeout?: number): Promise<Got> {
    const promise = this.waiters.parkCancellable(waiter, timeout)
    // Else it is not the first, or this thread has what it waits for: leave() sees to it.
    if (!this.owning && this.waiters.head === waiter) this.#begin()
    return promise
  }

  /** What can be had without waiting, and without overtaking one who stands there. */
  tryNow(ask: Ask): Got | undefined {
    if (this.owning || this.waiters.size > 0 || !this.#enterNow()) return undefined
    const got = this.admit(ask)
    if (got === undefined || !this.keeps(ask)) this.#release()
    else this.owning = true
    return got
  }

  /** Blocks this thread until it passes. */
  block({ timeout, abort }: SyncTerms, ask: Ask): Got {
    const { word, waiters } = this
    const { seat } = word
    if (timeout === 0) {
      const got = this.tryNow(ask)
      if (got !== undefined) return got
      throw timedOut(this.waiters.primitive, this.waiters.operation, timeout)
    }
    let stands = false
    if (this.waiters.size === 0 && this.#spin()) {
      const got = this.#pass(ask)
      if (got !== undefined) return got
      stands = true
    }
    const since = performance.now()
    const deafen = abort?.listen()
    try {
      for (;;) {
        const seen = seat.rung()
        word.read()
        const refused = this.refusal?.()
        if (refused !== undefined) {
          if (waiters.size === 0 && word.retract()) this.#release()
          throw refused
        }
        word.announce()
        const now = performance.now()
        // Who stands, and was not robbed, and could not pass, has but to wait.
        if (!(stands && word.promised && !this.passable!()) && word.seek(now, since, this.passable)) {
          const got = this.#pass(ask)
          if (got !== undefined) return got
          stands = true
          // What it needs may have come between admit() and that.
          if (this.passable!()) continue
        }
        if (abort?.aborted === true || now - since >= timeout) {
          const got = this.#giveUp(ask)
          if (got !== undefined) return got
          abort?.throwIfAborted()
          throw timedOut(this.waiters.primitive, this.waiters.operation, timeout)
        }
        seat.sleep(seen, Math.min(since + timeout - now, word.impatient ? 1 : SLICE))
      }
    } catch (error) {
      // Freed, or left: the queue is told by lost().
      this.#step()
      throw error
    } finally {
      deafen?.()
    }
  }

  /** What was kept is given back; who waits is served, of this thread first. */
  leave(): void {
    if (this.waiters.size > 0) this.#handOn()
    else {
      this.owning = false
      this.#release()
    }
  }

  /**
   * What was kept goes to other threads alone: this one is about to block, and if one of its own tasks had it, nobody could go on. Until it
   * passes again by block(), its tasks are not served.
   */
  cede(): void {
    this.owning = false
    this.word.retract()
    this.#release()
  }

  step(): boolean {
    return this.#step()
  }

  lost(): void {
    this.owning = false
    this.word.forget()
    this.#step()
    this.word.seat.ignore(this)
  }

  #begin(): void {
    this.#stands = false
    this.#since = performance.now()
    const { seat } = this.word
    const seen = seat.rung()
    if (!this.#step()) seat.listen(this, seen)
  }

  /** Looks again, for those of this thread who wait. True when none is left to wait, or this thread has what they wait for. */
  #step(): boolean {
    // Called from within: hearing of an abort, say. Who is at it looks again anyway.
    if (this.#stepping) return false
    this.#stepping = true
    try {
      return this.#serve()
    } catch (error) {
      // The object is gone. Nothing was held, or nothing that still counts.
      refuseAll(this.waiters, error)
      return true
    } finally {
      this.#stepping = false
    }
  }

  #serve(): boolean {
    const { word, waiters } = this
    for (;;) {
      if (this.owning) return true
      if (waiters.peek() === null) {
        if (word.retract()) this.#release()
        return true
      }
      // Before the mask is touched: it may be another object's by now.
      word.read()
      const refused = this.refusal?.()
      if (refused !== undefined) {
        refuseAll(waiters, refused)
        continue
      }
      word.announce()
      // Who stands, and was not robbed, and could not pass, has but to wait.
      if (this.#stands && word.promised && !this.passable!()) return false
      this.#stands = false
      if (!word.seek(performance.now(), this.#since, this.passable)) return false
      this.#stands = this.#admitFirst() === 'stands'
      // What it needs may have come between admit() and that; later, whoever brings it rings.
      if (this.#stands && !this.passable!()) return false
    }
  }

  /** Owning the word: lets those of this thread pass, in their order, until one keeps it, stands, or they have been many. */
  #admitFirst(): 'keeps' | 'stands' | 'released' {
    const { word, waiters } = this
    for (let head = waiters.peek(); head !== null; head = waiters.peek()) {
      const got = this.admit(head.ask)
      if (got === undefined) {
        this.needs(head.ask)
        word.stand()
        return 'stands'
      }
      this.#passed++
      waiters.remove(head)
      // W2: nobody of this thread waits any more. A bit that stayed would be given what nobody comes for.
      if (waiters.size === 0) word.retract()
      this.#since = performance.now()
      const keeps = this.keeps(head.ask)
      if (keeps) this.owning = true
      head.grant(this.worth(got))
      if (keeps) return 'keeps'
      if (this.#passed >= LOCALLY && word.contended) break
    }
    if (waiters.size === 0) word.retract()
    this.#release()
    return 'released'
  }

  /** What this thread keeps goes to the next of its own, unless others have waited for long. */
  #handOn(): void {
    const { word, waiters } = this
    this.owning = false
    if (this.#passed < LOCALLY || !word.contended) this.#admitFirst()
    else this.#release()
    if (!this.owning && waiters.size > 0) this.#begin()
  }

  #release(): void {
    // Whoever it is reserved for next has not said as yet what it needs.
    if (this.passable !== undefined) this.needs(undefined)
    this.#passed = 0
    this.word.release()
  }

  /** A blocking call, owning the word: passes, or stands. */
  #pass(ask: Ask): Got | undefined {
    const { word, waiters } = this
    const got = this.admit(ask)
    if (got === undefined) {
      this.needs(ask)
      word.announce()
      word.stand()
      return undefined
    }
    if (this.keeps(ask)) {
      this.owning = true
      if (waiters.size === 0) word.retract()
      return got
    }
    if (waiters.size === 0) word.retract()
    this.#release()
    if (waiters.size > 0) this.#begin()
    return got
  }

  /** A blocking call waits no more. What was meant for it is taken if that can be, and passed on else. */
  #giveUp(ask: Ask): Got | undefined {
    const { word, waiters } = this
    if (waiters.size === 0) {
      if (!word.retract()) return undefined
      const got = this.admit(ask)
      if (got !== undefined && this.keeps(ask)) this.owning = true
      else this.#release()
      return got
    }
    // Those of this thread who wait go on waiting.
    this.#begin()
    return undefined
  }

  #left(): void {
    // Who is first now may need less.
    this.#stands = false
    if (this.owning) {
      if (this.waiters.size === 0) this.word.retract()
      return
    }
    const { seat } = this.word
    const seen = seat.rung()
    if (this.#step()) seat.ignore(this)
    else seat.listen(this, seen)
  }

  #spin(): boolean {
    const { word } = this
    for (let spins = 0; spins < SPINS; spins++) {
      if (this.alwaysKept ? word.barge() : word.simplyFree && word.take()) return true
      for (let rests = 2 << spins; rests > 0; rests--) pause()
    }
    return false
  }

  /** At the turnstile, without waiting but for others' instants there. False when somebody stands there or keeps it. */
  #enterNow(): boolean {
    const { word } = this
    for (let began = 0, spins = 0; ; spins++) {
      if (word.takeFree()) return true
      const state = word.read()
      if ((state & OWNER) === 0) continue
      if ((state & (RESERVED | KEPT)) !== 0 || this.alwaysKept) return false
      // Somebody is just passing.
      if (spins < 1000) pause()
      else if (began === 0) began = performance.now()
      else if (performance.now() - began > INSTANT) return false
    }
  }

  /** Whoever owns the word keeps it: there are no instants. */
  protected readonly alwaysKept: boolean = false
}
