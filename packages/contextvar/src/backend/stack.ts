/**
 * A host without anything that carries values over an await, which is to say a browser as of 2026: right for synchronous code, and in an
 * async function up to its first await. After that a Frame is lost, never mixed up with another's: when `fn` returns, its Frame is put
 * away.
 */
import type { Frame } from '../frame.ts'
import { reportOnce } from '../report.ts'
import type { Backend } from './backend.ts'

export class StackBackend implements Backend {
  lossy = false
  #current: Frame | undefined

  current(): Frame | undefined {
    return this.#current
  }

  run<A extends unknown[], R>(frame: Frame, fn: (...args: A) => R, ...args: A): R {
    const before = this.#current
    this.#current = frame
    try {
      const result = fn(...args)
      if (!this.lossy && typeof (result as { then?: unknown } | undefined)?.then === 'function') this.#loses()
      return result
    } finally {
      this.#current = before
    }
  }

  #loses(): void {
    this.lossy = true
    reportOnce(
      'CONTEXT_LOST',
      'a function that awaits was run in a Context, and this host has neither AsyncContext nor AsyncLocalStorage: its Context ends at its first await. ' +
        'After it variables read as unset, set() is refused, and currentTask() is undefined. Read what is needed before the first await, or wrap callbacks in bind()',
    )
  }
}
