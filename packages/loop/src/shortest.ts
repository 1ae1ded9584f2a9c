/** The shortest schedule for a failure that has been found: with the fewest deviations, and of those the first. */
import { type Deviations, type Schedule, Scripted, fromDeviations, toDeviations } from './schedule.ts'
import type { Steering } from './steered-loop.ts'

/** The error that a run ends with, if it does. */
export type Run = (steering: Steering) => { error: unknown } | undefined

/** Runs that may be spent on it. */
const PATIENCE = 5000

export function shortest(run: Run, found: Schedule, kind: string): Schedule {
  let patience = PATIENCE
  /** What was really done in the run with these deviations, if it fails in the same way. */
  const attempt = (deviations: Deviations): { fails: boolean; steering: Scripted } => {
    patience--
    const steering = new Scripted(deviations)
    const failure = run(steering)
    return { fails: failure !== undefined && kindOf(failure.error) === kind, steering }
  }

  /** Tries every way to deviate `left` times more, after those that are given. */
  const search = (deviations: Deviations, after: number, left: number): Deviations | undefined => {
    if (patience <= 0) return undefined
    const { fails, steering } = attempt(deviations)
    if (fails) return steering.taken
    if (left === 0) return undefined
    for (let point = after + 1; point < steering.counts.length; point++) {
      for (let option = 1; option < steering.counts[point]!; option++) {
        const hit = search(new Map([...deviations, [point, option]]), point, left - 1)
        if (hit !== undefined) return hit
      }
    }
    return undefined
  }

  /** One deviation less, if it fails still. */
  const without = (deviations: Deviations): Deviations | undefined => {
    const points = [...deviations.keys()]
    for (let point = points.pop(); point !== undefined; point = points.pop()) {
      const left = new Map(deviations)
      left.delete(point)
      if (patience <= 0) return undefined
      const { fails, steering } = attempt(left)
      if (fails && steering.taken.size < deviations.size) return steering.taken
    }
    return undefined
  }

  let best = toDeviations(found)
  for (let size = 0; size < best.size; size++) {
    const hit = search(new Map(), -1, size)
    if (hit !== undefined) return fromDeviations(hit)
  }
  // Too many are needed to try all: what can be left out of the one that was found?
  patience = PATIENCE
  let smaller: Deviations | undefined = best
  while (smaller !== undefined) {
    best = smaller
    smaller = without(best)
  }
  return fromDeviations(best)
}

/** Failures of one kind are taken as the same one. */
export const kindOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)
