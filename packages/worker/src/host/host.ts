/** What differs between runtimes. */

/** A space, as far as its threads are watched over. */
export interface Watched {
  readonly view: Int32Array
  /** Its first word. */
  readonly base: number
  /** Seats 0 … used-1 may be taken. */
  readonly used: number
  /** Whether this thread has a seat. */
  readonly joined: boolean
  seatAt(id: number): number
  bury(thread: number): void
}

export interface Host {
  /** This thread's number: on Node and Bun the threadId of node:worker_threads, elsewhere a random one. */
  readonly threadId: number
  /** Whether this thread may block in Atomics.wait. */
  readonly mayBlock: boolean
  /** Calls `fn` when this thread ends well, by reaching its end, by an uncaught error, or by process.exit(). */
  onEnd(fn: () => void): void
  /** This thread has taken the seat at `seat` in `space`: where threads certify their deaths among themselves, it begins to. */
  enter(space: Watched, seat: number): void
  /** This thread has given its seat in `space` back: it watches over nobody there any more. */
  leave(space: Watched): void
  /** Whether `worker` is one of this runtime's. */
  isWorker(worker: unknown): boolean
  /** Calls `died` with the thread's number once `worker` is certainly dead, if the runtime can tell and is not watched in another way. */
  onDeath(worker: object, died: (threadId: number) => void): void
  /** Ends `worker`. Resolves once it is certainly dead, with its thread's number; undefined where that is seen to in another way. */
  end(worker: object): Promise<number | undefined>
}
