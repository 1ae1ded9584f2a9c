/** What a backend is. */
import type { Frame } from '../frame.ts'

/** Carries a Frame. What is in it is not its business. */
export interface Backend {
  /** The Frame that the running code was started in. */
  current(): Frame | undefined
  /** Calls `fn` with `args` in `frame`: current() answers it in all that `fn` calls and, as far as this backend can, after its awaits. */
  run<A extends unknown[], R>(frame: Frame, fn: (...args: A) => R, ...args: A): R
  /** True once a Frame may have been lost at an await. A set() outside of every Frame is refused from then on. */
  readonly lossy?: boolean
}
