/** Lets the microtasks run, and says how a promise stands: what the tests use in place of a clock. */
const macrotask = setImmediate

/** Runs every microtask that is queued, and those that they queue. No time is waited for. */
export const drain = (): Promise<void> => new Promise((resolve) => macrotask(resolve))

export type Outcome<T> =
  | { state: 'pending' }
  | { state: 'fulfilled'; value: T }
  | { state: 'rejected'; reason: unknown }

/** How `promise` stands once the microtasks have run. */
export async function outcome<T>(promise: PromiseLike<T>): Promise<Outcome<T>> {
  let seen: Outcome<T> = { state: 'pending' }
  promise.then(
    (value) => (seen = { state: 'fulfilled', value }),
    (reason: unknown) => (seen = { state: 'rejected', reason }),
  )
  await drain()
  return seen
}
