/** The package as it is published: built, packed, checked by publint and are-the-types-wrong, and imported by a plain runtime. */
import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const home = fileURLToPath(new URL('..', import.meta.url))
const bin = (name: string): string => fileURLToPath(new URL(`../../../node_modules/.bin/${name}`, import.meta.url))
const manifest = JSON.parse(readFileSync(`${home}package.json`, 'utf8')) as {
  dependencies?: object
  peerDependencies?: object
  sideEffects: boolean
  exports: object
}

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
    expect(stdout).toMatch(/node16 \(from ESM\)(:| *│) OK/)
    expect(stdout).not.toMatch(/unresolved|masquerading|missing/i)
  })

  test('depends on nothing, and has no side effect', () => {
    expect([manifest.dependencies, manifest.peerDependencies, manifest.sideEffects]).toEqual([
      undefined,
      undefined,
      false,
    ])
    expect(Object.keys(manifest.exports)).toEqual(['.', './package.json'])
  })

  test('imports nothing but itself: no package, no module of the host', () => {
    const files = globSync('{src,dist}/**/*.{ts,js}', { cwd: home, exclude: (name) => /\.test(-d)?\.ts$/.test(name) })
    const imports = files.flatMap((file) =>
      [...codeOf(file).matchAll(/^(?:import|export)\b(?:[^'"]*\bfrom)?\s*["']([^"']+)["']/gm)].map(([, from]) => from!),
    )
    expect(imports.length).toBeGreaterThan(20)
    expect(imports.filter((from) => !from.startsWith('./'))).toEqual([])
  })

  test('has no promise inside, no async function, and no timer of the host', () => {
    const code = codeOf('dist/index.js').replaceAll(/\/\/.*$/gm, '')
    expect(code).not.toMatch(
      /\bPromise\b|\basync\b|\bawait\b|\b(setTimeout|setImmediate|setInterval|queueMicrotask|nextTick)\b/,
    )
  })

  test('exports what it is for, and nothing internal', async () => {
    expect(await node(`console.log(Object.keys(await import('@interlock/loop')).sort().join(' '))`)).toBe(
      'Barrier BrokenBarrierError CancelledError Condition DeadlockError Event EventLoop ExplorationError Future ' +
        'InvalidStateError LivelockError Lock NotAcquiredError Queue QueueEmptyError QueueFullError Semaphore Shared Task ' +
        'currentLoop currentTask explore gather note replay sleep spawn',
    )
  })

  test('keeps the classes and functions their names', async () => {
    const text = `const loop = await import('@interlock/loop')
      console.log('unnamed:', Object.keys(loop).filter((name) => loop[name].name !== name).length)`
    expect(await node(text)).toBe('unnamed: 0')
  })

  test('declares nothing internal, and no type of Node', () => {
    for (const file of globSync('dist/*.d.ts', { cwd: home })) {
      expect(codeOf(file)).not.toMatch(/from ['"]node:|import\(['"]node:|\bNodeJS\b/)
    }
    const loop = codeOf('dist/event-loop.d.ts')
    expect(loop).toContain('runUntilComplete<')
    expect(loop).not.toMatch(/\b(ready|unread|admit|collect|deadlock|turn|report|timer)\b\s*[(:]/)
    const future = codeOf('dist/future.d.ts')
    expect(future).toContain('setResult(')
    expect(future).not.toMatch(/\b(purpose|awaited|settle|failure|whenDone|boundLoop|finished)\b/)
  })

  test('ends a program that has nothing more to do: nothing keeps it alive', async () => {
    const text = `import { EventLoop, sleep } from '@interlock/loop'
      const loop = new EventLoop({ clock: 'real' })
      loop.callLater(60_000, () => {})
      console.log(loop.runUntilComplete(sleep(1, 'over')))`
    expect(await node(text)).toBe('over')
  })

  test('a program that another fails in is told by name, where nobody catches it', async () => {
    const text = `import { explore, gather, Lock } from '@interlock/loop'
      explore(function* () {
        const [a, b] = [new Lock({ name: 'a' }), new Lock({ name: 'b' })]
        function* both(first, second) { yield* first.acquire(); yield; yield* second.acquire(); second.release(); first.release() }
        yield* gather(both(a, b), both(b, a))
      })`
    const failed = await node(text).catch((error: { stderr: string }) => error.stderr)
    expect(failed).toContain('ExplorationError: Run 2 failed: DeadlockError: Nothing can run any more')
    expect(failed).toContain('waits for acquire() of Lock "a"')
  })
})
