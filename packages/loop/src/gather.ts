/**
 * gather: several Ops at once.
 *
 * What waits is one Future over all of them. Cancelled, it cancels every one that is not done, and then waits until they have ended.
 */
import { isOp, mistyped } from './argument.ts'
import { Callback } from './callback.ts'
import { InvalidStateError } from './errors.ts'
import { Future } from './future.ts'
import type { Op } from './op.ts'
import { runningLoop, touch } from './running.ts'
import { Task } from './task.ts'

/**
 * Runs all of them beside each other, an Op as a task of its own, and answers their values, in the order of the arguments.
 *
 * The first error is thrown at once, and the others go on. Cancelling the task that waits here cancels all that are not done. What stands in
 * the arguments twice runs once.
 *
 * Semantics: asyncio.gather.
 *
 * @throws TypeError when one is neither an Op nor a Future, at the call.
 *
 * @example
 * ```ts
 * import { EventLoop, gather, sleep } from '@interlock/loop'
 *
 * const loop = new EventLoop()
 * loop.runUntilComplete(gather(sleep(2000, 'slow'), sleep(1000, 'quick'))) // => ['slow', 'quick']
 * loop.time() // => 2000
 * ```
 */
export function gather<T>(...ops: (Op<T> | Future<T>)[]): Op<T[]> {
  for (const [place, op] of ops.entries()) {
    if (!(op instanceof Future) && !isOp(op)) throw mistyped(`ops[${place}]`, 'an Op or a Future', op)
  }
  return gathering(ops)
}

function* gathering<T>(ops: readonly (Op<T> | Future<T>)[]): Op<T[]> {
  const loop = runningLoop('gather()')
  const children = new Map<Op<T> | Future<T>, Future<T>>()
  for (const op of ops) {
    if (op instanceof Future && op.boundLoop() !== loop)
      throw new InvalidStateError(`gather() cannot wait for what belongs to another loop: ${op}`)
    if (!children.has(op)) children.set(op, op instanceof Future ? op : new Task(loop, op))
  }
  const all = new All([...children.values()])
  yield* all
  return ops.map((op) => children.get(op)!.result())
}

/** Done when all are, or when one has failed. */
class All extends Future<void> {
  readonly #children: readonly Future<unknown>[]
  #left: number
  #cancelled: { reason: unknown } | undefined

  constructor(children: readonly Future<unknown>[]) {
    super()
    this.purpose = () => `gather() of ${children.map(({ called }) => called).join(', ')}`
    this.#children = children
    this.#left = children.length
    if (children.length === 0) this.setResult()
    for (const child of children) child.whenDone(new Callback(() => this.#ended(child), 'inner'))
  }

  override cancel(reason?: unknown): boolean {
    if (this.done) return false
    let any = false
    for (const child of this.#children) any = child.cancel(reason) || any
    // Its children will end it, in their time; if they swallow the cancel, it is one nevertheless.
    if (any) this.#cancelled = { reason }
    return any
  }

  #ended(child: Future<unknown>): void {
    const failure = child.failure()
    // Those that end well may do so in any order: it counts them.
    touch(this, undefined, true)
    this.#left--
    if (this.done) return
    if (this.#cancelled === undefined) {
      if (failure !== undefined) this.setError(failure.error)
      else if (this.#left === 0) this.setResult()
    } else if (this.#left === 0) super.cancel(this.#cancelled.reason)
  }
}
