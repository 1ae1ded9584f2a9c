/**
 * What is said of a wrong argument: its name, the range it must be in, and what was passed.
 * A value of the wrong type is a TypeError, a number out of range a RangeError. Nothing here changes anything.
 */

export const shown = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : Object(value) === value
      ? {}.toString.call(value)
      : String(value) + (typeof value === 'bigint' ? 'n' : '')

const complaint = (name: string, range: string, value: unknown): string =>
  `${name} must be ${range}, got ${shown(value)}`

export const mistyped = (name: string, range: string, value: unknown): TypeError =>
  new TypeError(complaint(name, range, value))

/** For what should have been a number in some range: a RangeError if it is a number at all. */
export const misnumbered = (name: string, range: string, value: unknown): Error =>
  new (typeof value === 'number' ? RangeError : TypeError)(complaint(name, range, value))

/** `value`, if it is a whole number from `least` to `most`. */
export function whole(name: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value + 0 // -0 is 0
  throw misnumbered(name, `a whole number from ${least} to ${most}`, value)
}

/** `options`, if it is an object or was not given. */
export function optionsObject<T extends object>(options: T | undefined): T | undefined {
  if (options === undefined) return undefined
  // A signal is an object, too, and would never be heard.
  const isSignal = Object(options) === options && 'throwIfAborted' in options
  if (typeof options === 'object' && options !== null && !isSignal) return options
  throw mistyped('options', isSignal ? 'an object, as in { signal }' : 'an object', options)
}

/** `value`, if it is a function. */
export function callable<T>(name: string, value: T): T {
  if (typeof value === 'function') return value
  const runs = typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
  throw mistyped(name, runs ? 'a function, such as () => work() for work()' : 'a function', value)
}
