/**
 * Scope: what is cancelled together. A task is one, and nested in it are the job of a timeout and the body of a group.
 *
 * A scope knows where its code is suspended now: the waits of core that it parked in, the waits of this package, the scopes nested in it. How: the innermost scope
 * travels with the code (contextvar's frame carries it over every await), and core says when a wait parks (`@interlock/core/observe`), inside the
 * call that waits. So a cancellation reaches every wait with nothing handed down.
 *
 * States: open → closed, when its code has ended. A request to cancel an open scope is delivered (every suspension of it was ended, at least
 *   one) or pending; a pending one is delivered to the next that the code comes to.
 * Delivered once: to all that the scope is suspended in at that moment. What comes later, as clean-up does, waits in peace.
 * Linearization point: of a delivery, the withdrawal of the waits from their queues. A wait that was granted before is none any more: the
 *   grant wins, and the request is pending.
 */
import { currentOwner } from '@interlock/contextvar/frame'
import { observeWaits, type Wait } from '@interlock/core/observe'
import { onAbort } from './abort.ts'
import type { CancelledError } from './errors/cancelled-error.ts'
import type { Task } from './task.ts'
import { currentTurn } from './turn.ts'

/** What is left to do when all waits have been withdrawn: to serve those behind them. */
export type Aftermath = (() => void)[]

/** Where code of a scope is suspended: a node in its scope's list. */
export abstract class Suspension {
  /** Whose; null once it has left. */
  scope: Scope | null = null
  prev: Suspension | null = null
  next: Suspension | null = null

  /** Ends it, if it can be ended, by `error`. True if the code has been, or will be, told of the cancellation. */
  abstract interrupt(error: CancelledError, aftermath: Aftermath): boolean

  leave(): void {
    this.scope?.remove(this)
  }

  /** It has got what it waited for, and leaves. */
  granted(): void {
    this.scope?.granted()
    this.leave()
  }
}

/** By which any copy of this package knows a scope of any other. */
const SCOPE: unique symbol = Symbol.for('@interlock/tasks/scope@1') as never

export class Scope extends Suspension {
  /** Whose code it is. */
  readonly task: Task<unknown> | undefined
  /** In which it is nested; none for a task's own. */
  readonly outer: Scope | undefined
  closed = false
  /** A cancellation that no suspension has been ended by as yet. */
  pending: CancelledError | undefined
  /** The latest cancellation that came in from an outer scope. */
  interruption: CancelledError | undefined
  first: Suspension | null = null
  last: Suspension | null = null
  /** While it ends its suspensions. */
  delivering = false
  #controller: AbortController | undefined
  #abortedBy: CancelledError | undefined
  /** Whether the code has been given the signal, and may hear of a cancellation by it. */
  #signalled = false
  /** The turn in which the signal told of the pending cancellation. */
  #toldIn: object | undefined
  /** The turn in which the latest wait was granted. */
  #grantedIn: object | undefined

  static {
    Object.defineProperty(this.prototype, SCOPE, { value: true })
  }

  constructor(task: Task<unknown> | undefined, outer: Scope | undefined) {
    super()
    this.task = task
    this.outer = outer
    outer?.add(this)
    if (!observed) observe()
  }

  /** For the code that `signalled` says takes it. */
  signalFor(signalled: boolean): AbortSignal {
    if (signalled) this.#signalled = true
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#abortedBy !== undefined) this.#controller.abort(this.#abortedBy)
    }
    return this.#controller.signal
  }

  /** Cancels its code: ends all that it is suspended in or, if that is nothing, what it comes to next. True if it was something. */
  request(error: CancelledError, aftermath?: Aftermath): boolean {
    const after = aftermath ?? []
    const delivered = this.#deliver(error, after)
    if (!delivered) this.pending = error
    const told = this.#abort(error)
    if (!delivered && told) this.#toldIn = currentTurn()
    if (aftermath === undefined) for (const serve of after) serve()
    return delivered
  }

  override interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    const delivered = this.#deliver(error, aftermath)
    if (delivered) this.interruption = error
    return delivered
  }

  /** Called by what the code is about to be suspended in: the cancellation, if there is one, that ends it at once. */
  takePending(): CancelledError | undefined {
    // Nearly always: a task's own scope, and nothing pending.
    if (this.outer === undefined && this.pending === undefined) return undefined
    // The outermost that was asked for, and with it all others: one is enough to end what comes.
    let within = this.#outwards()
    while (within.length > 0 && within.at(-1)?.pending === undefined) within = within.slice(0, -1)
    const from = within.at(-1)
    if (from === undefined) return undefined
    const error = from.pending
    // In the very turn in which the signal aborted nothing but the signal can have brought the code here, or else a grant.
    const told = from.#toldIn === currentTurn() && !within.some((scope) => scope.grantedNow)
    for (const scope of within) {
      scope.pending = scope.#toldIn = undefined
      if (scope !== from) scope.interruption = error
    }
    return told ? undefined : error
  }

  /** The first cancellation, if there was one: what the signal has aborted with. */
  get abortedBy(): CancelledError | undefined {
    return this.#abortedBy
  }

  /** A suspension of it is over; its code will resume. */
  override granted(): void {
    this.#grantedIn = currentTurn()
  }

  /** Whether a wait of its code was granted in this turn, so that what it got may not have reached the code as yet. */
  get grantedNow(): boolean {
    return this.#grantedIn === currentTurn()
  }

  /** Its code has ended. What it has left behind, un-awaited, is its outer scope's from now on. */
  close(): void {
    this.closed = true
    this.pending = undefined
    this.leave()
    const heir = openScope(this.outer)
    for (let suspension = this.first; suspension !== null; suspension = this.first) {
      suspension.leave()
      heir?.add(suspension)
    }
  }

  add(suspension: Suspension): void {
    suspension.scope = this
    suspension.prev = this.last
    if (this.last === null) this.first = suspension
    else this.last.next = suspension
    this.last = suspension
  }

  remove(suspension: Suspension): void {
    const { prev, next } = suspension
    if (prev === null) this.first = next
    else prev.next = next
    if (next === null) this.last = prev
    else next.prev = prev
    suspension.scope = suspension.prev = suspension.next = null
  }

  #deliver(error: CancelledError, aftermath: Aftermath): boolean {
    this.delivering = true
    let delivered = false
    for (const suspension of this.#suspensions()) {
      if (suspension.scope === this && suspension.interrupt(error, aftermath)) delivered = true
    }
    this.delivering = false
    return delivered
  }

  /** Aborts its signal and those of the scopes nested in it. True if any has been given to code. */
  #abort(error: CancelledError): boolean {
    let told = this.#signalled
    this.#abortedBy ??= error
    this.#controller?.abort(error)
    for (const suspension of this.#suspensions()) {
      if (suspension instanceof Scope && suspension.#abort(error)) told = true
    }
    return told
  }

  /** Those of now: one that ends may let others begin. */
  #suspensions(): Suspension[] {
    const suspensions: Suspension[] = []
    for (let suspension = this.first; suspension !== null; suspension = suspension.next) suspensions.push(suspension)
    return suspensions
  }

  /** It, and those that it is nested in. */
  #outwards(): Scope[] {
    return this.outer === undefined ? [this] : [this, ...this.outer.#outwards()]
  }
}

/** The innermost scope that is open, from `scope` outwards. */
function openScope(scope: Scope | undefined): Scope | undefined {
  let open = scope
  while (open?.closed === true) open = open.outer
  return open
}

/** That of the code that runs. */
export function currentScope(): Scope | undefined {
  const owner = currentOwner() as (Scope & { [SCOPE]?: true }) | undefined
  return owner?.[SCOPE] === true ? openScope(owner) : undefined
}

/** A wait of core. */
class CoreWait extends Suspension {
  readonly #wait: Wait

  constructor(wait: Wait) {
    super()
    this.#wait = wait
  }

  interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    const serve = this.#wait.withdraw(error)
    if (serve === undefined) return false
    aftermath.push(serve)
    return true
  }
}

let observed = false
const observing: unique symbol = Symbol.for('@interlock/tasks/observing@1') as never

/** From the first scope on, once for all copies of this package in a realm. */
function observe(): void {
  observed = true
  const realm = globalThis as { [observing]?: () => void }
  realm[observing] ??= observeWaits({
    parked(wait) {
      const scope = currentScope()
      if (scope === undefined) return undefined
      const error = scope.takePending()
      if (error !== undefined) {
        wait.cancel(error)
        return undefined
      }
      const suspension = new CoreWait(wait)
      scope.add(suspension)
      return suspension
    },
    woken(_, suspension) {
      if (suspension instanceof CoreWait) suspension.granted()
    },
    cancelled(_, __, suspension) {
      if (suspension instanceof CoreWait) suspension.leave()
    },
  })
}

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
    this.granted()
    this.#stop?.()
    return true
  }

  interrupt(error: CancelledError): boolean {
    this.leave()
    if (!this.end()) return false
    this.#reject(error)
    return true
  }
}

/** For a promise whose rejection by a cancellation is nobody's mistake, whether or not anybody awaits it. */
export const ignore = (): void => {}

/**
 * Waits. `begin` starts what will end the wait by calling `done` or `failed`, later, and answers what stops that. A cancellation ends it too, and
 * `signal` does, by its reason.
 */
export function park<T>(
  signal: AbortSignal | undefined,
  begin: (done: (value: T) => void, failed: (error: unknown) => void) => () => void,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason)
  const scope = currentScope()
  const error = scope?.takePending()
  if (error !== undefined) return Promise.reject(error)
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
