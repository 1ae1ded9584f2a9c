import { brandError } from '../brand.ts'

/**
 * extract() of a carrier whose baggage is too large or is not what inject() writes: a sender's mistake. A server answers 400. Nothing has
 * been set.
 *
 * @example
 * ```ts
 * import { ContextVar } from '@interlock/contextvar'
 * import { BaggageError, extract } from '@interlock/contextvar/propagate'
 *
 * const user = new ContextVar<string>('user')
 * try {
 *   extract({ baggage: 'user=%E0%A4%A' }, [user])
 * } catch (error) {
 *   error instanceof BaggageError && error.code // => 'ERR_BAD_BAGGAGE'
 * }
 * ```
 */
export class BaggageError extends Error {
  readonly code: string = 'ERR_BAD_BAGGAGE'

  static {
    brandError('BaggageError', this)
  }
}
