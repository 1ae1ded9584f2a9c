/**
 * Comlink that carries primitives: as an argument, a result or a property of a call to a worker, and chosen ContextVars beside each call.
 *
 * Comlink asks its transfer handlers, in their order, about each value that it sends. install() adds two, one for what crosses and one for
 * what must not, and stands before Comlink's own for what is thrown. Comlink itself is not changed.
 */
import type { ContextVar } from '@interlock/contextvar'
import { extract } from '@interlock/contextvar/propagate'
import { mistyped, optionsObject } from '@interlock/core/internal'
import * as comlink from 'comlink'
import type { Endpoint, Remote, TransferHandler } from 'comlink'
import type { Handle } from '../handle.ts'
import { isCarried, receive } from './carried.ts'
import { called, calling, endpointOf, type Luggage, type NodeEndpoint } from './endpoints.ts'
import { refusalOf } from './refusal.ts'
import { reviving } from './thrown.ts'

/** What of Comlink is needed: the whole module, `import * as Comlink from 'comlink'`. */
export type ComlinkModule = Pick<typeof comlink, 'expose' | 'releaseProxy' | 'transferHandlers' | 'wrap'>

export type { NodeEndpoint }

export interface VarsOptions {
  /** Of these the values travel, by name. Nothing else is sent, and nothing else that was sent is read. None unless told. */
  vars?: Iterable<ContextVar<any>> | undefined
  /** How many bytes their values may have in one call, 8192 unless told. */
  limit?: number | undefined
}

export interface ExposeOptions extends VarsOptions {
  /** As Comlink's own third argument: who may call, by origin. Anybody unless told. */
  allowedOrigins?: (string | RegExp)[] | undefined
}

const CARRIED = '@interlock/worker'
const REFUSED = '@interlock/worker: refused'
const THROWN = 'throw'

/** The Comlink that expose() and wrap() are of: the last that was installed. */
let current: ComlinkModule | undefined

const installed = new WeakSet<object>()

/**
 * Teaches Comlink to carry the primitives of this package: once in each thread, and `await api.work(lock)` just works. They go as arguments,
 * as results and as properties, and arrive as objects of the same class that stand for the same primitive; an error of ours arrives with its
 * class and its code.
 *
 * What Comlink cannot carry is refused where it is sent, by a TypeError that says what to do: a primitive nested in an object or an array,
 * a permit, an AbortSignal. (In a result, the caller gets it.) A transfer handler of your own goes before.
 *
 * Calling it again does nothing. O(size of what is sent) for each value that is looked through.
 *
 * @param module All of Comlink: the one that this thread uses, if it has several builds.
 * @throws TypeError when it is none.
 *
 * @example
 * ```ts
 * import * as Comlink from 'comlink'
 * import { Lock } from '@interlock/worker'
 * import { install } from '@interlock/worker/comlink'
 *
 * install(Comlink)
 * const { port1, port2 } = new MessageChannel() // in place of a worker
 * Comlink.expose({ work: (lock: Lock) => lock.runSync(() => 42) }, port2)
 *
 * const api = Comlink.wrap<{ work(lock: Lock): number }>(port1)
 * await api.work(new Lock()) // => 42
 * port1.close()
 * ```
 */
export function install(module: ComlinkModule): void {
  const handlers = (module as Partial<ComlinkModule> | null | undefined)?.transferHandlers
  if (!(handlers instanceof Map) || typeof module.wrap !== 'function' || typeof module.expose !== 'function') {
    throw mistyped('Comlink', 'the module, as in import * as Comlink from "comlink"', module)
  }
  current = module
  if (installed.has(handlers)) return
  installed.add(handlers)

  const refusals = new Refusals()
  const own = handlers.get(THROWN) as Parameters<typeof reviving>[0]
  // In the place of Comlink's own, which stays the first to be asked.
  handlers.set(
    THROWN,
    reviving(own, (error) => refusals.inPlaceOf(error)),
  )
  const carried: TransferHandler<object, Handle> = {
    canHandle: isCarried,
    serialize: (value) => [(value as { handle: Handle }).handle, []],
    deserialize: receive,
  }
  handlers.set(CARRIED, carried)
  const refused: TransferHandler<unknown, never> = {
    canHandle: (value): value is unknown => refusalOf(value) !== undefined && !isHandled(handlers, value),
    serialize: (value) => refusals.refuse(new TypeError(refusalOf(value))),
    deserialize: (value) => value,
  }
  handlers.set(REFUSED, refused)
}

/** Whether a handler of the user's, added later than ours, would carry it. */
function isHandled(handlers: ComlinkModule['transferHandlers'], value: unknown): boolean {
  for (const [name, handler] of handlers) if (name !== REFUSED && handler.canHandle(value)) return true
  return false
}

/**
 * Comlink throws away what a handler says against a result, and tells the caller "Unserializable return value", whatever the reason. So the
 * reason is kept until then: Comlink's catch() runs in the job after the refusal.
 */
class Refusals {
  readonly #reasons: TypeError[] = []

  refuse(reason: TypeError): never {
    this.#reasons.push(reason)
    // Of an argument it was told to the caller at once, by throwing. The first of these jobs runs before Comlink's catch(), the second after.
    queueMicrotask(() => queueMicrotask(() => this.#forget(reason)))
    throw reason
  }

  inPlaceOf(error: Error): Error {
    return (error.message === 'Unserializable return value' ? this.#reasons.shift() : undefined) ?? error
  }

  #forget(reason: TypeError): void {
    const at = this.#reasons.indexOf(reason)
    if (at >= 0) this.#reasons.splice(at, 1)
  }
}

/**
 * Comlink's own expose(), and each call runs in a Context of its own in which the variables of `vars` have the values that the caller sent,
 * across all awaits of the function that is called. What it sets itself, no other call sees.
 *
 * Values come from the other side: they are of whatever kind it chose. A call whose values are too large or malformed is not made; the caller
 * gets a BaggageError.
 *
 * @param endpoint As Comlink's: this worker's own unless told; in Node `parentPort`, with Comlink's node-adapter round it or without.
 * @throws TypeError when an argument is wrong.
 *
 * @example
 * ```ts
 * import { Context, ContextVar } from '@interlock/contextvar'
 * import { expose, wrap } from '@interlock/worker/comlink'
 *
 * const requestId = new ContextVar<string>('requestId', { default: 'none' })
 * const api = { log: (text: string) => `${requestId.get()}: ${text}` }
 *
 * const { port1, port2 } = new MessageChannel() // in place of a worker
 * expose(api, port2, { vars: [requestId] })
 * const remote = wrap<typeof api>(port1, { vars: [requestId] })
 * const line = await new Context().run(() => {
 *   requestId.set('42')
 *   return remote.log('done')
 * })
 * line // => '42: done'
 * port1.close()
 * ```
 */
export function expose(
  value: unknown,
  endpoint: Endpoint | NodeEndpoint = globalThis as never,
  options?: ExposeOptions,
): void {
  const luggage = luggageOf(options)
  const { allowedOrigins } = options ?? {}
  if (allowedOrigins !== undefined && !Array.isArray(allowedOrigins))
    throw mistyped('allowedOrigins', 'an array of strings and regular expressions', allowedOrigins)
  const given = checkEndpoint(endpoint)
  const { expose: own } = theirs()
  const end = luggage.vars.length === 0 ? given : called(given, luggage)
  if (allowedOrigins === undefined) own(value, end)
  else own(value, end, allowedOrigins)
}

/**
 * Comlink's own wrap(), and each call carries the values that the variables of `vars` have where it is made. Besides, a call that is awaited
 * is answered though nobody keeps the proxy meanwhile, which Comlink alone does not promise.
 *
 * The values go with calls, and with what is read and written through the proxy; not with those that come through a Comlink.proxy() that was
 * sent along, which are calls in the other direction.
 *
 * @param endpoint As Comlink's: a Worker or a MessagePort; a Worker of Node's with Comlink's node-adapter round it or without.
 * @throws TypeError when an argument is wrong. A call is rejected with a RangeError when the values are larger than the limit, with a
 *   TypeError when one has no JSON form.
 *
 * @example
 * ```ts
 * import { expose, wrap } from '@interlock/worker/comlink'
 *
 * const { port1, port2 } = new MessageChannel()
 * expose({ double: (n: number) => n * 2 }, port2)
 * await wrap<{ double(n: number): number }>(port1).double(21) // => 42
 * port1.close()
 * ```
 */
export function wrap<T>(endpoint: Endpoint | NodeEndpoint, options?: VarsOptions): Remote<T> {
  const luggage = luggageOf(options)
  const caller = calling(checkEndpoint(endpoint), luggage)
  const { wrap: own, releaseProxy } = theirs()
  return new Proxy(own<T>(caller.endpoint), {
    get(proxy, key) {
      if (key === releaseProxy) caller.released()
      return proxy[key as keyof Remote<T>]
    },
  })
}

function checkEndpoint(value: Endpoint | NodeEndpoint): Endpoint {
  const endpoint = endpointOf(value)
  if (endpoint !== undefined) return endpoint
  throw mistyped('endpoint', 'an endpoint: a Worker, a MessagePort or, in a worker of Node, parentPort', value)
}

/** The Comlink to use: what was installed, or the one that this package finds by itself. */
function theirs(): ComlinkModule {
  if (current === undefined) install(comlink)
  return current!
}

function luggageOf(options: VarsOptions | undefined): Luggage {
  const { vars = [], limit } = optionsObject(options) ?? {}
  const isIterable = typeof (vars as Partial<typeof vars> | null)?.[Symbol.iterator] === 'function'
  const list = isIterable && typeof vars !== 'string' ? [...vars] : (vars as ContextVar<unknown>[])
  // Refuses wrong ones by name, now and not at the first call.
  extract({}, list, limit === undefined ? {} : { limit })
  return { vars: list, limit }
}
