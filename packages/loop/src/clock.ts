/** The loop's time, in milliseconds since it began. */
export interface Clock {
  now(): number
  /** Nothing can run before `deadline`. */
  waitUntil(deadline: number): void
}

/** Time that moves only when nothing is ready, and then by as much as is needed: a day of sleeping takes no time. */
export class VirtualClock implements Clock {
  #now = 0

  now(): number {
    return this.#now
  }

  waitUntil(deadline: number): void {
    this.#now = Math.max(this.#now, deadline)
  }
}

/** The time on the wall. It waits in its thread, and holds that up meanwhile: there is no other loop to go back to. */
export class RealClock implements Clock {
  readonly #began = performance.now()
  readonly #nobody = new Int32Array(new SharedArrayBuffer(4))

  now(): number {
    return performance.now() - this.#began
  }

  waitUntil(deadline: number): void {
    for (let left = deadline - this.now(); left > 0; left = deadline - this.now()) {
      try {
        Atomics.wait(this.#nobody, 0, 0, left)
      } catch {
        // A browser's main thread may not sleep: it looks at the clock until it is time.
      }
    }
  }
}
