/**
 * What can go wrong in use. Each error has its class's `name` and a stable `code`, the same as in the other packages. A wrong argument is a
 * TypeError or a RangeError.
 */

/** The name where the language's own errors have it: in the first line of the stack, writable, and not enumerable. */
const named = (name: string, { prototype }: { prototype: Error }): void => {
  Object.defineProperty(prototype, 'name', { value: name, writable: true, configurable: true })
}

/** Thrown into a task that is cancelled, at the wait that it is in. Let it pass; clean up in `finally`. asyncio's CancelledError. */
export class CancelledError extends Error {
  readonly code: string = 'ERR_CANCELLED'
  /** The reason given to cancel(). */
  declare readonly cause?: unknown

  static {
    named('CancelledError', this)
  }
}

/** Asked of a Future, a task or a loop what its state does not allow. asyncio's InvalidStateError and most of its RuntimeErrors. */
export class InvalidStateError extends Error {
  readonly code: string = 'ERR_INVALID_STATE'

  static {
    named('InvalidStateError', this)
  }
}

/** Nothing can run any more, and what was asked for is still pending. */
export class DeadlockError extends Error {
  readonly code: string = 'ERR_DEADLOCK'
  /** The names of the tasks that wait, in the order in which they were made. */
  readonly blocked: readonly string[]

  static {
    named('DeadlockError', this)
  }

  constructor(message?: string, options?: ErrorOptions & { blocked?: readonly string[] }) {
    super(message, options)
    this.blocked = options?.blocked ?? []
  }
}

/** A run under explore() that will not end: its tasks are never done, and never blocked. */
export class LivelockError extends Error {
  readonly code: string = 'ERR_LIVELOCK'

  static {
    named('LivelockError', this)
  }
}

/** Released, notified or waited under what nobody holds. */
export class NotAcquiredError extends Error {
  readonly code: string = 'ERR_NOT_ACQUIRED'

  static {
    named('NotAcquiredError', this)
  }
}

/** Thrown at a barrier that is broken, or is reset or aborted meanwhile. */
export class BrokenBarrierError extends Error {
  readonly code: string = 'ERR_BROKEN_BARRIER'

  static {
    named('BrokenBarrierError', this)
  }
}

/** getNowait() would have had to wait. */
export class QueueEmptyError extends Error {
  readonly code: string = 'ERR_QUEUE_EMPTY'

  static {
    named('QueueEmptyError', this)
  }
}

/** putNowait() would have had to wait. */
export class QueueFullError extends Error {
  readonly code: string = 'ERR_QUEUE_FULL'

  static {
    named('QueueFullError', this)
  }
}

/** A run under explore() failed. */
export class ExplorationError extends Error {
  readonly code: string = 'ERR_EXPLORATION'
  /** What the run ended with. */
  override readonly cause: unknown
  /** Which run it was, for replay(): as short as could be found. */
  readonly schedule: string
  /** Who did what in it, a line for each step. */
  readonly trace: string

  static {
    named('ExplorationError', this)
  }

  constructor(message?: string, options?: ErrorOptions & { schedule?: string; trace?: string }) {
    super(message)
    this.cause = options?.cause
    this.schedule = options?.schedule ?? ''
    this.trace = options?.trace ?? ''
  }
}
