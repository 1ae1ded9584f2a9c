// Medians and quartiles. A quantile between two samples is interpolated.
import type { Measured, Spread } from './row.ts'

export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * q
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? Number.NaN
  return below + (above - below) * (place - Math.floor(place))
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5)

export const spreadOf = (samples: readonly number[]): Spread => ({
  value: median(samples),
  low: quantile(samples, 0.25),
  high: quantile(samples, 0.75),
})

/** By round, `a` over `b`, of the rounds that both took part in. */
export function ratios(a: readonly (number | null)[], b: readonly (number | null)[]): number[] {
  const result: number[] = []
  for (const [round, value] of a.entries()) {
    const other = b[round] ?? null
    if (value !== null && other !== null) result.push(value / other)
  }
  return result
}

/** How many times as long (or as much) as `ours` `theirs` takes: round against round, where three rounds are shared. */
export function times(ours: Measured, theirs: Measured): number {
  const paired = ratios(theirs.samples, ours.samples)
  return paired.length >= 3 ? median(paired) : theirs.value / ours.value
}
