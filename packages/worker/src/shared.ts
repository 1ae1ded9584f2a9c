/** What all objects across threads have in common: a handle, a name of this thread's own, a place to give back. */
import { optionsObject, Primitive, STATE } from '@interlock/core/internal'
import { HandleError } from './errors/handle-error.ts'
import { checkHandle, type Handle } from './handle.ts'
import { type Kind, KINDS } from './kinds.ts'
import { OBJECT, VERSION } from './layout.ts'
import type { Local, Place } from './place.ts'
import { claim, type SharedOptions, type Space, territoryOf } from './space/index.ts'
import { territoryAt } from './territory.ts'

/** How far apart the generations of a place are in a handle's index: no memory has so many words. */
const GENERATION = 2 ** 30

/** For constructors alone: the place of an object that exists. */
export class Found {
  readonly place: Place
  readonly name: string | undefined
  constructor(place: Place, name: string | undefined) {
    this.place = place
    this.name = name
  }

  static of(place: Place, options: { name?: string | undefined } | undefined): Found {
    return new Found(place, optionsObject(options)?.name)
  }
}

/** core's base of everything that has a name and is printed; its declarations keep STATE to themselves. */
interface Printed {
  readonly name: string | undefined
  readonly [Symbol.toStringTag]: string
  toString(): string
  toJSON(): string
}
const Base: abstract new (options?: { name?: string }) => Printed = Primitive

/** What has a name in this thread, and is printed as it stands. */
export abstract class Printable extends Base {
  /** How it stands, in words. */
  protected abstract state(): string
}

Object.defineProperty(Printable.prototype, STATE, {
  value(this: { state(): string }): string {
    return this.state()
  },
})

export abstract class Shared extends Printable {
  /** @internal */
  abstract readonly local: Local

  constructor(options?: SharedOptions | Found) {
    const name = optionsObject(options)?.name
    super(name === undefined ? undefined : { name })
  }

  /** What carries it to other threads: plain data for postMessage, workerData and Comlink, and for `from()` there. */
  get handle(): Handle {
    const { territory, at, tag } = this.local.place
    checkPlace(this.local.place)
    return {
      interlock: VERSION,
      kind: KINDS[tag & 0xff]!,
      memory: territory.memory,
      index: at + (tag >>> 16) * GENERATION,
    }
  }

  /**
   * Gives its place in the space back. Whatever still waits on it, and every later use in any thread, gets HandleError.
   *
   * @throws HandleError when it has been freed already.
   */
  free(): void {
    const { place } = this.local
    if (!place.territory.free(place, () => this.spoil())) checkPlace(place)
  }

  /**
   * Its words, for whoever still uses them.
   * @internal
   */
  protected abstract spoil(): void
}

/** The place of the object of a handle, in this thread, which joins its space. */
export function findPlace(handle: Handle, kind: Kind): Place {
  const { memory, index } = checkHandle(handle, kind)
  const at = index % GENERATION
  const generation = Math.floor(index / GENERATION)
  if (at + OBJECT.HOME >= memory.byteLength / 4)
    throw new HandleError(`handle.index must lie in handle.memory, got ${index}`)
  const territory = territoryAt(memory, Atomics.load(new Int32Array(memory), at + OBJECT.HOME))
  const place = territory.find(kind, at, generation)
  if (place === undefined) throw new HandleError(`handle is of a ${kind} that has been freed, or never was`)
  return place
}

/** Throws unless the object is there, and this thread in its space. */
export function checkPlace({ view, at, tag, seat }: Place): void {
  if (Atomics.load(view, at + OBJECT.TAG) !== tag) throw new HandleError('the object has been freed')
  if (!seat.taken) throw new HandleError('this thread has left the space')
}

/** The place for `options`: that of the object which exists, or a new one. */
export const placeFor = (kind: Kind, options: SharedOptions | Found | undefined): Place =>
  options instanceof Found ? options.place : claim(kind, territoryOf(options))

export type { SharedOptions, Space }
