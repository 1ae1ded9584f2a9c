/**
 * Context, copyContext() and bind(): the statements X1 to X4 and B1 to B5 of test/pep567.md, and the cases of CPython's test_context.py
 * that are about them, under its names.
 */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { hint, notAFunction, ofNoKind, refusal, thrownBy } from '../test/wrong-input.ts'
import { currentContext, currentOwner, runFor } from './frame/index.ts'
import { bind, Context, ContextEnteredError, ContextVar, copyContext } from './index.ts'

const user = new ContextVar('user', { default: 'nobody' })

/** In an empty Context, so that no test sees what another has set. */
const isolated = (body: () => void) => (): void => new Context().run(body)

/** A Context in which `user` is set. */
function of(name: string): Context {
  const context = new Context()
  context.run(() => user.set(name))
  return context
}

/** Whether `context` may be entered here. */
function mayEnter(context: Context): boolean {
  try {
    return context.run(() => true)
  } catch (error) {
    expect(error).toBeInstanceOf(ContextEnteredError)
    return false
  }
}

describe('run()', () => {
  test('X1: passes arguments, value and error through, and restores', () => {
    const context = new Context()
    expect(context.run((...args: number[]) => args, 1, 2)).toEqual([1, 2])
    expect(context.run(() => undefined)).toBe(undefined)
    const error = new Error('inside')
    expect(() =>
      context.run(() => {
        user.set('ann')
        throw error
      }),
    ).toThrow(error)
    expect([user.get(), context.get(user), mayEnter(context)]).toEqual(['nobody', 'ann', true])
  })

  test('X1: an empty Context knows nothing of the one outside; defaults apply', () => {
    of('ann').run(() => {
      new Context().run(() => expect(user.get()).toBe('nobody'))
      expect(user.get()).toBe('ann')
    })
  })

  test('X1: what is set stays for the next run(), and is not seen outside', () => {
    const context = of('ann')
    expect(user.get()).toBe('nobody')
    expect(context.run(() => user.get())).toBe('ann')
  })

  test('X1: the very object that fn answers, and this is nothing', () => {
    const answer = {}
    expect(new Context().run(() => answer)).toBe(answer)
    expect(
      new Context().run(function (this: unknown) {
        return this ?? 'nothing'
      }),
    ).toBe('nothing')
  })

  test('X2: a Context that is entered cannot be entered, however deep', () => {
    const [outer, inner] = [new Context(), new Context()]
    outer.run(() => {
      expect(mayEnter(outer)).toBe(false)
      inner.run(() => expect([mayEnter(outer), mayEnter(inner)]).toEqual([false, false]))
      expect(mayEnter(inner)).toBe(true)
    })
    expect([mayEnter(outer), mayEnter(inner)]).toEqual([true, true])
  })

  test('X2: nothing has changed after the refusal, and a copy may be entered', () => {
    const context = of('ann')
    context.run(() => {
      expect(() => context.run(() => user.set('bob'))).toThrow(ContextEnteredError)
      expect(user.get()).toBe('ann')
      expect(mayEnter(context)).toBe(false)
      expect(context.copy().run(() => user.get())).toBe('ann')
    })
  })

  test('X2: the error says what to do', () => {
    const context = of('ann')
    expect(thrownBy(() => context.run(() => context.run(() => 1)))).toMatchObject({
      name: 'ContextEnteredError',
      code: 'ERR_CONTEXT_ENTERED',
      message: 'Context <size: 1> is entered already: run in a copy() of it',
    })
  })

  test('X2: after an await too, when no stack says that it is entered', async () => {
    const [outer, inner] = [new Context(), new Context()]
    await outer.run(async () => {
      await Promise.resolve()
      expect(mayEnter(outer)).toBe(false)
      inner.run(() => expect([mayEnter(outer), mayEnter(inner)]).toEqual([false, false]))
      await inner.run(async () => {
        await Promise.resolve()
        expect([mayEnter(inner), mayEnter(outer)]).toEqual([false, true])
      })
      expect([mayEnter(outer), mayEnter(inner)]).toEqual([false, true])
    })
    expect(mayEnter(outer)).toBe(true)
  })

  test('X2: while one asynchronous run() is under way another may begin, as two threads of one task', async () => {
    const context = new Context()
    const one = context.run(async () => {
      await Promise.resolve()
      return user.get()
    })
    context.run(() => user.set('by the second'))
    expect(await one).toBe('by the second')
  })

  test('X2: the Context of the thread itself is entered for good', () => {
    expect(mayEnter(currentContext())).toBe(false)
    new Context().run(() => undefined)
    const root = currentContext()
    new Context().run(() => expect(mayEnter(root)).toBe(false))
  })

  test('X1: a rejection passes through, and the Context is left', async () => {
    const context = new Context()
    const error = new Error('inside')
    const run = context.run(async () => {
      user.set('ann')
      await Promise.resolve()
      throw error
    })
    expect([user.get(), mayEnter(context)]).toEqual(['nobody', true])
    await expect(run).rejects.toBe(error)
    expect(context.get(user)).toBe('ann')
  })

  test('keeps the owner', () => {
    const task = {}
    runFor(task, new Context(), () => new Context().run(() => expect(currentOwner()).toBe(task)))
  })

  test.each(notAFunction)('wrong input: run(%o)', (fn, shown) => {
    const context = new Context()
    const message = `fn must be a function${hint(fn)}, got ${shown}`
    expect(thrownBy(() => context.run(fn as () => void))).toEqual(refusal('TypeError', message))
    expect(thrownBy(() => context.run(() => context.run(fn as () => void)))).toEqual(refusal('TypeError', message))
    expect(mayEnter(context)).toBe(true)
  })
})

describe('copy() and copyContext()', () => {
  test('X3: a snapshot of the bindings, in both directions; the values are shared', () => {
    const list = new ContextVar<string[]>('list')
    const shared: string[] = []
    const first = of('ann')
    first.run(() => list.set(shared))
    const second = first.copy()
    first.run(() => user.set('bob'))
    second.run(() => user.set('cid'))
    expect([first.get(user), second.get(user)]).toEqual(['bob', 'cid'])
    second.run(() => list.get().push('one'))
    expect(first.get(list)).toEqual(['one'])
  })

  test('X3: copyContext() copies the current one, and does not enter it', () => {
    of('ann').run(() => {
      const copy = copyContext()
      user.set('bob')
      expect([copy.get(user), user.get(), mayEnter(copy), copy === currentContext()]).toEqual([
        'ann',
        'bob',
        true,
        false,
      ])
    })
    expect(copyContext().has(user)).toBe(false)
  })

  test('X3: a copy of one that is entered is not entered', () => {
    const context = of('ann')
    context.run(() => expect(mayEnter(context.copy())).toBe(true))
  })
})

describe('reading', () => {
  test('X4: get, has, size and iteration, in the order in which the variables were created', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new ContextVar<number>(name)) as [
      ContextVar<number>,
      ContextVar<number>,
      ContextVar<number>,
    ]
    const context = new Context()
    expect([context.size, [...context], context.has(a), context.get(a)]).toEqual([0, [], false, undefined])
    context.run(() => {
      c.set(3)
      a.set(1)
      b.set(2)
    })
    expect([context.size, context.has(a), context.get(c)]).toEqual([3, true, 3])
    expect([...context.keys()]).toEqual([a, b, c])
    expect([...context.values()]).toEqual([1, 2, 3])
    const pairs = [
      [a, 1],
      [b, 2],
      [c, 3],
    ]
    expect([...context.entries()]).toEqual(pairs)
    expect([...context]).toEqual(pairs)
    expect(new Map(context)).toEqual(new Map(pairs as [ContextVar<number>, number][]))
  })

  test('X4: get() knows no default, and undefined that was set is a value', () => {
    const context = new Context()
    const maybe = new ContextVar<number | undefined>('maybe', { default: 1 })
    expect([context.get(maybe), context.has(maybe)]).toEqual([undefined, false])
    context.run(() => maybe.set(undefined))
    expect([context.get(maybe), context.has(maybe), context.size]).toEqual([undefined, true, 1])
  })

  test('X4: an iteration shows what was bound when it began', () => {
    const [a, b] = [new ContextVar<number>('a'), new ContextVar<number>('b')]
    const context = new Context()
    context.run(() => {
      a.set(1)
      const seen: unknown[] = []
      for (const [, value] of context) {
        seen.push(value)
        a.set(9)
        b.set(2)
      }
      expect([seen, context.size]).toEqual([[1], 2])
    })
  })

  test.each(ofNoKind)('X4, wrong input: get(%o) and has()', (key, shown) => {
    const context = new Context()
    const expected = refusal('TypeError', `variable must be a ContextVar, got ${shown}`)
    expect(thrownBy(() => context.get(key as ContextVar<unknown>))).toEqual(expected)
    expect(thrownBy(() => context.has(key as ContextVar<unknown>))).toEqual(expected)
  })

  test('prints its size: in text, in JSON, to util.inspect', () => {
    const context = of('ann')
    for (const text of [String(context), JSON.parse(JSON.stringify(context)) as string, inspect(context)]) {
      expect(text).toBe('Context <size: 1>')
    }
    expect(Object.prototype.toString.call(context)).toBe('[object Context]')
  })
})

describe('bind()', () => {
  test('B1: runs in the Context of bind(), whoever calls', () => {
    const bound = of('ann').run(() => bind(() => user.get()))
    expect(bound()).toBe('ann')
    of('bob').run(() => expect([bound(), user.get()]).toEqual(['ann', 'bob']))
  })

  test('B2: of that Context as it was then: later sets are not seen', () => {
    const context = of('ann')
    const bound = context.run(() => bind(() => user.get()))
    context.run(() => user.set('bob'))
    expect(bound()).toBe('ann')
  })

  test('B3: each call begins with the snapshot, and what it sets is seen by nobody else', () => {
    const context = of('ann')
    const bound = context.run(() =>
      bind(() => {
        const before = user.get()
        user.set('set by a call')
        return before
      }),
    )
    expect([bound(), bound(), context.get(user)]).toEqual(['ann', 'ann', 'ann'])
  })

  test('B4: this, arguments, value, error; name and length', () => {
    const bound = bind(function add(this: { base: number }, a: number, b: number): number {
      return this.base + a + b
    })
    expect({ base: 100, bound }.bound(20, 3)).toBe(123)
    expect([bound.name, bound.length]).toEqual(['bound add', 2])
    const error = new Error('inside')
    expect(() =>
      bind(() => {
        throw error
      })(),
    ).toThrow(error)
  })

  test('B5: any number of calls at a time: nested, recursive, overlapping, from within its own Context', async () => {
    const depth = new ContextVar('depth', { default: 0 })
    const sink = bind((left: number): number => {
      depth.set(depth.get() + 1)
      return left === 0 ? depth.get() : sink(left - 1)
    })
    expect(sink(5)).toBe(1)
    const context = of('ann')
    const slow = context.run(() =>
      bind(async (name: string) => {
        user.set(name)
        await Promise.resolve()
        return user.get()
      }),
    )
    expect(await Promise.all([slow('one'), slow('two'), context.run(() => slow('three'))])).toEqual([
      'one',
      'two',
      'three',
    ])
    expect(context.get(user)).toBe('ann')
  })

  test('a bound function may bind again, and the innermost Context counts', () => {
    const inner = of('ann').run(() => bind(() => user.get()))
    const outer = of('bob').run(() => bind(() => [inner(), user.get()]))
    expect(outer()).toEqual(['ann', 'bob'])
  })

  test("the owner is the caller's: a callback belongs to the task that calls it", () => {
    const [binder, caller] = [{ name: 'binder' }, { name: 'caller' }]
    const bound = runFor(binder, new Context(), () => bind(() => currentOwner()))
    expect(bound()).toBe(undefined)
    expect(runFor(caller, new Context(), bound)).toBe(caller)
  })

  test("the caller's Context counts as entered while a bound function runs", () => {
    const context = of('ann')
    const bound = bind(() => mayEnter(context))
    expect(context.run(bound)).toBe(false)
    expect(mayEnter(context)).toBe(true)
  })

  test('outside of all Contexts it keeps the snapshot of the outermost', () => {
    expect(bind(() => user.get())()).toBe('nobody')
  })

  test.each(notAFunction)('wrong input: bind(%o)', (fn, shown) => {
    expect(thrownBy(() => bind(fn as () => void))).toEqual(
      refusal('TypeError', `fn must be a function${hint(fn)}, got ${shown}`),
    )
  })
})

describe('CPython: test_context.py, ContextTest', () => {
  test('test_context_subclassing_1: a subclass may be made here, and is a namesake of no other', () => {
    class Own extends Context {}
    const own = new Own()
    expect([own instanceof Context, own instanceof Own, new Context() instanceof Own]).toEqual([true, true, false])
  })

  test('test_context_new_1', () => {
    const Constructor = Context as unknown as new (...args: unknown[]) => Context
    for (const args of [[1], [undefined], [1, 2]]) {
      expect(thrownBy(() => new Constructor(...args))).toEqual(refusal('TypeError', 'new Context() takes no arguments'))
    }
    expect(new Constructor().size).toBe(0)
  })

  test('test_context_typerrors_1', () => {
    const context = new Context()
    for (const call of [context.get, context.has]) expect(() => call.call(context, 1 as never)).toThrow(TypeError)
  })

  test('test_context_get_context_1', () => {
    expect(copyContext()).toBeInstanceOf(Context)
  })

  test('test_context_run_1', () => {
    expect(() => (new Context().run as () => void)()).toThrow(TypeError)
  })

  test('test_context_run_2', () => {
    const context = new Context()
    const func = (...args: unknown[]): unknown[] => [...args, 'bar']
    for (const f of [func, func.bind(null)]) {
      expect(context.run(f)).toEqual(['bar'])
      expect(context.run(f, 1)).toEqual([1, 'bar'])
      expect(context.run(f, 11, { a: 2 })).toEqual([11, { a: 2 }, 'bar'])
    }
  })

  test('test_context_run_3', () => {
    const context = new Context()
    const func = (..._args: unknown[]): void => {
      throw new RangeError('1 / 0')
    }
    expect(() => context.run(func)).toThrow(RangeError)
    expect(() => context.run(func, 1, 2)).toThrow(RangeError)
  })

  test(
    'test_context_run_4',
    isolated(() => {
      const [ctx1, ctx2] = [new Context(), new Context()]
      const variable = new ContextVar<string | null>('var')
      const returned = ctx1.run(() => {
        expect(variable.get(null)).toBe(null)
        variable.set('spam')
        ctx2.run(() => expect(variable.get(null)).toBe(null))
        expect(variable.get(null)).toBe('spam')
        const current = copyContext()
        expect([current.size, current.get(variable)]).toEqual([1, 'spam'])
        return current
      })
      expect([...returned]).toEqual([...ctx1])
      expect([returned.get(variable), returned.has(variable)]).toEqual(['spam', true])
    }),
  )

  test('test_context_run_5', () => {
    const variable = new ContextVar<string | null>('var')
    expect(() =>
      new Context().run(() => {
        expect(variable.get(null)).toBe(null)
        variable.set('spam')
        throw new RangeError('1 / 0')
      }),
    ).toThrow(RangeError)
    expect(variable.get(null)).toBe(null)
  })

  test('test_context_run_6', () => {
    const context = new Context()
    const c = new ContextVar('a', { default: 0 })
    context.run(() => {
      expect([c.get(), context.get(c)]).toEqual([0, undefined])
      c.set(42)
      expect([c.get(), context.get(c)]).toEqual([42, 42])
    })
  })

  test('test_context_run_7', () => {
    const context = new Context()
    let calls = 0
    const fun = (): void => {
      calls++
      expect(() => context.run(fun)).toThrow(ContextEnteredError)
    }
    context.run(fun)
    expect(calls).toBe(1)
  })

  test('test_context_copy_1', () => {
    const ctx1 = new Context()
    const c = new ContextVar('c', { default: 42 })
    ctx1.run(() => {
      c.set(10)
      const ctx2 = ctx1.copy()
      expect(ctx2.get(c)).toBe(10)
      c.set(20)
      expect([ctx1.get(c), ctx2.get(c)]).toEqual([20, 10])
      ctx2.run(() => {
        expect(c.get()).toBe(10)
        c.set(30)
        expect(c.get()).toBe(30)
      })
      expect([ctx1.get(c), ctx2.get(c)]).toEqual([20, 30])
    })
  })
})
