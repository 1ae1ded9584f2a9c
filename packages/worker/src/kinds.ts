/** The kinds of object that a space holds. Their order is part of the layout. */
export const KINDS = [
  undefined,
  'abort',
  'lock',
  'semaphore',
  'bounded-semaphore',
  'event',
  'condition',
  'barrier',
  'read-write-lock',
  'queue',
] as const

export type Kind = Exclude<(typeof KINDS)[number], undefined>

export const kindNumber = (kind: Kind): number => KINDS.indexOf(kind)

/** Whether the object's main word is a lock's (`word.ts`). */
export const isOwned = (kind: Kind): boolean =>
  kind === 'lock' || kind === 'semaphore' || kind === 'bounded-semaphore' || kind === 'read-write-lock'
