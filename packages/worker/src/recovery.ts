/**
 * Recovery: what is to be done about a dead thread, kind by kind. Each is idempotent, and rings nobody: when all is done, everybody is rung.
 *
 * It works on the words alone: the thread that does it may never have used an object of that kind.
 */
import { recoverBarrier } from './barrier/words.ts'
import { recoverCondition } from './condition/words.ts'
import type { Kind } from './kinds.ts'
import { cellAt, type Place } from './place.ts'
import { recoverQueue } from './queue/ring.ts'
import { recoverWord } from './word.ts'
import { KEPT, OBJECT } from './layout.ts'
import { clearBit } from './mask.ts'

export function recoverObject(kind: Kind, place: Place, dead: number): void {
  RECOVERY[kind](place, dead)
}

const RECOVERY: { readonly [K in Kind]: (place: Place, dead: number) => void } = {
  abort: leaveMask,
  event: leaveMask,
  lock: recoverLock,
  semaphore: recoverSemaphore,
  'bounded-semaphore': recoverSemaphore,
  'read-write-lock': recoverReadWriteLock,
  condition: recoverCondition,
  barrier: recoverBarrier,
  queue: recoverQueue,
}

/** It waits no more. */
function leaveMask({ view, at }: Place, dead: number): void {
  clearBit(view, at + OBJECT.MASKS, dead)
}

/** The next one to hold it is told. */
function recoverLock(place: Place, dead: number): void {
  recoverWord(place, dead, place.at + OBJECT.WORD, place.at + OBJECT.MASKS, KEPT)
}

/** Its permits come back: what a thread holds is in its own cell. */
function recoverSemaphore(place: Place, dead: number): void {
  Atomics.store(place.view, cellAt(place, dead), 0)
  recoverWord(place, dead, place.at + OBJECT.WORD, place.at + OBJECT.MASKS)
}

/** It reads no more; if it was writing, the word of the writers says that it is orphaned. */
function recoverReadWriteLock(place: Place, dead: number): void {
  clearBit(place.view, place.at + OBJECT.MASKS + place.territory.masks, dead)
  recoverWord(place, dead, place.at + OBJECT.WORD, place.at + OBJECT.MASKS)
}
