import * as Comlink from 'comlink'
import { expectTypeOf, test } from 'vitest'
import { ContextVar } from '@interlock/contextvar'
import { Lock } from '@interlock/worker'
import { expose, install, wrap } from './index.ts'

interface Api {
  readonly lock: Lock
  work(lock: Lock, times: number): string
  make(): Promise<Lock>
}

declare const worker: Worker

test('install() takes the module', () => {
  install(Comlink)
  expectTypeOf(install).returns.toBeVoid()
  // @ts-expect-error Not what is in it.
  install(Comlink.transferHandlers)
})

test("wrap() answers Comlink's own Remote", () => {
  const api = wrap<Api>(worker, { vars: [new ContextVar<string>('a'), new ContextVar<{ b: number }>('b')] })
  expectTypeOf(api).toEqualTypeOf<Comlink.Remote<Api>>()
  expectTypeOf(api.work).toBeCallableWith(new Lock(), 1)
  expectTypeOf(api.work(new Lock(), 1)).toEqualTypeOf<Promise<string>>()
  expectTypeOf(api.make()).toEqualTypeOf<Promise<Lock>>()
  expectTypeOf(api.lock).toEqualTypeOf<Promise<Lock>>()
})

test('expose() takes what Comlink does', () => {
  expose({}, worker, { vars: new Set([new ContextVar('a')]), limit: 100, allowedOrigins: [/example/] })
  expose(() => {})
})

test('what is refused', () => {
  // @ts-expect-error Names are no variables.
  wrap(worker, { vars: ['a'] })
  // @ts-expect-error No endpoint.
  wrap({})
  // @ts-expect-error The limit is a number.
  expose({}, worker, { limit: '100' })
})
