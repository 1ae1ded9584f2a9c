/**
 * The word of a lock, and the mask of those who wait for it: mutual exclusion between threads, any of which may die at any instruction.
 *
 * States of the word (generation « 16 | flags | owner):
 *   free           owner 0
 *   owned by i     owner i, not RESERVED
 *   reserved for i owner i, RESERVED: i waits and is to have it, or stands first and waits for something beside. Until i accepts, it may be
 *                  revoked by who reserved it, or robbed by another who wants it.
 *   freed          owner FREED: the object is gone
 * Flags: CONTENDED, look into the mask on release; HANDOFF, somebody has waited long; ORPHANED, the last owner died; KEPT, a permit's.
 *
 * Transitions, each one compare-and-swap:
 *   take     free → owned by me                                    nobody was there
 *   accept   reserved for me → owned by me
 *   barge    free, or reserved for another → owned by me           only after announcing; see `mayRob`
 *   release  owned by me → free                                    only if nobody waits
 *            owned by me → reserved for j → (j has gone) owned by me, and again
 *   stand    owned by me → reserved for me                         what I need is not there yet
 *   recover  owned by the dead → free and ORPHANED; reserved for the dead, or for who waits no more → free
 *
 * Invariants:
 *   W1. At most one thread finds itself the owner.
 *   W2. Who waits has its bit in the mask before it looks at the word, and clears it before it looks for the last time.
 *   W3. A word that is free has nobody waiting who does not look again: release frees it only after it saw the mask empty, by the same
 *       compare-and-swap that would notice CONTENDED being set since; recovery and revocation ring.
 *   W4. A reservation is published before the mask is looked at again. So if j has cleared its bit and not seen the reservation, the releaser
 *       sees the bit cleared and revokes; if the releaser sees the bit, j is still to look, and accepts or passes on.
 *   W5. CONTENDED is not set only if each thread in the mask has been rung, or is to be by a releaser on its way, and has not looked since; or
 *       has not looked yet for the first time. Whoever looks in vain sets it.
 *
 * The races, and both orders of each:
 *   Cancel against release. j clears its bit and then looks: reserved for it → it accepts, and releases in turn: passed on. Not reserved →
 *     the releaser has not published yet, will look at the mask after it, and revoke (W4).
 *   Announce against release. j sets CONTENDED before the releaser's last compare-and-swap: that fails, and it looks again. After it: the word
 *     is free when j looks, and j takes it.
 *   Announce against a reservation that does not say CONTENDED. k is in the mask before the releaser reads it: CONTENDED is published. After
 *     it: k looks at a word that the releaser has cleared before, sets CONTENDED, and publishing keeps it.
 *   Death of the releaser between publishing and ringing: recovery rings everybody, and j accepts. Of j, reserved: recovery frees the word.
 *
 * No thread ever waits for another to run, but for an owner to release: there is no lock within the lock.
 *
 * Fairness: who has waited for less than a millisecond may be overtaken by anybody. After that it asks for a hand-over (HANDOFF), which
 * each thread grants once a millisecond: then the reservation, which goes round from seat to seat, is respected, unless its owner does not
 * come for it, as one busy with something else. So between two hand-overs a waiter is overtaken only as often as a thread can pass in a millisecond.
 */
import { HandleError } from './errors/handle-error.ts'
import { CONTENDED, FREED, HANDOFF, KEPT, OBJECT, ORPHANED, OWNER, RESERVED } from './layout.ts'
import { clearBit, emptyBut, hasBit, nextAfter, setBit } from './mask.ts'
import type { Place } from './place.ts'
import type { Seat } from './seat.ts'

/** How long one waits before it asks to be handed the word: milliseconds. */
const PATIENCE = 1
/** How long a reservation is respected though its owner does not come for it: milliseconds. */
const GRACE = 1.5

/** Reserved for nobody: what no word ever reads. */
const NEVER = RESERVED

export class Word {
  readonly seat: Seat
  readonly view: Int32Array
  readonly at: number
  readonly mask: number
  readonly masks: number
  readonly generation: number
  /** The word when it is free, and when it is simply this thread's. */
  free: number
  mine: number
  /** This thread's bit is in the mask. */
  announced = false
  /** Owned, and the owner before had died with it. Whoever takes note of it sets it to false; else the next owner is told. */
  orphaned = false
  /** A reservation for another, as seen when it was last looked at, and since when it has stood there. */
  #reservation = 0
  #reservedSince = 0
  /** When this thread last handed it over because it was asked to. */
  #handedOff = 0

  constructor(place: Place, at: number = place.at + OBJECT.WORD, mask: number = place.at + OBJECT.MASKS) {
    this.seat = place.seat
    this.view = place.view
    this.at = at
    this.mask = mask
    this.masks = place.territory.masks
    this.generation = place.tag >>> 16
    this.free = this.generation << 16
    this.mine = this.free | place.seat.owner
  }

  /** As a new object begins. */
  init(): void {
    Atomics.store(this.view, this.at, this.free)
  }

  /** Nobody can own it any more. */
  spoil(): void {
    Atomics.store(this.view, this.at, (this.generation << 16) | FREED)
  }

  /** True if it was simply free, and is now this thread's. */
  take(): boolean {
    return Atomics.compareExchange(this.view, this.at, this.free, this.mine) === this.free
  }

  /** take() would succeed, if it were now. */
  get simplyFree(): boolean {
    return Atomics.load(this.view, this.at) === this.free
  }

  /**
   * It is this thread's, if it was free, or reserved for another that has not asked to be respected. For who waits for nothing, if it succeeds, and
   * so need not announce itself.
   */
  barge(): boolean {
    for (;;) {
      // Read first: a compare-and-swap that fails takes the cache line away from the holder all the same.
      const word = Atomics.load(this.view, this.at)
      // Gone: whoever waits for it is told so, in the way in which it waits.
      if (word >>> 16 !== this.generation || !this.seat.taken) return false
      const owner = word & OWNER
      if (owner !== 0 && (word & (RESERVED | HANDOFF)) !== RESERVED) return false
      const next = (word & ~(OWNER | RESERVED)) | this.seat.owner
      if (Atomics.compareExchange(this.view, this.at, word, next) !== word) continue
      this.#owned(next)
      return true
    }
  }

  /** Free, though orphaned perhaps: it is this thread's now. Overtakes who is about to come for it, but robs nobody. */
  takeFree(): boolean {
    for (;;) {
      const word = this.read()
      if ((word & OWNER) !== 0) return false
      if (Atomics.compareExchange(this.view, this.at, word, word | this.seat.owner) !== word) continue
      this.#owned(word)
      return true
    }
  }

  /** @throws HandleError when the object has been freed, or this thread has left its space. */
  read(): number {
    const word = Atomics.load(this.view, this.at)
    if ((word & OWNER) === FREED || word >>> 16 !== this.generation) throw new HandleError('the object has been freed')
    if (!this.seat.taken) throw new HandleError('this thread has left the space')
    return word
  }

  /** Someone owns it or is to have it. */
  get busy(): boolean {
    return (this.read() & OWNER) !== 0
  }

  /** Reserved for this thread. */
  get promised(): boolean {
    const word = this.read()
    return (word & RESERVED) !== 0 && (word & OWNER) === this.seat.owner
  }

  /** Somebody may wait: of a word that this thread owns. */
  get contended(): boolean {
    return (Atomics.load(this.view, this.at) & CONTENDED) !== 0
  }

  /** Says that a permit holds it, or no longer does: of a word that this thread owns. */
  keep(kept: boolean): void {
    if (kept) Atomics.or(this.view, this.at, KEPT)
    else Atomics.and(this.view, this.at, ~KEPT)
  }

  /** The object is gone, and its mask perhaps another's; or this thread's seat is. No compare-and-swap of this thread succeeds any more. */
  forget(): void {
    this.announced = false
    this.free = this.mine = NEVER
  }

  /** There is a reservation to be respected, but only for a moment longer: look again soon. */
  get impatient(): boolean {
    return this.#reservation !== 0
  }

  /** @throws HandleError when the object has been freed, or this thread has left its space. */
  announce(): void {
    if (this.announced) return
    setBit(this.view, this.mask, this.seat.id)
    try {
      this.read()
    } catch (error) {
      // The mask may be another object's by now, which would reserve itself for who does not wait for it.
      clearBit(this.view, this.mask, this.seat.id)
      throw error
    }
    this.announced = true
  }

  /**
   * One look at it, by a thread that has announced itself and does not own it: true if it does now.
   * `waited`: for how long, in milliseconds. `passable`: whether who has it reserved could pass, or only stands there.
   */
  seek(now: number, since: number, passable: (() => boolean) | undefined): boolean {
    const { view, at, seat } = this
    const wish = now - since > PATIENCE ? CONTENDED | HANDOFF : CONTENDED
    for (;;) {
      const word = this.read()
      const owner = word & OWNER
      let next: number
      if (owner === 0) next = word | seat.owner | CONTENDED
      else if ((word & RESERVED) === 0) next = 0
      else if (owner === seat.owner) next = word & ~(RESERVED | HANDOFF)
      else if (this.#mayRob(word, now) && (passable === undefined || passable())) {
        next = (word & ~(OWNER | RESERVED)) | seat.owner | CONTENDED
      } else next = 0
      if (next === 0) {
        // W3: whoever releases it from now on looks into the mask.
        if ((word & wish) === wish || Atomics.compareExchange(view, at, word, word | wish) === word) return false
      } else if (Atomics.compareExchange(view, at, word, next) === word) {
        this.#owned(next)
        return true
      }
    }
  }

  /** From owning it to standing first in the line: it is this thread's again as soon as it looks, unless another could use it meanwhile. */
  stand(): void {
    const { view, at } = this
    this.#reservation = 0
    for (;;) {
      const word = this.read()
      if (Atomics.compareExchange(view, at, word, word | RESERVED | CONTENDED) === word) return
    }
  }

  /** This thread waits no more. True if the word was reserved for it meanwhile: then it owns it. */
  retract(): boolean {
    const { view, at, seat } = this
    if (!this.announced) return false
    this.announced = false
    this.#reservation = 0
    clearBit(view, this.mask, seat.id)
    for (;;) {
      const word = Atomics.load(view, at)
      // W4: whoever publishes a reservation after this will find the bit cleared, and revoke it.
      if ((word & OWNER) !== seat.owner || (word & RESERVED) === 0 || word >>> 16 !== this.generation) return false
      if (Atomics.compareExchange(view, at, word, word & ~(RESERVED | HANDOFF)) !== word) continue
      this.#owned(word)
      return true
    }
  }

  /** This thread owns it no more; who waits is served. */
  release(): void {
    if (!this.drop()) this.#releaseContended()
  }

  /** The whole of release() when nobody waits, and only then: false if somebody may. */
  drop(): boolean {
    return Atomics.compareExchange(this.view, this.at, this.mine, this.free) === this.mine
  }

  #releaseContended(): void {
    const { view, at, mask, masks, seat } = this
    const untold = this.orphaned ? ORPHANED : 0
    const free = this.free | untold
    const mine = this.mine | untold
    for (;;) {
      const word = Atomics.load(view, at)
      // The object has been freed under its holder.
      if ((word & OWNER) !== seat.owner || word >>> 16 !== this.generation || !seat.taken) return
      if (word !== mine && Atomics.compareExchange(view, at, word, mine) !== word) continue
      const next = nextAfter(view, mask, masks, seat.id)
      if (next < 0) {
        // Fails if somebody has set CONTENDED since: it is in the mask, or will look once more.
        if (Atomics.compareExchange(view, at, mine, free) === mine) return
        continue
      }
      const handOff = (word & HANDOFF) !== 0 && this.#mayHandOff() ? HANDOFF : 0
      // W5: j is rung, and looks again. Until then its robber releases at no more cost than if nobody waited. Who has announced itself after the mask
      // was read finds a word without CONTENDED, and sets it.
      const others = emptyBut(view, mask, masks, next) ? 0 : CONTENDED
      if (!this.#publish(free | (next + 1) | RESERVED | others | handOff)) return
      if (hasBit(view, mask, next)) return seat.ring(next)
      if (!this.#revoke(next + 1)) return
    }
  }

  #publish(reserved: number): boolean {
    const { view, at, seat } = this
    for (;;) {
      const word = Atomics.load(view, at)
      if ((word & OWNER) !== seat.owner || word >>> 16 !== this.generation) return false
      // Fails if somebody has asked for something since: to be looked for, which stays, or for a hand-over, which it will ask for again.
      if (Atomics.compareExchange(view, at, word, reserved | (word & CONTENDED)) === word) return true
    }
  }

  /**
   * Each hand-over costs a switch of threads. If every waiter had one as soon as it asked for it, then on a machine with more threads than
   * cores, where all wait for long, every single operation would cost one. So a thread hands over once in a while.
   */
  #mayHandOff(): boolean {
    const now = performance.now()
    if (now - this.#handedOff < PATIENCE) return false
    this.#handedOff = now
    return true
  }

  /** W4: `owner` has gone before it saw that the word was reserved for it. False if it has come after all, or was robbed. */
  #revoke(owner: number): boolean {
    const { view, at, mine } = this
    for (;;) {
      const word = Atomics.load(view, at)
      if ((word & OWNER) !== owner || (word & RESERVED) === 0) return false
      if (Atomics.compareExchange(view, at, word, mine | CONTENDED | (word & HANDOFF)) === word) return true
    }
  }

  /** A reservation that has not been asked to be respected, or whose owner has not come for it though it has been rung for a while. */
  #mayRob(word: number, now: number): boolean {
    if ((word & HANDOFF) === 0) return true
    if (word === this.#reservation) return now - this.#reservedSince >= GRACE
    this.#reservation = word
    this.#reservedSince = now
    return false
  }

  #owned(word: number): void {
    this.orphaned = (word & ORPHANED) !== 0
    this.#reservation = 0
  }
}

/**
 * What a dead thread means for a word: see `recover` above. It is orphaned if a permit held it, which in a Lock is always so (`kept`); in what
 * is owned only for an instant, nothing was begun that is not either done or not.
 */
export function recoverWord(
  { view, territory }: Pick<Place, 'view' | 'territory'>,
  dead: number,
  at: number,
  mask: number,
  kept = 0,
): void {
  clearBit(view, mask, dead)
  for (;;) {
    const word = Atomics.load(view, at)
    const owner = word & OWNER
    if (owner === 0 || owner === FREED) return
    const reserved = (word & RESERVED) !== 0
    const free = word & ~(OWNER | RESERVED | KEPT)
    let next: number
    if (owner === dead + 1) next = !reserved && ((word | kept) & KEPT) !== 0 ? free | ORPHANED : free
    // The dead may have published it, and not have lived to see that its owner had gone.
    else if (reserved && owner <= territory.threads && !hasBit(view, mask, owner - 1)) next = free
    else return
    if (Atomics.compareExchange(view, at, word, next) === word) return
  }
}
