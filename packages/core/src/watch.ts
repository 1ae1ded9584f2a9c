/** Where waiters look whether anybody listens (`observe/`): one place for all copies of this package in a realm. */

/** Who listens. */
export interface Listener {
  /** One wait, about to park. */
  sight(waiter: ObservedWaiter): Sighting
}

/** What a waiter tells those who listened when it parked. */
export interface Sighting {
  parked(): void
  woken(): void
  cancelled(reason: unknown): void
}

export interface ObservedWaiter {
  readonly queue: {
    readonly primitive: object
    readonly operation: 'acquire' | 'wait' | 'get' | 'put' | 'join'
    readonly left: (() => void) | undefined
  }
  readonly promise: Promise<unknown>
  withdraw(reason: unknown): boolean
}

/** The shape of what is kept here is a protocol between versions of this package: another shape needs another key. */
const key: unique symbol = Symbol.for('@interlock/core/watch@1') as never

export const watch: { listener?: Listener | undefined; reasons?: WeakSet<object> } = ((
  globalThis as { [key]?: object }
)[key] ??= {})

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

/** An observer ends a wait by `reason`: that nobody awaits the wait is nobody's mistake. */
export function excuse(reason: unknown, wait: Promise<unknown>): void {
  if (Object(reason) === reason) (watch.reasons ??= new WeakSet()).add(reason as object)
  wait.catch(() => {})
}

/**
 * The promise of an async function that waits within. What the wait rejects with goes through `excused`: if an observer has ended it, the
 * promise is excused as the wait is.
 */
export function excusable<T>(run: (excused: (error: unknown) => never) => Promise<T>): Promise<T> {
  let running: Promise<T> | undefined
  running = run((error) => {
    if (running !== undefined && watch.reasons?.has(error as object)) excuse(error, running)
    throw error
  })
  return running
}
