/** The name that somebody meant who typed another one. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: distance(typed.toLowerCase(), name) }))
    .toSorted((a, b) => a.distance - b.distance)
  if (best === undefined) return undefined
  // More than half of it wrong is no typing error, unless it is a part of the name: "limiter" for "database-limiter".
  if (best.distance <= best.name.length / 2) return best.name
  return typed.length > 2 ? names.find((name) => name.includes(typed.toLowerCase())) : undefined
}

/** How many letters must be put in, taken out or exchanged to make `b` of `a`: Levenshtein's distance, row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
