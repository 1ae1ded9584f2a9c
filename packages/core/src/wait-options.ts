/** What a wait may be told, and whether it may begin. */
import { misnumbered, mistyped, optionsObject } from './argument.ts'

/** What every wait takes. */
export interface WaitOptions {
  /** When it aborts, the wait rejects with `signal.reason`, and nothing that it was about to receive is lost. */
  signal?: AbortSignal | null | undefined
  /**
   * Milliseconds to wait, then reject with a `DOMException` named `TimeoutError`. It bounds the waiting, not the holding.
   * 0: only what can be had without waiting. undefined or Infinity: for ever.
   */
  timeout?: number | undefined
}

/** What a wait was told, read once and found good. */
export interface Terms {
  readonly signal: AbortSignal | undefined
  readonly timeout: number
}

/** Known by what it can do: a signal of another realm is of another class. */
export const isSignal = (signal: AbortSignal): boolean =>
  typeof signal.throwIfAborted === 'function' &&
  typeof signal.addEventListener === 'function' &&
  typeof signal.removeEventListener === 'function'

/** Undefined if nothing was told. Throws if `options` are no wait's; an aborted signal is in order. */
export function readTerms(options: WaitOptions | undefined): Terms | undefined {
  if (optionsObject(options) === undefined) return
  const { signal, timeout = Infinity } = options as WaitOptions
  if (typeof timeout !== 'number' || !(timeout >= 0)) {
    throw misnumbered('timeout', 'milliseconds from 0 to Infinity', timeout)
  }
  if (signal === undefined || signal === null) return { signal: undefined, timeout }
  if (isSignal(signal)) return { signal, timeout }
  throw mistyped('signal', 'an AbortSignal', signal)
}

/**
 * What a wait that may begin was told; or a rejection, if `options` are wrong, `check` throws, or the signal has aborted.
 * It comes first in every method that waits: an aborted signal is heard even where nothing would have had to wait.
 */
export function termsOf(
  options: WaitOptions | undefined,
  check?: (options: WaitOptions | undefined) => void,
): Terms | undefined | Promise<never> {
  if (options === undefined && check === undefined) return
  try {
    const terms = readTerms(options)
    check?.(options)
    terms?.signal?.throwIfAborted()
    return terms
  } catch (error) {
    return Promise.reject(error)
  }
}
