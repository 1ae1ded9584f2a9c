/** A program in two versions: one that some order breaks, and one that none does. */
import type { Op } from '../../src/index.ts'

export interface Pair {
  /** What is wrong with the broken one. */
  readonly title: string
  readonly broken: () => Op<void>
  readonly right: () => Op<void>
  /** What the broken one fails with. */
  readonly failure: RegExp
}

export function assert(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
