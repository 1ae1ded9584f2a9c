/** inject() and extract(): what is written, what is read, what is refused; there and back at random, over HTTP and to a real thread. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { Barrier } from '@interlock/core'
import express from 'express'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { listening, portOf } from '../../test/late-bodies.ts'
import { ofNoKind, refusal, thrownBy } from '../../test/wrong-input.ts'
import { Context, ContextVar, copyContext } from '../index.ts'
import { BaggageError, extract, inject } from './index.ts'

const requestId = new ContextVar<string>('requestId')
const tenant = new ContextVar<unknown>('tenant', { default: { id: 0 } })

/** What `requestId` and `tenant` are written as, with these values. */
function written(values: { requestId?: string; tenant?: unknown }, carrier: Record<string, unknown> = {}): unknown {
  return new Context().run(() => {
    if ('requestId' in values) requestId.set(values.requestId)
    if ('tenant' in values) tenant.set(values.tenant)
    return inject(carrier, [requestId, tenant])['baggage']
  })
}

/** What is read from `baggage`. */
const readFrom = (baggage: unknown): { requestId: string | undefined; tenant: unknown } => {
  const context = extract({ baggage }, [requestId, tenant])
  return { requestId: context.get(requestId), tenant: context.get(tenant) }
}

describe('inject()', () => {
  test('one entry: texts as they are, all else as JSON, percent-encoded', () => {
    expect(written({ requestId: 'a-42' })).toBe('requestId=a-42')
    expect(written({ requestId: 'ä b,c;d=e"\\%()' })).toBe('requestId=%C3%A4%20b%2Cc%3Bd%3De%22%5C%25%28%29')
    expect(written({ requestId: '' })).toBe('requestId=')
    expect(written({ requestId: 'a', tenant: { id: 7 } })).toBe('requestId=a,tenant=%7B%22id%22%3A7%7D;json')
    for (const [value, text] of [
      [7, '7;json'],
      [true, 'true;json'],
      [null, 'null;json'],
      ['7', '7'],
      ['null', 'null'],
      [[], '%5B%5D;json'],
    ]) {
      expect(written({ tenant: value })).toBe(`tenant=${text as string}`)
    }
  })

  test('a variable that is not set is not sent, and a default is not either', () => {
    const carrier = {}
    expect(new Context().run(() => inject(carrier, [requestId, tenant]))).toBe(carrier)
    expect(carrier).toEqual({})
  })

  test('a variable that is not listed is not sent', () => {
    new Context().run(() => {
      requestId.set('42')
      tenant.set('secret')
      expect(inject({}, [requestId])).toEqual({ baggage: 'requestId=42' })
      expect(inject({}, [])).toEqual({})
    })
  })

  test('a name is encoded too', () => {
    const odd = new ContextVar<string>('user (id), ä=')
    new Context().run(() => {
      odd.set('1')
      expect(inject({}, [odd])).toEqual({ baggage: 'user%20%28id%29%2C%20%C3%A4%3D=1' })
      expect(extract(inject({}, [odd]), [odd]).get(odd)).toBe('1')
    })
  })

  test('what others have put there stays, as it stands', () => {
    const others = 'vendor=x%20y;ttl=5;secret,broken%ZZ=1,,odd'
    expect(written({ requestId: '42' }, { baggage: ` ${others} ` })).toBe(
      'vendor=x%20y;ttl=5;secret,broken%ZZ=1,odd,requestId=42',
    )
    expect(written({}, { baggage: others })).toBe('vendor=x%20y;ttl=5;secret,broken%ZZ=1,odd')
  })

  test('what stood under our names goes, whether or not there is a value in its place', () => {
    const old = 'requestId=old,vendor=x,%72equestId=older,tenant=1;json'
    expect(written({ requestId: 'new' }, { baggage: old })).toBe('vendor=x,requestId=new')
    expect(written({}, { baggage: old })).toBe('vendor=x')
    expect(written({}, { baggage: 'requestId=old' })).toBe(undefined)
  })

  describe('carriers', () => {
    const inside = <R>(body: () => R): R => new Context().run(() => (requestId.set('42'), body()))

    test('Headers and a Map, and they are answered', () => {
      inside(() => {
        for (const carrier of [new Headers({ accept: '*/*' }), new Map<string, string>()]) {
          expect(inject(carrier, [requestId])).toBe(carrier)
          expect(carrier.get('baggage')).toBe('requestId=42')
          new Context().run(() => inject(carrier, [requestId]))
          expect(carrier.has('baggage')).toBe(false)
        }
      })
    })

    test('one with get() and set() alone is left with an empty text', () => {
      const entries = new Map([['baggage', 'requestId=old']])
      const carrier = {
        get: (name: string) => entries.get(name),
        set: (name: string, value: string) => entries.set(name, value),
      }
      new Context().run(() => inject(carrier, [requestId]))
      expect(entries.get('baggage')).toBe('')
    })

    test('a plain object, in whatever case the header is written, once', () => {
      inside(() => {
        expect(inject({ Baggage: 'vendor=x' }, [requestId])).toEqual({ Baggage: 'vendor=x,requestId=42' })
        expect(inject({ BAGGAGE: 'a=1', baggage: 'b=2' }, [requestId])).toEqual({ BAGGAGE: 'a=1,b=2,requestId=42' })
        expect(inject(Object.create(null) as Record<string, string>, [requestId])).toEqual({ baggage: 'requestId=42' })
        expect(inject({ baggage: ['a=1', 'b=2'] }, [requestId])).toEqual({ baggage: 'a=1,b=2,requestId=42' })
        expect(inject({ baggage: null }, [requestId])).toEqual({ baggage: 'requestId=42' })
      })
    })

    test('a plain object of another realm', () => {
      const carrier = runInNewContext('({})') as Record<string, unknown>
      expect(inside(() => inject(carrier, [requestId]))).toEqual({ baggage: 'requestId=42' })
    })

    test('a plain object with an own get() and no set() is a plain object', () => {
      const carrier = { get: () => 'x' }
      expect(inside(() => inject(carrier, [requestId]))).toEqual({ get: carrier.get, baggage: 'requestId=42' })
    })
  })

  describe('what has no JSON form', () => {
    class Point {
      readonly x = 1
    }
    const cyclic: Record<string, unknown> = {}
    cyclic['deep'] = [{ cyclic }]
    const without: [string, unknown, string][] = [
      ['undefined', undefined, 'undefined'],
      ['a function', () => {}, '[object Function]'],
      ['a symbol', Symbol('odd'), 'Symbol(odd)'],
      ['a bigint', 5n, '5n'],
      ['NaN', Number.NaN, 'NaN'],
      ['Infinity', Infinity, 'Infinity'],
      ['a Date', new Date(0), 'an instance of a class, [object Date]'],
      ['a Map', new Map(), 'an instance of a class, [object Map]'],
      ['a Set', new Set(), 'an instance of a class, [object Set]'],
      ['a RegExp', /a/, 'an instance of a class, [object RegExp]'],
      ['an Error', new Error('a'), 'an instance of a class, [object Error]'],
      ['a typed array', new Uint8Array(1), 'an instance of a class, [object Uint8Array]'],
      ['a boxed text', Object('a'), 'an instance of a class, [object String]'],
      ['an instance', new Point(), 'an instance of a class, [object Object]'],
      ['what contains itself', cyclic, 'an object that contains itself'],
      ['a symbol for a key', { [Symbol('odd')]: 1 }, 'an object with a symbol for a key'],
      ['an array with a hole', [1, , 2], 'undefined'], // oxlint-disable-line no-sparse-arrays
    ]
    const places: [string, (value: unknown) => unknown][] = [
      ['by itself', (value) => value],
      ['in an object', (value) => ({ deep: { value } })],
      ['in an array', (value) => [1, [value]]],
    ]

    test.each(
      without.flatMap(([name, value, lost]) => places.map(([place, put]) => [name, place, put(value), lost] as const)),
    )('%s, %s', (_name, _place, value, lost) => {
      const carrier = { baggage: 'vendor=x' }
      new Context().run(() => {
        requestId.set('42')
        tenant.set(value)
        expect(thrownBy(() => inject(carrier, [requestId, tenant]))).toEqual(
          refusal('TypeError', `ContextVar "tenant" has a value without a JSON form: ${lost}`),
        )
      })
      expect(carrier).toEqual({ baggage: 'vendor=x' })
    })

    test('-0 has that of 0', () => {
      expect(readFrom(written({ tenant: [-0] })).tenant).toEqual([0])
    })

    test('the same object twice, but not within itself, has one', () => {
      const shared = { a: 1 }
      expect(readFrom(written({ tenant: [shared, { shared }] })).tenant).toEqual([shared, { shared }])
    })

    test('a plain object of another realm, and one without a prototype, have one', () => {
      expect(readFrom(written({ tenant: runInNewContext('({ a: [1] })') })).tenant).toEqual({ a: [1] })
      expect(readFrom(written({ tenant: Object.create(null) as object })).tenant).toEqual({})
    })
  })

  describe('the limit', () => {
    test('8192 bytes in all, to the byte; the carrier is unchanged beyond', () => {
      const fill = 8192 - 'requestId='.length
      expect(written({ requestId: 'x'.repeat(fill) })).toHaveLength(8192)
      const carrier = {}
      const error = thrownBy(() => written({ requestId: 'x'.repeat(fill + 1) }, carrier))
      expect(error).toEqual(
        refusal('RangeError', 'ContextVar "requestId" does not fit: baggage must be at most 8192 bytes, got 8193'),
      )
      expect(carrier).toEqual({})
    })

    test("of others' parts, encoded texts and the commas too", () => {
      new Context().run(() => {
        requestId.set('ä')
        tenant.set(1)
        const text = 'v=ä,requestId=%C3%A4,tenant=1;json'
        const limit = Buffer.byteLength(text)
        expect(inject({ baggage: 'v=ä' }, [requestId, tenant], { limit })).toEqual({ baggage: text })
        const carrier = { baggage: 'v=ä' }
        expect(() => inject(carrier, [requestId, tenant], { limit: limit - 1 })).toThrow(
          `ContextVar "tenant" does not fit: baggage must be at most ${limit - 1} bytes, got ${limit}`,
        )
        expect(carrier).toEqual({ baggage: 'v=ä' })
      })
    })

    test('there is none on the number of members; Infinity is none on the size', () => {
      const many = Array.from({ length: 200 }, (_, at) => new ContextVar<string>(`v${at}`))
      new Context().run(() => {
        for (const variable of many) variable.set('x'.repeat(100))
        const headers = inject({}, many, { limit: Infinity })
        const read = extract(headers, many, { limit: Infinity })
        expect(many.every((variable) => read.get(variable) === 'x'.repeat(100))).toBe(true)
        expect(() => inject({}, many)).toThrow(RangeError)
      })
    })
  })
})

describe('extract()', () => {
  test('a copy of the current Context with the carried values, which is not entered', () => {
    new Context().run(() => {
      const other = new ContextVar<string>('other')
      other.set('from here')
      requestId.set('from here')
      const context = extract({ baggage: 'requestId=from%20there' }, [requestId, tenant])
      expect([context.get(requestId), context.get(other), context.has(tenant)]).toEqual([
        'from there',
        'from here',
        false,
      ])
      expect(requestId.get()).toBe('from here')
      expect(context.run(() => requestId.get())).toBe('from there')
    })
  })

  test('nothing carried: a copy of the current Context', () => {
    for (const carrier of [{}, new Headers(), new Map(), { baggage: '' }, { baggage: undefined }, { baggage: [] }]) {
      expect(extract(carrier, [requestId]).size).toBe(copyContext().size)
    }
  })

  test('only the variables that are listed are read; all else is ignored, however broken', () => {
    const text = 'tenant=%ZZ,x,%E0%A4%A=1,=,;,other=%;json,"=",requestId=42'
    expect(extract({ baggage: text }, [requestId]).get(requestId)).toBe('42')
    expect([...extract({ baggage: 'tenant=1' }, []).keys()]).toEqual([])
  })

  test('white space, properties and encoded names as the format allows them', () => {
    expect(readFrom(' requestId = 42 ; a = b ;c\t,\ttenant = %5B1%5D ; x ; json ')).toEqual({
      requestId: '42',
      tenant: [1],
    })
    expect(readFrom('%72equestId=42')).toMatchObject({ requestId: '42' })
    expect(readFrom('requestId=a=b==')).toMatchObject({ requestId: 'a=b==' })
    expect(readFrom('tenant=1')).toMatchObject({ tenant: '1' })
    expect(readFrom('tenant=1;json=2')).toMatchObject({ tenant: '1' })
    expect(readFrom('requestId=a+b')).toMatchObject({ requestId: 'a+b' })
  })

  test.each([
    ['requestId=%E0%A4%A', 'URI malformed'],
    ['requestId=%', 'URI malformed'],
    ['requestId=%FF', 'URI malformed'],
    ['requestId', 'no = in it'],
    ['requestId;json', 'no = in it'],
    ['requestId=a b', 'a character that must be percent-encoded'],
    ['requestId="a"', 'a character that must be percent-encoded'],
    ['requestId=a\\b', 'a character that must be percent-encoded'],
    ['requestId=ä', 'a character that must be percent-encoded'],
    ['requestId=a\u0000', 'a character that must be percent-encoded'],
    ['requestId=%7B;json', "Expected property name or '}' in JSON at position 1 (line 1 column 2)"],
    ['requestId=;json', 'Unexpected end of JSON input'],
  ])('malformed for one of ours, it is refused: %s', (baggage, why) => {
    const error = thrownBy(() => readFrom(`vendor=x,${baggage}`))
    expect(error).toBeInstanceOf(BaggageError)
    expect(error).toMatchObject({
      name: 'BaggageError',
      code: 'ERR_BAD_BAGGAGE',
      message: `baggage is malformed where it speaks of ContextVar "requestId": ${why}`,
      cause: expect.any(Error),
    })
  })

  test('twice of one of ours is refused: nobody can say which is meant', () => {
    expect(thrownBy(() => readFrom('requestId=1,x=1,%72equestId=2'))).toMatchObject({
      code: 'ERR_BAD_BAGGAGE',
      message: 'baggage must say one thing of ContextVar "requestId", got two',
    })
  })

  test.each([5, true, {}, ['a=1', 5], Symbol('odd')])('%o is no text: refused', (baggage) => {
    expect(thrownBy(() => readFrom(baggage))).toMatchObject({
      code: 'ERR_BAD_BAGGAGE',
      message: expect.stringMatching(/^baggage must be a string, got /),
    })
  })

  test('larger than the limit: refused, whatever is in it', () => {
    const text = `v=${'ä'.repeat(10)}`
    expect(extract({ baggage: text }, [requestId], { limit: 22 })).toBeInstanceOf(Context)
    expect(thrownBy(() => extract({ baggage: text }, [requestId], { limit: 21 }))).toMatchObject({
      code: 'ERR_BAD_BAGGAGE',
      message: 'baggage must be at most 21 bytes, got 22',
    })
    expect(() => readFrom('x'.repeat(8192))).not.toThrow()
    expect(() => readFrom('x'.repeat(8193))).toThrow(BaggageError)
  })

  test('a refusal sets nothing', () => {
    new Context().run(() => {
      requestId.set('from here')
      expect(() => readFrom('requestId=there,tenant=%')).toThrow(BaggageError)
      expect([requestId.get(), copyContext().size]).toEqual(['from here', 1])
    })
  })

  test('one that can only be read: an object with get() alone', () => {
    const carrier = { get: (name: string) => (name === 'baggage' ? 'requestId=42' : undefined) }
    expect(extract(carrier, [requestId]).get(requestId)).toBe('42')
  })

  test('__proto__: as a name, in a value, as a member of others', () => {
    const odd = new ContextVar<unknown>('__proto__')
    const polluting = JSON.parse('{"__proto__":{"polluted":true}}') as object
    const context = new Context().run(() => {
      odd.set(polluting)
      return extract(inject({}, [odd]), [odd])
    })
    expect(context.get(odd)).toEqual(polluting)
    extract({ baggage: '__proto__=%7B%22polluted%22%3Atrue%7D;json,constructor=1' }, [requestId])
    expect('polluted' in {}).toBe(false)
    expect(Object.getPrototypeOf(inject({}, []))).toBe(Object.prototype)
  })
})

describe('wrong input', () => {
  const both: [string, (carrier: unknown, vars?: unknown, options?: unknown) => unknown, string][] = [
    [
      'inject',
      (carrier, vars = [requestId], options) => inject(carrier as Headers, vars as [], options as object),
      'get() and set()',
    ],
    [
      'extract',
      (carrier, vars = [requestId], options) => extract(carrier as Headers, vars as [], options as object),
      'get()',
    ],
  ]

  describe.each(both)('%s()', (_name, call, methods) => {
    test.each([
      ...ofNoKind.filter(([value]) => !(value instanceof Map) && Object(value) !== value),
      [[], '[object Array]'],
      [new Date(), '[object Date]'],
      [() => {}, '[object Function]'],
    ] as const)('the carrier %o', (carrier, shown) => {
      expect(thrownBy(() => call(carrier))).toEqual(
        refusal('TypeError', `carrier must be an object with ${methods}, or a plain object, got ${shown}`),
      )
    })

    test.each(ofNoKind)('a list of variables with %o in it', (variable, shown) => {
      expect(thrownBy(() => call({}, [requestId, variable]))).toEqual(
        refusal('TypeError', `vars must be an iterable of ContextVars, got ${shown}`),
      )
    })

    test.each([null, 5, requestId, {}])('%o for the list', (vars) => {
      expect(() => call({}, vars)).toThrow(/^vars must be an iterable of ContextVars, got /)
    })

    test('two variables of one name; the same one twice is one', () => {
      const twin = new ContextVar<string>('requestId')
      expect(thrownBy(() => call({}, [requestId, twin]))).toEqual(
        refusal('RangeError', 'vars must have a name each, got two of ContextVar "requestId"'),
      )
      expect(() => call({}, [requestId, requestId])).not.toThrow()
    })

    test.each(['', '\ud800', 'a\udc00'])('a name that cannot be sent: %o', (name) => {
      expect(() => call({}, [new ContextVar(name)])).toThrow(/^vars must have names that can be sent, got ContextVar "/)
      expect(() => call({}, [new ContextVar(name)])).toThrow(RangeError)
    })

    test.each([null, 5, 'limit', true, () => {}])('the options %o', (options) => {
      expect(() => call({}, [requestId], options)).toThrow(/^options must be an object, got /)
    })

    test.each([null, '5', 5n, {}, true])('the limit %o is a TypeError', (limit) => {
      expect(() => call({}, [requestId], { limit })).toThrow(TypeError)
      expect(() => call({}, [requestId], { limit })).toThrow(
        /^limit must be a whole number of bytes, or Infinity, got /,
      )
    })

    test.each([-1, 0.5, Number.NaN, -Infinity])('the limit %d is a RangeError', (limit) => {
      expect(thrownBy(() => call({}, [requestId], { limit }))).toEqual(
        refusal('RangeError', `limit must be a whole number of bytes, or Infinity, got ${limit}`),
      )
    })

    test('no options, an undefined limit and 0 are in order', () => {
      for (const options of [undefined, {}, { limit: undefined }, { limit: 0 }])
        expect(() => call({}, [requestId], options)).not.toThrow()
    })
  })

  test('inject() into a carrier whose baggage is no text', () => {
    expect(thrownBy(() => written({ requestId: '42' }, { baggage: 5 }))).toEqual(
      refusal('TypeError', "carrier's baggage must be a string, got 5"),
    )
  })
})

describe('at random', () => {
  const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 })
  // Once through JSON, as that knows no -0.
  const json = fc.jsonValue({ stringUnit: 'binary' }).map((any): unknown => JSON.parse(JSON.stringify(any)))
  const value = fc.oneof(fc.string({ unit: 'binary' }), json, fc.constant('\ud800'))

  test('what is injected is extracted, whatever the names and values, beside the baggage of others', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 6 }),
        fc.constantFrom('', 'vendor=x;ttl=5', 'a=1, b=%', ',,;=,'),
        (entries, others) => {
          const variables = entries.map(([key, content]) => ({ variable: new ContextVar<unknown>(key), content }))
          const list = variables.map(({ variable }) => variable)
          const headers = new Context().run(() => {
            for (const { variable, content } of variables) variable.set(content)
            return inject(new Headers({ baggage: others }), list, { limit: Infinity })
          })
          const context = extract(headers, list, { limit: Infinity })
          for (const { variable, content } of variables)
            expect([context.has(variable), context.get(variable)]).toEqual([true, content])
        },
      ),
      { numRuns: 500 },
    )
  })

  test('junk is read or refused with a BaggageError, and nothing else', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('requestId', 'tenant', '=', ',', ';', 'json', '%', '%E0', '%22', ' ', '\t', '{', '"', '1'),
    )
    let refused = 0
    let read = 0
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
          fc.array(fc.string()),
          fc.anything(),
        ),
        (baggage) => {
          try {
            readFrom(baggage)
            read++
          } catch (error) {
            expect(error).toBeInstanceOf(BaggageError)
            refused++
          }
        },
      ),
      { numRuns: 3000 },
    )
    expect(Math.min(read, refused)).toBeGreaterThan(100)
  })

  test('any value is sent and comes back as it was, or is refused with a TypeError', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true, withNullPrototype: true }),
        (any) => {
          let text: unknown
          try {
            text = written({ tenant: any })
          } catch (error) {
            expect(error).toBeInstanceOf(TypeError)
            return
          }
          // JSON knows no -0, and gives every object its usual prototype.
          expect(readFrom(text).tenant).toEqual(JSON.parse(JSON.stringify(any)))
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('over HTTP', () => {
  let closing: (() => unknown)[] = []
  afterEach(async () => {
    await Promise.all(closing.map((close) => close()))
    closing = []
  })

  test('a fetch() with injected headers, a node:http server that extracts: concurrent requests keep their own', async () => {
    const both = new Barrier(2)
    const server = await listening(
      createServer((incoming, response) => {
        void extract(incoming.headers, [requestId, tenant]).run(async () => {
          await both.wait()
          response.end(JSON.stringify([requestId.get(), tenant.get()]))
        })
      }),
    )
    closing.push(() => server.close())
    const call = (id: string): Promise<unknown> =>
      new Context().run(async () => {
        requestId.set(id)
        tenant.set({ of: [id] })
        const headers = inject(new Headers(), [requestId, tenant])
        return await (await fetch(`http://127.0.0.1:${portOf(server)}`, { headers })).json()
      })
    expect(await Promise.all(['ä 1', 'b,2'].map(call))).toEqual([
      ['ä 1', { of: ['ä 1'] }],
      ['b,2', { of: ['b,2'] }],
    ])
  })

  test('several header lines are one; a malformed one is answered with 400', async () => {
    const server = await listening(
      createServer((incoming, response) => {
        try {
          response.end(String(extract(incoming.headers, [requestId]).get(requestId)))
        } catch (error) {
          response.statusCode = error instanceof BaggageError ? 400 : 500
          response.end()
        }
      }),
    )
    closing.push(() => server.close())
    const url = `http://127.0.0.1:${portOf(server)}`
    const lines = new Headers({ baggage: 'vendor=x' })
    lines.append('baggage', 'requestId=42')
    expect(await (await fetch(url, { headers: lines })).text()).toBe('42')
    expect((await fetch(url, { headers: { baggage: 'requestId=%' } })).status).toBe(400)
  })

  test('Express: a request is read, a response is written', async () => {
    const app = express().get('/', (incoming, response) => {
      extract(incoming, [requestId]).run(() => {
        inject(response, [requestId])
        response.end()
      })
    })
    const server = app.listen(0, '127.0.0.1')
    closing.push(() => server.close())
    if (!server.listening) await once(server, 'listening')
    const response = await fetch(`http://127.0.0.1:${portOf(server)}`, { headers: { baggage: 'requestId=42,v=1' } })
    expect(response.headers.get('baggage')).toBe('requestId=42')
  })
})

describe('to a thread', () => {
  test('the values that are listed arrive, concurrently, over awaits; those that are not do not', async () => {
    const secret = new ContextVar<string>('secret')
    const worker = new Worker(new URL('../../test/relay-thread.ts', import.meta.url), {
      execArgv: ['--conditions=@interlock/source'],
    })
    try {
      const answers = new Map<number, (answer: unknown) => void>()
      worker.on('message', (answer: { id: number }) => answers.get(answer.id)?.(answer))
      const call = (id: number, vars: ContextVar<unknown>[]): Promise<unknown> =>
        new Context().run(async () => {
          requestId.set(`request ${id}`)
          tenant.set({ id })
          secret.set('hush')
          const answer = new Promise((resolve) => void answers.set(id, resolve))
          worker.postMessage(inject({ id }, vars), [])
          return await answer
        })
      const seen = await Promise.all([1, 2, 3].map((id) => call(id, [requestId, tenant])))
      expect(seen).toEqual(
        [1, 2, 3].map((id) => ({
          id,
          atOnce: `request ${id}`,
          requestId: `request ${id}`,
          tenant: { id },
          secret: 'none',
        })),
      )
      const unset = { atOnce: 'unset', requestId: 'unset', tenant: 'unset', secret: 'none' }
      expect(await call(4, [])).toEqual({ id: 4, ...unset })
      expect(await call(5, [secret])).toEqual({ id: 5, ...unset })
    } finally {
      await worker.terminate()
    }
  }, 30_000)
})
