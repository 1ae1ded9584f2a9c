/** setRootPolicy(): what a set() outside of any run() does, and how often it is reported. */
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import { notAString, refusal, thrownBy } from '../test/wrong-input.ts'
import { currentContext, runFor } from './frame/index.ts'
import { bind, Context, ContextVar, copyContext, type RootPolicy, setRootPolicy } from './index.ts'

/** What has been reported is kept for all copies of the package; here each test begins anew. */
const reported = (globalThis as unknown as Record<symbol, Set<string>>)[
  Symbol.for('@interlock/contextvar/reported@1')
] as Set<string>

let warn: MockInstance<typeof process.emitWarning>
let user: ContextVar<string>
beforeEach(() => {
  reported.clear()
  warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  user = new ContextVar('user', { default: 'nobody' })
})
afterEach(() => {
  setRootPolicy('warn')
  warn.mockRestore()
})

/** All the ways to be inside: there a policy has no say. */
const inside: [string, (body: () => void) => void][] = [
  ['run()', (body) => new Context().run(body)],
  ['copyContext().run()', (body) => copyContext().run(body)],
  ['bind()', (body) => bind(body)()],
  ['a task', (body) => runFor({}, new Context(), body)],
]

test('it is `warn` to begin with, and each call answers what it was', () => {
  expect([setRootPolicy('allow'), setRootPolicy('throw'), setRootPolicy('warn')]).toEqual(['warn', 'allow', 'throw'])
})

describe('warn', () => {
  test('the first value of a variable is in order, as at the top of a module', () => {
    user.set('ann')
    new ContextVar<number>('other').set(1)
    expect(user.get()).toBe('ann')
    expect(warn).not.toHaveBeenCalled()
  })

  test('a variable that is set again is reported, with its name and what to do, and is set', () => {
    user.set('ann')
    user.set('bob')
    expect(user.get()).toBe('bob')
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^ContextVar "user" has been set again outside of any run\(\).*copyContext\(\)\.run\(\).*isolateHttp/,
        ),
        { type: 'ContextVarWarning', code: 'ROOT_CONTEXT_SET' },
      ],
    ])
  })

  test('once, however many variables follow', () => {
    const other = new ContextVar<number>('other')
    for (const name of ['ann', 'bob', 'cid']) user.set(name)
    for (const number of [1, 2, 3]) other.set(number)
    expect(warn).toHaveBeenCalledTimes(1)
  })

  test('a variable that was reset in between is new', () => {
    user.reset(user.set('ann'))
    user.reset(user.set('bob'))
    expect(warn).not.toHaveBeenCalled()
  })

  test('what was set outside is seen by what is started there, and not changed by it', () => {
    user.set('ann')
    copyContext().run(() => {
      expect(user.get()).toBe('ann')
      user.set('bob')
    })
    expect([user.get(), warn.mock.calls]).toEqual(['ann', []])
  })
})

describe('allow', () => {
  test('nothing is reported', () => {
    setRootPolicy('allow')
    user.set('ann')
    user.set('bob')
    expect([user.get(), warn.mock.calls]).toEqual(['bob', []])
  })
})

describe('throw', () => {
  test('the first set() already is refused, and nothing has changed', () => {
    setRootPolicy('throw')
    expect(thrownBy(() => user.set('ann'))).toMatchObject({
      name: 'RootContextError',
      code: 'ERR_ROOT_CONTEXT',
      message: expect.stringMatching(/^ContextVar "user" is set outside of any run\(\) and any task/),
    })
    expect([user.get(), copyContext().has(user)]).toEqual(['nobody', false])
  })

  test('so is a set() in the outermost Context by a task that was given it', () => {
    const root = currentContext()
    setRootPolicy('throw')
    expect(() => runFor({}, root, () => user.set('ann'))).toThrow(/outside of any run\(\)/)
  })

  test('get() and reset() are not refused', () => {
    const token = user.set('ann')
    setRootPolicy('throw')
    expect(user.get()).toBe('ann')
    user.reset(token)
    expect(user.get()).toBe('nobody')
  })
})

test.each(inside.flatMap(([way, run]) => (['warn', 'throw'] as const).map((policy) => [policy, way, run] as const)))(
  '%s: in %s everything may be set, any number of times',
  (policy: RootPolicy, _, run) => {
    setRootPolicy(policy)
    run(() => {
      user.set('ann')
      user.set('bob')
      expect(user.get()).toBe('bob')
    })
    expect(warn).not.toHaveBeenCalled()
  },
)

test.each(inside)('throw: in %s, after an await too', async (_, run) => {
  setRootPolicy('throw')
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const job = async (): Promise<void> => {
    await Promise.resolve()
    user.set('ann')
    await Promise.resolve()
    resolve(user.get())
  }
  run(() => void job().catch(reject))
  expect(await promise).toBe('ann')
})

describe('where the host has no process', () => {
  test('it is reported on the console', () => {
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {})
    vi.stubGlobal('process', undefined)
    try {
      user.set('ann')
      user.set('bob')
      user.set('cid')
      expect(log.mock.calls).toEqual([
        [expect.stringMatching(/^ROOT_CONTEXT_SET: ContextVar "user" has been set again/)],
      ])
    } finally {
      vi.unstubAllGlobals()
      log.mockRestore()
    }
  })
})

describe('wrong input', () => {
  test.each(notAString)('%o is a TypeError', (policy, shown) => {
    expect(thrownBy(() => setRootPolicy(policy as RootPolicy))).toEqual(
      refusal('TypeError', `policy must be "allow" or "warn" or "throw", got ${shown}`),
    )
    expect(setRootPolicy('warn')).toBe('warn')
  })

  test.each(['', 'Warn', 'deny', 'toString'])('%o is a RangeError', (policy) => {
    expect(thrownBy(() => setRootPolicy(policy as RootPolicy))).toEqual(
      refusal('RangeError', `policy must be "allow" or "warn" or "throw", got ${JSON.stringify(policy)}`),
    )
    expect(setRootPolicy('warn')).toBe('warn')
  })
})
