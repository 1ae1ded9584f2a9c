/** The memory of a queue that was given none: a space for it alone. */
import { SPACE, wordsFor } from '../layout.ts'
import { allocate } from '../space/index.ts'
import { forget, found, type Territory } from '../territory.ts'

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
