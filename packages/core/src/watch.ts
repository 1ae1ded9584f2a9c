/** Where waiters look whether anybody listens (`observe/`): one place for all copies of this package in a realm. */

/** What a waiter tells. */
export interface Listener {
  parked(waiter: ObservedWaiter): void
  woken(waiter: ObservedWaiter): void
  cancelled(waiter: ObservedWaiter, reason: unknown): void
}

export interface ObservedWaiter {
  readonly queue: { readonly primitive: object; readonly operation: 'acquire' | 'wait' | 'get' | 'put' | 'join' }
  cancel(reason: unknown): boolean
}

/** The shape of what is kept here is a protocol between versions of this package: another shape needs another key. */
const key: unique symbol = Symbol.for('@interlock/core/watch@1') as never

export const watch: { listener?: Listener | undefined } = ((globalThis as { [key]?: object })[key] ??= {})

/** Calls `fn` with nobody listening: for a step of a wait that is observed already. */
export function unobserved<T>(fn: () => T): T {
  const { listener } = watch
  watch.listener = undefined
  try {
    return fn()
  } finally {
    watch.listener = listener
  }
}
