/**
 * Frame: what a piece of code runs in, carried by the backend over its awaits. Its Context, and for whom it runs: the task, for a
 * task library. The two are apart, as tasks may share a Context, and as run() changes the Context but not the task.
 */
import type { Context } from './context.ts'

export class Frame {
  readonly context: Context
  readonly owner: unknown

  constructor(context: Context, owner: unknown) {
    this.context = context
    this.owner = owner
  }
}
