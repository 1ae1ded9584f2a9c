/**
 * Scope: what is cancelled together. A task is one, and nested in it are the job of a timeout and the body of a group.
 *
 * A scope knows where its code is suspended now: the waits of core that it parked in, the waits of this package, the scopes nested in it.
 * How: the innermost scope travels with the code (contextvar's frame carries it over every await), and core says when a wait parks
 * (`@interlock/core/observe`), inside the call that waits. So a cancellation reaches every wait with nothing handed down.
 *
 * Words: a suspension is a place where code waits. It is interrupted, by a cancellation, or over. A cancellation is requested of a scope, and
 *   delivered to its suspensions, or pending until there is one; an interruption is one that came in from an outer scope. The aftermath is
 *   what is done when all waits have been withdrawn: those behind them are served.
 *
 * States: open → closed, when its code has ended. A request to cancel an open scope is delivered (every suspension of it was ended, at
 *   least one) or pending; a pending one is delivered to the next that the code comes to.
 * Delivered once: to all that the scope is suspended in at that moment. What comes later, as clean-up does, waits in peace.
 * Linearization point: of a delivery, the withdrawal of the waits from their queues. A wait that was granted before is none any more: the
 *   grant wins, and the request is pending.
 */
import { currentContext, currentOwner, runFor } from '@interlock/contextvar/frame'
import { keepShape } from '@interlock/core/internal'
import type { CancelledError } from './errors/cancelled-error.ts'
import { isHeard } from './signal.ts'
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

  /**
   * For an awaited task, whose scope it is that the cancellation is passed on to, or if that is out of the question, whether the task has
   * been told.
   */
  passOn(_error: CancelledError): Scope | boolean | undefined {
    return undefined
  }

  /** For an awaited task: it was told, or not. */
  passedOn(_error: CancelledError, told: boolean): boolean {
    return told
  }

  /** From where something may be on its way to the code through it: scopes, or true for a value that is. */
  beyond(): readonly (Scope | true)[] {
    return []
  }

  /** Aborts the signals of what is nested in it. True if anybody listens to one. */
  abort(_error: CancelledError): boolean {
    return false
  }

  /** The cancellation has ended others, but not this one. */
  miss(_error: CancelledError): void {}

  /** Withdraws what has come in from outside. */
  withdrawPending(): void {}

  leave(): void {
    this.scope?.remove(this)
  }

  /** It is over, granted or interrupted: the code resumes. */
  over(): void {
    this.scope?.resumes()
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
  /** The turn in which the signal told of the pending cancellation. */
  signalledIn: object | undefined
  /** The turn in which its latest suspension was over. */
  #resumedIn: object | undefined

  static {
    Object.defineProperty(this.prototype, SCOPE, { value: true })
  }

  constructor(task: Task<unknown> | undefined, outer: Scope | undefined) {
    super()
    this.task = task
    this.outer = outer
    outer?.add(this)
  }

  /** Aborts with the first cancellation. Made for whoever asks. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#abortedBy !== undefined) this.#controller.abort(this.#abortedBy)
    }
    return this.#controller.signal
  }

  /** Cancels its code: ends all that it is suspended in or, if that is nothing, what it comes to next. True if it was something. */
  request(error: CancelledError, aftermath?: Aftermath): boolean {
    const after = aftermath ?? []
    // Tasks that wait for one another may be a long chain: down it and up again, without the stack.
    const scopes: Scope[] = [this]
    const joins: Suspension[] = []
    let delivered: boolean | undefined
    while (delivered === undefined) {
      const scope = scopes.at(-1) as Scope
      scope.delivering = true
      const only = scope.first === scope.last ? scope.first : null
      const passed = only?.passOn(error)
      if (only === null || passed === undefined) delivered = scope.deliver(error, after)
      else if (typeof passed === 'boolean') delivered = only.passedOn(error, passed)
      else {
        joins.push(only)
        scopes.push(passed)
      }
    }
    for (let scope = scopes.pop(); scope !== undefined; scope = scopes.pop()) {
      scope.requested(error, delivered)
      delivered = joins.pop()?.passedOn(error, delivered) ?? delivered
    }
    if (aftermath === undefined) for (const serve of after) serve()
    return delivered
  }

  /** The rest of a request: it was delivered to its suspensions, or is pending; and its signal aborts. */
  requested(error: CancelledError, delivered: boolean): void {
    this.delivering = false
    if (!delivered) this.pending = error
    const told = this.abort(error)
    // Code that cancels itself is running, and needs nobody to wake it.
    if (!delivered && told && !this.isCurrent) this.signalledIn = currentTurn()
  }

  /** Whether it is its code that runs. */
  get isCurrent(): boolean {
    let scope = currentScope()
    while (scope !== undefined && scope !== this) scope = scope.outer
    return scope === this
  }

  /** Runs `fn` as its code, in the caller's Context. Awaited in here, as a task that `fn` answers is waited for by that code. */
  async run<A, R>(fn: (arg: A) => R | PromiseLike<R>, arg: A): Promise<R> {
    this.resumes()
    return await runFor(this, currentContext(), awaited<A, R>, fn, arg)
  }

  override interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    const delivered = this.deliver(error, aftermath)
    if (delivered) this.interruption = error
    return delivered
  }

  override miss(error: CancelledError): void {
    this.pending = error
  }

  /** Called by what the code is about to be suspended in: the cancellation, if there is one, that ends it at once. */
  takePending(): CancelledError | undefined {
    const from = this.pendingFrom()
    if (from === undefined) return undefined
    // In the very turn in which the signal told of it nothing but the signal can have brought the code here, or else another suspension's
    // end.
    const told = from.signalledIn === currentTurn() && !this.within(from).some((scope) => scope.resuming)
    const error = from.pending as CancelledError
    this.delivered(from, error)
    return told ? undefined : error
  }

  /** The code has been told of `error` in another way. */
  acknowledge(error: unknown): void {
    const from = this.pendingFrom()
    if (from?.pending === error) this.delivered(from as Scope, error as CancelledError)
  }

  /** A cancellation from an outer scope that is in force: what came in, and was not withdrawn, or is about to. */
  get outerCancellation(): CancelledError | undefined {
    return this.outer === undefined ? undefined : (this.outer.pendingFrom()?.pending ?? this.interruption)
  }

  /** Makes what came in from an outer scope pending there again: this scope's code has ended, and by something else. */
  pendAgain(): void {
    const error = this.interruption
    if (error === undefined) return
    let from = this.outer
    while (from?.outer !== undefined && from.interruption === error) from = from.outer
    if (from !== undefined) from.pending = error
  }

  /** Withdraws what is pending, and what came in with it. */
  override withdrawPending(): void {
    this.pending = this.interruption = undefined
    for (const suspension of this.suspensions()) suspension.withdrawPending()
  }

  /** The first cancellation, if there was one: what the signal has aborted with. */
  get abortedBy(): CancelledError | undefined {
    return this.#abortedBy
  }

  /** A suspension of it is over. */
  resumes(): void {
    this.#resumedIn = currentTurn()
  }

  /** Whether a suspension of it was over in this turn, so that what it got may not have reached the code as yet. */
  get resuming(): boolean {
    return this.#resumedIn === currentTurn()
  }

  override beyond(): readonly (Scope | true)[] {
    return [this]
  }

  /** Whether what came in this turn, a grant or an error, is on its way to its code: to cancel that would be to lose it. */
  get arriving(): boolean {
    const scopes = new Set<Scope>([this])
    // A set is walked to its end, what is added meanwhile included.
    for (const scope of scopes) {
      if (scope.resuming) return true
      for (const suspension of scope.suspensions()) {
        for (const from of suspension.beyond()) {
          if (from === true) return true
          scopes.add(from)
        }
      }
    }
    return false
  }

  /** Its code has ended. What it has left behind, un-awaited, is its outer scope's from now on. */
  close(): void {
    this.closed = true
    this.pending = undefined
    this.leave()
    // What its code has got last is its outer scope's.
    if (this.outer !== undefined && this.resuming) this.outer.resumes()
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

  deliver(error: CancelledError, aftermath: Aftermath): boolean {
    const before = this.delivering
    this.delivering = true
    let delivered = false
    const missed: Suspension[] = []
    for (const suspension of this.suspensions()) {
      if (suspension.scope !== this) continue
      if (suspension.interrupt(error, aftermath)) delivered = true
      else missed.push(suspension)
    }
    // Delivered is delivered: a nested scope that was not reached beside one that was has to keep it for itself.
    if (delivered) for (const suspension of missed) suspension.miss(error)
    this.delivering = before
    return delivered
  }

  /** Aborts its signal and those of the scopes nested in it. True if anybody listens to one. */
  override abort(error: CancelledError): boolean {
    let told = this.#controller !== undefined && isHeard(this.#controller.signal)
    this.#abortedBy ??= error
    this.#controller?.abort(error)
    for (const suspension of this.suspensions()) {
      if (suspension.abort(error)) told = true
    }
    return told
  }

  /** Those of now: one that ends may let others begin. */
  suspensions(): Suspension[] {
    const suspensions: Suspension[] = []
    for (let suspension = this.first; suspension !== null; suspension = suspension.next) suspensions.push(suspension)
    return suspensions
  }

  /** The outermost scope, of this one and those that it is nested in, that has a cancellation pending: it overrules all others. */
  pendingFrom(): Scope | undefined {
    const outer = this.outer === undefined ? undefined : this.outer.pendingFrom()
    return outer ?? (this.pending === undefined ? undefined : this)
  }

  within(outermost: Scope): Scope[] {
    return this === outermost ? [this] : [this, ...(this.outer as Scope).within(outermost)]
  }

  /** `error`, pending in `from`, has reached the code of this one. One cancellation is enough: what else was pending below is over. */
  delivered(from: Scope, error: CancelledError): void {
    for (const scope of this.within(from)) {
      scope.pending = scope.signalledIn = undefined
      if (scope !== from) scope.interruption = error
    }
  }
}

const awaited = async <A, R>(fn: (arg: A) => R | PromiseLike<R>, arg: A): Promise<R> => await fn(arg)

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

keepShape(new Scope(undefined, undefined))
