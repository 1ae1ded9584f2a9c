/**
 * The one wait queue under every primitive: those who wait, in the order in which they came.
 *
 * States of a waiter: parked (in its queue) → granted | cancelled, once and for good.
 * Fairness: first come, first served. A grant goes to the head; whoever is cancelled leaves from anywhere in O(1).
 * Cancellation: a signal, a time-out or an observer takes the waiter out of its queue and rejects its promise in one synchronous
 *   step, so a cancelled waiter is in no queue: it can neither swallow a grant nor strand those behind it.
 * Linearization point: of a grant, shift() with the primitive's change of state beside it; of a cancellation, withdraw().
 *   Whichever comes first wins, and the other finds nothing to do.
 *
 * A wait that nothing can end but its grant is a bare node; only one that can be cancelled pays for it. All waiters of one
 * signal share one listener: with a listener each, Node walks the whole list to remove one, which is quadratic.
 */
import type { Primitive } from './primitive.ts'
import { keepShape } from './shape.ts'
import type { Terms } from './wait-options.ts'
import { type Sighting, watch } from './watch.ts'

/** For what is had at once and is worth nothing. */
export const DONE: Promise<void> = /* @__PURE__ */ Promise.resolve()

/** The longest that setTimeout can wait; a longer time would be over at once. */
const LONGEST_TIMER = 2 ** 31 - 1

let resolveLatest: unknown
let rejectLatest: unknown
/** One executor for all waiters: a closure for each would cost more than the promise. */
const keepResolvers = (resolve: unknown, reject: unknown): void => {
  resolveLatest = resolve
  rejectLatest = reject
}

/** A place in a queue, and the promise that is settled when it is served. */
export class Waiter<T, Ask> {
  prev: Waiter<T, Ask> | null = null
  next: Waiter<T, Ask> | null = null
  /** What it asks for. */
  readonly ask: Ask
  readonly promise: Promise<T> = new Promise(keepResolvers)
  protected readonly resolve: (value: T) => void = resolveLatest as (value: T) => void
  // Declared, not defined: a bare waiter has none, and pays for none.
  declare readonly signal: AbortSignal | undefined

  constructor(ask: Ask) {
    this.ask = ask
  }

  /** Gives it what it waited for. The caller has taken it out of its queue. */
  grant(value: T): void {
    this.resolve(value)
  }
}

/** A waiter with a signal, a time-out or a listener, or one that its primitive may turn away. */
export class CancellableWaiter<T, Ask> extends Waiter<T, Ask> {
  readonly queue: WaitQueue<T, Ask>
  declare readonly signal: AbortSignal | undefined
  protected readonly reject: (reason: unknown) => void = rejectLatest as (reason: unknown) => void
  /** Its neighbours among those who wait with the same signal. */
  signalPrev: AnyWaiter | null = null
  signalNext: AnyWaiter | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #sighting: Sighting | undefined

  constructor(queue: WaitQueue<T, Ask>, ask: Ask, terms: Terms | undefined) {
    super(ask)
    this.queue = queue
    this.signal = terms?.signal
  }

  /** Once it is in its queue: from now on it can be cancelled. */
  arm(timeout: number, left: number): void {
    if (left < Infinity) this.#startTimer(timeout, left)
    // Kept first: an observer may cancel the wait as soon as it hears of it.
    this.#sighting = watch.listener?.sight(this)
    this.#sighting?.parked()
  }

  override grant(value: T): void {
    this.disarm()
    this.resolve(value)
    this.#sighting?.woken()
  }

  /** Turns it away. The caller has taken it out of its queue. */
  refuse(reason: unknown): void {
    this.disarm()
    this.reject(reason)
    this.#sighting?.cancelled(reason)
  }

  /** Ends the wait from outside; false if it has ended. */
  cancel(reason: unknown): boolean {
    const cancelled = this.withdraw(reason)
    if (cancelled) this.queue.left?.()
    return cancelled
  }

  /**
   * The first half of cancel(): out of the queue, and rejected. The second, queue.left(), lets the primitive serve those behind. An
   * aborting signal withdraws all its waiters before that, or one that is about to be cancelled would be served.
   */
  withdraw(reason: unknown): boolean {
    if (!this.queue.holds(this)) return false
    this.queue.remove(this)
    this.refuse(reason)
    return true
  }

  /** Leaves no timer and no listener behind. */
  protected disarm(): void {
    clearTimeout(this.#timer)
    if (this.signal) leaveSignal(this.signal, this as AnyWaiter)
  }

  #startTimer(timeout: number, left: number): void {
    const ring = (): void => {
      if (left > LONGEST_TIMER) this.#startTimer(timeout, left - LONGEST_TIMER)
      else this.cancel(timedOut(this.queue, timeout))
    }
    // Rounded up: a timer cuts a fraction off, and would ring too early.
    this.#timer = setTimeout(ring, Math.min(Math.ceil(left), LONGEST_TIMER))
  }
}

const timedOut = (
  { primitive, operation }: Pick<WaitQueue, 'primitive' | 'operation'>,
  timeout: number,
): DOMException => new DOMException(`${primitive}: ${operation} timed out after ${timeout} ms`, 'TimeoutError')

type AnyWaiter = CancellableWaiter<unknown, unknown>

/** Who waits with one signal, whatever for, in the order in which they came; and the one listener of that signal. */
class SignalWaiters {
  readonly #signal: AbortSignal
  first: AnyWaiter | null = null
  last: AnyWaiter | null = null

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  handleEvent(): void {
    hearAbort(this.#signal)
  }
}

const waitersOf = /* @__PURE__ */ new WeakMap<AbortSignal, SignalWaiters>()

function joinSignal(signal: AbortSignal, waiter: AnyWaiter): void {
  let waiters = waitersOf.get(signal)
  if (waiters === undefined) {
    waiters = new SignalWaiters(signal)
    signal.addEventListener('abort', waiters)
    waitersOf.set(signal, waiters)
  }
  const { last } = waiters
  waiter.signalPrev = last
  if (last === null) waiters.first = waiter
  else last.signalNext = waiter
  waiters.last = waiter
}

function leaveSignal(signal: AbortSignal, waiter: AnyWaiter): void {
  // All are leaving, and the listener with them: hearAbort() clears up once.
  if (signal.aborted) return
  const waiters = waitersOf.get(signal)
  const { signalPrev, signalNext } = waiter
  // It may have left before: a Condition's waiter does so when it is interrupted.
  if (waiters === undefined || (signalPrev === null && waiters.first !== waiter)) return
  if (signalPrev === null) waiters.first = signalNext
  else signalPrev.signalNext = signalNext
  if (signalNext === null) waiters.last = signalPrev
  else signalNext.signalPrev = signalPrev
  waiter.signalPrev = waiter.signalNext = null
  if (waiters.first === null) forget(signal, waiters)
}

function forget(signal: AbortSignal, waiters: SignalWaiters): void {
  waitersOf.delete(signal)
  signal.removeEventListener('abort', waiters)
}

/** If `signal` has aborted: cancels those who wait with it, whether or not our listener has been called yet. */
export function hearAbort(signal: AbortSignal | undefined): boolean {
  if (!signal?.aborted) return false
  const waiters = waitersOf.get(signal)
  if (waiters === undefined) return false
  for (let waiter = waiters.first; waiter !== null; waiter = waiter.signalNext) waiter.withdraw(signal.reason)
  for (let waiter = waiters.first; waiter !== null;) {
    const next: AnyWaiter | null = waiter.signalNext
    // Whoever keeps one, as an observer may, is not to keep all.
    waiter.signalPrev = waiter.signalNext = null
    waiter.queue.left?.()
    waiter = next
  }
  forget(signal, waiters)
  return true
}

/** First come, first served: a doubly linked list through the waiters themselves. */
export class WaitQueue<T = void, Ask = undefined> {
  readonly primitive: Primitive
  readonly operation: 'acquire' | 'wait' | 'get' | 'put' | 'join'
  /** Called when a waiter was cancelled, for a primitive in which that may make room for those behind. */
  readonly left: (() => void) | undefined
  size = 0
  head: Waiter<T, Ask> | null = null
  tail: Waiter<T, Ask> | null = null

  constructor(primitive: Primitive, operation: WaitQueue['operation'], left?: () => void) {
    this.primitive = primitive
    this.operation = operation
    this.left = left
  }

  /** A promise for what shift().grant() will give. With timeout 0 there is no waiting: it rejects at once. */
  park(terms: Terms | undefined, ask: Ask): Promise<T> {
    if (terms !== undefined || watch.listener !== undefined) {
      return this.parkCancellable(new CancellableWaiter(this, ask, terms), terms?.timeout)
    }
    const waiter = new Waiter<T, Ask>(ask)
    this.push(waiter)
    return waiter.promise
  }

  /**
   * The same for a waiter that can be turned away, or of the primitive's own kind. `left`: of `timeout`, when it waits not for the first
   * time.
   */
  parkCancellable(waiter: CancellableWaiter<T, Ask>, timeout: number = Infinity, left: number = timeout): Promise<T> {
    if (left === 0) return Promise.reject(timedOut(this, timeout))
    if (waiter.signal) joinSignal(waiter.signal, waiter as AnyWaiter)
    this.push(waiter)
    waiter.arm(timeout, left)
    return waiter.promise
  }

  /** Whoever is next, still in the queue; null when nobody waits. */
  peek(): Waiter<T, Ask> | null {
    // A listener called before ours may release the lock: without this the grant would go to who is being aborted.
    while (hearAbort(this.head?.signal));
    return this.head
  }

  /** Takes out whoever is next, for a grant. */
  shift(): Waiter<T, Ask> | null {
    const waiter = this.peek()
    if (waiter !== null) this.remove(waiter)
    return waiter
  }

  /** Whether it still waits here: neither cancelled nor taken out for a grant. */
  holds(waiter: Waiter<T, Ask>): boolean {
    return waiter.prev !== null || waiter === this.head
  }

  remove(waiter: Waiter<T, Ask>): void {
    const { prev, next } = waiter
    if (prev === null) this.head = next
    else prev.next = next
    if (next === null) this.tail = prev
    else next.prev = prev
    waiter.prev = waiter.next = null
    this.size--
  }

  protected push(waiter: Waiter<T, Ask>): void {
    // They would keep the latest waiter's promise, and in time its value, alive.
    resolveLatest = rejectLatest = undefined
    const { tail } = this
    waiter.prev = tail
    if (tail === null) this.head = waiter
    else tail.next = waiter
    this.tail = waiter
    this.size++
  }
}

/**
 * Takes out all who wait now. All before the first is served: an observer may park another meanwhile, who is not among them, and
 * whoever is taken out can no longer be cancelled.
 */
export function takeAll<T, Ask>(queue: WaitQueue<T, Ask>): Waiter<T, Ask>[] {
  const taken: Waiter<T, Ask>[] = []
  for (let waiter = queue.shift(); waiter !== null; waiter = queue.shift()) taken.push(waiter)
  return taken
}

export function grantAll<T, Ask>(queue: WaitQueue<T, Ask>, value: T): void {
  for (const waiter of takeAll(queue)) waiter.grant(value)
}

/** Only for a queue in which all were parked by parkCancellable(). */
export function refuseAll<T, Ask>(queue: WaitQueue<T, Ask>, reason: unknown): void {
  for (const waiter of takeAll(queue)) (waiter as CancellableWaiter<T, Ask>).refuse(reason)
}

/** Cancels whoever's signal has aborted unheard, wherever they stand: for a primitive that counts its waiters. */
export function hearAborts<T, Ask>(queue: WaitQueue<T, Ask>): void {
  for (let waiter = queue.head; waiter !== null;) waiter = hearAbort(waiter.signal) ? queue.head : waiter.next
}

keepShape(new Waiter(undefined))
keepShape(new CancellableWaiter(new WaitQueue(undefined as never, 'wait'), undefined, undefined))
