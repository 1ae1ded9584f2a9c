/**
 * The heap of a space: what is left of its memory after the objects, given out in blocks that keep their place and size for good.
 *
 * A block is new, or one that has been given back and is large enough. As it never moves, its words are words for ever: a thread that comes
 * late, with a block that has been given back under it, finds another generation there, or an owner that it is not.
 *
 *   block   │ head, a line │ for its user … │
 *
 * States of a block: free → claimed by a seat → in use → retiring → free, one generation later.
 *
 *   H1. HEAP grows by one compare-and-swap, and what it grew by is nobody else's. A block is made there, and only then put into the list,
 *       from which none is ever taken out.
 *   H2. A block that is retiring becomes free when both of those who were in the middle of something there, as its user's words said when it
 *       was given back, have left it, or have died.
 *
 * A thread that dies between the two steps of H1 takes as much of the heap with it. One that dies having claimed a block, does not: recovery
 * frees what its seat had claimed.
 */
import { SpaceFullError } from './errors/space-full-error.ts'
import { FREED, LAST_GENERATION, OWNER, RESERVED, SPACE } from './layout.ts'
import type { Territory } from './territory.ts'

export const BLOCK = {
  /** The one that was made before it; 0 for the first. */
  NEXT: 0,
  /** In words, its head included. */
  SIZE: 1,
  /** Below. */
  STATE: 2,
  GENERATION: 3,
  /** H2. As owners, 0 for nobody. */
  HOLDERS: 4,
  /** For its user from here on. */
  OWN: 6,
} as const

const FREE = 0
/** Below it: claimed, by the owner of that number. */
const IN_USE = 1
const RETIRING = 2
const RECLAIMED = 3

/** A cache line in words: blocks begin and end with one. */
const LINE = 16

/** How many words a block of `bytes` for its user takes, after `head` words of head. */
export const blockWords = (head: number, bytes: number): number => Math.ceil((head + bytes / 4) / LINE) * LINE

/**
 * A block of `words` words, claimed by this thread until settle().
 *
 * @throws SpaceFullError when there is no room.
 */
export function allocate(territory: Territory, words: number): number {
  const block = reuse(territory, words, words * 2) ?? make(territory, words) ?? reuse(territory, words, Infinity)
  if (block === undefined) throw noRoom(territory, words)
  return block
}

/** What the block was claimed for exists: it is no longer this thread's, and survives it. */
export function settle({ view }: Territory, block: number): void {
  Atomics.store(view, block + BLOCK.STATE, IN_USE)
}

/** What the block was claimed for is not to be. */
export function unclaim({ view }: Territory, block: number): void {
  Atomics.store(view, block + BLOCK.STATE, FREE)
}

/**
 * Gives a block back. `words`: where the two words lie that say who is in the middle of something there. Nobody owns them any more after that.
 */
export function retire(territory: Territory, block: number, words: readonly [number, number]): void {
  const { view } = territory
  words.forEach((at, side) => {
    for (;;) {
      const word = Atomics.load(view, at)
      const owner = (word & RESERVED) === 0 ? word & OWNER : 0
      Atomics.store(view, block + BLOCK.HOLDERS + side, owner === FREED ? 0 : owner)
      if (Atomics.compareExchange(view, at, word, (word & ~0xffff) | FREED) === word) return
    }
  })
  Atomics.store(view, block + BLOCK.STATE, RETIRING)
  reclaim(view, block)
}

/** H2: this thread is no longer in the middle of anything there, on that side. */
export function leaveBlock(view: Int32Array, block: number, side: 0 | 1, owner: number): void {
  if (Atomics.compareExchange(view, block + BLOCK.HOLDERS + side, owner, 0) === owner) reclaim(view, block)
}

/** What a dead thread means for the heap. Idempotent. */
export function recoverHeap(territory: Territory, dead: number): void {
  const { view } = territory
  for (let block = latest(territory); block !== 0; block = Atomics.load(view, block + BLOCK.NEXT)) {
    Atomics.compareExchange(view, block + BLOCK.STATE, -(dead + 1), FREE)
    leaveBlock(view, block, 0, dead + 1)
    leaveBlock(view, block, 1, dead + 1)
  }
}

const latest = ({ view, base }: Territory): number => Atomics.load(view, base + SPACE.BLOCKS)

function reclaim(view: Int32Array, block: number): void {
  if (Atomics.load(view, block + BLOCK.HOLDERS) !== 0 || Atomics.load(view, block + BLOCK.HOLDERS + 1) !== 0) return
  if (Atomics.compareExchange(view, block + BLOCK.STATE, RETIRING, RECLAIMED) !== RETIRING) return
  const generation = Atomics.add(view, block + BLOCK.GENERATION, 1)
  // One whose generations are used up stays reclaimed, that no stale word is ever good.
  if (generation < LAST_GENERATION - 1) Atomics.store(view, block + BLOCK.STATE, FREE)
}

/** The smallest free block that has `words`, and no more than `most`: claimed. */
function reuse(territory: Territory, words: number, most: number): number | undefined {
  const { view, seat } = territory
  for (;;) {
    let best = 0
    let bestSize = most + 1
    for (let block = latest(territory); block !== 0; block = Atomics.load(view, block + BLOCK.NEXT)) {
      const size = Atomics.load(view, block + BLOCK.SIZE)
      if (size < words || size >= bestSize || Atomics.load(view, block + BLOCK.STATE) !== FREE) continue
      best = block
      bestSize = size
    }
    if (best === 0) return undefined
    if (Atomics.compareExchange(view, best + BLOCK.STATE, FREE, -seat.owner) === FREE) return best
  }
}

/** H1. */
function make(territory: Territory, words: number): number | undefined {
  const { view, base, seat } = territory
  const heap = base + SPACE.HEAP
  const from = Atomics.load(view, heap)
  if (from + words > Atomics.load(view, base + SPACE.WORDS)) return undefined
  if (Atomics.compareExchange(view, heap, from, from + words) !== from) return make(territory, words)
  const block = base + from
  for (const word of [BLOCK.GENERATION, BLOCK.HOLDERS, BLOCK.HOLDERS + 1]) Atomics.store(view, block + word, 0)
  Atomics.store(view, block + BLOCK.SIZE, words)
  Atomics.store(view, block + BLOCK.STATE, -seat.owner)
  for (;;) {
    const next = latest(territory)
    Atomics.store(view, block + BLOCK.NEXT, next)
    if (Atomics.compareExchange(view, base + SPACE.BLOCKS, next, block) === next) return block
  }
}

function noRoom({ view, base, threads, objects }: Territory, words: number): SpaceFullError {
  const given = Atomics.load(view, base + SPACE.HEAP)
  const left = Atomics.load(view, base + SPACE.WORDS) - given
  return new SpaceFullError(
    `the space has no room for a buffer of ${words * 4} bytes: ${left * 4} bytes beyond its objects are not given out. Make it of more memory, as in new Space({ threads: ${threads}, objects: ${objects}, memory: new SharedArrayBuffer(${(given + words) * 4}) }), or free() a queue of that size`,
  )
}
