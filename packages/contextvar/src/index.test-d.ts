import { describe, expectTypeOf, test } from 'vitest'
import { bind, Context, ContextVar, copyContext, logFields, type RootPolicy, setRootPolicy, Token } from './index.ts'

describe('ContextVar', () => {
  const user = new ContextVar<string>('user')

  test('its type is given, or comes from the default', () => {
    expectTypeOf(user).toEqualTypeOf<ContextVar<string>>()
    expectTypeOf(new ContextVar('count', { default: 0 })).toEqualTypeOf<ContextVar<number>>()
    expectTypeOf(new ContextVar('any')).toEqualTypeOf<ContextVar<unknown>>()
  })

  test('get, set, reset', () => {
    expectTypeOf(user.get()).toEqualTypeOf<string>()
    expectTypeOf(user.get('none')).toEqualTypeOf<string>()
    expectTypeOf(user.set('ann')).toEqualTypeOf<Token<string>>()
    expectTypeOf(user.reset).parameter(0).toEqualTypeOf<Token<string>>()
    // @ts-expect-error No number is a string.
    user.set(5)
    // @ts-expect-error The fallback is of the variable's type.
    user.get(5)
    // @ts-expect-error A token of another type.
    user.reset(new ContextVar<number>('count').set(1))
  })

  test('what cannot be written', () => {
    // @ts-expect-error A name is for good.
    user.name = 'other'
    // @ts-expect-error A variable has a name.
    void new ContextVar()
    // @ts-expect-error A default of the variable's type.
    void new ContextVar<string>('user', { default: 5 })
    // @ts-expect-error Options without a default say nothing.
    void new ContextVar<string>('user', {})
  })

  test('one of any type is a ContextVar<unknown>, to list', () => {
    expectTypeOf(user).toExtend<ContextVar<unknown>>()
  })
})

describe('Token', () => {
  const token = new ContextVar<string>('user').set('ann')

  test('says what was before, and can be used', () => {
    expectTypeOf(token.oldValue).toEqualTypeOf<string | typeof Token.MISSING>()
    expectTypeOf(token.var).toEqualTypeOf<ContextVar<string>>()
    expectTypeOf(token).toExtend<Disposable>()
    if (token.oldValue !== Token.MISSING) expectTypeOf(token.oldValue).toEqualTypeOf<string>()
  })

  test('cannot be written', () => {
    // @ts-expect-error It is what was.
    token.oldValue = 'bob'
    // @ts-expect-error It is what was.
    token.var = new ContextVar<string>('other')
  })
})

describe('Context', () => {
  const context = new Context()

  test('run() takes the arguments of its function, and answers what it answers', () => {
    expectTypeOf(context.run((a: number, b: string) => `${a}${b}`, 1, 'b')).toEqualTypeOf<string>()
    expectTypeOf(context.run(async () => 1)).toEqualTypeOf<Promise<number>>()
    // @ts-expect-error An argument is missing.
    context.run((a: number) => a)
    // @ts-expect-error An argument too many.
    context.run((a: number) => a, 1, 2)
  })

  test('reads as a Map', () => {
    expectTypeOf(context.get(new ContextVar<string>('user'))).toEqualTypeOf<string | undefined>()
    expectTypeOf(context.has).parameter(0).toEqualTypeOf<ContextVar<unknown>>()
    expectTypeOf(context.size).toEqualTypeOf<number>()
    expectTypeOf([...context]).toEqualTypeOf<[ContextVar<unknown>, unknown][]>()
    expectTypeOf([...context.keys()]).toEqualTypeOf<ContextVar<unknown>[]>()
    expectTypeOf(new Map(context)).toEqualTypeOf<Map<ContextVar<unknown>, unknown>>()
    expectTypeOf(context).not.toHaveProperty('set')
    // @ts-expect-error It is what there is.
    context.size = 1
    // @ts-expect-error A name is no variable.
    context.get('user')
  })

  test('is made empty or as a copy', () => {
    // @ts-expect-error There is nothing to give.
    void new Context([])
    expectTypeOf(context.copy()).toEqualTypeOf<Context>()
    expectTypeOf(copyContext()).toEqualTypeOf<Context>()
  })
})

test('bind() keeps parameters and result', () => {
  expectTypeOf(bind((a: number, b?: string) => `${a}${b}`)).toEqualTypeOf<(a: number, b?: string) => string>()
  expectTypeOf(bind(async () => 1)).toEqualTypeOf<() => Promise<number>>()
})

test('logFields() takes variables of any types', () => {
  expectTypeOf(logFields([new ContextVar<string>('a'), new ContextVar<number>('b')])).toEqualTypeOf<
    Record<string, unknown>
  >()
})

test('setRootPolicy() knows three', () => {
  expectTypeOf(setRootPolicy).toEqualTypeOf<(policy: RootPolicy) => RootPolicy>()
  // @ts-expect-error Another.
  setRootPolicy('deny')
})
