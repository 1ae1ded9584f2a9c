/**
 * Space: the shared memory in which primitives live, and in which threads are known to each other. What happens in it: `territory.ts`.
 */
import { misnumbered, mistyped, optionsObject, whole } from '@interlock/core/internal'
import { SpaceFullError } from '../errors/space-full-error.ts'
import { checkHandle, type Handle } from '../handle.ts'
import type { Kind } from '../kinds.ts'
import { MAGIC, MOST_OBJECTS, MOST_THREADS, SPACE, VERSION, wordsFor } from '../layout.ts'
import type { Place } from '../place.ts'
import { found, type Territory, territoryAt } from '../territory.ts'

export interface SpaceOptions {
  /** How many threads may be in it at a time: 1 to 1024, 32 unless told. */
  threads?: number | undefined
  /** How many objects it has room for: 1 to 1,048,576, 1024 unless told. */
  objects?: number | undefined
  /** Memory to make it in: a SharedArrayBuffer, that of a shared WebAssembly.Memory for instance. What it does not need is room for queues. */
  memory?: SharedArrayBuffer | undefined
  /** Where in `memory` it begins, in bytes: a multiple of 64. 0 unless told. */
  byteOffset?: number | undefined
}

const THREADS = 32
const OBJECTS = 1024
const LINE = 64

let inherited: Space | undefined

/**
 * The shared memory in which primitives live, and in which threads are known to each other.
 *
 * There is one by default, and most programs need no other: `new Lock()` makes its lock there, a thread joins by its first `from()`, and when
 * it is full of objects another follows it unseen. Make one of your own for more than 32 threads, to bound what it may hold, or to place it
 * in memory that you have, a WebAssembly module's for instance.
 *
 * A space holds up to `threads` threads at a time and `objects` objects, and takes about 270 kB unless told otherwise. It is freed when no
 * thread refers to its memory any more.
 *
 * @example
 * ```ts
 * import { Lock, Space } from '@interlock/worker'
 *
 * const space = new Space({ threads: 4, objects: 16 })
 * const lock = new Lock({ space, name: 'db' })
 * space.threads // => 1
 * const same = Lock.from(lock.handle) // in another thread, as a rule
 * using permit = await lock.acquire()
 * same.locked // => true
 * ```
 */
export class Space {
  /** Where objects are made unless told otherwise: of this thread's own making. */
  static get default(): Space {
    return (inherited ??= new Space())
  }

  /** @internal */
  readonly territory: Territory

  /**
   * @throws RangeError and TypeError for wrong options, a `memory` too small or occupied among them; TypeError, saying what to do, where the
   *   runtime has no SharedArrayBuffer.
   */
  constructor(options?: SpaceOptions) {
    this.territory = options instanceof Territories ? options.territory : make(optionsObject(options) ?? {})
  }

  /**
   * The space of a handle, in this thread, which joins it.
   *
   * @throws HandleError when `handle` is no space's; SpaceFullError when all its seats are taken.
   */
  static from(handle: Handle): Space {
    const { memory, index } = checkHandle(handle, 'space')
    const territory = territoryAt(memory, index)
    void territory.seat
    return new Space(new Territories(territory) as never)
  }

  /** What carries it to other threads. */
  get handle(): Handle {
    const { memory, base } = this.territory
    return { interlock: VERSION, kind: 'space', memory, index: base }
  }

  /** Threads joined and alive. */
  get threads(): number {
    return this.territory.taken
  }

  /**
   * Gives this thread's place back, with all it holds: whoever takes that next is told that it was abandoned. What still waits here gets
   * HandleError, as does every later use of the objects that this thread has; `from()` joins again. Done by itself when a thread ends well.
   */
  leave(): void {
    this.territory.leave()
  }

  /** Waits in this thread no longer keep the process alive, as a timer's unref(). By default a pending wait does. */
  unref(): this {
    this.territory.keepsAlive = false
    return this
  }

  /** Waits in this thread keep the process alive again. */
  ref(): this {
    this.territory.keepsAlive = true
    return this
  }
}

/** For the constructor alone: a space that exists already. */
class Territories {
  readonly territory: Territory
  constructor(territory: Territory) {
    this.territory = territory
  }
}

/** What every object is made with. */
export interface SharedOptions {
  /** Shown when it is printed, and in its errors, in this thread. */
  name?: string | undefined
  /** Where to make it; the default space unless told. */
  space?: Space | undefined
}

/** The territory that `options` name; undefined for the default one. */
export function territoryOf(options: SharedOptions | undefined): Territory | undefined {
  const space = optionsObject(options)?.space
  if (space === undefined) return undefined
  if (!(space instanceof Space)) throw mistyped('space', 'a Space', space)
  return space.territory
}

/** Room for a new object of `kind`. */
export function claim(kind: Kind, territory: Territory | undefined): Place {
  if (territory !== undefined) {
    const place = territory.claim(kind)
    if (place !== undefined) return place
    throw new SpaceFullError(
      `the space is full with ${territory.objects} objects. Make it larger, as in new Space({ objects: ${territory.objects * 2} }), or free() what is no longer used`,
    )
  }
  const place = Space.default.territory.claim(kind)
  if (place !== undefined) return place
  inherited = new Space()
  return claim(kind, undefined)
}

function make(options: SpaceOptions): Territory {
  const { threads = THREADS, objects = OBJECTS, memory, byteOffset = 0 } = options
  whole('threads', threads, 1, MOST_THREADS)
  whole('objects', objects, 1, MOST_OBJECTS)
  if (typeof byteOffset !== 'number' || !Number.isInteger(byteOffset / LINE) || byteOffset < 0) {
    throw misnumbered('byteOffset', `a multiple of ${LINE} bytes from 0`, byteOffset)
  }
  const bytes = wordsFor(threads, objects) * 4
  if (memory === undefined) {
    if (byteOffset !== 0)
      throw new TypeError(`byteOffset is an offset into memory, which was not given: got ${byteOffset}`)
    return found(allocate(bytes), 0, threads, objects)
  }
  if (Object.prototype.toString.call(memory) !== '[object SharedArrayBuffer]')
    throw mistyped('memory', 'a SharedArrayBuffer', memory)
  if (memory.byteLength - byteOffset < bytes) {
    throw new RangeError(
      `memory must have ${bytes} bytes from byteOffset on for ${threads} threads and ${objects} objects, got ${Math.max(0, memory.byteLength - byteOffset)}`,
    )
  }
  if (Atomics.load(new Int32Array(memory), byteOffset / 4 + SPACE.MAGIC) === MAGIC) {
    throw new RangeError(
      `memory must not hold a space at byteOffset already, got one at ${byteOffset}: join it with Space.from(handle)`,
    )
  }
  return found(memory, byteOffset, threads, objects)
}

/** New shared memory, or an error that says what a page lacks. */
export function allocate(bytes: number): SharedArrayBuffer {
  if (typeof SharedArrayBuffer !== 'undefined') return new SharedArrayBuffer(bytes)
  throw new TypeError(
    'this page has no SharedArrayBuffer, as it is not cross-origin isolated: serve it, and its workers, with the headers "Cross-Origin-Opener-Policy: same-origin" and "Cross-Origin-Embedder-Policy: require-corp"',
  )
}
