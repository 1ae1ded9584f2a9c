/** A timer of any length. */

/** The longest that setTimeout can wait; a longer time would be over at once. */
const LONGEST_MS = 2 ** 31 - 1

/** Calls `fn` in `ms` milliseconds, never if that is Infinity, unless the function that it answers is called before. */
export function after(ms: number, fn: () => void): () => void {
  if (ms === Infinity) return () => {}
  let timer: ReturnType<typeof setTimeout>
  const start = (left: number): void => {
    timer =
      left > LONGEST_MS
        ? setTimeout(() => start(left - LONGEST_MS), LONGEST_MS)
        : // Rounded up: a timer cuts a fraction off, and would ring too early.
          setTimeout(fn, Math.max(0, Math.ceil(left)))
  }
  start(ms)
  return () => clearTimeout(timer)
}
