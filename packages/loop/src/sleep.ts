import { milliseconds } from './argument.ts'
import { Future } from './future.ts'
import type { Op } from './op.ts'
import { runningLoop } from './running.ts'

/**
 * Waits for `ms` milliseconds of the loop's time, and answers `value`. 0 or less: until the others have had a turn, as a bare `yield`.
 *
 * Semantics: asyncio.sleep. A cancel ends it, and leaves no timer behind. Infinity: until it is cancelled.
 *
 * @throws TypeError or RangeError when `ms` is no number, at the call.
 */
export function sleep(ms: number): Op<void>
export function sleep<T>(ms: number, value: T): Op<T>
export function sleep<T>(ms: number, value?: T): Op<T | undefined> {
  milliseconds(ms)
  return sleeping(ms, value)
}

function* sleeping<T>(ms: number, value: T): Op<T> {
  if (ms <= 0) {
    yield
    return value
  }
  const loop = runningLoop('sleep()')
  const future = new Future<T>(loop)
  future.purpose = () => `sleep(${ms})`
  const timer = loop.timer(ms, () => void (future.done || future.setResult(value)), 'inner')
  try {
    return yield* future
  } finally {
    timer.cancel()
  }
}
