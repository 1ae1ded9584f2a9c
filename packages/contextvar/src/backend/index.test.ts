/**
 * What every backend promises, over each of them; what StackBackend promises beyond, where a Context ends at the first await; and which
 * host gets which.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest'
import { ofNoKind, refusal, thrownBy } from '../../test/wrong-input.ts'
import type { Frame } from '../frame.ts'
import { currentOwner, runFor } from '../frame/index.ts'
import { bind, Context, ContextVar, copyContext, RootContextError, setRootPolicy } from '../index.ts'
import { createBackend as createAsyncHooks } from './async-hooks.ts'
import { createBackend as detect } from './detect.ts'
import { type Backend, useBackend } from './index.ts'
import { StackBackend } from './stack.ts'

const reported = (globalThis as unknown as Record<symbol, Set<string>>)[
  Symbol.for('@interlock/contextvar/reported@1')
] as Set<string>

/** AsyncContext.Variable as it is drafted, over what Node has. */
class Variable {
  readonly #storage = new AsyncLocalStorage<Frame>()
  get(): Frame | undefined {
    return this.#storage.getStore()
  }
  run<A extends unknown[], R>(frame: Frame, fn: (...args: A) => R, ...args: A): R {
    return this.#storage.run(frame, fn, ...args)
  }
}

const hosts: Record<string, Parameters<typeof detect>[0]> = {
  AsyncContext: { AsyncContext: { Variable } },
  'a global AsyncLocalStorage': { AsyncLocalStorage },
  'process.getBuiltinModule()': {
    process: { getBuiltinModule: (name) => (name === 'node:async_hooks' ? { AsyncLocalStorage } : undefined) },
  },
}

const lossless: [string, () => Backend][] = [
  ['node:async_hooks', createAsyncHooks],
  ...Object.entries(hosts).map(([name, host]): [string, () => Backend] => [name, () => detect(host)]),
]

let warn: MockInstance<typeof process.emitWarning>
let before: Backend | undefined
beforeEach(() => {
  reported.clear()
  warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
})
afterEach(() => {
  warn.mockRestore()
  setRootPolicy('warn')
  if (before !== undefined) useBackend(before)
  before = undefined
})

const use = (backend: Backend): void => {
  before = useBackend(backend)
}

describe.each([...lossless, ['a stack', () => new StackBackend()] as const])('over %s', (_, create) => {
  let user: ContextVar<string>
  beforeEach(() => {
    use(create())
    user = new ContextVar('user', { default: 'nobody' })
  })

  test('synchronous code: set, nested run(), errors, restoring', () => {
    const [outer, inner] = [new Context(), new Context()]
    outer.run(() => {
      user.set('ann')
      inner.run(() => {
        expect(user.get()).toBe('nobody')
        user.set('bob')
      })
      expect(user.get()).toBe('ann')
      expect(() =>
        inner.run(() => {
          throw new Error('inside')
        }),
      ).toThrow('inside')
      expect(user.get()).toBe('ann')
    })
    expect([user.get(), outer.get(user), inner.get(user)]).toEqual(['nobody', 'ann', 'bob'])
  })

  test('arguments, value and owner', () => {
    const owner = {}
    expect(new Context().run((...args: number[]) => args, 1, 2)).toEqual([1, 2])
    expect(runFor(owner, new Context(), currentOwner)).toBe(owner)
    expect(currentOwner()).toBe(undefined)
  })

  test('an async function up to its first await, and its caller after it', async () => {
    const seen: string[] = []
    const done = new Context().run(async () => {
      user.set('ann')
      seen.push(user.get())
      await Promise.resolve()
    })
    seen.push(user.get())
    await done
    expect(seen).toEqual(['ann', 'nobody'])
  })

  test('bind(), from anywhere', async () => {
    const bound = new Context().run(() => (user.set('ann'), bind(() => user.get())))
    await Promise.resolve()
    expect(bound()).toBe('ann')
  })
})

describe.each(lossless)('over %s', (_, create) => {
  test('every await: concurrent tasks, callees, rejections, loops', async () => {
    use(create())
    const user = new ContextVar('user', { default: 'nobody' })
    async function* counted(): AsyncGenerator<number> {
      yield 1
      await Promise.resolve()
      yield 2
    }
    const callee = async (name: string): Promise<void> => {
      await Promise.resolve()
      user.set(`${name}, set by a callee`)
    }
    const job = async (name: string): Promise<string[]> => {
      user.set(name)
      const seen: string[] = []
      await Promise.resolve()
      seen.push(user.get())
      await callee(name)
      seen.push(user.get())
      await Promise.reject(new Error('a')).catch(() => seen.push(user.get()))
      for await (const number of counted()) seen.push(`${number} ${user.get()}`)
      await new Promise((resolve) => setImmediate(resolve))
      return [...seen, user.get()]
    }
    const names = ['ann', 'bob', 'cid']
    const seen = await Promise.all(names.map((name) => new Context().run(job, name)))
    const expected = (name: string): string[] => {
      const late = `${name}, set by a callee`
      return [name, late, late, `1 ${late}`, `2 ${late}`, late]
    }
    expect(seen).toEqual(names.map(expected))
    expect(user.get()).toBe('nobody')
  })

  test('it loses nothing, and says so', () => {
    expect(create().lossy ?? false).toBe(false)
  })
})

describe('a stack: where nothing carries a value over an await', () => {
  let user: ContextVar<string>
  let backend: StackBackend
  beforeEach(() => {
    backend = new StackBackend()
    use(backend)
    user = new ContextVar('user', { default: 'nobody' })
  })

  /** Sets `user`, and answers what it reads after an await. */
  const awaiting = async (name: string): Promise<string> => {
    user.set(name)
    await Promise.resolve()
    return user.get()
  }

  test('after the first await a variable reads as unset, and never as that of another', async () => {
    const runs = ['ann', 'bob'].map((name) => new Context().run(awaiting, name))
    const seen = new Context().run(() => (user.set('cid'), Promise.all(runs)))
    expect(await seen).toEqual(['nobody', 'nobody'])
  })

  test('a set() there is refused, as it would be seen by all', async () => {
    const lost = new Context().run(async () => {
      await Promise.resolve()
      user.set('ann')
    })
    await expect(lost).rejects.toThrow(RootContextError)
    await expect(lost).rejects.toThrow(/^ContextVar "user" is set where this host has lost the Context at an await/)
    expect(user.get()).toBe('nobody')
  })

  test('it is refused under every policy but `allow`', async () => {
    await new Context().run(awaiting, 'ann')
    for (const policy of ['warn', 'throw'] as const) {
      setRootPolicy(policy)
      expect(() => user.set('bob')).toThrow(RootContextError)
    }
    setRootPolicy('allow')
    user.set('bob')
    expect(user.get()).toBe('bob')
  })

  test('until something awaits, a set() at the top is as anywhere', () => {
    new Context().run(() => 1)
    user.set('ann')
    expect([user.get(), backend.lossy]).toEqual(['ann', false])
  })

  test('inside of a run() a set() is never refused', async () => {
    await new Context().run(awaiting, 'ann')
    expect(new Context().run(() => (user.set('bob'), user.get()))).toBe('bob')
  })

  test('the first loss is reported, once, with what to do', async () => {
    new Context().run(() => 1)
    expect(warn).not.toHaveBeenCalled()
    for (const name of ['ann', 'bob']) await new Context().run(awaiting, name)
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(/its Context ends at its first await\..*before the first await.*bind\(\)/s),
        { type: 'ContextVarWarning', code: 'CONTEXT_LOST' },
      ],
    ])
    expect(backend.lossy).toBe(true)
  })

  // oxlint-disable-next-line unicorn/no-thenable -- it is what is told from a promise
  test.each([undefined, null, 0, '', {}, { then: 'soon' }, () => {}])(
    '%o is no promise, and nothing is lost by it',
    (value) => {
      expect(new Context().run(() => value)).toBe(value)
      expect([backend.lossy, warn.mock.calls]).toEqual([false, []])
    },
  )

  test('any thenable counts as an await, a function with then() among them', () => {
    // oxlint-disable-next-line unicorn/no-thenable -- it is what counts as a promise
    const thenable = Object.assign(() => {}, { then: () => {} })
    expect(new Context().run(() => thenable)).toBe(thenable)
    expect(backend.lossy).toBe(true)
  })

  test('a run() that throws leaves its Frame', () => {
    expect(() =>
      new Context().run(() => {
        user.set('ann')
        throw new Error('inside')
      }),
    ).toThrow('inside')
    expect(user.get()).toBe('nobody')
  })
})

describe('which host gets which', () => {
  test.each(Object.entries(hosts))('%s is used', (_, host) => {
    expect(detect(host)).not.toBeInstanceOf(StackBackend)
  })

  test('AsyncContext goes before AsyncLocalStorage on Node, too', () => {
    let made = 0
    class Native extends Variable {
      constructor() {
        super()
        made++
      }
    }
    createAsyncHooks({ AsyncContext: { Variable: Native } })
    createAsyncHooks({})
    expect(made).toBe(1)
  })

  test('AsyncContext goes before AsyncLocalStorage, a global one before that of the process', () => {
    const used: string[] = []
    const storage = (name: string): typeof AsyncLocalStorage<Frame> =>
      class extends AsyncLocalStorage<Frame> {
        constructor() {
          super()
          used.push(name)
        }
      }
    const process = { getBuiltinModule: () => ({ AsyncLocalStorage: storage('process') }) }
    class Native extends Variable {
      constructor() {
        super()
        used.push('AsyncContext')
      }
    }
    detect({ AsyncContext: { Variable: Native }, AsyncLocalStorage: storage('global'), process })
    detect({ AsyncLocalStorage: storage('global'), process })
    detect({ process })
    expect(used).toEqual(['AsyncContext', 'global', 'process'])
  })

  test.each([
    ['nothing', {}],
    ['a process as in a bundle for browsers', { process: {} }],
    ['a process that does not know the module', { process: { getBuiltinModule: () => undefined } }],
  ])('%s: a stack', (_, host) => {
    expect(detect(host)).toBeInstanceOf(StackBackend)
  })

  test('getBuiltinModule() is called on its process', () => {
    const process = {
      getBuiltinModule(this: unknown) {
        expect(this).toBe(process)
        return { AsyncLocalStorage }
      },
    }
    expect(detect({ process })).not.toBeInstanceOf(StackBackend)
    expect.assertions(2)
  })

  test('by default it is the host itself', () => {
    expect(detect()).not.toBeInstanceOf(StackBackend)
  })
})

describe('useBackend()', () => {
  test('answers the one before, and what is run from now on is carried by the new one', () => {
    const frames: Frame[] = []
    const counting: Backend = {
      current: () => frames.at(-1),
      run(frame, fn, ...args) {
        frames.push(frame)
        try {
          return fn(...args)
        } finally {
          frames.pop()
        }
      },
    }
    use(counting)
    const context = new Context()
    context.run(() => expect(frames).toMatchObject([{ context }]))
    expect(useBackend(before as Backend)).toBe(counting)
    before = undefined
  })

  test("a backend of one's own may be lossy: then a set() outside is refused", () => {
    use({ current: () => undefined, run: (_, fn, ...args) => fn(...args), lossy: true })
    expect(() => new ContextVar<number>('a').set(1)).toThrow(RootContextError)
  })

  test.each([
    ...ofNoKind,
    [{ current: () => undefined }, '[object Object]'],
    [{ run: () => {} }, '[object Object]'],
  ] as const)('wrong input: %o', (backend, shown) => {
    expect(thrownBy(() => useBackend(backend as Backend))).toEqual(
      refusal('TypeError', `backend must be an object with current() and run(), got ${shown}`),
    )
    expect(copyContext().run(() => new ContextVar('a', { default: 1 }).get())).toBe(1)
  })
})
