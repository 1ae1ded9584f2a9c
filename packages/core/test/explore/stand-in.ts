/**
 * Puts core on a loop of @interlock/loop for as long as a function runs: what core takes for Promise and setTimeout are stand-ins over that
 * loop's Futures and timers. So every settling, every resumption and every time-out is a step that explore() can put anywhere. Core's own code
 * runs as it stands.
 *
 * A promise's reactions run in the order in which promises settle, one microtask each; here they may run in any order, and anything may come
 * between. Each order that promises can have is among these.
 */
import { currentLoop, Future, type Handle } from '@interlock/loop'

/** What a StandIn tells whoever runs the trial that it belongs to. */
export interface Listener {
  settled(promise: StandIn<unknown>, how: 'fulfilled' | 'rejected'): void
  /** A reaction of core's own is due: `react` runs it. */
  reaction(react: () => void): void
  /** A timer rings that was set while `call` was made. */
  rang(call: number | undefined, ring: () => void): void
  /** The call that is being made. */
  readonly calling: number | undefined
}

let listener: Listener | undefined

/** Whose trial it is from now on. */
export function listen(to: Listener): void {
  listener = to
}

/** As much of a promise as core uses. */
export class StandIn<T> {
  readonly future = new Future<T>()
  readonly #listener = listener as Listener

  constructor(executor: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void) {
    executor(
      (value) => this.#settle('fulfilled', () => this.future.setResult(value)),
      (reason) => this.#settle('rejected', () => this.future.setError(reason)),
    )
  }

  static resolve<V>(value: V): StandIn<V> {
    return new StandIn((resolve) => resolve(value))
  }

  static reject(reason: unknown): StandIn<never> {
    return new StandIn((_, reject) => reject(reason))
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it stands in for a promise
  then(fulfilled: (value: T) => void, rejected: (reason: unknown) => void): void {
    this.future.onDone((future) =>
      this.#listener.reaction(() => {
        const error = future.error()
        if (error === undefined) fulfilled(future.result())
        else rejected(error)
      }),
    )
  }

  #settle(how: 'fulfilled' | 'rejected', settle: () => void): void {
    // As with a promise, only the first time counts.
    if (this.future.done) return
    settle()
    this.#listener.settled(this, how)
  }
}

function setTimer(ring: () => void, ms: number): Handle {
  const its = listener as Listener
  const { calling } = its
  return currentLoop()!.callLater(ms, () => its.rang(calling, ring))
}

const clearTimer = (timer: Handle | undefined): void => timer?.cancel()

/** Runs `fn` with core on stand-ins. Nothing else can run meanwhile. */
export function withStandIns<T>(fn: () => T): T {
  const own = { Promise: globalThis.Promise, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }
  Object.assign(globalThis, { Promise: StandIn, setTimeout: setTimer, clearTimeout: clearTimer })
  try {
    return fn()
  } finally {
    Object.assign(globalThis, own)
  }
}
