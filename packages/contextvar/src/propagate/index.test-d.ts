import type { ClientRequestArgs, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { Request, Response } from 'express'
import { expectTypeOf, test } from 'vitest'
import { type Context, ContextVar } from '../index.ts'
import { extract, inject } from './index.ts'

const vars = [new ContextVar<string>('a'), new ContextVar<{ b: number }>('b')]

test('inject() takes what carries headers, and answers the very carrier', () => {
  expectTypeOf(inject<Headers>).returns.toEqualTypeOf<Headers>()
  expectTypeOf(inject<Map<string, string>>).returns.toEqualTypeOf<Map<string, string>>()
  expectTypeOf(inject<OutgoingHttpHeaders>).returns.toEqualTypeOf<OutgoingHttpHeaders>()
  expectTypeOf(inject<Response>).returns.toEqualTypeOf<Response>()
  expectTypeOf(inject({ job: 'resize' }, vars)).toEqualTypeOf<{ job: string }>()
})

test('extract() takes what can be read, and answers a Context', () => {
  expectTypeOf<IncomingHttpHeaders>().toExtend<Parameters<typeof extract>[0]>()
  expectTypeOf<Request>().toExtend<Parameters<typeof extract>[0]>()
  expectTypeOf<Headers>().toExtend<Parameters<typeof extract>[0]>()
  expectTypeOf(extract({}, vars)).toEqualTypeOf<Context>()
})

test('what is refused', () => {
  // @ts-expect-error No carrier.
  inject('baggage', vars)
  // @ts-expect-error Names are no variables.
  inject({}, ['a'])
  // @ts-expect-error The limit is a number.
  extract({}, vars, { limit: '5' })
  expectTypeOf<ClientRequestArgs['headers']>().not.toExtend<string>()
})
