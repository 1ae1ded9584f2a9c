/**
 * Territory: a space as one thread sees it. The public Space is a name for it.
 *
 * States of a seat: free → taken (its thread runs) → dying (certainly dead, being recovered) → free.
 * States of an object's place: free → of a kind → being freed → free, one generation later.
 * Linearization points: a seat is taken by the compare-and-swap on its THREAD, an object's place by that on its TAG.
 *
 * Invariants:
 *   T1. What is recovered is recovered by one thread at a time: RECOVERER names it until the seat has been given back. Else the slower of two
 *       would go on clearing what belongs, by then, to the next thread that sits there. A thread that leaves recovers itself, and does not count as
 *       dead: nobody else does.
 *   T2. A recovery that was cut short by a death is done again, from its beginning, by whoever recovers that one: each step is idempotent. While
 *       RECOVERER names a seat, nobody else comes to sit there.
 *   T3. All seats ever taken are below USED, which grows before a seat is taken: a thread that nobody reckoned with would be rung by nobody.
 */
import { host } from '#host'
import { HandleError } from './errors/handle-error.ts'
import { SpaceFullError } from './errors/space-full-error.ts'
import { recoverHeap } from './heap.ts'
import { isOwned, type Kind, KINDS, kindNumber } from './kinds.ts'
import {
  FREEING,
  LAST_GENERATION,
  MAGIC,
  MOST_THREADS,
  masksFor,
  OBJECT,
  objectsAt,
  SEAT,
  SEAT_WORDS,
  seatsAt,
  SPACE,
  strideFor,
  VERSION,
  wordsFor,
} from './layout.ts'
import type { Local, Place } from './place.ts'
import { recoverObject } from './recovery.ts'
import { Seat } from './seat.ts'

export class Territory {
  readonly memory: SharedArrayBuffer
  readonly view: Int32Array
  /** Its first word in the memory. */
  readonly base: number
  readonly threads: number
  readonly objects: number
  /** Words a mask. */
  readonly masks: number
  /** Words an object. */
  readonly stride: number
  readonly firstObject: number
  #seat: Seat | undefined
  #keepsAlive = true
  readonly #locals = new Map<number, Local>()

  constructor(memory: SharedArrayBuffer, base: number) {
    const view = new Int32Array(memory)
    this.memory = memory
    this.view = view
    this.base = base
    this.threads = Atomics.load(view, base + SPACE.THREADS)
    this.objects = Atomics.load(view, base + SPACE.OBJECTS)
    this.masks = masksFor(this.threads)
    this.stride = strideFor(this.threads)
    this.firstObject = objectsAt(base, this.threads)
  }

  /** This thread's seat, taken now if it has none. */
  get seat(): Seat {
    return (this.#seat ??= this.#sitDown())
  }

  /** Whether this thread has a seat. */
  get joined(): boolean {
    return this.#seat !== undefined
  }

  /** Seats 0 … used-1 may be taken. */
  get used(): number {
    return Atomics.load(this.view, this.base + SPACE.USED)
  }

  get taken(): number {
    let taken = 0
    for (let id = 0; id < this.used; id++) if (Atomics.load(this.view, this.seatAt(id) + SEAT.THREAD) > 0) taken++
    return taken
  }

  set keepsAlive(keepsAlive: boolean) {
    this.#keepsAlive = keepsAlive
    if (this.#seat !== undefined) this.#seat.keepsAlive = keepsAlive
  }

  seatAt(id: number): number {
    return seatsAt(this.base) + id * SEAT_WORDS
  }

  ringAll(seat: Seat = this.seat): void {
    for (let id = 0; id < this.used; id++) seat.ring(id, true)
  }

  /** A new object of `kind`, its words zero; undefined when there is no room. */
  claim(kind: Kind): Place | undefined {
    const { view, base, objects, stride, seat } = this
    for (let tried = 0; tried < objects; tried++) {
      const number = (Atomics.add(view, base + SPACE.CURSOR, 1) >>> 0) % objects
      const at = this.firstObject + number * stride
      const tag = Atomics.load(view, at + OBJECT.TAG)
      if ((tag & 0xffff) !== 0 || tag >>> 16 === LAST_GENERATION) continue
      const claimed = tag | kindNumber(kind)
      if (Atomics.compareExchange(view, at + OBJECT.TAG, tag, claimed) !== tag) continue
      for (let word = OBJECT.TAG + 1; word < stride; word++) {
        // The word of a lock stays spoiled until it begins: 0 is a free one, to who has not noticed as yet that the object before is gone.
        if (word !== OBJECT.WORD || !isOwned(kind)) Atomics.store(view, at + word, 0)
      }
      Atomics.store(view, at + OBJECT.HOME, base)
      return { territory: this, seat, view, at, tag: claimed }
    }
    return undefined
  }

  /** The object that lies at word `at`, if it is of `kind` and of that generation, and an object's place is there at all. */
  find(kind: Kind, at: number, generation: number): Place | undefined {
    const number = (at - this.firstObject) / this.stride
    if (!Number.isInteger(number) || number < 0 || number >= this.objects) return undefined
    const tag = (generation << 16) | kindNumber(kind)
    if (Atomics.load(this.view, at + OBJECT.TAG) !== tag) return undefined
    return { territory: this, seat: this.seat, view: this.view, at, tag }
  }

  /** What stands for the object at `place` in this thread, made at most once. */
  localAt<T extends Local>(place: Place, make: (place: Place) => T): T {
    const known = this.#locals.get(place.at)
    if (known?.place.tag === place.tag) return known as T
    known?.lost()
    const made = make(place)
    this.#locals.set(place.at, made)
    return made
  }

  /** Frees the object. False if it is gone already. `spoil` makes its words useless to whoever still has them. */
  free({ view, at, tag }: Place, spoil: () => void): boolean {
    if (Atomics.compareExchange(view, at + OBJECT.TAG, tag, tag | FREEING) !== tag) return false
    spoil()
    this.ringAll()
    this.#locals.get(at)?.lost()
    this.#locals.delete(at)
    Atomics.store(view, at + OBJECT.TAG, ((tag >>> 16) + 1) << 16)
    return true
  }

  /** Gives this thread's seat back. What it holds was left in the middle of something, as if the thread had died. */
  leave(): void {
    const seat = this.#seat
    if (seat === undefined) return
    this.#seat = undefined
    const locals = [...this.#locals.values()]
    this.#locals.clear()
    seat.close()
    for (const local of locals) local.lost()
    // T1: nobody else recovers a seat whose thread has not been declared dead. And if this one dies here, it is.
    this.#clear(seat.id, host.threadId + 1, seat)
    host.leave(this)
  }

  /** Recovers what the thread numbered `thread` held here. The caller knows that it runs no more. */
  bury(thread: number): void {
    const { view, seat } = this
    for (let id = 0; id < this.used; id++) {
      // By compare-and-swap: another thread may have come to sit there since anybody looked.
      if (id !== seat.id) Atomics.compareExchange(view, this.seatAt(id) + SEAT.THREAD, thread + 1, -(thread + 1))
    }
    // T2: it may have died while it recovered one whose turn has gone by in the first round.
    for (let id = 0; id < this.used; id++) this.#recover(id, seat)
    for (let id = 0; id < this.used; id++) this.#recover(id, seat)
  }

  /** Recovers seat `id`, if the thread there is dead, and nobody is at it who lives. */
  #recover(id: number, seat: Seat): void {
    const { view } = this
    const at = this.seatAt(id)
    const sits = Atomics.load(view, at + SEAT.THREAD)
    if (sits >= 0) return
    const recoverer = Atomics.load(view, at + SEAT.RECOVERER)
    if (recoverer !== 0 && recoverer !== seat.owner && this.#alive(recoverer - 1)) return
    if (Atomics.compareExchange(view, at + SEAT.RECOVERER, recoverer, seat.owner) !== recoverer) return
    // Else another has recovered it between the two looks.
    if (Atomics.load(view, at + SEAT.THREAD) === sits) this.#clear(id, sits, seat)
    // T1: not before another may sit there, or a third would begin while the second is not done.
    Atomics.store(view, at + SEAT.RECOVERER, 0)
    // Who sits there now may have died meanwhile, and been left to us.
    this.#recover(id, seat)
  }

  /** Gives seat `id` back, with all it held, and what it was recovering. `sits`: what its THREAD reads. Idempotent. */
  #clear(id: number, sits: number, seat: Seat): void {
    const { view } = this
    const at = this.seatAt(id)
    for (let number = 0; number < this.objects; number++) {
      const object = this.firstObject + number * this.stride
      const tag = Atomics.load(view, object + OBJECT.TAG)
      const kind = KINDS[tag & 0xff]
      if (kind !== undefined && (tag & FREEING) === 0)
        recoverObject(kind, { territory: this, seat, view, at: object, tag }, id)
    }
    recoverHeap(this, id)
    // T2: while it still sits there. Whoever sat there next would be taken for the one who recovers them.
    for (let other = 0; other < this.used; other++)
      Atomics.compareExchange(view, this.seatAt(other) + SEAT.RECOVERER, id + 1, 0)
    Atomics.store(view, at + SEAT.CERTIFIED, 0)
    // Only now may another thread sit there. And whoever waits looks again: a ring that the dead owed may be missing.
    Atomics.compareExchange(view, at + SEAT.THREAD, sits, 0)
    this.ringAll(seat)
  }

  #alive(id: number): boolean {
    return Atomics.load(this.view, this.seatAt(id) + SEAT.THREAD) > 0
  }

  #sitDown(): Seat {
    const { view, base } = this
    for (let id = 0; id < this.threads; id++) {
      const at = this.seatAt(id)
      // T3.
      for (let { used } = this; used <= id; { used } = this)
        Atomics.compareExchange(view, base + SPACE.USED, used, id + 1)
      if (Atomics.compareExchange(view, at + SEAT.THREAD, 0, host.threadId + 1) !== 0) continue
      host.enter(this, at)
      Atomics.add(view, base + SPACE.JOINS, 1)
      Atomics.notify(view, base + SPACE.JOINS)
      const seat = new Seat(view, base, id)
      seat.keepsAlive = this.#keepsAlive
      return seat
    }
    throw new SpaceFullError(
      `all ${this.threads} seats of the space are taken. Make it larger, as in new Space({ threads: ${Math.min(this.threads * 2, MOST_THREADS)} }), or supervise() the workers, so that the seats of the dead are given back`,
    )
  }
}

/** The spaces that this thread knows, by their ids: their memory is another object each time that it is received. */
const territories = new Map<string, Territory>()

/** As if this thread had never known it. */
export function forget(territory: Territory): void {
  for (const [id, known] of territories) if (known === territory) territories.delete(id)
}

/** All that this thread has joined. */
export const joinedTerritories = (): Territory[] => [...territories.values()].filter(({ joined }) => joined)

let leavesAtEnd = false

function register(territory: Territory): Territory {
  if (!leavesAtEnd) host.onEnd(() => joinedTerritories().forEach((joined) => joined.leave()))
  leavesAtEnd = true
  const { view, base } = territory
  const id = `${Atomics.load(view, base + SPACE.ID)} ${Atomics.load(view, base + SPACE.ID + 1)}`
  const known = territories.get(id)
  if (known !== undefined) return known
  territories.set(id, territory)
  return territory
}

/** Makes a space in `memory`, from byte `byteOffset` on. */
export function found(memory: SharedArrayBuffer, byteOffset: number, threads: number, objects: number): Territory {
  const view = new Int32Array(memory)
  const base = byteOffset / 4
  const words = wordsFor(threads, objects)
  view.fill(0, base, base + words)
  const id = crypto.getRandomValues(new Int32Array(2))
  Atomics.store(view, base + SPACE.VERSION, VERSION)
  Atomics.store(view, base + SPACE.ID, id[0]!)
  Atomics.store(view, base + SPACE.ID + 1, id[1]!)
  Atomics.store(view, base + SPACE.THREADS, threads)
  Atomics.store(view, base + SPACE.OBJECTS, objects)
  Atomics.store(view, base + SPACE.WORDS, view.length - base)
  Atomics.store(view, base + SPACE.HEAP, words)
  Atomics.store(view, base + SPACE.MAGIC, MAGIC)
  return register(new Territory(memory, base))
}

/** The space that begins at word `base` of `memory`. Reads before it believes: the memory may be anybody's. */
export function territoryAt(memory: SharedArrayBuffer, base: number): Territory {
  const view = new Int32Array(memory)
  const word = (offset: number): number => Atomics.load(view, base + offset)
  const isSpace =
    Number.isInteger(base) &&
    base >= 0 &&
    base + wordsFor(1, 1) <= view.length &&
    word(SPACE.MAGIC) === MAGIC &&
    word(SPACE.VERSION) === VERSION &&
    word(SPACE.THREADS) >= 1 &&
    word(SPACE.THREADS) <= MOST_THREADS &&
    word(SPACE.OBJECTS) >= 1 &&
    base + wordsFor(word(SPACE.THREADS), word(SPACE.OBJECTS)) <= view.length
  if (!isSpace) throw new HandleError('handle.memory is no memory of a space')
  return register(new Territory(memory, base))
}
