/**
 * The waits of this package: for time, for tasks.
 *
 * States: parked → done | failed | interrupted, once and for good.
 * Cancellation: whatever ends a wait, its timer is stopped and its listeners are gone.
 */
import { keepShape } from '@interlock/core/internal'
import { onAbort } from './abort.ts'
import { type CancelledError, isCancelledError } from './errors/cancelled-error.ts'
import { currentScope, type Scope, Suspension } from './scope.ts'

/** A wait of this package's own. */
class OwnWait extends Suspension {
  readonly #reject: (error: unknown) => void
  #stop: (() => void) | undefined
  #ended = false

  constructor(reject: (error: unknown) => void) {
    super()
    this.#reject = reject
  }

  /** `stop` stops what will end it. */
  begin(scope: Scope | undefined, stop: () => void): void {
    scope?.add(this)
    this.#stop = stop
  }

  /** False if it has ended already. */
  end(): boolean {
    if (this.#ended) return false
    this.#ended = true
    this.over()
    this.#stop?.()
    return true
  }

  interrupt(error: CancelledError): boolean {
    if (!this.end()) return false
    this.#reject(error)
    return true
  }
}

export const ignore = (): void => {}

/** The same promise, but that its rejection by a cancellation is nobody's mistake, whether or not anybody awaits it. */
export function quiet<T>(promise: Promise<T>): Promise<T> {
  const quieted = promise.catch((error: unknown) => {
    if (isCancelledError(error)) quieted.catch(ignore)
    throw error
  })
  return quieted
}

/**
 * Waits. `begin` starts what will end the wait by calling `done` or `failed`, later, and answers what stops that. A cancellation ends it
 * too, and `signal` does, by its reason.
 */
export function park<T>(
  signal: AbortSignal | undefined,
  begin: (done: (value: T) => void, failed: (error: unknown) => void) => () => void,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  const scope = currentScope()
  const error = scope?.takePending()
  if (error !== undefined) return quiet(Promise.reject(error))
  const promise = new Promise<T>((resolve, reject) => {
    const wait = new OwnWait((cancellation) => {
      promise.catch(ignore)
      reject(cancellation)
    })
    const failed = (reason: unknown): void => {
      if (wait.end()) reject(reason)
    }
    const stop = begin((value) => {
      if (wait.end()) resolve(value)
    }, failed)
    const unhear = onAbort(signal, () => failed(signal?.reason))
    wait.begin(scope, () => {
      stop()
      unhear()
    })
  })
  return promise
}

keepShape(new OwnWait(ignore))
