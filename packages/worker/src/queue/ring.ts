/**
 * Ring: the items of a queue, as bytes, in a block of the heap.
 *
 *   block   │ head │ put line │ get line │ done line │ bytes …
 *   record  │ length │ 0 │ the item's bytes, padded to 8 │     it may begin near the end of the bytes and go on at their beginning
 *
 * Two sides, each with a word of its own (`word.ts`), so that whoever puts never stands in the way of who gets:
 *   put: PUTS = how many were put « 1 | SHUT, and two TAILs, of which the parity of that number says which one counts.
 *   get: GETS = how many were taken « 1 | DROPPED, and two HEADs, likewise.
 * A position runs from 0 to twice the capacity, so that full and empty differ. Counts are modulo 2³¹.
 *
 * Transitions, each one compare-and-swap on PUTS or GETS:
 *   put        by the owner of the put word: the record is written behind the tail, the new tail where it does not count as yet; then PUTS + 1.
 *   take       by the owner of the get word: the record is copied out, the new head written where it does not count; then GETS + 1.
 *   shut down  by anybody: PUTS | SHUT, and if items are to be dropped GETS | DROPPED after it.
 *   done       by anybody: DONES + 1.
 *
 * Invariants:
 *   Q1. Number and position change together, by that one operation. A thread that dies before it has put or taken nothing; after it, all. So no item
 *       is lost with a thread, but one that it had taken and not yet handed to its program.
 *   Q2. Nothing is put after SHUT, and nothing taken after DROPPED: who was about to finds that the compare-and-swap fails.
 *   Q3. Between HEAD and TAIL only the owner of the get word reads, and the rest only the owner of the put word writes. Each learns by PUTS and
 *       GETS how far the other is; what it has learnt it may remember until another of its own side has moved.
 *   Q4. Who stands says so in NEEDS before its word is reserved, and looks for the last time after that. Who changes PUTS or GETS looks into NEEDS
 *       of the other side after it. So either the one sees the change, or the other sees who is to be rung.
 *   Q5. Unfinished are PUTS less DONES; once items have been dropped, GETS less DONES. DONES never passes PUTS, as it is read before them.
 *   Q6. ZERO is a number of puts at which nothing was unfinished. Who joins compares it with the puts that it found: it has missed no such
 *       moment though others put on at once, and is not fooled by one that was before its time.
 */
import { BLOCK, blockWords } from '../heap.ts'
import { OBJECT } from '../layout.ts'
import { clearBit } from '../mask.ts'
import type { Place } from '../place.ts'
import { recoverWord } from '../word.ts'

/** Of the object: where its block lies, in words from the memory's beginning. */
export const BLOCK_AT: number = OBJECT.OWN

const LINE = 16

/** Of the block's head. */
const BYTES: number = BLOCK.OWN
/** What its items are encoded by: see `codec.ts`. */
const CODEC: number = BLOCK.OWN + 1
/** A number of 64 bits. */
const MAXSIZE: number = BLOCK.OWN + 2
/** Q4. How many bytes the one who stands to put needs; 1 for one who stands to get; 0 when nobody stands, or it is not known what for. */
const NEEDS: number = BLOCK.OWN + 4

/** Of a side's line: the put line, and the get line. */
const SIDE = {
  WORD: 0,
  COUNT: 1,
  /** Two of them. */
  POSITION: 2,
  /** Of the put side: how many bytes the latest record took that was to be put, whether or not there was room. */
  LATEST: 4,
} as const

/** Of the done line. */
const DONE = { DONES: 0, ZERO: 1 } as const

const HEAD_WORDS: number = LINE * 4

/** In PUTS: nothing more is put. */
const SHUT = 1
/** In GETS: nothing more is taken. */
const DROPPED = 1
/** One item more. */
const ONE = 2

/** What goes before an item's bytes. */
const RECORD_HEAD = 8

export const LEAST_BYTES: number = 16
export const MOST_BYTES: number = 2 ** 30

const capacityFor = (bytes: number): number => Math.ceil(bytes / 8) * 8
export const wordsForRing = (bytes: number): number => blockWords(HEAD_WORDS, capacityFor(bytes))

/** How many bytes of the ring an item of `length` bytes takes. */
const recordSize = (length: number): number => RECORD_HEAD + ((length + 7) & ~7)

/** One number less another, without their flags and modulo 2³¹. */
const difference = (one: number, other: number): number => (((one & ~1) - (other & ~1)) | 0) >> 1

/** Where to write next is where the parity of the number, one more, says. */
const slot = (count: number): number => (count >> 1) & 1

export class Ring {
  readonly view: Int32Array
  readonly block: number
  /** In bytes. */
  readonly capacity: number
  readonly maxsize: number
  readonly generation: number
  readonly #bytes: Uint8Array
  /** The first word of its bytes. */
  readonly #data: number
  readonly #needs: number
  readonly #puts: number
  readonly #tails: number
  readonly #gets: number
  readonly #heads: number
  readonly #dones: number
  readonly #zero: number
  /** Q3. PUTS when this thread put last, and how far, as it knew then, the items had been taken. */
  #lastPuts = -1
  #knownHead = 0
  /** Q3. GETS when this thread took last, and how many, as it knew then, had been put. */
  #lastGets = -1
  #knownPuts = 0

  constructor({ view }: Pick<Place, 'view'>, block: number) {
    this.view = view
    this.block = block
    this.capacity = Atomics.load(view, block + BYTES)
    this.maxsize = new Float64Array(view.buffer, (block + MAXSIZE) * 4, 1)[0]!
    this.generation = Atomics.load(view, block + BLOCK.GENERATION)
    this.#data = block + HEAD_WORDS
    this.#bytes = new Uint8Array(view.buffer, this.#data * 4, this.capacity)
    this.#needs = block + NEEDS
    this.#puts = this.putWord + SIDE.COUNT
    this.#tails = this.putWord + SIDE.POSITION
    this.#gets = this.getWord + SIDE.COUNT
    this.#heads = this.getWord + SIDE.POSITION
    this.#dones = block + LINE * 3 + DONE.DONES
    this.#zero = block + LINE * 3 + DONE.ZERO
  }

  /** Makes a block an empty ring. Its numbers begin where none of an earlier generation is: what was late then comes too late. */
  static init({ view }: Pick<Place, 'view'>, block: number, bytes: number, maxsize: number, codec: number): void {
    const begin = Atomics.load(view, block + BLOCK.GENERATION) << 16
    for (let word = LINE; word < HEAD_WORDS; word++) Atomics.store(view, block + word, 0)
    for (const word of [putWordOf(block), getWordOf(block)])
      Atomics.store(view, word, Atomics.load(view, block + BLOCK.GENERATION) << 16)
    for (const at of [LINE + SIDE.COUNT, LINE * 2 + SIDE.COUNT, LINE * 3 + DONE.DONES, LINE * 3 + DONE.ZERO])
      Atomics.store(view, block + at, begin)
    Atomics.store(view, block + NEEDS, 0)
    Atomics.store(view, block + NEEDS + 1, 0)
    Atomics.store(view, block + BYTES, capacityFor(bytes))
    Atomics.store(view, block + CODEC, codec)
    new Float64Array(view.buffer, (block + MAXSIZE) * 4, 1)[0] = maxsize
  }

  get putWord(): number {
    return putWordOf(this.block)
  }

  get getWord(): number {
    return getWordOf(this.block)
  }

  get codec(): number {
    return Atomics.load(this.view, this.block + CODEC)
  }

  get isShut(): boolean {
    return (Atomics.load(this.view, this.#puts) & SHUT) !== 0
  }

  /** Nothing is there to be taken, or will ever be. */
  get isSpent(): boolean {
    const { view } = this
    const gets = Atomics.load(view, this.#gets)
    if ((gets & DROPPED) !== 0) return true
    const puts = Atomics.load(view, this.#puts)
    return (puts & SHUT) !== 0 && difference(puts, gets) === 0
  }

  /** Whether take() would find one. Of an instant, unless this thread owns the get word. */
  get hasItem(): boolean {
    const gets = Atomics.load(this.view, this.#gets)
    return (gets & DROPPED) === 0 && difference(Atomics.load(this.view, this.#puts), gets) !== 0
  }

  get size(): number {
    return this.#sample().size
  }

  /** Whether an item as long as the latest that was to be put would find no room. */
  get full(): boolean {
    const { size, free } = this.#sample()
    return this.#fills(size) || free < Math.max(Atomics.load(this.view, this.putWord + SIDE.LATEST), RECORD_HEAD)
  }

  /** Whether an item of `length` bytes has room in an empty ring. */
  fits(length: number): boolean {
    return recordSize(length) <= this.capacity
  }

  /** Q4. Whether who stands to put has room by now. */
  get putterPasses(): boolean {
    const needs = Atomics.load(this.view, this.#needs)
    if (needs === 0) return true
    const { size, free, shut } = this.#sample()
    return shut || (!this.#fills(size) && free >= needs)
  }

  /** Q4. Whether who stands to get has something to get by now. */
  get getterPasses(): boolean {
    return Atomics.load(this.view, this.#needs + 1) === 0 || this.hasItem || this.isSpent
  }

  /** Q4. By the owner of a word: somebody stands there for so much, or nobody does. */
  need(side: Side, amount: number): void {
    Atomics.store(this.view, this.#needs + side, amount)
  }

  /** Q4. After the other side has changed: whether somebody stands there who may pass now, and has not been told as yet. */
  mustRing(side: Side): boolean {
    const needs = Atomics.load(this.view, this.#needs + side)
    if (needs === 0) return false
    if (!(side === PUT ? this.putterPasses : this.getterPasses)) return false
    // One ring is enough. If another stands there by now he is rung all the same, and says anew what he needs.
    Atomics.compareExchange(this.view, this.#needs + side, needs, 0)
    return true
  }

  /** How many bytes put() needs for that item. */
  static needFor(bytes: Uint8Array): number {
    return recordSize(bytes.length)
  }

  /** Owning the put word: puts it, unless there is no room, or the ring has been shut. */
  put(bytes: Uint8Array): boolean {
    const { view, capacity } = this
    const puts = Atomics.load(view, this.#puts)
    if ((puts & SHUT) !== 0) return false
    const tail = Atomics.load(view, this.#tails + slot(puts))
    const { length } = bytes
    const size = recordSize(length)
    const latest = this.putWord + SIDE.LATEST
    if (view[latest] !== size) Atomics.store(view, latest, size)
    // Q3: while nobody else has put, what was free is free.
    if (puts !== this.#lastPuts || this.#free(tail, this.#knownHead) < size) {
      this.#knownHead = this.#head()
      if (this.#free(tail, this.#knownHead) < size) return false
    }
    if (this.maxsize > 0 && difference(puts, Atomics.load(view, this.#gets)) >= this.maxsize) return false
    const at = tail >= capacity ? tail - capacity : tail
    const head = this.#data + (at >> 2)
    view[head] = length
    view[head + 1] = 0
    this.#write(at + RECORD_HEAD, bytes, length)
    const next = (puts + ONE) | 0
    Atomics.store(view, this.#tails + slot(next), this.#after(tail, size))
    // Q1, Q2.
    if (Atomics.compareExchange(view, this.#puts, puts, next) !== puts) return false
    this.#lastPuts = next
    return true
  }

  /** How long the item is that take() took last: in a scratch there is more. */
  taken = 0

  /** Owning the get word: takes the next item, if there is one and it is not to be dropped. */
  take(into: Into): Uint8Array | undefined {
    const { view, capacity } = this
    const gets = Atomics.load(view, this.#gets)
    if ((gets & DROPPED) !== 0) return undefined
    // Q3: while nobody else has taken, what was there is there.
    if (gets !== this.#lastGets || difference(this.#knownPuts, gets) === 0) {
      this.#knownPuts = Atomics.load(view, this.#puts)
      if (difference(this.#knownPuts, gets) === 0) return undefined
    }
    const head = Atomics.load(view, this.#heads + slot(gets))
    const at = head >= capacity ? head - capacity : head
    const length = view[this.#data + (at >> 2)]!
    const bytes = this.#read(at + RECORD_HEAD, length, into)
    const next = (gets + ONE) | 0
    Atomics.store(view, this.#heads + slot(next), this.#after(head, recordSize(length)))
    // Q1, Q2.
    if (Atomics.compareExchange(view, this.#gets, gets, next) !== gets) return undefined
    this.#lastGets = next
    this.taken = length
    return bytes
  }

  /** Nothing more is put; and nothing more taken, if so. `check` throws if the ring is another's by now. */
  shut(drop: boolean, check: () => void): void {
    this.#flag(this.#puts, check)
    if (drop) this.#flag(this.#gets, check)
  }

  /** Items put that are neither done nor dropped. */
  get unfinished(): number {
    return this.#unfinished(Atomics.load(this.view, this.#dones))
  }

  /** Q6. What join() is to compare with: undefined when nothing is unfinished. */
  get joinPoint(): number | undefined {
    const { view } = this
    const dones = Atomics.load(view, this.#dones)
    const puts = Atomics.load(view, this.#puts)
    return this.#unfinished(dones) === 0 ? undefined : puts
  }

  /** Q6. Whether nothing has been unfinished at some moment after a joinPoint. */
  hasJoined(point: number): boolean {
    return difference(Atomics.load(this.view, this.#zero), point) >= 0 || this.unfinished === 0
  }

  /** Counts one as done. False if there is none to be done; `last` if no other is left. */
  done(check: () => void): false | 'done' | 'last' {
    const { view } = this
    for (;;) {
      const dones = Atomics.load(view, this.#dones)
      check()
      if (this.#unfinished(dones) === 0) return false
      if (Atomics.compareExchange(view, this.#dones, dones, (dones + ONE) | 0) === dones) break
    }
    return this.#markZero() ? 'last' : 'done'
  }

  /** Q6. */
  #markZero(): boolean {
    const { view } = this
    const dones = Atomics.load(view, this.#dones)
    if (this.#unfinished(dones) !== 0) return false
    for (;;) {
      const zero = Atomics.load(view, this.#zero)
      if (difference(dones, zero) <= 0 || Atomics.compareExchange(view, this.#zero, zero, dones) === zero) return true
    }
  }

  /** Q5. `dones` was read before. */
  #unfinished(dones: number): number {
    const gets = Atomics.load(this.view, this.#gets)
    return Math.max(0, difference((gets & DROPPED) !== 0 ? gets : Atomics.load(this.view, this.#puts), dones))
  }

  #flag(at: number, check: () => void): void {
    for (;;) {
      const count = Atomics.load(this.view, at)
      check()
      if (Atomics.compareExchange(this.view, at, count, count | SHUT) === count) return
    }
  }

  #fills(size: number): boolean {
    return this.maxsize > 0 && size >= this.maxsize
  }

  #free(tail: number, head: number): number {
    const used = tail - head
    return this.capacity - (used < 0 ? used + this.capacity * 2 : used)
  }

  #after(position: number, size: number): number {
    const next = position + size
    return next >= this.capacity * 2 ? next - this.capacity * 2 : next
  }

  /** Where the next item to be taken lies. The slot may be written anew while it is read: then GETS is another. */
  #head(): number {
    const { view } = this
    for (;;) {
      const gets = Atomics.load(view, this.#gets)
      const head = Atomics.load(view, this.#heads + slot(gets))
      if (Atomics.load(view, this.#gets) === gets) return head
    }
  }

  /** Both sides, as they were at one instant. */
  #sample(): { size: number; free: number; shut: boolean } {
    const { view } = this
    for (;;) {
      const puts = Atomics.load(view, this.#puts)
      const gets = Atomics.load(view, this.#gets)
      const tail = Atomics.load(view, this.#tails + slot(puts))
      const head = Atomics.load(view, this.#heads + slot(gets))
      if (Atomics.load(view, this.#puts) !== puts || Atomics.load(view, this.#gets) !== gets) continue
      if ((gets & DROPPED) !== 0) return { size: 0, free: this.capacity, shut: true }
      return { size: difference(puts, gets), free: this.#free(tail, head), shut: (puts & SHUT) !== 0 }
    }
  }

  #write(at: number, bytes: Uint8Array, length: number): void {
    const { capacity } = this
    const from = at === capacity ? 0 : at
    if (from + length <= capacity) {
      this.#bytes.set(bytes, from)
      return
    }
    const first = capacity - from
    this.#bytes.set(bytes.subarray(0, first), from)
    this.#bytes.set(bytes.subarray(first), 0)
  }

  #read(at: number, length: number, into: Into): Uint8Array {
    const { capacity } = this
    const from = at === capacity ? 0 : at
    const end = from + length
    if (into === 'own' && end <= capacity) return this.#bytes.slice(from, end)
    const bytes = into === 'own' ? new Uint8Array(length) : into.atLeast(length)
    if (end <= capacity) bytes.set(this.#bytes.subarray(from, end))
    else {
      bytes.set(this.#bytes.subarray(from))
      bytes.set(this.#bytes.subarray(0, end - capacity), capacity - from)
    }
    return bytes
  }
}

export type Side = typeof PUT | typeof GET
export const PUT = 0
export const GET = 1

export const putWordOf = (block: number): number => block + LINE + SIDE.WORD
export const getWordOf = (block: number): number => block + LINE * 2 + SIDE.WORD

/** What a dead thread means for a queue: see Q1. */
export function recoverQueue(place: Place, dead: number): void {
  const { view, at, territory } = place
  const block = Atomics.load(view, at + BLOCK_AT)
  const masks = at + OBJECT.MASKS
  clearBit(view, masks + 2 * territory.masks, dead)
  if (block === 0) return
  recoverWord(place, dead, putWordOf(block), masks)
  recoverWord(place, dead, getWordOf(block), masks + territory.masks)
}

/** Where who gets wants the item: in bytes of its own, or in a scratch, until anything else is taken. */
export type Into = 'own' | Scratch

/** Bytes of this thread's own, for what is decoded at once. */
export class Scratch {
  /** How many are kept for the next item. */
  readonly #most: number
  #bytes = new Uint8Array(1024)

  constructor(most: number) {
    this.#most = most
  }

  atLeast(length: number): Uint8Array {
    if (length <= this.#bytes.length) return this.#bytes
    const bytes = new Uint8Array(2 ** Math.ceil(Math.log2(length)))
    if (length <= this.#most) this.#bytes = bytes
    return bytes
  }
}
