/** Parts that threads play in the scenarios of every kind, and what holds of every kind when all have left. */
import { HEADER, OBJECT, OWNER, SEAT_WORDS } from '../../../src/layout.ts'
import type { Ghost, Machine, Program } from '../machine.ts'

/** Where word `offset` of object `number` lies. */
export function wordOf({ scenario, stride }: Machine, offset: number, number = 0): number {
  return HEADER + (scenario.seats ?? scenario.threads.length) * SEAT_WORDS + number * stride + offset
}

/** Rethrows `error` unless it is of that name. */
export function only(name: string, error: unknown): void {
  if ((error as Error).name !== name) throw error
}

/** Recovers what `victims` held, in their order. The space's handle is the last of all. */
export const burying =
  (...victims: number[]): Program =>
  (thread) => {
    const space = thread.shipped.Space.from(thread.handles.at(-1)!)
    return () => {
      for (const victim of victims) {
        thread.awaitDeath(victim)
        space.territory.bury(victim)
      }
    }
  }

/** The word of object `number`, which nobody may be at any more: neither owning it, nor to have it, nor in the mask. */
export function expectNobodyAt(ghost: Ghost, machine: Machine, number = 0): number {
  const word = machine.view[wordOf(machine, OBJECT.WORD, number)]!
  const mask = machine.view[wordOf(machine, OBJECT.MASKS, number)]!
  if ((word & OWNER) !== 0)
    ghost.fail(`all have left, and seat ${(word & OWNER) - 1} is at the word still: 0x${word.toString(16)}`)
  if (mask !== 0) ghost.fail(`nobody waits any more, and in the mask is ${mask.toString(2)}`)
  return word
}
