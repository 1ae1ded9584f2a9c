/**
 * For libraries of tasks: runs a task's code in a Context, and finds out later, in whatever that code calls, whose code it is. A program
 * that is no such library wants `Context.run()`.
 */
import { callable, mistyped } from '../argument.ts'
import { Context, enter } from '../context.ts'
import { currentFrame } from '../realm.ts'

export { currentContext } from '../context.ts'

/** What runFor() was told of the code that runs now, across its awaits; undefined outside of it. */
export const currentOwner = (): unknown => currentFrame()?.owner

/**
 * Runs `fn` in `context` on behalf of `owner`, its awaits included. The Context may be entered already: two tasks may share one.
 *
 * @throws TypeError when `context` is no Context or `fn` no function; what `fn` throws.
 *
 * @example
 * ```ts
 * import { copyContext } from '@interlock/contextvar'
 * import { currentOwner, runFor } from '@interlock/contextvar/frame'
 *
 * const task = { name: 'import' }
 * const seen = await runFor(task, copyContext(), async () => {
 *   await undefined
 *   return currentOwner()
 * })
 * seen === task // => true
 * currentOwner() // => undefined
 * ```
 */
export function runFor<A extends unknown[], R>(owner: unknown, context: Context, fn: (...args: A) => R, ...args: A): R {
  if (!(context instanceof Context)) throw mistyped('context', 'a Context', context)
  return enter(context, owner, callable('fn', fn), args)
}
