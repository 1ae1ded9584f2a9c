/**
 * isolateHttp: over real servers and real connections, with requests that overlap; and, over bare emitters, what it does to their
 * listeners.
 */
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { connect, type Socket } from 'node:net'
import { finished, PassThrough, pipeline } from 'node:stream'
import type { Duplex } from 'node:stream'
import { Barrier } from '@interlock/core'
import express, { type Request, type Response } from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { allBegan, Client, COUNT, ids, listening, portOf, type Seen, wrong } from '../../test/late-bodies.ts'
import { currentContext, currentOwner, runFor } from '../frame/index.ts'
import { Context, ContextVar, copyContext, setRootPolicy } from '../index.ts'
import { isolateHttp } from './index.ts'

let requestId: ContextVar<string>
beforeEach(() => {
  requestId = new ContextVar('requestId', { default: 'none' })
})

/** An async listener; its rejection is an unhandled one, and fails the run. */
const started =
  <A extends unknown[]>(job: (...args: A) => Promise<void>) =>
  (...args: A): void =>
    void job(...args)

let closing: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all(closing.map((close) => close()))
  closing = []
})

/** Closes it after the test, with all its connections: one that failed leaves some that nobody ends. */
function closeLater<S extends EventEmitter & { close(done: () => void): unknown }>(server: S): S {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  closing.push(() => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    return closed
  })
  return server
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Sets its id, waits until all have, and then reads it: after the await, in the 'end' of the late body, after awaiting that. */
function lateBodies(): Handler {
  const began = allBegan()
  return started(async (incoming, response) => {
    requestId.set(String(incoming.url).slice(1))
    await began.wait()
    response.writeContinue()
    const seen: Seen = { afterAwait: requestId.get() }
    await new Promise<void>((resolve) => {
      incoming.resume()
      incoming.on('end', () => {
        seen['inEnd'] = requestId.get()
        resolve()
      })
    })
    seen['afterBody'] = requestId.get()
    response.end(JSON.stringify(seen))
  })
}

/** Two rounds, the second over the connections of the first. */
async function twoRounds(server: { address(): unknown }): Promise<Seen[][]> {
  using client = new Client(server)
  const first = await client.round()
  const second = await client.round()
  expect([first.reused, second.reused]).toEqual([false, true])
  return [first.seen, second.seen]
}

const wrongAt = (rounds: Seen[][], stage: string): number[] => rounds.map((seen) => wrong(seen, stage))

describe('the hazard: concurrent POSTs over kept connections, whose bodies end late', () => {
  let before: ReturnType<typeof setRootPolicy>
  beforeEach(() => {
    before = setRootPolicy('allow')
  })
  afterEach(() => {
    setRootPolicy(before)
  })

  test('without isolation all but one read the id of another', async () => {
    const server = closeLater(await listening(createServer(lateBodies())))
    const rounds = await twoRounds(server)
    expect(wrongAt(rounds, 'afterAwait')).toEqual([COUNT - 1, COUNT - 1])
    expect(wrongAt(rounds, 'inEnd')).toEqual([COUNT - 1, COUNT - 1])
  })

  test("a run() round the handler is right after an await, and wrong in the body's 'end'", async () => {
    const handle = lateBodies()
    const server = closeLater(await listening(createServer((...args) => copyContext().run(handle, ...args))))
    const rounds = await twoRounds(server)
    expect(wrongAt(rounds, 'afterAwait')).toEqual([0, 0])
    expect(wrongAt(rounds, 'inEnd')).toEqual([COUNT, COUNT])
  })

  test('isolated, every request reads its own id, everywhere', async () => {
    const server = closeLater(await listening(isolateHttp(createServer(lateBodies()))))
    const rounds = await twoRounds(server)
    for (const stage of ['afterAwait', 'inEnd', 'afterBody']) expect(wrongAt(rounds, stage)).toEqual([0, 0])
  })
})

describe('isolateHttp', () => {
  let before: ReturnType<typeof setRootPolicy>
  beforeEach(() => {
    before = setRootPolicy('throw')
  })
  afterEach(() => setRootPolicy(before))

  test('answers the server', () => {
    const server = createServer()
    expect(isolateHttp(server)).toBe(server)
  })

  test('isolates handlers that are attached later, and after the server listens', async () => {
    const server = closeLater(await listening(isolateHttp(createServer())))
    server.on('request', lateBodies())
    expect(wrongAt(await twoRounds(server), 'inEnd')).toEqual([0, 0])
  })

  test('isolates handlers that were attached before, when the server listens already', async () => {
    const server = closeLater(await listening(createServer(lateBodies())))
    isolateHttp(server)
    expect(wrongAt(await twoRounds(server), 'inEnd')).toEqual([0, 0])
  })

  test('a second call changes nothing', () => {
    const server = isolateHttp(createServer())
    const { emit } = server
    isolateHttp(server)
    expect(server.emit).toBe(emit)
  })

  test('all handlers of a request share its Context', async () => {
    const contexts: Context[] = []
    const server = closeLater(await listening(isolateHttp(createServer())))
    server.on('request', () => contexts.push(currentContext()))
    server.on('request', (_, response: ServerResponse) => {
      contexts.push(currentContext())
      response.end()
    })
    for (let round = 0; round < 2; round++) await fetch(`http://127.0.0.1:${portOf(server)}`)
    const [a, b, c, d] = contexts
    expect([a === b, c === d, a === c]).toEqual([true, true, false])
  })

  test("a request begins with the values of isolateHttp's own Context as they are when it comes, not with those of listen()", async () => {
    const tenant = new ContextVar('tenant', { default: 'none' })
    const seen: string[] = []
    const server = closeLater(
      createServer((_, response) => {
        seen.push(tenant.get())
        tenant.set('of a request')
        response.end()
      }),
    )
    const home = new Context()
    home.run(() => {
      tenant.set('at first')
      isolateHttp(server)
    })
    await new Context().run(async () => {
      tenant.set('of listen()')
      await listening(server)
    })
    await fetch(`http://127.0.0.1:${portOf(server)}`)
    home.run(() => tenant.set('by then'))
    await fetch(`http://127.0.0.1:${portOf(server)}`)
    expect(seen).toEqual(['at first', 'by then'])
    expect(home.get(tenant)).toBe('by then')
  })

  test('a request belongs to no task, whoever began to listen', async () => {
    const owners: unknown[] = []
    const server = closeLater(createServer())
    await runFor({ name: 'main' }, copyContext(), async () => {
      await listening(isolateHttp(server))
      server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
        owners.push(currentOwner())
        incoming.on('end', () => {
          owners.push(currentOwner())
          response.end()
        })
        incoming.resume()
      })
    })
    await fetch(`http://127.0.0.1:${portOf(server)}`, { method: 'POST', body: 'a' })
    expect(owners).toEqual([undefined, undefined])
  })

  test("what is registered on the response runs in the request's Context: 'finish', 'close', the callbacks of write() and end()", async () => {
    const log: string[] = []
    const closed = new Barrier(2)
    const server = isolateHttp(
      createServer((incoming, response) => {
        const note = (event: string) => () => log.push(`${event} ${requestId.get()}`)
        requestId.set(String(incoming.url))
        response.on('finish', note('finish'))
        response.once('close', note('close'))
        response.once('close', () => void closed.wait())
        response.write('a', note('write'))
        response.end('b', note('end'))
      }),
    )
    closeLater(await listening(server))
    await (await fetch(`http://127.0.0.1:${portOf(server)}/a`)).text()
    await closed.wait()
    expect(log.toSorted()).toEqual(['close /a', 'end /a', 'finish /a', 'write /a'])
  })

  test('pipelined requests of one connection have a Context each', async () => {
    const server = closeLater(await listening(isolateHttp(createServer())))
    const both = new Barrier(2)
    const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
      requestId.set(String(incoming.url))
      await both.wait()
      incoming.resume().on('end', () => response.end(requestId.get()))
    }
    server.on('request', started(handle))
    const socket = connect(portOf(server), '127.0.0.1')
    const post = (path: string, more = ''): string =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n${more}\r\n.`
    socket.write(post('/one') + post('/two', 'Connection: close\r\n'))
    const text = (await socket.toArray()).join('')
    expect(text.match(/\/one|\/two/g)).toEqual(['/one', '/two'])
  })

  test('streams: pipeline(), finished(), for await and events.once() over a request go on in its Context', async () => {
    const server = closeLater(await listening(isolateHttp(createServer())))
    const ways: Record<string, (incoming: IncomingMessage, done: () => void) => void> = {
      pipeline: (incoming, done) => pipeline(incoming, new PassThrough().resume(), done),
      finished: (incoming, done) => finished(incoming.resume(), done),
      once: started(async (incoming, done) => {
        await once(incoming.resume(), 'end')
        done()
      }),
      iterate: started(async (incoming, done) => {
        const seen: string[] = []
        for await (const _ of incoming) seen.push(requestId.get())
        expect(new Set(seen)).toEqual(new Set(['iterate']))
        done()
      }),
    }
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      const way = String(incoming.url).slice(1)
      requestId.set(way)
      response.writeContinue()
      ways[way]?.(incoming, () => response.end(requestId.get()))
    })
    const post = async (path: string): Promise<string> => {
      const outgoing = request({ host: '127.0.0.1', port: portOf(server), path: `/${path}`, method: 'POST' })
      outgoing.on('continue', () => outgoing.end('late'))
      outgoing.write('early')
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
      return (await response.toArray()).join('')
    }
    const names = Object.keys(ways)
    expect(await Promise.all(names.map(post))).toEqual(names)
  })

  test("'checkContinue': what its handler sets is seen by the handlers that it hands the request on to", async () => {
    const seen: unknown[] = []
    const server = closeLater(await listening(isolateHttp(createServer())))
    server.on('checkContinue', (incoming: IncomingMessage, response: ServerResponse) => {
      requestId.set('checked')
      seen.push(currentContext())
      response.writeContinue()
      server.emit('request', incoming, response)
    })
    server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
      seen.push(currentContext())
      incoming.resume().on('end', () => response.end(requestId.get()))
    })
    const outgoing = request({ port: portOf(server), method: 'POST', headers: { Expect: '100-continue' } })
    outgoing.on('continue', () => outgoing.end('late'))
    outgoing.flushHeaders()
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect((await response.toArray()).join('')).toBe('checked')
    expect(seen[0]).toBe(seen[1])
  })

  test("'checkExpectation'", async () => {
    const server = closeLater(await listening(isolateHttp(createServer())))
    server.on('checkExpectation', (incoming: IncomingMessage, response: ServerResponse) => {
      requestId.set('expected')
      incoming.resume().on('end', () => response.end(requestId.get()))
    })
    const outgoing = request({ port: portOf(server), method: 'POST', headers: { Expect: 'the unexpected' } })
    outgoing.end('body')
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    expect((await response.toArray()).join('')).toBe('expected')
  })

  test.each(['upgrade', 'connect'] as const)(
    "'%s': each socket's listeners see the values of its request",
    async (event) => {
      const server = closeLater(await listening(isolateHttp(createServer())))
      const both = new Barrier(2)
      const handle = async (incoming: IncomingMessage, socket: Duplex): Promise<void> => {
        requestId.set(String(incoming.headers['x-id']))
        await both.wait()
        socket.on('data', () => socket.end(requestId.get()))
        socket.write('HTTP/1.1 200 Go on\r\n\r\n')
      }
      server.on(event, started(handle))
      const begin =
        event === 'connect' ? 'CONNECT a:1 HTTP/1.1\r\n' : 'GET / HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n'
      const talk = async (id: string): Promise<string> => {
        const socket = connect(portOf(server), '127.0.0.1')
        socket.write(`${begin}Host: a\r\nX-Id: ${id}\r\n\r\n`)
        await once(socket, 'data')
        socket.write('?')
        return (await socket.toArray()).join('')
      }
      expect(await Promise.all(['a', 'b'].map(talk))).toEqual(['a', 'b'])
    },
  )

  describe('http2', () => {
    const post = (session: ReturnType<typeof connectHttp2>, id: string): Promise<string> => {
      const stream = session.request({ ':path': `/${id}`, ':method': 'POST' })
      stream.write('early')
      stream.once('headers', () => stream.end('late'))
      return stream.toArray().then((chunks) => chunks.join(''))
    }

    test.each(['request', 'stream', 'both'] as const)(
      '%s: the streams of one session have a Context each',
      async (api) => {
        const server = closeLater(isolateHttp(createHttp2Server()))
        const began = allBegan()
        const contexts = new Map<string, Context>()
        if (api !== 'request') {
          server.on(
            'stream',
            started(async (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
              requestId.set(`${headers[':path']}`.slice(1))
              contexts.set(requestId.get(), currentContext())
              if (api === 'both') return
              await began.wait()
              stream.additionalHeaders({ ':status': 100 })
              stream.resume().on('end', () => stream.end(requestId.get()))
            }),
          )
        }
        if (api !== 'stream') {
          server.on(
            'request',
            started(async (incoming: Http2ServerRequest, response: Http2ServerResponse) => {
              if (api === 'both') expect(currentContext()).toBe(contexts.get(incoming.url.slice(1)))
              else requestId.set(incoming.url.slice(1))
              await began.wait()
              response.writeContinue()
              incoming.resume().on('end', () => response.end(requestId.get()))
            }),
          )
        }
        await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
        const session = connectHttp2(`http://127.0.0.1:${portOf(server)}`)
        closing.push(() => session.close())
        expect(await Promise.all(ids.map((id) => post(session, id)))).toEqual(ids)
      },
    )
  })
})

describe('Express 5', () => {
  function application(): express.Express {
    const began = allBegan()
    const logged = new Map<string, string>()
    return express()
      .use(async (incoming: Request, response: Response, next) => {
        const id = incoming.path.slice(1)
        requestId.set(id)
        response.on('finish', () => logged.set(id, requestId.get()))
        await began.wait()
        response.writeContinue()
        next()
      })
      .use(express.text())
      .post('/:id', (incoming: Request<{ id: string }>, response: Response) => {
        response.json({ inHandler: requestId.get(), body: incoming.body, lastLogged: logged.get(incoming.params.id) })
      })
  }

  test('isolateHttp(app.listen()): middleware, body parser, handler and finish see the id of their request', async () => {
    const before = setRootPolicy('throw')
    try {
      const server = closeLater(isolateHttp(application().listen(0, '127.0.0.1')))
      if (!server.listening) await once(server, 'listening')
      const [first = [], second = []] = await twoRounds(server)
      expect(first.map(({ inHandler, body }) => [inHandler, body])).toEqual(
        ids.map((id) => [id, 'the beginning, the end']),
      )
      expect(second.map(({ inHandler, lastLogged }) => [inHandler, lastLogged])).toEqual(ids.map((id) => [id, id]))
    } finally {
      setRootPolicy(before)
    }
  })

  test('without it: each but one handler reads the id of another', async () => {
    const before = setRootPolicy('allow')
    try {
      const server = closeLater(application().listen(0, '127.0.0.1'))
      if (!server.listening) await once(server, 'listening')
      using client = new Client(server)
      expect(wrong((await client.round()).seen, 'inHandler')).toBe(COUNT - 1)
    } finally {
      setRootPolicy(before)
    }
  })

  test('an application is no server', () => {
    expect(() => isolateHttp(express() as never)).toThrow(TypeError)
    expect(() => isolateHttp(fastify() as never)).toThrow(TypeError)
  })
})

describe('Fastify 5', () => {
  function routes(app: FastifyInstance): FastifyInstance {
    const began = allBegan()
    const logged = new Map<string, string>()
    app.addHook('onRequest', async (incoming, reply) => {
      requestId.set(incoming.url.slice(1))
      await began.wait()
      reply.raw.writeContinue()
    })
    app.addHook('onResponse', async (incoming) => {
      logged.set(incoming.url.slice(1), requestId.get())
    })
    app.post('/:id', async (incoming) => ({
      inHandler: requestId.get(),
      body: incoming.body,
      lastLogged: logged.get(incoming.url.slice(1)),
    }))
    closeLater(app.server)
    return app
  }

  const isolated = {
    'serverFactory, on localhost': async () => {
      const app = routes(fastify({ serverFactory: (handler) => isolateHttp(createServer(handler)) }))
      await app.listen({ port: 0 })
      return app
    },
    'isolateHttp(fastify.server), on one address': async () => {
      const app = routes(fastify())
      isolateHttp(app.server)
      await app.listen({ port: 0, host: '127.0.0.1' })
      return app
    },
  }

  test.each(Object.entries(isolated))(
    '%s: hooks, body parser, handler and response see the id of their request',
    async (_, start) => {
      const before = setRootPolicy('throw')
      try {
        const app = await start()
        const [first = [], second = []] = await twoRounds(app.server)
        expect(first.map(({ inHandler, body }) => [inHandler, body])).toEqual(
          ids.map((id) => [id, 'the beginning, the end']),
        )
        expect(second.map(({ inHandler, lastLogged }) => [inHandler, lastLogged])).toEqual(ids.map((id) => [id, id]))
      } finally {
        setRootPolicy(before)
      }
    },
  )

  test('without it: each but one handler reads the id of another', async () => {
    const before = setRootPolicy('allow')
    try {
      const app = routes(fastify())
      await app.listen({ port: 0, host: '127.0.0.1' })
      using client = new Client(app.server)
      expect(wrong((await client.round()).seen, 'inHandler')).toBe(COUNT - 1)
    } finally {
      setRootPolicy(before)
    }
  })
})

describe('the listeners of a request', () => {
  /** An isolated server that is a bare emitter; `handle` gets each request. */
  function bare(handle: (incoming: EventEmitter) => void): (incoming: EventEmitter) => void {
    const server = isolateHttp(Object.assign(new EventEmitter(), { address: () => null }))
    server.on('request', handle)
    return (incoming) => server.emit('request', incoming, new EventEmitter())
  }

  const adders = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const

  test.each(adders)('%s(): runs in the Context of whoever added it, with this, arguments and once', (add) => {
    const incoming = new EventEmitter()
    const seen: unknown[] = []
    bare(() => {
      requestId.set('mine')
      incoming[add]('event', function (this: unknown, ...args: unknown[]) {
        seen.push([requestId.get(), this === incoming, args])
      })
    })(incoming)
    new Context().run(() => {
      requestId.set('of the emitter')
      incoming.emit('event', 1, 'two')
      incoming.emit('event', 3)
      seen.push(requestId.get())
    })
    const calls = [['mine', true, [1, 'two']], ...(/once/i.test(add) ? [] : [['mine', true, [3]]])]
    expect(seen).toEqual([...calls, 'of the emitter'])
  })

  test.each(adders)('%s(): taken off by the function that was put on', (add) => {
    for (const off of ['off', 'removeListener'] as const) {
      const incoming = new EventEmitter()
      const listener = (): never => expect.fail('it was taken off')
      bare(() => incoming[add]('event', listener))(incoming)
      expect(incoming.listenerCount('event', listener)).toBe(1)
      incoming[off]('event', listener)
      expect(incoming.emit('event')).toBe(false)
    }
  })

  test.each(adders)(
    '%s(): listeners() shows the function that was put on, rawListeners() what stands for it',
    (add) => {
      const incoming = new EventEmitter()
      const listener = (): void => {}
      const announced: unknown[] = []
      incoming.on('newListener', (_, added) => announced.push(added))
      incoming.on('removeListener', (_, removed) => announced.push(removed))
      bare(() => incoming[add]('event', listener))(incoming)
      expect(incoming.listeners('event')).toEqual([listener])
      expect(incoming.rawListeners('event').map((raw) => (raw as { listener?: unknown }).listener)).toEqual([listener])
      incoming.off('event', listener)
      expect(announced).toEqual([expect.any(Function), listener, listener])
    },
  )

  test('a once() leaves nothing behind, and is called once though it emits its own event', () => {
    const incoming = new EventEmitter()
    const log: string[] = []
    bare(() => {
      incoming.once('event', () => {
        log.push('once')
        incoming.emit('event')
      })
      incoming.on('event', () => log.push('on'))
    })(incoming)
    incoming.emit('event')
    expect(log).toEqual(['once', 'on', 'on'])
    expect(incoming.listenerCount('event')).toBe(1)
  })

  test('a once() whose raw listener is called by hand fires once', () => {
    const incoming = new EventEmitter()
    let calls = 0
    bare(() => incoming.once('event', () => calls++))(incoming)
    const [raw] = incoming.rawListeners('event')
    raw?.call(incoming)
    raw?.call(incoming)
    expect([calls, incoming.listenerCount('event')]).toEqual([1, 0])
  })

  test('the order of on() and prependListener() is kept', () => {
    const incoming = new EventEmitter()
    const log: string[] = []
    bare(() => {
      incoming.on('event', () => log.push('second'))
      incoming.prependListener('event', () => log.push('first'))
      incoming.prependOnceListener('event', () => log.push('zeroth'))
      incoming.addListener('event', () => log.push('third'))
    })(incoming)
    incoming.emit('event')
    expect(log).toEqual(['zeroth', 'first', 'second', 'third'])
  })

  test('calls chain, and all listeners of one request share its Context: what one sets the next one sees', () => {
    const incoming = new EventEmitter()
    const log: string[] = []
    bare(() => {
      incoming.on('event', () => requestId.set('set by the first')).on('event', () => log.push(requestId.get()))
    })(incoming)
    incoming.emit('event')
    expect(log).toEqual(['set by the first'])
  })

  test('each runs in the Frame of whoever added it, its Context and its owner, which may be of a later time', () => {
    const incoming = new EventEmitter()
    const context = new Context()
    const task = { name: 'upload' }
    const seen: unknown[] = []
    const look = (): unknown => seen.push([currentOwner(), currentContext() === context])
    bare(() => runFor(task, context, () => incoming.on('event', look)))(incoming)
    incoming.emit('event')
    new Context().run(() => incoming.emit('event'))
    expect(seen).toEqual([
      [task, true],
      [task, true],
    ])
  })

  test('one that was added outside of all Contexts runs in that of the emitter, once or on', () => {
    const incoming = new EventEmitter()
    const seen: string[] = []
    bare(() => {})(incoming)
    incoming.once('event', () => seen.push(requestId.get()))
    incoming.on('event', () => seen.push(requestId.get()))
    const emitter = new Context()
    emitter.run(() => {
      requestId.set('of the emitter')
      incoming.emit('event')
      incoming.emit('event')
    })
    expect(seen).toEqual(['of the emitter', 'of the emitter', 'of the emitter'])
  })

  test("a listener's error reaches whoever emits, and its Context is left", () => {
    const incoming = new EventEmitter()
    const error = new Error('thrown by the listener')
    bare(() => {
      requestId.set('mine')
      incoming.on('event', () => {
        throw error
      })
    })(incoming)
    new Context().run(() => {
      requestId.set('of the emitter')
      expect(() => incoming.emit('event')).toThrow(error)
      expect(requestId.get()).toBe('of the emitter')
    })
  })

  test('an async listener that rejects is captured where the emitter captures rejections', async () => {
    const incoming = new EventEmitter({ captureRejections: true })
    const error = new Error('rejected by the listener')
    const rejecting: () => unknown = () => Promise.reject(error)
    bare(() => {
      incoming.on('event', rejecting)
    })(incoming)
    const caught = once(incoming, 'error').catch(() => 'once() rejects with it')
    incoming.emit('event')
    expect(await caught).toEqual([error])
  })

  test.each([undefined, null, 5, 'event', {}])(
    'what is no function is refused by the emitter itself: %o',
    (listener) => {
      const incoming = new EventEmitter()
      bare(() => {})(incoming)
      for (const add of adders) {
        expect(() => incoming[add]('event', listener as never)).toThrow(
          expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
        )
      }
      expect(incoming.eventNames()).toEqual([])
    },
  )

  test('the Context of a listener counts as entered while it runs, and so does that of the emitter', () => {
    const incoming = new EventEmitter()
    const emitter = new Context()
    let own: Context | undefined
    const seen: string[] = []
    const attempt = (context: Context | undefined): string => {
      try {
        return context?.run(() => 'entered') ?? 'none'
      } catch (error) {
        return (error as Error).name
      }
    }
    bare(() => {
      own = currentContext()
      incoming.on('event', () => seen.push(attempt(own), attempt(emitter)))
    })(incoming)
    emitter.run(() => incoming.emit('event'))
    expect(seen).toEqual(['ContextEnteredError', 'ContextEnteredError'])
    expect([attempt(own), attempt(emitter)]).toEqual(['entered', 'entered'])
  })

  test('leaves no enumerable trace on the server and on the request', () => {
    const incoming = new EventEmitter()
    const keys = Object.keys(incoming)
    const server = Object.assign(new EventEmitter(), { address: () => null })
    const serverKeys = Object.keys(server)
    isolateHttp(server).emit('request', incoming)
    expect([Object.keys(incoming), Object.keys(server)]).toEqual([keys, serverKeys])
  })

  test('a request that is handed over again goes on in its own Context, from wherever', () => {
    const contexts: Context[] = []
    const server = isolateHttp(Object.assign(new EventEmitter(), { address: () => null }))
    for (const event of ['checkContinue', 'request']) {
      server.on(event, () => {
        contexts.push(currentContext())
        requestId.set(`${requestId.get()}, ${event}`)
      })
    }
    const [incoming, other] = [new EventEmitter(), new EventEmitter()]
    server.emit('checkContinue', incoming)
    server.emit('request', other)
    new Context().run(() => server.emit('request', incoming))
    const [checked, others, handled] = contexts
    expect([handled === checked, others === checked]).toEqual([true, false])
    expect(handled?.get(requestId)).toBe('none, checkContinue, request')
  })

  test('other events of the server are left alone: no Context, no change to what they carry', () => {
    const server = isolateHttp(Object.assign(new EventEmitter(), { address: () => null }))
    const socket = new EventEmitter()
    const seen: unknown[] = []
    server.on('connection', () => seen.push(currentContext()))
    server.emit('connection', socket)
    expect(seen).toEqual([currentContext()])
    expect(Object.hasOwn(socket, 'on')).toBe(false)
    expect(server.emit('nobody listens')).toBe(false)
    expect(server.emit('request')).toBe(false)
    expect(server.emit('connection', socket)).toBe(true)
  })

  test('this of emit() is kept', () => {
    const server = isolateHttp(Object.assign(new EventEmitter(), { address: () => null }))
    const heirs: unknown[] = []
    const heir = Object.create(server) as typeof server
    server.on('request', function (this: unknown) {
      heirs.push(this)
    })
    heir.emit('request', new EventEmitter())
    expect(heirs).toEqual([heir])
  })
})

test.each([undefined, null, 5, 'server', {}, () => {}, new EventEmitter(), { emit: 1, address: 2 }])(
  'wrong server: %o is a TypeError that names it',
  (server) => {
    expect(() => isolateHttp(server as unknown as Server)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(/^server must be an HTTP server/) }),
    )
  },
)
