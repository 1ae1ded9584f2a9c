/** logFields: what a logger adds to every line. */
import { mistyped } from './argument.ts'
import { CONTEXT_VAR, hasBrand } from './brand.ts'
import type { ContextVar } from './context-var.ts'

const UNSET = Symbol('unset')

/**
 * The values of `variables` here and now, by name, as a plain object: for a logger to add to every line. A variable with neither value nor
 * default is left out; of two with one name, the later counts.
 *
 * It is a list of what may be logged, not all that there is: a Context also holds what should not be.
 * pino: `pino({ mixin: () => logFields([requestId]) })`. winston: `format((info) => Object.assign(info, logFields([requestId])))()`.
 *
 * @throws TypeError when `variables` is no iterable of ContextVars.
 *
 * @example
 * ```ts
 * import { Context, ContextVar, logFields } from '@interlock/contextvar'
 *
 * const requestId = new ContextVar<string>('requestId')
 * const user = new ContextVar<string>('user')
 * const fields = new Context().run(() => {
 *   requestId.set('42')
 *   return logFields([requestId, user])
 * })
 * fields // => { requestId: '42' }
 * ```
 */
export function logFields(variables: Iterable<ContextVar<unknown>>): Record<string, unknown> {
  if (typeof (variables as Partial<typeof variables> | null)?.[Symbol.iterator] !== 'function') {
    throw mistyped('variables', 'an iterable of ContextVars', variables)
  }
  const fields: [string, unknown][] = []
  let index = 0
  for (const variable of variables) {
    if (!hasBrand(CONTEXT_VAR, variable)) throw mistyped(`variables[${index}]`, 'a ContextVar', variable)
    index++
    const value = variable.lookUp(UNSET)
    if (value !== UNSET) fields.push([variable.name, value])
  }
  return Object.fromEntries(fields)
}
