/**
 * isolateHttp: each request of a server in a Context of its own.
 *
 * A server hands over a request by emit(). So emit() is where the request's Context begins, however its handlers are attached. What a
 * request says later (a body's 'data' and 'end', a response's 'finish') is emitted from the socket, where the request's Context is not: so
 * its listeners are run in the Frame of whoever added them.
 */
import { mistyped } from '../argument.ts'
import { currentContext, resume } from '../context.ts'
import { Frame } from '../frame.ts'
import { currentFrame } from '../realm.ts'

/** What tells a server from an application: an Express app has an emit() too, and hands over no request by it. */
export interface HttpServer {
  readonly emit: (event: never, ...args: never[]) => boolean
  address(): unknown
}

type Listener = ((this: Emitter, ...args: unknown[]) => unknown) & { listener?: Listener }
type Add = (this: Emitter, event: string | symbol, listener: Listener) => Emitter

interface Emitter {
  on: Add
  addListener: Add
  once: Add
  prependListener: Add
  prependOnceListener: Add
  removeListener: Add
}

/**
 * The events by which a server hands over a request. An http2 server emits 'stream' and, for its compatibility API, 'request' within that.
 */
const REQUEST_EVENTS: ReadonlySet<unknown> = new Set([
  'request',
  'checkContinue',
  'checkExpectation',
  'upgrade',
  'connect',
  'stream',
])

/** On a server, true; on a part of a request, its Frame: for all copies of this package. */
const isolated: unique symbol = Symbol.for('@interlock/contextvar/isolated@1') as never

/**
 * Runs each request of `server` in a Context of its own, and answers the server. What a handler sets is seen by all that it calls and
 * awaits and by the listeners that it adds to the request, the response or an upgraded socket; by no other request.
 *
 * For node:http, https and http2, and for what is built on them: it matters not which handlers there are, nor when they are attached.
 * Without it all requests share one Context, and read each other's values. A request's Context begins as a copy of the one in which
 * isolateHttp() was called, and belongs to no task.
 *
 * - Express: `isolateHttp(app.listen(3000))`
 * - Fastify: `fastify({ serverFactory: (handler) => isolateHttp(createServer(handler)) })`
 * - node:http: `isolateHttp(createServer(handler)).listen(3000)`
 *
 * @throws TypeError when `server` is none: an application is not, what its listen() answers is.
 *
 * @example
 * ```ts
 * import { once } from 'node:events'
 * import { createServer } from 'node:http'
 * import { ContextVar } from '@interlock/contextvar'
 * import { isolateHttp } from '@interlock/contextvar/http'
 *
 * const path = new ContextVar<string>('path')
 * const server = createServer(async (request, response) => {
 *   path.set(request.url ?? '')
 *   await undefined // anything that takes its time
 *   response.end(path.get())
 * })
 * await once(isolateHttp(server).listen(0), 'listening')
 *
 * const { port } = server.address() as { port: number }
 * const get = (url: string) => fetch(`http://localhost:${port}${url}`).then((response) => response.text())
 * await Promise.all([get('/a'), get('/b')]) // => ['/a', '/b']
 * server.close()
 * ```
 */
export function isolateHttp<S extends HttpServer>(server: S): S {
  if (!isServer(server)) throw mistyped('server', 'an HTTP server, as app.listen() answers', server)
  if (isolated in server) return server
  hide(server, isolated, true)
  const { emit } = server
  // Not the Context of emit(), which the host chooses: that of listen(), or of whatever had a socket read on.
  const context = currentContext()
  hide(server, 'emit', function (this: S, event: unknown, ...args: unknown[]): boolean {
    const handOver = (): boolean => Reflect.apply(emit, this, [event, ...args]) as boolean
    if (!REQUEST_EVENTS.has(event)) return handOver()
    // A request that is handed over again, by a 'checkContinue' handler for one, goes on in its own.
    const frame = frameOf(args[0]) ?? new Frame(context.copy(), undefined)
    for (const arg of args) if (isEmitter(arg)) keepFrames(arg, frame)
    return resume(frame, handOver, [])
  })
  return server
}

function isServer(value: unknown): boolean {
  const { emit, address } = (value ?? {}) as { emit?: unknown; address?: unknown }
  return typeof value === 'object' && typeof emit === 'function' && typeof address === 'function'
}

/** That of the request itself, or of the http2 stream behind it. */
function frameOf(request: unknown): Frame | undefined {
  const known = request as { [isolated]?: Frame; stream?: { [isolated]?: Frame } } | undefined
  return known?.[isolated] ?? known?.stream?.[isolated]
}

const isEmitter = (value: unknown): value is Emitter =>
  typeof (value as Partial<Emitter> | null | undefined)?.prependOnceListener === 'function'

/**
 * Makes each listener that is added to `emitter`, a part of a request, run in the Frame of whoever adds it. On the object itself:
 * frameworks give requests another prototype.
 */
function keepFrames(emitter: Emitter, frame: Frame): void {
  if (isolated in emitter) return
  hide(emitter, isolated, frame)
  const { on, addListener, prependListener } = emitter
  const adding = (add: Add, keep: typeof keptListener): Add =>
    function (event, listener) {
      // What is no function is refused by the emitter, in its own words.
      const kept = typeof listener === 'function' ? keep(this, event, listener, currentFrame()) : listener
      return Reflect.apply(add, this, [event, kept])
    }
  hide(emitter, 'on', adding(on, keptListener))
  hide(emitter, 'addListener', adding(addListener, keptListener))
  hide(emitter, 'prependListener', adding(prependListener, keptListener))
  // Not over the emitter's own once(), which calls on() and later removes, by identity, the function it passed there.
  hide(emitter, 'once', adding(on, keptOnce))
  hide(emitter, 'prependOnceListener', adding(prependListener, keptOnce))
}

function keptListener(
  _emitter: Emitter,
  _event: string | symbol,
  listener: Listener,
  frame: Frame | undefined,
): Listener {
  return keeping(listener, function (this: Emitter, ...args): unknown {
    return inFrame(frame, listener, this, args)
  })
}

function keptOnce(emitter: Emitter, event: string | symbol, listener: Listener, frame: Frame | undefined): Listener {
  let fired = false
  const kept = keeping(listener, function (this: Emitter, ...args): unknown {
    if (fired) return undefined
    fired = true
    emitter.removeListener(event, kept)
    return inFrame(frame, listener, this, args)
  })
  return kept
}

/** Node's emitters know a wrapped listener by its `listener`: when it is removed, listed and counted. */
const keeping = (listener: Listener, kept: Listener): Listener => Object.assign(kept, { listener })

function inFrame(frame: Frame | undefined, listener: Listener, self: Emitter, args: unknown[]): unknown {
  const call = (): unknown => Reflect.apply(listener, self, args)
  return frame === undefined || frame === currentFrame() ? call() : resume(frame, call, [])
}

function hide(object: object, key: string | symbol, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, configurable: true })
}
