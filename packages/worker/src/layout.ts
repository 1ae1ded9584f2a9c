/**
 * Where each word of a space lies, and what each value means. All words are 32 bits; offsets are in words.
 *
 *   space   │ header │ seat 0 │ seat 1 │ … │ object 0 │ object 1 │ … │ heap …
 *            HEADER    SEAT each             stride each               what is left of the memory
 *
 *   object  │ tag │ home │ main word │ 10 words of its kind │ K words a mask, three masks │ a cell for each seat │
 *
 * A *seat* is a thread's place in a space: it owns a bell, a bit in every mask and a cell in every object. A *mask* is a set of seats, 32 to
 * a word, K words. With up to 32 seats a main word and its masks share a cache line.
 */

/** Of this layout: a handle carries it, and another one is refused. */
export const VERSION = 1

/** The first word of a space, written last when one is made. */
export const MAGIC = 0x494c4b01

export const SPACE = {
  MAGIC: 0,
  VERSION: 1,
  /** Two random words. Each thread that receives the memory sees another SharedArrayBuffer object: this is what tells it which space it is. */
  ID: 2,
  THREADS: 4,
  OBJECTS: 5,
  /** Seats 0 … USED-1 may be taken; those above never were. */
  USED: 6,
  /** Where to look for a free object next. Going round puts off the day on which a freed place is used again. */
  CURSOR: 7,
  /** How many words the space spans, its heap included. */
  WORDS: 8,
  /** Counts the seats taken: whoever watches over the others looks for new ones when it changes. */
  JOINS: 9,
  /** Where the heap ends that has been given out, in words from the space's beginning. */
  HEAP: 10,
  /** The latest block of the heap: see `heap.ts`. 0 while there is none. */
  BLOCKS: 11,
  /** 1 if it was made for a single object, and goes when that is freed. */
  SINGLE: 12,
} as const

export const HEADER = 32

export const SEAT = {
  /** Rings « 1 | the thread sleeps. Only the seat's own thread ever waits on it. */
  BELL: 0,
  /** 0: free. n > 0: the thread numbered n-1 sits here. -n: it is certainly dead, and what it held is being recovered. */
  THREAD: 1,
  /** Who recovers what it held, as an owner; 0 for nobody. */
  RECOVERER: 2,
  /** In a browser: the same as THREAD, once that thread is known to hold the Web Lock whose release certifies its death. */
  CERTIFIED: 3,
  /** Two words, of that lock's name. */
  CERTIFICATE: 4,
} as const

/** A cache line, so that bells do not disturb each other. */
export const SEAT_WORDS = 16

export const OBJECT = {
  /** generation « 16 | kind; the kind is 0 while the place is free. */
  TAG: 0,
  /** Where the space begins, from the beginning of the memory. */
  HOME: 1,
  /** The word of the object's lock, or of its state: see below. */
  WORD: 2,
  /** What the words from here to the masks mean, each kind says for itself. */
  OWN: 3,
  MASKS: 13,
} as const

export const MASKS_PER_OBJECT = 3

/** Set in a tag while the object is being freed: nothing may be done with it any more, and its place is not free as yet. */
export const FREEING = 0x8000

/** A generation is 16 bits. A place whose generations are used up is not used again, so that no stale handle is ever good. */
export const LAST_GENERATION = 0xffff

/**
 * The word of a lock: generation « 16 | flags | owner. The owner is a seat's number plus one, 0 when free.
 * That all is one word is the point: there is no instant at which a lock is held, and nobody can say by whom.
 */
export const OWNER = 0x7ff
/** For `owner`, who waits for it or would pass if a condition held, and has not taken it: it may be revoked. */
export const RESERVED: number = 1 << 11
/** Somebody waits, or has waited: whoever releases must look into the mask. */
export const CONTENDED: number = 1 << 12
/** Somebody has waited for so long that it is to be handed over: a reservation is not to be taken by who has just come. */
export const HANDOFF: number = 1 << 13
/** The thread that held it died with it. */
export const ORPHANED: number = 1 << 14
/** Of a word that is owned only for an instant, as a rule: it is held now by somebody's permit. */
export const KEPT: number = 1 << 15
/** In place of an owner: the object has been freed. */
export const FREED = 0x7ff

export const MOST_THREADS = 1024
export const MOST_OBJECTS: number = 1 << 20

/** The least power of two from `SEAT_WORDS` that holds an object. */
export function strideFor(threads: number): number {
  const words = OBJECT.MASKS + MASKS_PER_OBJECT * masksFor(threads) + threads
  return Math.ceil(words / SEAT_WORDS) * SEAT_WORDS
}

/** Words a mask. */
export const masksFor = (threads: number): number => Math.ceil(threads / 32)

export const seatsAt = (base: number): number => base + HEADER

export const objectsAt = (base: number, threads: number): number => seatsAt(base) + threads * SEAT_WORDS

/** How many words a space needs, without a heap. */
export const wordsFor = (threads: number, objects: number): number =>
  objectsAt(0, threads) + objects * strideFor(threads)
