/** The memory of a queue that was given none: a space for it alone. */
import { OBJECT, SPACE, wordsFor } from '../layout.ts'
import { allocate } from '../space/index.ts'
import { forget, found, joinedTerritories, type Territory } from '../territory.ts'

const THREADS = 32

/** A space for one object that has a block of `words` words. */
export function foundFor(words: number): Territory {
  const territory = found(allocate((wordsFor(THREADS, 1) + words) * 4), 0, THREADS, 1)
  Atomics.store(territory.view, territory.base + SPACE.SINGLE, 1)
  return territory
}

/** Its queue has been freed: if it was made for that alone, this thread forgets it. */
export function dissolve(territory: Territory): void {
  if (Atomics.load(territory.view, territory.base + SPACE.SINGLE) === 0) return
  territory.leave()
  forget(territory)
}

/** Look when so many queues have come: as many as were left the last time, so that each costs the same. */
let patience = 16

/** A queue has come to be known here. If it has memory of its own, then now and then those that other threads have freed are let go, whose memory this thread would keep. */
export function letGoOfFreed({ view, base }: Territory): void {
  // Written once, before anybody else knew of it.
  if (view[base + SPACE.SINGLE] === 0 || --patience > 0) return
  for (const territory of joinedTerritories()) {
    const tag = Atomics.load(territory.view, territory.firstObject + OBJECT.TAG)
    if ((tag & 0xffff) === 0 && tag >>> 16 > 0) dissolve(territory)
  }
  patience = Math.max(16, joinedTerritories().length)
}
