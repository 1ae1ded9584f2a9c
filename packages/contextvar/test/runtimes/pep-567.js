/** PEP 567 in this runtime: by meaning, what CPython's own tests of contextvars, and of the contexts of asyncio's tasks, check. */
import { ContextEnteredError, Context, ContextVar, copyContext, LookupError, Token } from '@interlock/contextvar'
import { equal, rejects, same, sleep, test, throws } from '../../../../scripts/runtimes/conformance.js'

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')

/** A case in a Context of its own. */
const testInside = (name, body) => test(name, () => new Context().run(body))

/** What a task does: starts in a copy of the current Context. */
const task = (job) => copyContext().run(async () => await job())

test('a variable has a name, which must be a string and does not change', () => {
  same(new ContextVar('a').name, 'a')
  throws(() => new ContextVar(1), { name: 'TypeError' })
})

test('a Context takes no arguments, and only variables as keys', () => {
  throws(() => new Context(1), { name: 'TypeError' })
  const context = new Context()
  throws(() => context.get('a'), { name: 'TypeError' })
  throws(() => context.has(1), { name: 'TypeError' })
})

test('run() hands its arguments on, and answers what the function answers', () => {
  equal(
    new Context().run((...args) => [...args, 'bar'], 1, 2),
    [1, 2, 'bar'],
  )
})

test('run() throws what the function throws, and what that had set is gone', () => {
  const variable = new ContextVar('variable')
  const error = new Error('inside')
  throws(() => {
    new Context().run(() => {
      variable.set(1)
      throw error
    })
  }, error)
  same(variable.get('unset'), 'unset')
})

test('a Context within a Context sees nothing of it, and leaves it as it was', () => {
  const [outer, inner] = [new Context(), new Context()]
  const variable = new ContextVar('variable')
  outer.run(() => {
    variable.set('spam')
    same(
      inner.run(() => variable.get(null)),
      null,
    )
    same(variable.get(), 'spam')
    const copy = copyContext()
    equal([copy.size, copy.get(variable)], [1, 'spam'])
    equal([...copy.entries()], [...outer.entries()])
  })
})

test('a default is no binding', () => {
  const context = new Context()
  const variable = new ContextVar('variable', { default: 0 })
  context.run(() => {
    same(variable.get(), 0)
    equal([context.get(variable), context.has(variable)], [undefined, false])
    variable.set(42)
    equal([context.get(variable), context.has(variable)], [42, true])
  })
})

test('a Context that is entered cannot be entered again', () => {
  const [a, b] = [new Context(), new Context()]
  const nothing = () => undefined
  a.run(() => throws(() => a.run(nothing), { constructor: ContextEnteredError, code: 'ERR_CONTEXT_ENTERED' }))
  a.run(() => b.run(() => throws(() => a.run(nothing), { code: 'ERR_CONTEXT_ENTERED' })))
  same(a.run(nothing), undefined)
})

test('nor by code that resumed in it after an await', async () => {
  const a = new Context()
  const nothing = () => undefined
  await a.run(async () => {
    await Promise.resolve()
    throws(() => a.run(nothing), { code: 'ERR_CONTEXT_ENTERED' })
    new Context().run(() => throws(() => a.run(nothing), { code: 'ERR_CONTEXT_ENTERED' }))
  })
  same(a.run(nothing), undefined)
})

testInside('get() answers the value, else the fallback, else the default, else a LookupError', () => {
  const bare = new ContextVar('bare')
  throws(() => bare.get(), { constructor: LookupError, code: 'ERR_CONTEXT_LOOKUP' })
  same(bare.get(null), null)
  same(bare.get(undefined), undefined)
  const defaulted = new ContextVar('defaulted', { default: 'default' })
  equal([defaulted.get(), defaulted.get('fallback')], ['default', 'fallback'])
  defaulted.set('value')
  equal([defaulted.get(), defaulted.get('fallback')], ['value', 'value'])
})

testInside('set() answers a token with the value before, and reset() goes back to that', () => {
  const variable = new ContextVar('variable')
  const first = variable.set(42)
  equal([first.var === variable, first.oldValue === Token.MISSING], [true, true])
  const second = variable.set('spam')
  same(second.oldValue, 42)
  variable.reset(second)
  same(variable.get(), 42)
  variable.reset(first)
  same(variable.get('unset'), 'unset')
})

testInside('a token is good once', () => {
  const variable = new ContextVar('variable')
  const token = variable.set(1)
  variable.reset(token)
  variable.set(2)
  throws(() => variable.reset(token), { name: 'TokenUsedError', code: 'ERR_TOKEN_USED' })
  same(variable.get(), 2)
})

testInside("another variable's token is refused", () => {
  const [one, other] = [new ContextVar('one'), new ContextVar('other')]
  const token = one.set(1)
  throws(() => other.reset(token), { name: 'RangeError' })
  same(one.get(), 1)
})

testInside("another Context's token is refused", () => {
  const variable = new ContextVar('variable')
  const token = new Context().run(() => variable.set(1))
  throws(() => variable.reset(token), { name: 'RangeError' })
  throws(() => variable.reset({}), { name: 'TypeError' })
})

testInside('a copy keeps what was set when it was made', () => {
  const variable = new ContextVar('variable')
  const token = variable.set('then')
  const copy = copyContext()
  variable.reset(token)
  equal([copy.get(variable), copy.size, variable.get('now')], ['then', 1, 'now'])
  equal([...copyContext()], [])
})

testInside('what is set in a copy is not seen outside, nor the other way round', () => {
  const variable = new ContextVar('variable', { default: 42 })
  const original = new Context()
  original.run(() => {
    variable.set(10)
    const copy = original.copy()
    variable.set(20)
    copy.run(() => {
      same(variable.get(), 10)
      variable.set(30)
    })
    equal([original.get(variable), copy.get(variable)], [20, 30])
  })
})

testInside('values are shared, not cloned', () => {
  const variable = new ContextVar('variable')
  const outer = []
  variable.set(outer)
  copyContext().run(() => {
    variable.get().push('seen')
    variable.set([])
    variable.get().push('not seen')
  })
  same(variable.get(), outer)
  equal(outer, ['seen'])
})

testInside('undefined is a value', () => {
  const variable = new ContextVar('variable', { default: 1 })
  variable.set(undefined)
  equal([variable.get(), variable.get(2), copyContext().has(variable)], [undefined, undefined, true])
})

testInside('a token resets at the end of a `using` block, unless it was used before', () => {
  const variable = new ContextVar('variable', { default: 1 })
  variable.set(2)[dispose]()
  same(variable.get(), 1)
  const token = variable.set(3)
  variable.reset(token)
  variable.set(4)
  token[dispose]()
  same(variable.get(), 4)
})

testInside('2000 variables, set and reset, keep apart', () => {
  const variables = Array.from({ length: 2000 }, (_, at) => new ContextVar(`v${at}`))
  const tokens = variables.map((variable, at) => variable.set(at))
  equal(
    variables.map((variable) => variable.get()),
    variables.map((_, at) => at),
  )
  const full = copyContext()
  for (const token of tokens.toReversed()) token.var.reset(token)
  equal([copyContext().size, full.size], [0, 2000])
})

testInside('a Context reads as a Map', () => {
  const [a, b] = [new ContextVar('a'), new ContextVar('b')]
  a.set(1)
  b.set(2)
  const context = copyContext()
  equal([...context.keys()].map(String), ['ContextVar "a"', 'ContextVar "b"'])
  equal([...context.values()], [1, 2])
  equal(
    [...context].map(([variable, value]) => [variable.name, value]),
    [
      ['a', 1],
      ['b', 2],
    ],
  )
})

test('what an awaited function sets is seen by its caller', async () => {
  const variable = new ContextVar('variable', { default: 'nothing' })
  await task(async () => {
    variable.set('from the caller')
    const callee = async () => {
      await sleep(1)
      same(variable.get(), 'from the caller')
      variable.set('from the callee')
      await sleep(1)
    }
    await callee()
    same(variable.get(), 'from the callee')
  })
  same(variable.get(), 'nothing')
})

test('a task has a copy: it does not see what its creator sets later, nor its creator what it sets', async () => {
  const variable = new ContextVar('variable', { default: 'nothing' })
  await task(async () => {
    variable.set('outer')
    const inner = task(async () => {
      await sleep(1)
      same(variable.get(), 'outer')
      variable.set('inner')
      await sleep(2)
      same(variable.get(), 'inner')
    })
    variable.set('outer, later')
    await inner
    same(variable.get(), 'outer, later')
  })
})

test('100 tasks keep apart across 1000 timers', async () => {
  const variable = new ContextVar('variable', { default: 'nothing' })
  const one = async (number) => {
    for (let round = 0; round < 10; round++) {
      variable.set(`${number}.${round}`)
      await sleep((number * 7 + round * 3) % 5)
      same(variable.get(), `${number}.${round}`)
    }
  }
  await Promise.all(Array.from({ length: 100 }, (_, number) => task(() => one(number))))
  same(variable.get(), 'nothing')
})

test('a token is good after an await, in the same task', async () => {
  const variable = new ContextVar('variable', { default: 0 })
  await task(async () => {
    const token = variable.set(1)
    await sleep(1)
    variable.reset(token)
    same(variable.get(), 0)
  })
})

test('and not in another task', async () => {
  const variable = new ContextVar('variable', { default: 0 })
  await task(async () => {
    const token = variable.set(1)
    await rejects(
      task(async () => {
        await Promise.resolve()
        variable.reset(token)
      }),
      { name: 'RangeError' },
    )
    same(variable.get(), 1)
  })
})

test('a generator, sync or async, runs in the Context of whoever asks it for the next value', async () => {
  const variable = new ContextVar('variable', { default: 0 })
  function* sync() {
    for (;;) yield variable.get()
  }
  async function* async() {
    for (;;) {
      await sleep(1)
      yield variable.get()
    }
  }
  const [a, b] = [sync(), async()]
  const seen = []
  for (const value of [1, 2]) {
    await task(async () => {
      variable.set(value)
      seen.push(a.next().value, (await b.next()).value)
    })
  }
  equal(seen, [1, 1, 2, 2])
})
