/** What a blocking wait may be told. */
import { misnumbered, mistyped, optionsObject } from '@interlock/core/internal'
import type { Abort } from './abort/index.ts'

export interface SyncWaitOptions {
  /**
   * Milliseconds to wait, then throw a `DOMException` named `TimeoutError`. It bounds the waiting, not the holding.
   * 0: only what can be had without waiting. undefined or Infinity: for ever.
   */
  timeout?: number | undefined
  /** A blocked thread hears no AbortSignal; this it hears, from any thread: a DOMException named AbortError. */
  abort?: Abort | undefined
}

/** Read once, and found good. */
export interface SyncTerms {
  readonly timeout: number
  readonly abort: Abort | undefined
}

const UNBOUNDED: SyncTerms = { timeout: Infinity, abort: undefined }

/** Known by its class in this thread; a signal is not one. */
let isAbort: (value: unknown) => value is Abort

/** Called by Abort itself, which could not be imported here without a cycle. */
export function knowAborts(test: typeof isAbort): void {
  isAbort = test
}

export function readSyncTerms(options: SyncWaitOptions | undefined): SyncTerms {
  if (optionsObject(options) === undefined) return UNBOUNDED
  const { timeout = Infinity, abort, signal } = options as SyncWaitOptions & { signal?: unknown }
  if (signal !== undefined && signal !== null) {
    throw new TypeError(
      'signal must not be given to a method that blocks, for a blocked thread hears none: pass { abort: new Abort() }',
    )
  }
  if (typeof timeout !== 'number' || !(timeout >= 0)) {
    throw misnumbered('timeout', 'milliseconds from 0 to Infinity', timeout)
  }
  if (abort !== undefined && !isAbort?.(abort)) throw mistyped('abort', 'an Abort', abort)
  abort?.throwIfAborted()
  return { timeout, abort }
}

export const timedOut = (what: unknown, operation: string, timeout: number): DOMException =>
  new DOMException(`${String(what)}: ${operation} timed out after ${timeout} ms`, 'TimeoutError')
