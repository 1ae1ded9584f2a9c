/** Endpoints that carry variables: what Comlink says goes through, with one entry `baggage` beside each call. */
import type { Context, ContextVar } from '@interlock/contextvar'
import { extract, inject } from '@interlock/contextvar/propagate'
import type { Endpoint } from 'comlink'

/** Which variables travel, and how many bytes they may have. */
export interface Luggage {
  readonly vars: readonly ContextVar<unknown>[]
  readonly limit: number | undefined
}

interface Message {
  readonly id?: string
  readonly type?: string
  readonly baggage?: unknown
}

/** What runs code of the other side. */
const CALLS: ReadonlySet<unknown> = new Set(['APPLY', 'CONSTRUCT', 'GET', 'SET'])

type Listener = (event: MessageEvent) => void

/** What node:worker_threads has in place of an Endpoint, a Worker or parentPort: taken as it is. */
export interface NodeEndpoint {
  postMessage(message: unknown, transfer?: readonly never[]): void
  on(event: 'message', listener: (data: any) => void): unknown
  off(event: 'message', listener: (data: any) => void): unknown
}

/** One for each, since Comlink counts the proxies of an endpoint. */
const adapted = new WeakMap<object, Endpoint>()

/** `value` as Comlink needs it; undefined if it is no endpoint. */
export function endpointOf(value: Endpoint | NodeEndpoint): Endpoint | undefined {
  const has = (...methods: string[]): boolean =>
    methods.every((method) => typeof (Object(value) as Record<string, unknown>)[method] === 'function')
  if (has('postMessage', 'addEventListener')) return value as Endpoint
  if (!has('postMessage', 'on', 'off')) return undefined
  const known = adapted.get(value)
  if (known !== undefined) return known
  const endpoint = ofNode(value as NodeEndpoint)
  adapted.set(value, endpoint)
  return endpoint
}

function ofNode(node: NodeEndpoint): Endpoint {
  const heard = new Map<unknown, (data: unknown) => void>()
  return {
    postMessage: (message, transfer) => node.postMessage(message, transfer as never[]),
    addEventListener(_, listener) {
      const hear = (data: unknown): void => (listener as Listener)({ data } as MessageEvent)
      heard.set(listener, hear)
      node.on('message', hear)
    },
    removeEventListener(_, listener) {
      const hear = heard.get(listener)
      if (hear !== undefined) node.off('message', hear)
      heard.delete(listener)
    },
  }
}

/** An endpoint whose incoming messages go through `hear`. Comlink closes a MessagePort that is released, and knows it by its class. */
function around(
  endpoint: Endpoint,
  post: Endpoint['postMessage'],
  hear: (event: MessageEvent, listener: Listener) => void,
): Endpoint {
  const heard = new Map<unknown, Listener>()
  const adapter: Endpoint & { close(): void } = {
    postMessage: post,
    addEventListener(type, listener, options) {
      const tell: Listener = typeof listener === 'function' ? listener : (event) => listener.handleEvent(event)
      const wrapped: Listener = (event) => hear(event, tell)
      heard.set(listener, wrapped)
      endpoint.addEventListener(type, wrapped as EventListener, options)
    },
    removeEventListener(type, listener, options) {
      endpoint.removeEventListener(type, (heard.get(listener) ?? listener) as EventListener, options)
      heard.delete(listener)
    },
    close: () => (endpoint as Endpoint & { close?(): void }).close?.(),
  }
  if (endpoint.start !== undefined) adapter.start = () => endpoint.start!()
  return Object.defineProperty(adapter, 'constructor', { value: endpoint.constructor })
}

/**
 * The caller's side. When a proxy is collected, Comlink ends the connection, though a call may be awaited whose answer would then never come
 * (comlink#692). Here that waits until all calls have been answered, unless `released()` said that it is the program's own wish.
 */
export function calling(endpoint: Endpoint, { vars, limit }: Luggage): { endpoint: Endpoint; released(): void } {
  const onTheirWay = new Set<unknown>()
  let wanted = false
  let release: (() => void) | undefined
  const adapter = around(
    endpoint,
    (message: Message, transferables) => {
      const { id, type } = message
      if (type === 'RELEASE') {
        release = () => endpoint.postMessage(message, transferables)
        if (onTheirWay.size === 0 || wanted) release()
        return
      }
      let sent = message
      if (vars.length > 0 && CALLS.has(type)) {
        const { baggage } = inject<{ baggage?: string }>({}, vars, optionsOf(limit))
        if (baggage !== undefined) sent = { ...message, baggage }
      }
      endpoint.postMessage(sent, transferables)
      onTheirWay.add(id)
    },
    (event, listener) => {
      listener(event)
      if (onTheirWay.delete((event.data as Message | null | undefined)?.id) && onTheirWay.size === 0) release?.()
    },
  )
  return {
    endpoint: adapter,
    released() {
      wanted = true
    },
  }
}

/** The side that is called: each call runs in a Context of its own, with the values that came with it. */
export function called(endpoint: Endpoint, { vars, limit }: Luggage): Endpoint {
  return around(
    endpoint,
    (message, transferables) => endpoint.postMessage(message, transferables as Transferable[]),
    (event, listener) => {
      const message = event.data as Message | null | undefined
      if (!CALLS.has(message?.type)) return listener(event)
      let context: Context
      try {
        context = extract({ baggage: message!.baggage }, vars, optionsOf(limit))
      } catch (error) {
        return listener(failing(event, error))
      }
      context.run(() => listener(event))
    },
  )
}

/** In place of a call that cannot be: Comlink, which knows how to answer and whom, meets `error` on its way to the function. */
function failing(event: MessageEvent, error: unknown): MessageEvent {
  const fail = (): never => {
    throw error
  }
  const data = { ...(event.data as object), path: { slice: fail, reduce: fail }, argumentList: [] }
  return { data, origin: event.origin } as MessageEvent
}

const optionsOf = (limit: number | undefined): { limit?: number } => (limit === undefined ? {} : { limit })
