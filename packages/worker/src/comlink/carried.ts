/** What crosses: each primitive as its handle, and the class that takes the handle on the other side. */
import { Abort } from '../abort/index.ts'
import { Barrier } from '../barrier/index.ts'
import { BoundedSemaphore } from '../bounded-semaphore/index.ts'
import { Condition } from '../condition/index.ts'
import { Event } from '../event/index.ts'
import type { Handle } from '../handle.ts'
import type { Kind } from '../kinds.ts'
import { Lock } from '../lock/index.ts'
import { Queue } from '../queue/index.ts'
import { ReadWriteLock } from '../read-write-lock/index.ts'
import { Semaphore } from '../semaphore/index.ts'
import { Space } from '../space/index.ts'

interface Carried {
  readonly handle: Handle
}

interface CarriedClass {
  new (...args: never[]): Carried
  from(handle: Handle): Carried
}

/** By the kind that a handle states. */
const CLASSES: Readonly<Record<Kind | 'space', CarriedClass>> = {
  abort: Abort,
  barrier: Barrier,
  'bounded-semaphore': BoundedSemaphore,
  condition: Condition,
  event: Event,
  lock: Lock,
  queue: Queue,
  'read-write-lock': ReadWriteLock,
  semaphore: Semaphore,
  space: Space,
}

const ALL = Object.values(CLASSES)

export const isCarried = (value: unknown): value is Carried => ALL.some((Class) => value instanceof Class)

/**
 * The object of `handle`, in this thread. If there is none, freed meanwhile perhaps, what is answered throws the reason at any use. To throw
 * it here would not do: Comlink takes arguments outside of what it catches, so the thread would die of it and the caller wait for ever.
 * This way the call is rejected with it, when the function uses the argument; and so is a result, since a promise looks for its `then`.
 */
export function receive(handle: Handle): object {
  try {
    // Of no kind that is known, any class refuses it.
    const kind = Object.hasOwn(CLASSES, handle.kind) ? (handle.kind as Kind) : 'lock'
    return CLASSES[kind].from(handle)
  } catch (error) {
    const fail = (): never => {
      throw error
    }
    return new Proxy({}, { get: fail, set: fail, has: fail, ownKeys: fail, getPrototypeOf: fail })
  }
}
