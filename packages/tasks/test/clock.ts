/** Time in the tests: it passes on fake timers, when a test says so. */
import { vi } from 'vitest'
import { type Outcome, outcome } from './microtasks.ts'

/** Lets `ms` milliseconds pass, with the microtasks that belong to each timer. */
export const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms)
}

/** How `promise` stands when `ms` milliseconds have passed. A rejection counts as heard of. */
export async function outcomeAfter<T>(ms: number, promise: PromiseLike<T>): Promise<Outcome<T>> {
  promise.then(undefined, () => {})
  await pass(ms)
  return outcome(promise)
}
