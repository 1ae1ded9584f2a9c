/**
 * ContextVar and Token: the statements CV1, CV2 and K1 to K5 of test/pep567.md, and the cases of CPython's test_context.py that are about
 *   them, under its names.
 */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { notAString, ofNoKind, refusal, thrownBy } from '../test/wrong-input.ts'
import { Context, ContextVar, copyContext, LookupError, Token, TokenUsedError } from './index.ts'

/** In an empty Context, so that no test sees what another has set. */
const isolated = (body: () => void) => (): void => new Context().run(body)

describe('get()', () => {
  test(
    'CV1: the value, else the fallback, else the default, else LookupError, in this order',
    isolated(() => {
      const withDefault = new ContextVar('withDefault', { default: 'the default' })
      const without = new ContextVar<string>('without')
      expect(withDefault.get('the fallback')).toBe('the fallback')
      expect(withDefault.get()).toBe('the default')
      expect(without.get('the fallback')).toBe('the fallback')
      expect(() => without.get()).toThrow(LookupError)
      withDefault.set('the value')
      expect([withDefault.get(), withDefault.get('the fallback')]).toEqual(['the value', 'the value'])
    }),
  )

  test(
    'CV1: undefined is a value, a fallback and a default like any other',
    isolated(() => {
      const plain = new ContextVar<string | undefined>('plain')
      expect(plain.get(undefined)).toBe(undefined)
      expect(new ContextVar('default', { default: undefined }).get()).toBe(undefined)
      expect(new ContextVar<string | undefined>('default', { default: 'a' }).get(undefined)).toBe(undefined)
      plain.set(undefined)
      expect([plain.get(), plain.get('the fallback')]).toEqual([undefined, undefined])
    }),
  )

  test('CV1: options without `default` are none', () => {
    expect(() => new ContextVar('a', {} as { default: string }).get()).toThrow(LookupError)
    expect(() => new ContextVar('a', undefined).get()).toThrow(LookupError)
  })

  test(
    'LookupError says which variable it is',
    isolated(() => {
      const error = thrownBy(() => new ContextVar('user "1"').get())
      expect(error).toMatchObject({
        name: 'LookupError',
        code: 'ERR_CONTEXT_LOOKUP',
        message: 'ContextVar "user \\"1\\"" has no value in this Context, and no default',
      })
    }),
  )

  test(
    'two variables of one name are two',
    isolated(() => {
      const [one, other] = [new ContextVar<number>('same'), new ContextVar<number>('same')]
      one.set(1)
      other.set(2)
      expect([one.get(), other.get()]).toEqual([1, 2])
    }),
  )
})

describe('set() and reset()', () => {
  test(
    'CV2: set() answers a Token; reset() restores',
    isolated(() => {
      const user = new ContextVar<string>('user')
      const token = user.set('ann')
      expect(token).toBeInstanceOf(Token)
      expect(user.get()).toBe('ann')
      user.reset(token)
      expect(user.get('none')).toBe('none')
    }),
  )

  test(
    'K1: old values come back in whatever order the tokens are used',
    isolated(() => {
      const count = new ContextVar('count', { default: 0 })
      const [first, second, third] = [count.set(1), count.set(2), count.set(3)]
      expect([first.oldValue, second.oldValue, third.oldValue]).toEqual([Token.MISSING, 1, 2])
      expect([first.var, second.var].every((variable) => variable === count)).toBe(true)
      count.reset(second)
      expect(count.get()).toBe(1)
      count.reset(third)
      expect(count.get()).toBe(2)
      count.reset(first)
      expect(count.get()).toBe(0)
      expect(copyContext().has(count)).toBe(false)
    }),
  )

  test(
    'K1: an old value comes back to where there is none by then, and counts',
    isolated(() => {
      const count = new ContextVar('count', { default: 0 })
      const [first, second] = [count.set(1), count.set(2)]
      count.reset(first)
      expect([count.get(), copyContext().size]).toEqual([0, 0])
      count.reset(second)
      expect([count.get(), copyContext().size]).toEqual([1, 1])
    }),
  )

  test(
    'K1: an old value of undefined is not MISSING',
    isolated(() => {
      const user = new ContextVar<string | undefined>('user')
      user.set(undefined)
      const token = user.set('ann')
      expect(token.oldValue).toBe(undefined)
      user.reset(token)
      expect(copyContext().has(user)).toBe(true)
    }),
  )

  test(
    'K2: a token works once, and the second time changes nothing',
    isolated(() => {
      const user = new ContextVar('user', { default: 'nobody' })
      const token = user.set('ann')
      user.reset(token)
      user.set('bob')
      expect(thrownBy(() => user.reset(token))).toMatchObject({
        name: 'TokenUsedError',
        code: 'ERR_TOKEN_USED',
        message: 'Token <of ContextVar "user", used> has been used already',
      })
      expect(user.get()).toBe('bob')
    }),
  )

  test(
    "K3: another variable's token is a RangeError, and is not used up by it",
    isolated(() => {
      const [one, other] = [new ContextVar<number>('one'), new ContextVar<number>('other')]
      const token = one.set(1)
      other.set(2)
      const message = 'token must be one of ContextVar "other", got Token <of ContextVar "one">'
      expect(thrownBy(() => other.reset(token))).toEqual(refusal('RangeError', message))
      expect([one.get(), other.get()]).toEqual([1, 2])
      one.reset(token)
      expect(one.get(0)).toBe(0)
    }),
  )

  test("K4: another Context's token is a RangeError, in a copy too, and is not used up by it", () => {
    const user = new ContextVar('user', { default: 'nobody' })
    const home = new Context()
    const token = home.run(() => user.set('ann'))
    const message =
      'token must be of the current Context, got Token <of ContextVar "user">, made in another task or another run()'
    for (const elsewhere of [new Context(), home.copy()]) {
      expect(thrownBy(() => elsewhere.run(() => user.reset(token)))).toEqual(refusal('RangeError', message))
    }
    expect(thrownBy(() => user.reset(token))).toEqual(refusal('RangeError', message))
    home.run(() => user.reset(token))
    expect(home.get(user)).toBe(undefined)
  })

  test('K2, K3, K4: used comes before the variable, the variable before the Context', () => {
    const [one, other] = [new ContextVar<number>('one'), new ContextVar<number>('other')]
    const home = new Context()
    const used = home.run(() => {
      const token = one.set(1)
      one.reset(token)
      return token
    })
    const fresh = home.run(() => one.set(1))
    new Context().run(() => {
      expect(() => other.reset(used)).toThrow(TokenUsedError)
      expect(() => one.reset(used)).toThrow(TokenUsedError)
      expect(thrownBy(() => other.reset(fresh))).toMatchObject({ message: expect.stringContaining('must be one of') })
      expect(thrownBy(() => one.reset(fresh))).toMatchObject({ message: expect.stringContaining('current Context') })
    })
  })

  test(
    'a reset to a variable with no value before leaves the others as they are',
    isolated(() => {
      const [one, other] = [new ContextVar<number>('one'), new ContextVar<number>('other')]
      other.set(2)
      const token = one.set(1)
      one.reset(token)
      expect([...copyContext()]).toEqual([[other, 2]])
    }),
  )
})

describe('using', () => {
  test(
    'K5: resets at the end of the block',
    isolated(() => {
      const user = new ContextVar('user', { default: 'nobody' })
      {
        using token = user.set('ann')
        expect([user.get(), token.oldValue]).toEqual(['ann', Token.MISSING])
        {
          using inner = user.set('bob')
          expect([user.get(), inner.oldValue]).toEqual(['bob', 'ann'])
        }
        expect(user.get()).toBe('ann')
      }
      expect(user.get()).toBe('nobody')
    }),
  )

  test(
    'K5: resets on an error, and lets it through',
    isolated(() => {
      const user = new ContextVar('user', { default: 'nobody' })
      const error = new Error('inside')
      expect(() => {
        using _token = user.set('ann')
        throw error
      }).toThrow(error)
      expect(user.get()).toBe('nobody')
    }),
  )

  test(
    'K5: after a reset by hand it does nothing, where Python raises',
    isolated(() => {
      const user = new ContextVar('user', { default: 'nobody' })
      {
        using token = user.set('ann')
        user.reset(token)
        user.set('bob')
      }
      expect(user.get()).toBe('bob')
    }),
  )

  test(
    'K5: disposing twice does nothing the second time',
    isolated(() => {
      const user = new ContextVar('user', { default: 'nobody' })
      const token = user.set('ann')
      token[Symbol.dispose]()
      user.set('bob')
      token[Symbol.dispose]()
      expect(user.get()).toBe('bob')
    }),
  )

  test('K5, K4: at the end of a block in another Context it is a RangeError', () => {
    const user = new ContextVar('user', { default: 'nobody' })
    const token = new Context().run(() => user.set('ann'))
    expect(() => token[Symbol.dispose]()).toThrow(RangeError)
  })

  test('K5: over an await of the same task', async () => {
    const user = new ContextVar('user', { default: 'nobody' })
    await new Context().run(async () => {
      {
        using _token = user.set('ann')
        await Promise.resolve()
        expect(user.get()).toBe('ann')
      }
      expect(user.get()).toBe('nobody')
    })
  })
})

describe('wrong input', () => {
  test.each(notAString)('new ContextVar(%o)', (name, shown) => {
    expect(thrownBy(() => new ContextVar(name as string))).toEqual(
      refusal('TypeError', `name must be a string, got ${shown}`),
    )
  })

  test.each([
    [null, 'null'],
    [5, '5'],
    ['default', '"default"'],
    [true, 'true'],
    [() => {}, '[object Function]'],
  ])('new ContextVar(name, %o)', (options, shown) => {
    expect(thrownBy(() => new ContextVar('a', options as never))).toEqual(
      refusal('TypeError', `options must be an object, got ${shown}`),
    )
  })

  test.each(ofNoKind)('reset(%o)', (token, shown) => {
    const user = new ContextVar('user')
    expect(thrownBy(() => user.reset(token as Token<unknown>))).toEqual(
      refusal('TypeError', `token must be a Token, got ${shown}`),
    )
  })

  test('reset() of a ContextVar or a Context: no Token either', () => {
    const user = new ContextVar('user')
    for (const token of [user, new Context()]) {
      expect(() => user.reset(token as never)).toThrow(/^token must be a Token, got \[object Context/)
    }
  })
})

describe('printing', () => {
  test(
    'a variable and a token print themselves: in text, in JSON, to util.inspect',
    isolated(() => {
      const user = new ContextVar('user "1"', { default: 'nobody' })
      const token = user.set('ann')
      const all = (value: object): string[] => [
        String(value),
        JSON.parse(JSON.stringify(value)) as string,
        inspect(value),
      ]
      expect(new Set(all(user))).toEqual(new Set(['ContextVar "user \\"1\\""']))
      expect(new Set(all(token))).toEqual(new Set(['Token <of ContextVar "user \\"1\\"">']))
      user.reset(token)
      expect(new Set(all(token))).toEqual(new Set(['Token <of ContextVar "user \\"1\\"", used>']))
    }),
  )

  test(
    'no value and no default is printed: they may be what a log should not show',
    isolated(() => {
      const secret = new ContextVar('secret', { default: 'hush' })
      const token = secret.set('hush, too')
      expect(inspect([secret, token, copyContext()], { depth: 9 })).not.toContain('hush')
    }),
  )

  test('Object.prototype.toString names the class', () => {
    const user = new ContextVar('user')
    const token = new Context().run(() => user.set(1))
    expect([user, token].map((value) => Object.prototype.toString.call(value))).toEqual([
      '[object ContextVar]',
      '[object Token]',
    ])
  })
})

describe('CPython: test_context.py, ContextTest', () => {
  test('test_context_var_new_1', () => {
    expect(() => new (ContextVar as unknown as new () => unknown)()).toThrow(TypeError)
    expect(() => new ContextVar(1 as unknown as string)).toThrow(TypeError)
    expect(new ContextVar('aaa').name).toBe('aaa')
  })

  test(
    'test_context_var_repr_1',
    isolated(() => {
      const list: unknown[] = []
      const variable = new ContextVar<unknown>('a', { default: list })
      list.push(variable)
      expect([String(variable), inspect(list)]).toEqual(['ContextVar "a"', '[ ContextVar "a" ]'])
      const token = variable.set(1)
      expect(String(token)).toContain(String(variable))
      expect(String(token)).not.toContain('used')
      variable.reset(token)
      expect(String(token)).toContain('used')
    }),
  )

  test(
    'test_token_repr_1',
    isolated(() => {
      expect(String(new ContextVar<number>('a').set(1))).toBe('Token <of ContextVar "a">')
    }),
  )

  test(
    'test_context_getset_1',
    isolated(() => {
      const c = new ContextVar<number | string | null>('c')
      expect(() => c.get()).toThrow(LookupError)
      expect(c.get(null)).toBe(null)

      const t0 = c.set(42)
      expect([c.get(), c.get(null), t0.oldValue === Token.MISSING, t0.var === c]).toEqual([42, 42, true, true])
      const t = c.set('spam')
      expect([c.get(), c.get(null), t.oldValue]).toEqual(['spam', 'spam', 42])
      c.reset(t)
      expect([c.get(), c.get(null)]).toEqual([42, 42])

      c.set('spam2')
      expect(() => c.reset(t)).toThrow(TokenUsedError)
      expect(c.get()).toBe('spam2')

      const ctx1 = copyContext()
      expect(ctx1.has(c)).toBe(true)
      c.reset(t0)
      expect(() => c.reset(t0)).toThrow(TokenUsedError)
      expect(c.get(null)).toBe(null)

      expect([ctx1.has(c), ctx1.get(c), ctx1.size]).toEqual([true, 'spam2', 1])
      expect([[...ctx1.entries()], [...ctx1.values()], [...ctx1.keys()]]).toEqual([[[c, 'spam2']], ['spam2'], [c]])

      const ctx2 = copyContext()
      expect([ctx2.has(c), ctx2.get(c), ctx2.size, [...ctx2]]).toEqual([false, undefined, 0, []])
    }),
  )

  test(
    'test_context_getset_2',
    isolated(() => {
      const [v1, v2] = [new ContextVar<number>('v1'), new ContextVar<number>('v2')]
      const t1 = v1.set(42)
      expect(() => v2.reset(t1)).toThrow(RangeError)
    }),
  )

  test(
    'test_context_getset_3',
    isolated(() => {
      const c = new ContextVar('c', { default: 42 })
      const ctx = new Context()
      ctx.run(() => {
        expect([c.get(), ctx.get(c), ctx.has(c), [...ctx.keys()]]).toEqual([42, undefined, false, []])
        const t = c.set(1)
        expect([[...ctx.keys()], ctx.get(c)]).toEqual([[c], 1])
        c.reset(t)
        expect([[...ctx.keys()], ctx.get(c), ctx.has(c)]).toEqual([[], undefined, false])
      })
    }),
  )

  test(
    'test_context_getset_4',
    isolated(() => {
      const c = new ContextVar('c', { default: 42 })
      const token = new Context().run((value: number) => c.set(value), 1)
      expect(() => c.reset(token)).toThrow(RangeError)
    }),
  )

  test(
    'test_context_getset_5',
    isolated(() => {
      const c = new ContextVar<number[]>('c', { default: [42] })
      c.set([])
      copyContext().run(() => {
        c.set([])
        c.get().push(42)
        expect(c.get()).toEqual([42])
      })
      expect(c.get()).toEqual([])
    }),
  )
})

describe('CPython 3.14: test_context.py, TokenTest', () => {
  test(
    'test_token_contextmanager_with_default',
    isolated(() => {
      const c = new ContextVar('c', { default: 42 })
      const body = (): void => {
        using _token = c.set(36)
        expect(c.get()).toBe(36)
      }
      body()
      expect(c.get()).toBe(42)
    }),
  )

  test(
    'test_token_contextmanager_without_default',
    isolated(() => {
      const c = new ContextVar<number>('c')
      const body = (): void => {
        using _token = c.set(36)
        expect(c.get()).toBe(36)
      }
      body()
      expect(() => c.get()).toThrow(LookupError)
    }),
  )

  test(
    'test_token_contextmanager_on_exception',
    isolated(() => {
      const c = new ContextVar('c', { default: 42 })
      const body = (): void => {
        using _token = c.set(36)
        expect(c.get()).toBe(36)
        throw new Error('custom')
      }
      expect(body).toThrow('custom')
      expect(c.get()).toBe(42)
    }),
  )

  test(
    'test_token_contextmanager_reuse: the second end of a block does nothing, where Python raises',
    isolated(() => {
      const c = new ContextVar('c', { default: 42 })
      const token = c.set(36)
      const body = (): void => {
        using _token = token
      }
      body()
      body()
      expect(c.get()).toBe(42)
    }),
  )
})

test('a Token is not made by `new`', () => {
  expect(() => Reflect.construct(Token, [])).toThrow(
    new TypeError('Token has no public constructor: variable.set() answers one'),
  )
})

test('a variable keeps its name, and a token its variable', () => {
  const [one, other] = [new ContextVar<number>('one'), new ContextVar<number>('other')]
  new Context().run(() => {
    const token = one.set(1)
    expect(() => Object.assign(one, { name: 'other' })).toThrow(TypeError)
    expect(() => Object.assign(token, { var: other })).toThrow(TypeError)
    expect(() => other.reset(token)).toThrow(RangeError)
    one.reset(token)
  })
})
