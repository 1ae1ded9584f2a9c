/** Over an AsyncLocalStorage: one for all variables, as each is paid for at every await (Node 20, 22) or every run() (Node 24). */
import type { Frame } from '../frame.ts'
import type { Backend } from './backend.ts'

export interface Storage {
  getStore(): Frame | undefined
  run<A extends unknown[], R>(store: Frame, fn: (...args: A) => R, ...args: A): R
}

export const storageBackend = (storage: Storage): Backend => ({
  // Bound, not called by a function of our own, which would take the arguments apart and put them together again.
  current: storage.getStore.bind(storage),
  run: storage.run.bind(storage),
})
