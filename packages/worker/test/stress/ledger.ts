/**
 * The ledger: what the threads under stress write down of what they hold, in memory of its own, so that each can check the others after every
 * operation. It uses nothing of the package.
 *
 * What is held stands in one word for each object, with a field for each slot (a slot is a worker's place; another takes it when the worker has
 * died). So one atomic operation writes down a hold and says who else had one at that very instant.
 */
export const SLOTS = 6

export const KINDS = ['Lock', 'Semaphore', 'Event', 'ReadWriteLock', 'Condition', 'Barrier', 'Queue'] as const
export type Kind = (typeof KINDS)[number]
export const MODES = ['blocking', 'awaiting', 'at once'] as const
export type Mode = (typeof MODES)[number]
export const OUTCOMES = ['served', 'timed out', 'aborted', 'refused'] as const
export type Outcome = (typeof OUTCOMES)[number]

const HOLDS = 0
/** Of a lock whose holder was terminated: 1 until somebody is told. */
const OWED = 16
/** How often an event's setting has begun, and its clearing has ended. */
const SET_BEGUN = 32
const CLEARED = 33
const STOCK = 34
const NEXT_ITEM = 35
const ITEMS_PUT = 36
const ITEMS_GOT = 37
const TOLD = 38
/** Of a slot: 1 once its worker is about to end by itself. */
const ENDING = 48
/** Of a slot: the index of the Abort that its blocking calls hear at present, in two halves. */
const ABORT = 160
const HALF = 2 ** 30
const OPERATIONS = 64
const ITEMS = 256
/** How many items can be on their way at a time, a bit each. */
const MOST_ITEMS = 1 << 20

export const LEDGER_BYTES = 4 * (ITEMS + MOST_ITEMS / 32)

export class Violation extends Error {}

const operation = (kind: number, mode: number, outcome: number): number =>
  OPERATIONS + (kind * MODES.length + mode) * OUTCOMES.length + outcome

export class Ledger {
  readonly words: Int32Array
  readonly memory: SharedArrayBuffer

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.words = new Int32Array(memory)
  }

  count(kind: Kind, mode: Mode, outcome: Outcome): void {
    Atomics.add(this.words, operation(KINDS.indexOf(kind), MODES.indexOf(mode), OUTCOMES.indexOf(outcome)), 1)
  }

  counted(kind: number, mode: number, outcome: number): number {
    return Atomics.load(this.words, operation(kind, mode, outcome))
  }

  get operations(): number {
    let sum = 0
    for (let at = OPERATIONS; at < operation(KINDS.length, 0, 0); at++) sum += Atomics.load(this.words, at)
    return sum
  }

  /** Alone: a lock. `abandoned`: the holder before may have died, and still stand there. */
  holdAlone(object: number, slot: number, abandoned: boolean): void {
    if (abandoned) {
      Atomics.add(this.words, TOLD, 1)
      Atomics.store(this.words, OWED + object, 0)
      Atomics.store(this.words, HOLDS + object, 1 << slot)
      return
    }
    const others = Atomics.or(this.words, HOLDS + object, 1 << slot)
    if (others !== 0) throw new Violation(`lock ${object} is held by slot ${slot} and by ${others.toString(2)}`)
    if (Atomics.load(this.words, OWED + object) !== 0) {
      throw new Violation(`lock ${object}: its holder was terminated, and the next one, slot ${slot}, is not told`)
    }
  }

  leaveAlone(object: number, slot: number): void {
    const held = Atomics.and(this.words, HOLDS + object, ~(1 << slot))
    if (held !== 1 << slot) throw new Violation(`lock ${object}: slot ${slot} held it, and so did ${held.toString(2)}`)
  }

  /** Permits: four bits a slot. */
  hold(object: number, slot: number, permits: number, most: number): void {
    let sum = permits
    for (let bits = Atomics.add(this.words, HOLDS + object, permits << (slot * 4)); bits !== 0; bits >>>= 4) {
      sum += bits & 15
    }
    if (sum > most) throw new Violation(`semaphore ${object}: ${sum} permits are out, of ${most}`)
  }

  leave(object: number, slot: number, permits: number): void {
    Atomics.sub(this.words, HOLDS + object, permits << (slot * 4))
  }

  /** Readers in the lower half, writers in the upper. */
  read(object: number, slot: number): void {
    const others = Atomics.or(this.words, HOLDS + object, 1 << slot)
    if (others >>> 16 !== 0) throw new Violation(`slot ${slot} reads while ${(others >>> 16).toString(2)} writes`)
  }

  write(object: number, slot: number): void {
    const others = Atomics.or(this.words, HOLDS + object, 1 << (slot + 16))
    if (others !== 0) throw new Violation(`slot ${slot} writes beside ${others.toString(2)}`)
  }

  stopReading(object: number, slot: number): void {
    Atomics.and(this.words, HOLDS + object, ~(1 << slot))
  }

  stopWriting(object: number, slot: number): void {
    const held = Atomics.and(this.words, HOLDS + object, ~(1 << (slot + 16)))
    if (held !== 1 << (slot + 16)) throw new Violation(`slot ${slot} wrote beside ${held.toString(2)}`)
  }

  beginSetting(): void {
    Atomics.add(this.words, SET_BEGUN, 1)
  }

  hasCleared(): void {
    Atomics.add(this.words, CLEARED, 1)
  }

  /** Before a wait; and after it the event has been set since, or had not been cleared before. */
  get cleared(): number {
    return Atomics.load(this.words, CLEARED)
  }

  expectSetSince(cleared: number): void {
    const begun = Atomics.load(this.words, SET_BEGUN)
    if (((begun - cleared) | 0) < 1)
      throw new Violation(`a wait has ended, and the event was set ${begun} times, cleared ${cleared}`)
  }

  /** Under a condition's lock: no atomic operation is needed. */
  get stock(): number {
    return this.words[STOCK]!
  }

  changeStock(by: number, most: number): void {
    const stock = this.words[STOCK]! + by
    if (stock < 0 || stock > most) throw new Violation(`the stock under the condition is ${stock}, of ${most}`)
    this.words[STOCK] = stock
  }

  newItem(): number {
    const item = Atomics.add(this.words, NEXT_ITEM, 1) & (MOST_ITEMS - 1)
    const before = Atomics.or(this.words, ITEMS + (item >>> 5), 1 << (item & 31))
    // An item of a dead thread's may still stand there from the last time round.
    void before
    return item
  }

  /** It was not put after all. */
  dropItem(item: number): void {
    Atomics.and(this.words, ITEMS + (item >>> 5), ~(1 << (item & 31)))
  }

  hasPut(): void {
    Atomics.add(this.words, ITEMS_PUT, 1)
  }

  got(item: number): void {
    const before = Atomics.and(this.words, ITEMS + (item >>> 5), ~(1 << (item & 31)))
    if ((before & (1 << (item & 31))) === 0) throw new Violation(`item ${item} is got twice, or was never put`)
    Atomics.add(this.words, ITEMS_GOT, 1)
  }

  get items(): { put: number; got: number } {
    return { put: Atomics.load(this.words, ITEMS_PUT), got: Atomics.load(this.words, ITEMS_GOT) }
  }

  get told(): number {
    return Atomics.load(this.words, TOLD)
  }

  setEnding(slot: number, ending: boolean): void {
    Atomics.store(this.words, ENDING + slot, ending ? 1 : 0)
  }

  setAbort(slot: number, index: number): void {
    Atomics.store(this.words, ABORT + slot * 2, index % HALF)
    Atomics.store(this.words, ABORT + slot * 2 + 1, Math.floor(index / HALF))
  }

  /** 0 if there is none. While it is being changed, one that never was. */
  abortOf(slot: number): number {
    return Atomics.load(this.words, ABORT + slot * 2) + Atomics.load(this.words, ABORT + slot * 2 + 1) * HALF
  }

  /** Its worker has ended, and holds nothing any more. Answers how many locks it held; each is owed to the next if it was `terminated`. */
  clear(
    slot: number,
    objects: { readonly alone: readonly number[]; readonly permits: number; readonly readWrite: number },
    terminated: boolean,
  ): number {
    let held = 0
    const tell = terminated && Atomics.load(this.words, ENDING + slot) === 0
    for (const object of objects.alone) {
      if ((Atomics.load(this.words, HOLDS + object) & (1 << slot)) === 0) continue
      held++
      if (tell) Atomics.store(this.words, OWED + object, 1)
      Atomics.and(this.words, HOLDS + object, ~(1 << slot))
    }
    Atomics.and(this.words, HOLDS + objects.permits, ~(15 << (slot * 4)))
    Atomics.and(this.words, HOLDS + objects.readWrite, ~((1 << slot) | (1 << (slot + 16))))
    return held
  }
}

/** Where each object's holds are written down. */
export const OBJECTS = { alone: [0, 1], permits: 2, readWrite: 3 } as const
/** Of the second lock, the condition's, nobody knows whether a wait has told of a death. */
export const CONDITION_LOCK = 1
export const PERMITS = 3
export const PARTIES = 3
export const STOCK_MOST = 4
