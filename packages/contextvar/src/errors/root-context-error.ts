import { brandError } from '../brand.ts'

/**
 * set() outside of any run() and any task, where that is refused: by the root policy, or because this host may have lost the Context at
 * an await, and the value would be everybody's.
 *
 * @example
 * ```ts
 * import { Context, ContextVar, RootContextError, setRootPolicy } from '@interlock/contextvar'
 *
 * const user = new ContextVar('user', { default: 'nobody' })
 * const before = setRootPolicy('throw')
 * try {
 *   user.set('ann')
 * } catch (error) {
 *   (error as RootContextError).code // => 'ERR_ROOT_CONTEXT'
 * }
 * setRootPolicy(before)
 * new Context().run(() => user.set('ann').oldValue !== 'ann') // => true
 * user.get() // => 'nobody'
 * ```
 */
export class RootContextError extends Error {
  readonly code: string = 'ERR_ROOT_CONTEXT'

  static {
    brandError('RootContextError', this)
  }
}
