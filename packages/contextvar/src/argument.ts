/** What is said of a wrong argument: its name, what it must be, and what was passed. Nothing here changes anything. */

export const shown = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : Object(value) === value
      ? {}.toString.call(value)
      : String(value) + (typeof value === 'bigint' ? 'n' : '')

export const mistyped = (name: string, range: string, value: unknown): TypeError =>
  new TypeError(`${name} must be ${range}, got ${shown(value)}`)

export function callable<T>(name: string, value: T): T {
  if (typeof value === 'function') return value
  const runs = typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
  throw mistyped(name, runs ? 'a function, such as () => work() for work()' : 'a function', value)
}
