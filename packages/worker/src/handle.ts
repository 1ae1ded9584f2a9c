/** Handles: what postMessage, workerData and Comlink carry in place of an object. */
import { shown } from '@interlock/core/internal'
import { HandleError } from './errors/handle-error.ts'
import { VERSION } from './layout.ts'

/** Plain data that postMessage, workerData and Comlink carry: made by `.handle`, taken by `X.from(handle)`. */
export interface Handle {
  /** The version of the memory's layout. */
  readonly interlock: number
  readonly kind: string
  readonly memory: SharedArrayBuffer
  readonly index: number
}

const isShared = (value: unknown): value is SharedArrayBuffer =>
  Object.prototype.toString.call(value) === '[object SharedArrayBuffer]'

/** `handle`, if it looks like one of `kind`. Whether its memory agrees is for the space to say. */
export function checkHandle(handle: Handle, kind: string): Handle {
  if (typeof handle !== 'object' || handle === null)
    throw new HandleError(`handle must be a ${kind}'s, got ${shown(handle)}`)
  const { interlock, kind: itsKind, memory, index } = handle
  if (!Number.isInteger(interlock))
    throw new HandleError(
      `handle must be a ${kind}'s, got an object that is no handle: its interlock is ${shown(interlock)}`,
    )
  if (interlock !== VERSION) {
    throw new HandleError(
      `handle is of version ${interlock} of the memory's layout, and this copy of @interlock/worker knows ${VERSION}: use one version in all threads`,
    )
  }
  if (itsKind !== kind)
    throw new HandleError(
      `handle must be a ${kind}'s, got a ${typeof itsKind === 'string' ? itsKind : shown(itsKind)}'s`,
    )
  if (!isShared(memory)) throw new HandleError(`handle.memory must be a SharedArrayBuffer, got ${shown(memory)}`)
  if (!Number.isSafeInteger(index) || index < 0)
    throw new HandleError(`handle.index must be a whole number, got ${shown(index)}`)
  return { interlock, kind, memory, index }
}
