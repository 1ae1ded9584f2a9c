/**
 * timeout: a job with a time limit.
 *
 * States: running → (expired: its scope is cancelled, and it cleans up) → ended.
 * Cancellation: what comes from outside, a cancelled task or the signal, wins over the expiry, and is never turned into a TimeoutError.
 * Linearization point: of the expiry, the timer.
 */
import { callable, misnumbered, readTerms } from '@interlock/core/internal'
import { onAbort } from './abort.ts'
import { type CancelledError, cancellationIn, cancelledError } from './errors/cancelled-error.ts'
import { observeCore } from './core-waits.ts'
import { quiet } from './park.ts'
import { currentScope, Scope } from './scope.ts'
import type { Job } from './task.ts'
import { after } from './timer.ts'
import { currentTurn } from './turn.ts'

/** What timeout() and taskGroup() may be told. */
export interface SignalOptions {
  /** When it aborts, what runs is cancelled, and once that has ended the call rejects with `signal.reason`. */
  signal?: AbortSignal | null | undefined
}

/**
 * Runs `job` for at most `ms` milliseconds: then cancels it wherever it waits, waits for its clean-up, and rejects with a DOMException
 * named TimeoutError.
 *
 * The job runs in the caller's own task and Context. It is cancelled as a task is: at the wait of these packages that it is in or comes to
 * next, and by the `signal` that it is given. A job that heeds neither is waited for until it ends. For one wait alone, its own `timeout`
 * option is plainer.
 *
 * Semantics: asyncio.wait_for, and asyncio.timeout nested or alone.
 *
 * @param ms Milliseconds. 0: the job is not even started. Infinity: no limit.
 * @param options `signal`: when it aborts, the job is cancelled, and the call rejects with the signal's reason once it has ended.
 * @throws TimeoutError, its `cause` the error of a clean-up that failed; what the job throws in time; the signal's reason; the
 *   CancelledError of an outer cancel; RangeError or TypeError for wrong arguments. All as rejections.
 *
 * @example
 * ```ts
 * import { Queue } from '@interlock/core'
 * import { timeout } from '@interlock/tasks'
 *
 * const jobs = new Queue<string>()
 * await timeout(5, () => jobs.get()).catch((error) => error.name) // => 'TimeoutError'
 * jobs.putNowait('paint')
 * await timeout(5, () => jobs.get()) // => 'paint'
 * ```
 */
export function timeout<T>(ms: number, job: Job<T>, options?: SignalOptions): Promise<T> {
  return quiet(limited(ms, job, options))
}

async function limited<T>(ms: number, job: Job<T>, options: SignalOptions | undefined): Promise<T> {
  if (typeof ms !== 'number' || !(ms >= 0)) throw misnumbered('ms', 'milliseconds from 0 to Infinity', ms)
  callable('job', job)
  const signal = readTerms(options)?.signal
  signal?.throwIfAborted()
  if (ms === 0) throw currentScope()?.takePending() ?? timedOut(ms)

  const limit = new Limit(currentScope(), ms, signal)
  let value: T
  try {
    value = await limit.scope.run(job, limit.scope.signal)
  } catch (error) {
    limit.end()
    throw limit.failed(error)
  }
  limit.end()
  return limit.passed(value)
}

function timedOut(ms: number, cause?: unknown): DOMException {
  const error = new DOMException(`timed out after ${ms} ms`, 'TimeoutError')
  // The constructor of Node 20 knows of no cause.
  if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true })
  return error
}

/** The time limit of one job, and what ended it. */
class Limit {
  readonly scope: Scope
  readonly #ms: number
  readonly #signal: AbortSignal | undefined
  readonly #stopTimer: () => void
  readonly #unhear: () => void
  #expiry: CancelledError | undefined
  #aborted: CancelledError | undefined
  /** The turn in which it expired while the job had just been granted what it waited for. */
  #grantedIn: object | undefined

  constructor(outer: Scope | undefined, ms: number, signal: AbortSignal | undefined) {
    observeCore()
    this.#ms = ms
    this.#signal = signal
    this.scope = new Scope(outer?.task, outer)
    this.#stopTimer = after(ms, () => this.#expire())
    this.#unhear = onAbort(signal, () => this.#abort())
  }

  #expire(): void {
    this.#expiry = cancelledError(`the job of timeout(${this.#ms})`, undefined)
    const { arriving } = this.scope
    if (!this.scope.request(this.#expiry) && arriving) this.#grantedIn = currentTurn()
  }

  #abort(): void {
    this.#aborted = cancelledError('the job of timeout()', this.#signal?.reason)
    this.scope.request(this.#aborted)
  }

  /** The job has ended with `value`. */
  passed<T>(value: T): T {
    // Had it expired between a grant and the job's hearing of it, the grant wins, or what was granted would be lost.
    if (this.#expiry === undefined || (this.#grantedIn !== undefined && this.#grantedIn === currentTurn())) return value
    throw timedOut(this.#ms)
  }

  /** What `error`, with which the job has ended, means to the caller. */
  failed(error: unknown): unknown {
    const { scope } = this
    const { outerCancellation } = scope
    const cancellation = cancellationIn(error, scope.abortedBy)
    if (cancellation === undefined) {
      return this.#expiry === undefined || outerCancellation !== undefined ? error : timedOut(this.#ms, error)
    }
    if (outerCancellation !== undefined) {
      scope.acknowledge(outerCancellation)
      return outerCancellation
    }
    const own = cancellation === this.#aborted || cancellation === this.#expiry
    if (own && this.#aborted !== undefined) return this.#signal?.reason
    return this.#expiry === undefined ? error : timedOut(this.#ms)
  }

  end(): void {
    this.#stopTimer()
    this.#unhear()
    this.scope.close()
  }
}
