/** What is said of a wrong argument: its name, what it must be, and what was passed. Nothing here changes anything. */
import type { Op } from './op.ts'

export const shown = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : Object(value) === value
      ? {}.toString.call(value)
      : String(value) + (typeof value === 'bigint' ? 'n' : '')

export const mistyped = (name: string, range: string, value: unknown): TypeError =>
  new TypeError(`${name} must be ${range}, got ${shown(value)}`)

/** For what should have been a number in some range: a RangeError if it is a number at all. */
export const misnumbered = (name: string, range: string, value: unknown): Error =>
  new (typeof value === 'number' ? RangeError : TypeError)(`${name} must be ${range}, got ${shown(value)}`)

/** `value`, if it is a whole number from `least`. `orInfinity`: that will do, too. */
export function whole(name: string, value: number, least: number, orInfinity = false): number {
  if (Number.isSafeInteger(value) && value >= least) return value + 0 // -0 is 0
  if (orInfinity && value === Infinity) return value
  throw misnumbered(name, `a whole number from ${least}${orInfinity ? ', or Infinity' : ''}`, value)
}

/** `value`, if it is a number at all. */
export function milliseconds(value: number): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value
  throw misnumbered('ms', 'a number of milliseconds', value)
}

export function callable<T>(name: string, value: T): T {
  if (typeof value === 'function') return value
  throw mistyped(name, isOp(value) ? 'a function, such as () => work() for work()' : 'a function', value)
}

export function optionsObject<T extends object>(options: T | undefined): T | undefined {
  if (options === undefined || (typeof options === 'object' && options !== null)) return options
  throw mistyped('options', 'an object', options)
}

export function optionalString(name: string, value: string | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw mistyped(name, 'a string', value)
}

/** Known by what it can do. An async generator has the three methods, too, but is no iterable. */
export function isOp(value: unknown): value is Op<unknown> {
  if (typeof value !== 'object' || value === null) return false
  const op = value as Partial<Op<unknown>>
  return (
    typeof op.next === 'function' &&
    typeof op.throw === 'function' &&
    typeof op.return === 'function' &&
    typeof op[Symbol.iterator] === 'function'
  )
}

/** `value`, if it is what a generator function answers. */
export function operation<T>(name: string, value: Op<T>, or = ''): Op<T> {
  if (isOp(value)) return value
  const hint = typeof value === 'function' ? ', such as work() for work' : ''
  throw mistyped(name, `an Op, as a generator function answers it${hint}${or}`, value)
}
