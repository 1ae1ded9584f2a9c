/** The package as it is published: built, packed, checked by publint and are-the-types-wrong, and imported by a plain runtime. */
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

/** Runs a module's text in the Node that runs the tests, on the built package. */
async function node(text: string, ...flags: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '--eval', text], { cwd: home })
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

  test('has an entry for each primitive beside the root', () => {
    const folders = globSync('src/*/index.ts', { cwd: home }).map((file) => file.replace(/^src(.*)\/index\.ts$/, '.$1'))
    expect(entries.toSorted()).toEqual(['.', ...folders].toSorted())
  })

  test('imports from every entry, and two entries share one class', async () => {
    const names = entries.map((entry) => `@interlock/core${entry.slice(1)}`)
    const text = `const seen = await Promise.all(${JSON.stringify(names)}.map((name) => import(name)))
      const [root, ...rest] = seen
      for (const [at, module] of rest.entries()) for (const name in module)
        if (name in root && root[name] !== module[name]) throw new Error(name + ' is another in entry ' + at)
      console.log(seen.map((module) => Object.keys(module).length > 0).join())`
    expect(await node(text)).toBe(entries.map(() => true).join())
  })

  test('imports nothing of the host: no node: module, no package', () => {
    for (const file of globSync('dist/**/*.js', { cwd: home })) {
      const imported = [
        ...readFileSync(`${home}${file}`, 'utf8').matchAll(/^(?:import|export)[^'"]*from\s*["']([^"']+)["']/gm),
      ]
      for (const [, from] of imported) expect(from).toMatch(/^\.\.?\//)
    }
  })

  test('works where Symbol.dispose does not exist: there is release()', async () => {
    // Node's own Symbol.dispose cannot be deleted, so the module gets a Symbol that never had one.
    const text = `const Own = Symbol
      globalThis.Symbol = Object.assign((description) => Own(description), { for: Own.for })
      for (const name of Object.getOwnPropertyNames(Own))
        if (typeof Own[name] === 'symbol' && !/dispose/i.test(name)) Symbol[name] = Own[name]
      if (Symbol.dispose !== undefined) throw new Error('still there')
      const { Lock } = await import('@interlock/core')
      const lock = new Lock()
      const permit = await lock.acquire()
      permit[Symbol.for('Symbol.dispose')]() // what a compiler's using calls there
      const again = await lock.acquire()
      again.release()
      console.log(permit.released, again.released, String(lock))`
    expect(await node(text)).toBe('true true Lock <unlocked>')
  })

  test('exports from each entry what it is for, and nothing internal', async () => {
    const names = entries.map((entry) => `@interlock/core${entry.slice(1)}`)
    const text = `for (const name of ${JSON.stringify(names)}) console.log(name.slice(16) + ': ' + Object.keys(await import(name)).sort().join(' '))`
    const errors = 'BrokenBarrierError NotAcquiredError QueueEmptyError QueueFullError QueueShutDownError'
    expect((await node(text)).split('\n')).toEqual([
      ': Barrier BoundedSemaphore BrokenBarrierError Condition Event KeyedLock LifoQueue Lock NotAcquiredError PriorityQueue Queue ' +
        'QueueEmptyError QueueFullError QueueShutDownError ReadWriteLock Semaphore',
      'barrier: Barrier',
      'bounded-semaphore: BoundedSemaphore',
      'condition: Condition',
      'devtools: installFormatter',
      `errors: ${errors}`,
      'event: Event',
      'internal: CancellableWaiter DONE Primitive STATE WaitQueue andWaiting callable excusable hearAbort hearAborts isSignal keepShape ' +
        'misnumbered mistyped optionsObject permitClass readTerms refuseAll runHolding shown takeAll termsOf unobserved whole',
      'keyed-lock: KeyedLock',
      'lifo-queue: LifoQueue',
      'lock: Lock',
      'observe: observeWaits',
      'priority-queue: PriorityQueue',
      'queue: Queue',
      'read-write-lock: ReadWriteLock',
      'semaphore: Semaphore',
    ])
  })

  test('keeps the classes their names', async () => {
    const text = `const core = await import('@interlock/core')
      console.log(Object.keys(core).filter((name) => core[name].name !== name).join())`
    expect(await node(text)).toBe('')
  })

  test('understands another copy of itself: a Condition of one over a Lock of the other', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'interlock-copy-'))
    try {
      await cp(`${home}dist`, copy, { recursive: true })
      await writeFile(join(copy, 'package.json'), '{"type":"module"}')
      const text = `const { Condition } = await import('@interlock/core')
        const { Lock, Condition: Other } = await import(${JSON.stringify(pathToFileURL(join(copy, 'index.js')).href)})
        if (Other === Condition) throw new Error('not another copy')
        for (const lock of [new Lock(), new Other(new Lock())]) {
          const condition = new Condition(lock)
          const permit = await condition.acquire()
          await condition.wait({ timeout: 1 }).catch(() => {})
          console.log(permit.released, lock.locked)
          permit.release()
          await condition.run(() => condition.wait({ timeout: 1 }).catch(() => {}))
          console.log(lock.locked)
        }`
      expect((await node(text)).split('\n')).toEqual(['false true', 'false', 'false true', 'false'])
    } finally {
      await rm(copy, { recursive: true })
    }
  })

  test('is tree-shaken: a Lock brings no other primitive along', async () => {
    const { build } = await import('esbuild')
    const { outputFiles } = await build({
      stdin: { contents: `export { Lock } from '@interlock/core'`, resolveDir: home },
      bundle: true,
      format: 'esm',
      write: false,
      logLevel: 'error',
    })
    const text = (outputFiles[0]?.text ?? '').replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
    expect(text).toContain('"Lock"')
    for (const other of ['"Semaphore"', '"Queue"', '"Barrier"', '"ReadWriteLock"', '"Condition"', 'ERR_QUEUE_FULL'])
      expect(text).not.toContain(other)
  })
})
