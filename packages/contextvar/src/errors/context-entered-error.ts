import { brandError } from '../brand.ts'

/**
 * run() of a Context that the running code is in already. Python's RuntimeError. Run in a copy() instead.
 *
 * @example
 * ```ts
 * import { Context, ContextEnteredError } from '@interlock/contextvar'
 *
 * const context = new Context()
 * context.run(() => {
 *   try {
 *     context.run(() => 1)
 *   } catch (error) {
 *     (error as ContextEnteredError).code // => 'ERR_CONTEXT_ENTERED'
 *   }
 * })
 * context.run(() => context.copy().run(() => 1)) // => 1
 * ```
 */
export class ContextEnteredError extends Error {
  readonly code: string = 'ERR_CONTEXT_ENTERED'

  static {
    brandError('ContextEnteredError', this)
  }
}
