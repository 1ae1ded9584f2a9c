import type { Server as HttpServer } from 'node:http'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import type { Server as HttpsServer } from 'node:https'
import type { Express } from 'express'
import type { FastifyInstance } from 'fastify'
import { expectTypeOf, test } from 'vitest'
import { isolateHttp } from './index.ts'

test('answers the very server, of whichever kind', () => {
  expectTypeOf(isolateHttp<HttpServer>).returns.toEqualTypeOf<HttpServer>()
  expectTypeOf(isolateHttp<HttpsServer>).returns.toEqualTypeOf<HttpsServer>()
  expectTypeOf(isolateHttp<Http2Server>).returns.toEqualTypeOf<Http2Server>()
  expectTypeOf(isolateHttp<Http2SecureServer>).returns.toEqualTypeOf<Http2SecureServer>()
  expectTypeOf(isolateHttp<FastifyInstance['server']>).returns.toEqualTypeOf<FastifyInstance['server']>()
})

test('takes no framework in place of its server', () => {
  // @ts-expect-error A request handler is no server.
  isolateHttp((_request: unknown, _response: unknown) => {})
  // @ts-expect-error An Express application is a request handler that emits.
  expectTypeOf(isolateHttp<Express>)
  // @ts-expect-error A Fastify is no server; its `server` is.
  expectTypeOf(isolateHttp<FastifyInstance>)
})
