import { brandError } from '../brand.ts'

/**
 * reset() with a token that has been used before. Python's RuntimeError.
 *
 * @example
 * ```ts
 * import { ContextVar, TokenUsedError } from '@interlock/contextvar'
 *
 * const user = new ContextVar('user', { default: 'nobody' })
 * const token = user.set('ann')
 * user.reset(token)
 * try {
 *   user.reset(token)
 * } catch (error) {
 *   error instanceof TokenUsedError // => true
 * }
 * user.get() // => 'nobody'
 * ```
 */
export class TokenUsedError extends Error {
  readonly code: string = 'ERR_TOKEN_USED'

  static {
    brandError('TokenUsedError', this)
  }
}
