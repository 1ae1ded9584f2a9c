/**
 * The package as a bundler makes it for a browser, run in a realm that has what a browser has: no process, no AsyncLocalStorage. (Native AsyncContext, which no browser has
 * yet, is put in by the last test.)
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'

const home = fileURLToPath(new URL('..', import.meta.url))

let bundle = ''
beforeAll(async () => {
  if (!existsSync(`${home}dist/index.js`)) throw new Error('There is no dist: run `npm run build` first, or `npm test`')
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from '@interlock/contextvar'
        export * from '@interlock/contextvar/frame'
        export * from '@interlock/contextvar/propagate'`,
      resolveDir: home,
    },
    bundle: true,
    format: 'iife',
    globalName: 'contextvar',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  })
  bundle = outputFiles[0]?.text ?? ''
})

/** Runs `text`, a function's body, in a new realm; answers what it answers, and what it said on the console. */
async function inBrowser(text: string, host: object = {}): Promise<{ seen: unknown; said: string[] }> {
  const said: string[] = []
  const realm = createContext({
    console: { warn: (message: string) => said.push(message) },
    TextEncoder,
    setTimeout,
    ...host,
  })
  runInContext(bundle, realm)
  const seen: unknown = await runInContext(`(async () => { const { ${names} } = contextvar; ${text} })()`, realm)
  return { seen: structuredClone(seen), said }
}

const names =
  'Context, ContextVar, bind, copyContext, setRootPolicy, RootContextError, currentOwner, runFor, inject, extract'

test('the bundle has nothing of Node', () => {
  expect(bundle).not.toMatch(/\brequire\(|\bimport\b/)
  expect(bundle).toContain('StackBackend')
})

describe('in a browser', () => {
  test('synchronous code is right', async () => {
    const { seen, said } = await inBrowser(`
      const user = new ContextVar('user', { default: 'nobody' })
      const context = new Context()
      const seen = [context.run(() => { user.set('ann'); return new Context().run(() => user.get()) + user.get() })]
      const bound = context.run(() => bind(() => user.get()))
      await undefined
      seen.push(user.get(), bound(), context.run(() => extract(inject({}, [user]), [user]).get(user)))
      return [...seen, runFor('task', context, currentOwner)]`)
    expect(seen).toEqual(['nobodyann', 'nobody', 'ann', 'ann', 'task'])
    expect(said).toEqual([])
  })

  test('an async function is right up to its first await, and never reads the value of another', async () => {
    const { seen } = await inBrowser(`
      const user = new ContextVar('user', { default: 'nobody' })
      const job = async (name) => {
        user.set(name)
        const seen = [user.get()]
        await undefined
        return [...seen, user.get()]
      }
      return await Promise.all(['ann', 'bob', 'cid'].map((name) => new Context().run(job, name)))`)
    expect(seen).toEqual(['ann', 'bob', 'cid'].map((name) => [name, 'nobody']))
  })

  test('after it a set() is refused, unless it is allowed', async () => {
    const { seen } = await inBrowser(`
      const user = new ContextVar('user', { default: 'nobody' })
      user.set('at the top')
      const lost = new Context().run(async () => {
        await undefined
        user.set('ann')
      })
      const error = await lost.catch((error) => error)
      const seen = [error instanceof RootContextError, error.code, user.get()]
      setRootPolicy('allow')
      user.set('allowed')
      return [...seen, user.get()]`)
    expect(seen).toEqual([true, 'ERR_ROOT_CONTEXT', 'at the top', 'allowed'])
  })

  test('the loss is reported once, on the console', async () => {
    const { said } = await inBrowser(`
      for (let round = 0; round < 3; round++) await new Context().run(async () => { await undefined })`)
    expect(said).toEqual([expect.stringMatching(/^CONTEXT_LOST: .*its Context ends at its first await/)])
  })
})

test('in a browser with native AsyncContext nothing is lost', async () => {
  class Variable {
    readonly #storage = new AsyncLocalStorage<unknown>()
    get(): unknown {
      return this.#storage.getStore()
    }
    run(value: unknown, fn: (...args: unknown[]) => unknown, ...args: unknown[]): unknown {
      return this.#storage.run(value, fn, ...args)
    }
  }
  const { seen, said } = await inBrowser(
    `const user = new ContextVar('user', { default: 'nobody' })
      const job = async (name) => {
        user.set(name)
        await undefined
        user.set(name + ' again')
        await new Promise((resolve) => setTimeout(resolve))
        return user.get()
      }
      return [...await Promise.all(['ann', 'bob'].map((name) => new Context().run(job, name))), user.get()]`,
    { AsyncContext: { Variable } },
  )
  expect(seen).toEqual(['ann again', 'bob again', 'nobody'])
  expect(said).toEqual([])
})
