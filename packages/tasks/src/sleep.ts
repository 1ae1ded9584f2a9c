/**
 * sleep: a wait for nothing but time.
 *
 * Cancellation: ends it, and stops its timer.
 */
import { isSignal, misnumbered, readTerms } from '@interlock/core/internal'
import { park } from './park.ts'
import { after } from './timer.ts'

/** What sleep() may be told. */
export interface SleepOptions {
  /** When it aborts, the sleep rejects with `signal.reason`. */
  signal?: AbortSignal
}

/**
 * Resolves, with `value`, after `ms` milliseconds. A task that is cancelled while it sleeps wakes at once, with the cancellation.
 *
 * Not for waiting until something has happened: for that there are Event, Condition and Queue. `sleep(0)`, and less than 0, lets all else
 * that is ready run, I/O included, and goes on: for long work between awaits.
 *
 * Semantics: asyncio.sleep. Of two sleeps that end within a millisecond of each other either may end first, as with all timers of the host.
 *
 * @param ms Milliseconds. Infinity: until cancelled.
 * @param value A second argument that is an object with no key but `signal`, holding an AbortSignal, is the options.
 * @throws RangeError for NaN, TypeError for what is no number; the signal's reason; CancelledError. All as rejections.
 *
 * @example
 * ```ts
 * import { sleep } from '@interlock/tasks'
 *
 * await sleep(1) // => undefined
 * await sleep(1, 'ready') // => 'ready'
 * await sleep(60_000, { signal: AbortSignal.abort('enough') }).catch((reason) => reason) // => 'enough'
 * ```
 */
export function sleep(ms: number, options?: SleepOptions): Promise<void>
export function sleep<T>(ms: number, value: T, options?: SleepOptions): Promise<T>
export function sleep(ms: number, ...rest: [value?: unknown, options?: SleepOptions]): Promise<unknown> {
  const [value, options] = rest.length === 1 && isOptions(rest[0]) ? [undefined, rest[0]] : rest
  let signal: AbortSignal | undefined
  try {
    if (typeof ms !== 'number' || Number.isNaN(ms)) throw misnumbered('ms', 'a number of milliseconds', ms)
    signal = readTerms(options)?.signal
  } catch (error) {
    return Promise.reject(error)
  }
  return park(signal, (done) => after(ms, () => done(value)))
}

function isOptions(value: unknown): value is { signal: AbortSignal } {
  if (typeof value !== 'object' || value === null) return false
  const { signal } = value as { signal?: AbortSignal }
  return Reflect.ownKeys(value).length === 1 && typeof signal === 'object' && signal !== null && isSignal(signal)
}
