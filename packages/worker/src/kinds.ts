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
