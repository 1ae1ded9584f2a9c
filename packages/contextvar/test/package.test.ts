/** The package as it is published: built, packed, checked by publint and are-the-types-wrong, imported by a plain runtime, and by two copies of itself. */
import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const home = fileURLToPath(new URL('..', import.meta.url))
const bin = (name: string): string => fileURLToPath(new URL(`../../../node_modules/.bin/${name}`, import.meta.url))
const manifest = JSON.parse(readFileSync(`${home}package.json`, 'utf8')) as {
  dependencies?: object
  sideEffects: boolean
  exports: Record<string, { default: string; types: string }>
}
const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
const names = entries.map((entry) => `@interlock/contextvar${entry.slice(1)}`)

/** A file's text without its comments, which have imports in their examples. */
const codeOf = (file: string): string => readFileSync(`${home}${file}`, 'utf8').replaceAll(/\/\*[^]*?\*\//g, '')

/** Runs a module's text in the Node that runs the tests, on the built package. */
async function node(text: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', text], { cwd: home })
  return stdout.trim()
}

describe('the built package', () => {
  beforeAll(() => {
    if (!existsSync(`${home}dist/index.js`))
      throw new Error('There is no dist: run `npm run build` first, or `npm test`')
  })

  test('publint finds nothing', { timeout: 60_000 }, async () => {
    const { stdout } = await run(bin('publint'), ['--strict'], { cwd: home })
    expect(stdout).toContain('All good!')
  })

  test('are-the-types-wrong finds nothing', { timeout: 60_000 }, async () => {
    const { stdout } = await run(bin('attw'), ['--pack', '.', '--profile', 'esm-only', '--no-color', '--no-emoji'], {
      cwd: home,
    })
    expect(stdout).toContain('node16 (from ESM): OK')
    expect(stdout).not.toMatch(/unresolved|masquerading|missing/i)
  })

  test('has no dependency and no side effect', () => {
    expect(manifest.dependencies).toBeUndefined()
    expect(manifest.sideEffects).toBe(false)
  })

  test('exports from each entry what it is for, and nothing internal', async () => {
    const text = `for (const name of ${JSON.stringify(names)}) console.log(name.slice(22) + ': ' + Object.keys(await import(name)).sort().join(' '))`
    expect((await node(text)).split('\n')).toEqual([
      ': Context ContextEnteredError ContextVar LookupError RootContextError Token TokenUsedError bind copyContext logFields setRootPolicy',
      'backend: useBackend',
      'frame: currentContext currentOwner runFor',
      'http: isolateHttp',
      'propagate: BaggageError extract inject',
    ])
  })

  test('keeps the classes and functions their names', async () => {
    const text = `for (const name of ${JSON.stringify(names)}) for (const [key, value] of Object.entries(await import(name)))
      if (value.name !== key) console.log(key, value.name)`
    expect(await node(text)).toBe('')
  })

  test('imports nothing but itself, its backend, and node:async_hooks for that', () => {
    for (const file of globSync('dist/**/*.js', { cwd: home })) {
      const imported = codeOf(file).matchAll(/^(?:import|export)\b(?:[^'"]*\bfrom)?\s*["']([^"']+)["']/gm)
      for (const [, from] of imported) {
        const ofBackend = file === 'dist/backend/async-hooks.js' && from === 'node:async_hooks'
        expect(ofBackend || from === '#backend' || from?.startsWith('.')).toBe(true)
      }
    }
  })

  test('declares nothing internal: no number of a variable, no bindings of a Context, no constructor of a Token', () => {
    const text = codeOf('dist/context.d.ts') + codeOf('dist/context-var.d.ts')
    expect(text).toContain('class Token')
    expect(text).not.toMatch(/\b(bindings|leaf|frame|entered|lookUp|used|before)\b.*[:;(]|\bid:/)
    for (const { types } of entries.map((entry) => manifest.exports[entry] as { types: string })) {
      expect(codeOf(types)).not.toMatch(/from ['"]node:|import\(['"]node:|\bNodeJS\b/)
    }
  })

  test("all entries work on one state, with the host's AsyncLocalStorage", async () => {
    const text = `import { Context, ContextVar } from '@interlock/contextvar'
      import { currentContext, runFor } from '@interlock/contextvar/frame'
      import { extract, inject } from '@interlock/contextvar/propagate'
      import { useBackend } from '@interlock/contextvar/backend'
      const user = new ContextVar('user')
      await runFor('task', new Context(), async () => {
        user.set('ann')
        await undefined
        console.log(currentContext().get(user), extract(inject({}, [user]), [user]).get(user))
      })
      const backend = { current: () => undefined, run: (frame, fn, ...args) => fn(...args) }
      useBackend(backend)
      console.log(useBackend(backend) === backend)`
    expect((await node(text)).split('\n')).toEqual(['ann ann', 'true'])
  })

  describe('two copies in one program', () => {
    /** `text` with the imports of this copy as `one`, those of another as `other`. */
    async function withCopies(text: string): Promise<string[]> {
      const copy = await mkdtemp(join(tmpdir(), 'interlock-copy-'))
      try {
        await cp(`${home}dist`, join(copy, 'dist'), { recursive: true })
        await writeFile(join(copy, 'package.json'), readFileSync(`${home}package.json`))
        const of = (entry: string): string => pathToFileURL(join(copy, 'dist', entry)).href
        const imports = ['', '/http', '/frame', '/propagate'].map(
          (entry, at) => `
          import * as one${at} from '@interlock/contextvar${entry}'
          import * as other${at} from ${JSON.stringify(of(`${entry.slice(1)}${entry === '' ? '' : '/'}index.js`))}`,
        )
        const output = await node(`${imports.join('')}
          const [one, other] = [{ ...one0, ...one1, ...one2, ...one3 }, { ...other0, ...other1, ...other2, ...other3 }]
          if (one.Context === other.Context) throw new Error('not another copy')
          const attempt = (fn) => { try { return fn() } catch (error) { return error } }
          ${text}`)
        return output.split('\n')
      } finally {
        await rm(copy, { recursive: true })
      }
    }

    test('share values, Contexts and tokens, in both directions, over awaits', async () => {
      const seen = await withCopies(`
        for (const [a, b] of [[one, other], [other, one]]) {
          const user = new a.ContextVar('user', { default: 'nobody' })
          await new b.Context().run(async () => {
            const token = user.set('ann')
            await undefined
            console.log(user.get(), b.copyContext().get(user), a.copyContext().get(user), b.logFields([user]).user)
            await b.copyContext().run(async () => { user.set('bob'); await undefined })
            const bound = b.bind(() => user.get())
            user.reset(token)
            console.log(user.get(), bound(), attempt(() => b.copyContext().run(() => user.reset(token))) instanceof b.TokenUsedError)
          })
        }`)
      expect(seen).toEqual(['ann ann ann ann', 'nobody ann true', 'ann ann ann ann', 'nobody ann true'])
    })

    test("know each other's classes by instanceof, errors too, and no others", async () => {
      const seen = await withCopies(`
        for (const [a, b] of [[one, other], [other, one]]) {
          const user = new a.ContextVar('user')
          const context = new a.Context()
          const token = context.run(() => user.set(1))
          console.log([user instanceof b.ContextVar, token instanceof b.Token, context instanceof b.Context, user instanceof b.Token, {} instanceof b.Context].join())
          const errors = [
            attempt(() => user.get()) instanceof b.LookupError,
            attempt(() => context.run(() => context.run(() => 1))) instanceof b.ContextEnteredError,
            attempt(() => a.extract({ baggage: 5 }, [user])) instanceof b.BaggageError,
            attempt(() => user.get()) instanceof b.TokenUsedError,
          ]
          console.log(errors.join(), b.Token.MISSING === token.oldValue)
        }`)
      expect(seen).toEqual([
        'true,true,true,false,false',
        'true,true,true,false true',
        'true,true,true,false,false',
        'true,true,true,false true',
      ])
    })

    test('share owners, the root and its policy, and warn once', async () => {
      const seen = await withCopies(`
        process.on('warning', (warning) => console.log(warning.code))
        console.log(one.runFor('task', new other.Context(), () => other.currentOwner()))
        console.log(one.currentContext() === other.currentContext())
        for (const { ContextVar } of [one, other]) { const user = new ContextVar('user'); user.set(1); user.set(2) }
        console.log(one.setRootPolicy('throw'), other.setRootPolicy('warn'))
        await new Promise((resolve) => setImmediate(resolve))`)
      expect(seen).toEqual(['task', 'true', 'warn throw', 'ROOT_CONTEXT_SET'])
    })

    test('isolate a server once', async () => {
      const seen = await withCopies(`
        const { EventEmitter } = await import('node:events')
        const server = Object.assign(new EventEmitter(), { address() {} })
        const { emit } = one.isolateHttp(server)
        console.log(other.isolateHttp(server).emit === emit)`)
      expect(seen).toEqual(['true'])
    })
  })

  test('works where Symbol.dispose does not exist: there is reset()', async () => {
    // Node's own Symbol.dispose cannot be deleted, so the module gets a Symbol that never had one.
    const text = `const Own = Symbol
      globalThis.Symbol = Object.assign((description) => Own(description), { for: Own.for })
      for (const name of Object.getOwnPropertyNames(Own))
        if (typeof Own[name] === 'symbol' && !/dispose/i.test(name)) Symbol[name] = Own[name]
      if (Symbol.dispose !== undefined) throw new Error('still there')
      const { Context, ContextVar } = await import('@interlock/contextvar')
      new Context().run(() => {
        const user = new ContextVar('user', { default: 'nobody' })
        const token = user.set('ann')
        token[Symbol.for('Symbol.dispose')]() // what a compiler's using calls there
        console.log(user.get())
      })`
    expect(await node(text)).toBe('nobody')
  })

  test('is tree-shaken: a ContextVar brings no HTTP and no propagation along', async () => {
    const { build } = await import('esbuild')
    const { outputFiles } = await build({
      stdin: { contents: `export { ContextVar } from '@interlock/contextvar'`, resolveDir: home },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      logLevel: 'error',
    })
    const text = (outputFiles[0]?.text ?? '').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
    expect(text).toContain('ERR_CONTEXT_LOOKUP')
    for (const other of ['ERR_BAD_BAGGAGE', 'prependListener', 'an iterable of ContextVars'])
      expect(text).not.toContain(other)
  })
})
