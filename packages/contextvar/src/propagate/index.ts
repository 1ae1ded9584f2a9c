/**
 * inject() and extract(): the values of chosen variables over a border that no Context crosses by itself: a request to another server, a
 * message to a worker.
 *
 * They travel as one entry `baggage`, in the W3C's format, so that what others have put there stays and what we put there is passed on by
 * others.
 */
import { mistyped, shown } from '../argument.ts'
import { CONTEXT_VAR, hasBrand } from '../brand.ts'
import { type Context, copyContext, currentContext } from '../context.ts'
import type { ContextVar } from '../context-var.ts'
import { BaggageError } from './baggage-error.ts'
import { byteLength, decode, encode, isWellFormed, type Member, membersOf } from './baggage.ts'
import { entryOf, type HeadersLike, type PlainCarrier, type ReadableHeaders } from './carrier.ts'
import { lostInJson } from './json.ts'

export { BaggageError }
export type { HeadersLike, PlainCarrier, ReadableHeaders }

export interface PropagateOptions {
  /**
   * How many bytes `baggage` may have in all, the parts of others included. 8192 if not given, which is what every receiver has to take.
   */
  limit?: number
}

const LIMIT = 8192

/** The property that tells a value in JSON from a plain text. */
const JSON_VALUE = 'json'

/**
 * Writes the values that `vars` have here and now into `carrier`, and answers it.
 *
 * Only variables that are listed are sent, and of them those that were set: a default is not. List what the receiver may know, request by
 * request: nothing is sent to whom it is not meant for. What others have put into the carrier's `baggage` stays.
 *
 * A text is sent as it is; numbers, booleans, null, arrays and plain objects as JSON.
 *
 * @param carrier Headers, a Map, or a plain object: the `headers` of a fetch() or a node:http request, a message to a worker.
 * @throws RangeError when `baggage` would be larger than the limit, or two variables have one name; TypeError when a value has no JSON form
 *   (a function, a bigint, NaN, a Date, an instance of a class, …), or an argument is none. The carrier is unchanged then.
 *
 * @example
 * ```ts
 * import { Context, ContextVar } from '@interlock/contextvar'
 * import { inject } from '@interlock/contextvar/propagate'
 *
 * const requestId = new ContextVar<string>('requestId')
 * const tenant = new ContextVar<{ id: number }>('tenant')
 *
 * const headers = new Context().run(() => {
 *   requestId.set('a/42')
 *   tenant.set({ id: 7 })
 *   return inject({ accept: 'text/plain' }, [requestId, tenant])
 * })
 * headers // => { accept: 'text/plain', baggage: 'requestId=a%2F42,tenant=%7B%22id%22%3A7%7D;json' }
 * ```
 */
export function inject<C extends HeadersLike | PlainCarrier>(
  carrier: C,
  vars: Iterable<ContextVar<unknown>>,
  options?: PropagateOptions,
): C {
  const entry = entryOf(carrier, ['get', 'set'])
  const variables = byName(vars)
  const limit = limitOf(options)
  const present = entry.read()
  if (typeof present !== 'string') throw mistyped("carrier's baggage", 'a string', present)

  // Of our names nothing stays: a value of somebody else's must not pass for ours.
  let baggage = membersOf(present)
    .filter(({ name }) => name === undefined || !variables.has(name))
    .map(({ text }) => text)
    .join(',')
  const context = currentContext()
  for (const variable of variables.values()) {
    if (!context.has(variable)) continue
    const member = memberOf(variable, context.get(variable))
    baggage = baggage === '' ? member : `${baggage},${member}`
    if (byteLength(baggage) > limit) {
      throw new RangeError(
        `${variable} does not fit: baggage must be at most ${limit} bytes, got ${byteLength(baggage)}`,
      )
    }
  }
  if (baggage !== present) entry.write(baggage)
  return carrier
}

/**
 * A copy of the current Context in which the variables of `vars` that `carrier` carries have its values. Run the handler in it.
 *
 * Only `vars` are read; whatever else a sender has written is ignored. The values are of whatever kind the sender chose: check them as any
 * input.
 *
 * @param carrier What inject() takes; one that can only be read will do.
 * @throws BaggageError when its `baggage` is larger than the limit, or not well-formed where it speaks of one of `vars`: answer 400.
 *   TypeError or RangeError when an argument is wrong.
 *
 * @example
 * ```ts
 * import { ContextVar } from '@interlock/contextvar'
 * import { extract } from '@interlock/contextvar/propagate'
 *
 * const requestId = new ContextVar<string>('requestId')
 * const headers = new Headers({ baggage: 'vendor=x,requestId=a%2F42' })
 * extract(headers, [requestId]).run(() => requestId.get()) // => 'a/42'
 * ```
 */
export function extract(
  carrier: ReadableHeaders | PlainCarrier,
  vars: Iterable<ContextVar<unknown>>,
  options?: PropagateOptions,
): Context {
  const entry = entryOf(carrier, ['get'])
  const variables = byName(vars)
  const limit = limitOf(options)
  const baggage = entry.read()
  if (typeof baggage !== 'string') throw new BaggageError(`baggage must be a string, got ${shown(baggage)}`)
  if (byteLength(baggage) > limit) {
    throw new BaggageError(`baggage must be at most ${limit} bytes, got ${byteLength(baggage)}`)
  }
  const context = copyContext()
  const seen = new Set<string>()
  for (const member of membersOf(baggage)) {
    const variable = variables.get(member.name ?? '')
    if (variable === undefined) continue
    if (seen.has(variable.name)) throw new BaggageError(`baggage must say one thing of ${variable}, got two`)
    seen.add(variable.name)
    context.bindings = context.bindings.with({ variable, value: valueOf(variable, member) })
  }
  return context
}

function byName(vars: Iterable<ContextVar<unknown>>): Map<string, ContextVar<unknown>> {
  if (typeof (vars as Partial<typeof vars> | null)?.[Symbol.iterator] !== 'function') {
    throw mistyped('vars', 'an iterable of ContextVars', vars)
  }
  const variables = new Map<string, ContextVar<unknown>>()
  for (const variable of vars) {
    if (!hasBrand(CONTEXT_VAR, variable)) throw mistyped('vars', 'an iterable of ContextVars', variable)
    const { name } = variable
    if (name === '' || !isWellFormed(name))
      throw new RangeError(`vars must have names that can be sent, got ${variable}`)
    const other = variables.get(name)
    if (other !== undefined && other !== variable)
      throw new RangeError(`vars must have a name each, got two of ${variable}`)
    variables.set(name, variable)
  }
  return variables
}

function limitOf(options: PropagateOptions | undefined): number {
  if (options !== undefined && (typeof options !== 'object' || options === null))
    throw mistyped('options', 'an object', options)
  const limit: unknown = options?.limit === undefined ? LIMIT : options.limit
  const range = 'a whole number of bytes, or Infinity'
  if (typeof limit !== 'number') throw mistyped('limit', range, limit)
  if (limit >= 0 && (Number.isInteger(limit) || limit === Infinity)) return limit
  throw new RangeError(`limit must be ${range}, got ${limit}`)
}

function memberOf(variable: ContextVar<unknown>, value: unknown): string {
  const name = encode(variable.name)
  if (typeof value === 'string' && isWellFormed(value)) return `${name}=${encode(value)}`
  const lost = lostInJson(value)
  if (lost !== undefined) throw new TypeError(`${variable} has a value without a JSON form: ${lost}`)
  return `${name}=${encode(JSON.stringify(value))};${JSON_VALUE}`
}

function valueOf(variable: ContextVar<unknown>, { value, properties }: Member): unknown {
  try {
    if (value === undefined) throw new URIError('no = in it')
    const text = decode(value)
    return properties.includes(JSON_VALUE) ? (JSON.parse(text) as unknown) : text
  } catch (cause) {
    throw new BaggageError(`baggage is malformed where it speaks of ${variable}: ${(cause as Error).message}`, {
      cause,
    })
  }
}
