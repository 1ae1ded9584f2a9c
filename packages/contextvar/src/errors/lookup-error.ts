import { brandError } from '../brand.ts'

/**
 * get() of a variable that has no value here, no default, and was given no fallback. Python's LookupError.
 *
 * @example
 * ```ts
 * import { ContextVar, LookupError } from '@interlock/contextvar'
 *
 * const user = new ContextVar<string>('user')
 * try {
 *   user.get()
 * } catch (error) {
 *   (error as LookupError).code // => 'ERR_CONTEXT_LOOKUP'
 * }
 * ```
 */
export class LookupError extends Error {
  readonly code: string = 'ERR_CONTEXT_LOOKUP'

  static {
    brandError('LookupError', this)
  }
}
