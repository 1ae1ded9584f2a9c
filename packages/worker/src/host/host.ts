/** What differs between runtimes. */
export interface Host {
  /** This thread's number: on Node and Bun the threadId of node:worker_threads, elsewhere a random one. */
  readonly threadId: number
  /** Whether this thread may block in Atomics.wait. */
  readonly mayBlock: boolean
  /** Calls `fn` when this thread ends well, by reaching its end, by an uncaught error, or by process.exit(). */
  onEnd(fn: () => void): void
}
