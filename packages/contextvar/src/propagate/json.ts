/**
 * What has a JSON form: what comes back from it as it went in, -0 excepted, which comes back as 0. JSON.stringify() itself drops or changes
 * all else without a word.
 */
import { shown } from '../argument.ts'
import { isPlain } from './plain.ts'

/** Why `value` has none; undefined if it has one. */
export function lostInJson(value: unknown, within: readonly object[] = []): string | undefined {
  if (typeof value === 'object' && value !== null) return lostInObject(value, within)
  const kept = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  return kept ? undefined : shown(value)
}

function lostInObject(value: object, within: readonly object[]): string | undefined {
  if (within.includes(value)) return 'an object that contains itself'
  if (!Array.isArray(value) && !isPlain(value)) return `an instance of a class, ${shown(value)}`
  if (Object.getOwnPropertySymbols(value).length > 0) return 'an object with a symbol for a key'
  // To an array's iterator its holes are undefined.
  for (const part of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    const lost = lostInJson(part, [...within, value])
    if (lost !== undefined) return lost
  }
  return undefined
}
