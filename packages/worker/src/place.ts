/** Where an object lies, and what this thread knows of it. */
import { MASKS_PER_OBJECT, OBJECT } from './layout.ts'
import type { Seat } from './seat.ts'
import type { Territory } from './territory.ts'

export interface Place {
  readonly territory: Territory
  readonly seat: Seat
  readonly view: Int32Array
  /** Its first word. */
  readonly at: number
  /** What its tag reads for as long as it has not been freed. */
  readonly tag: number
}

/** What there is of an object in this thread, however many JavaScript objects stand for it. */
export interface Local {
  readonly place: Place
  /** The object is gone, or this thread has left the space: whoever waits here is to be told. */
  lost(): void
}

/** Where the cell of seat `id` lies. */
export const cellAt = ({ at, territory }: Place, id: number): number =>
  at + OBJECT.MASKS + MASKS_PER_OBJECT * territory.masks + id
