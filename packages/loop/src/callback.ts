import type { Task } from './task.ts'

/** What callSoon() and callLater() answer. */
export interface Handle {
  /** It will not be called. Nothing happens if it has been. */
  cancel(): void
}

/** What is to be called: a function, a timer's or a Future's, or the next step of a task. */
export class Callback implements Handle {
  readonly call: () => void
  readonly task: Task<any> | undefined
  /**
   * `task`: the next step of one. `inner`: the loop's own bookkeeping, which is the same whenever it is done. `own`: a function of the
   * program's.
   */
  readonly kind: 'task' | 'inner' | 'own'
  cancelled = false

  constructor(call: () => void, kind: Callback['kind'], task?: Task<any>) {
    this.call = call
    this.kind = kind
    this.task = task
  }

  cancel(): void {
    this.cancelled = true
  }
}
