/** The package as it is published: built, packed, checked by publint and are-the-types-wrong, imported by a plain runtime, and by two copies of itself. */
import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const run = promisify(execFile)
const home = fileURLToPath(new URL('..', import.meta.url))
const bin = (name: string): string => fileURLToPath(new URL(`../../../node_modules/.bin/${name}`, import.meta.url))
const manifest = JSON.parse(readFileSync(`${home}package.json`, 'utf8')) as {
  version: string
  dependencies: Record<string, string>
  sideEffects: boolean
  exports: Record<string, { default: string; types: string }>
}

/** A file's text without its comments, which have imports in their examples. */
const codeOf = (file: string): string => readFileSync(`${home}${file}`, 'utf8').replaceAll(/\/\*[^]*?\*\//g, '')

/** Runs a module's text in the Node that runs the tests, on the built package. */
async function node(text: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', text], { cwd: home })
  return stdout.trim().split('\n')
}

/** What is imported: the copy of the package itself, its files or a module of the host. */
const imports = (file: string): string[] =>
  [...codeOf(file).matchAll(/^(?:import|export)\b(?:[^'"]*\bfrom)?\s*["']([^"']+)["']/gm)].map(([, from]) => from!)

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
    expect(stdout).toMatch(/node16 \(from ESM\) *│ OK \(ESM\)/)
    expect(stdout).not.toMatch(/unresolved|masquerading|missing/i)
  })

  test('depends on core and contextvar, of the same version, on nothing else; no side effect', () => {
    const { version } = manifest
    expect(manifest.dependencies).toEqual({ '@interlock/contextvar': version, '@interlock/core': version })
    expect(manifest.sideEffects).toBe(false)
    expect(Object.keys(manifest.exports)).toEqual(['.', './package.json'])
  })

  test('imports nothing but itself and those two: no module of the host', () => {
    const seen = new Set(globSync('dist/**/*.js', { cwd: home }).flatMap((file) => imports(`dist/${file.slice(5)}`)))
    const foreign = [...seen].filter((from) => !from.startsWith('./') && !from.startsWith('../'))
    expect(foreign.toSorted()).toEqual([
      '@interlock/contextvar',
      '@interlock/contextvar/frame',
      '@interlock/core/internal',
      '@interlock/core/observe',
    ])
  })

  test('exports what it is for, and nothing internal', async () => {
    expect(await node(`console.log(Object.keys(await import('@interlock/tasks')).sort().join(' '))`)).toEqual([
      'CancelledError InvalidStateError Scheduler Task TaskGroup createTask currentTask gather gatherSettled shield sleep taskGroup timeout wait',
    ])
  })

  test('keeps the classes and functions their names', async () => {
    const text = `const tasks = await import('@interlock/tasks')
      console.log('unnamed:', Object.keys(tasks).filter((name) => tasks[name].name !== name).length)`
    expect(await node(text)).toEqual(['unnamed: 0'])
  })

  test('declares nothing internal, and no type of Node', () => {
    const task = codeOf('dist/task.d.ts')
    expect(task).toContain('class Task')
    expect(task).not.toMatch(/\b(start|follow|retrieve|passOn|run|failed)\b\s*[(:]|get failed/)
    const group = codeOf('dist/task-group.d.ts')
    expect(group).toContain('spawn<')
    expect(group).not.toMatch(/\brun\b|\bconstructor\(outer/)
    for (const file of ['index', 'task', 'task-group', 'gather', 'wait', 'timeout', 'shield', 'sleep', 'scheduler']) {
      expect(codeOf(`dist/${file}.d.ts`)).not.toMatch(/from ['"]node:|import\(['"]node:|\bNodeJS\b/)
    }
  })

  test(
    'the declarations of every package compile, libraries checked; a Task and a TaskGroup are not made by `new`',
    { timeout: 60_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'interlock-types-'))
      try {
        await symlink(join(home, '../../node_modules'), join(folder, 'node_modules'), 'dir')
        await writeFile(
          join(folder, 'program.ts'),
          `import * as core from '@interlock/core'
import * as observe from '@interlock/core/observe'
import * as contextvar from '@interlock/contextvar'
import * as backend from '@interlock/contextvar/backend'
import * as frame from '@interlock/contextvar/frame'
import * as http from '@interlock/contextvar/http'
import * as propagate from '@interlock/contextvar/propagate'
import { Task, TaskGroup } from '@interlock/tasks'
export { core, observe, contextvar, backend, frame, http, propagate }
// @ts-expect-error only createTask() makes one
new Task()
// @ts-expect-error only taskGroup() makes one
new TaskGroup()
`,
        )
        const flags = '--noEmit --strict --module nodenext --target es2022 --lib es2022,esnext.disposable,dom'
        const { stdout } = await run(bin('tsc'), [...flags.split(' '), '--ignoreConfig', join(folder, 'program.ts')], {
          cwd: home,
        }).catch((error: { stdout: string }) => error)
        expect(stdout).toBe('')
      } finally {
        await rm(folder, { recursive: true })
      }
    },
  )

  test('nor by JavaScript', async () => {
    const text = `const { Task, TaskGroup } = await import('@interlock/tasks')
      for (const made of [() => new Task(() => 1), () => new TaskGroup()]) {
        try {
          made()
        } catch (error) {
          console.log(String(error))
        }
      }`
    expect(await node(text)).toEqual([
      'TypeError: Task has no public constructor: use createTask()',
      'TypeError: TaskGroup has no public constructor: use taskGroup()',
    ])
  })

  test('cancels a wait of core, in a plain runtime, and leaves nothing that keeps the program alive', async () => {
    const text = `import { Lock } from '@interlock/core'
      import { createTask, sleep } from '@interlock/tasks'
      const lock = new Lock()
      await lock.acquire()
      const tasks = [createTask(() => lock.acquire()), createTask(() => sleep(2 ** 40)), createTask(() => sleep(Infinity))]
      for (const task of tasks) task.cancel('done')
      await Promise.allSettled(tasks)
      console.log(tasks.map((task) => task.cancelled).join(), lock.waiting)`
    expect(await node(text)).toEqual(['true,true,true 0'])
  })

  test('an error that nobody reads ends the program; a cancellation that nobody reads does not', async () => {
    const text = (job: string): string => `import { createTask, sleep } from '@interlock/tasks'
      const task = createTask(async () => { await sleep(0); ${job} })
      await new Promise((resolve) => setTimeout(resolve, 5))
      console.log('goes on')`
    await expect(node(text(`throw new Error('wrong')`))).rejects.toThrow(/Error: wrong/)
    expect(await node(text('task.cancel(); await sleep(1)'))).toEqual(['goes on'])
  })

  test('works where Symbol.asyncDispose does not exist', async () => {
    // Node's own cannot be deleted, so the module gets a Symbol that never had one.
    const text = `const Own = Symbol
      globalThis.Symbol = Object.assign((description) => Own(description), { for: Own.for })
      for (const name of Object.getOwnPropertyNames(Own))
        if (typeof Own[name] === 'symbol' && !/dispose/i.test(name)) Symbol[name] = Own[name]
      if (Symbol.asyncDispose !== undefined) throw new Error('still there')
      const { createTask, sleep, Scheduler } = await import('@interlock/tasks')
      const task = createTask(() => sleep(2 ** 40))
      await task[Symbol.for('Symbol.asyncDispose')]() // what a compiler's await using calls there
      const scheduler = new Scheduler(5, () => {}).start()
      await scheduler[Symbol.for('Symbol.asyncDispose')]()
      console.log(task.cancelled, scheduler.started)`
    expect(await node(text)).toEqual(['true false'])
  })
})

describe.each(['over the same core and contextvar', 'each with a core and a contextvar of its own'])(
  'two copies in one program, %s',
  (how) => {
    let copy: string

    beforeAll(async () => {
      copy = await mkdtemp(join(tmpdir(), 'interlock-copy-'))
      await cp(`${home}dist`, join(copy, 'dist'), { recursive: true })
      await cp(`${home}package.json`, join(copy, 'package.json'))
      const scope = join(copy, 'node_modules/@interlock')
      await mkdir(scope, { recursive: true })
      for (const name of ['core', 'contextvar']) {
        const original = join(home, '..', name)
        if (how.startsWith('over')) await symlink(original, join(scope, name), 'dir')
        else {
          await cp(join(original, 'dist'), join(scope, name, 'dist'), { recursive: true })
          await cp(join(original, 'package.json'), join(scope, name, 'package.json'))
        }
      }
    })
    afterAll(() => rm(copy, { recursive: true }))

    /** Prints what `text` does with `a` and `b`, the two copies, once each way round. */
    const withCopies = (text: string): Promise<string[]> =>
      node(`
        import { Lock } from '@interlock/core'
        import * as one from '@interlock/tasks'
        import * as other from ${JSON.stringify(pathToFileURL(join(copy, 'dist/index.js')).href)}
        if (one.createTask === other.createTask) throw new Error('not another copy')
        const turn = () => new Promise((resolve) => setImmediate(resolve))
        for (const [a, b] of [[one, other], [other, one]]) { ${text} }
        process.exit()`)

    test('a task of either is cancelled in a wait of core, one error each', async () => {
      const seen = await withCopies(`
        const lock = new Lock()
        await lock.acquire()
        const tasks = [a.createTask(() => lock.acquire(), { name: 'a' }), b.createTask(() => lock.acquire(), { name: 'b' })]
        tasks[0].cancel()
        await turn()
        console.log(tasks.map(String).join(), lock.waiting)
        tasks[1].cancel()
        await turn()
        console.log(tasks.map((task) => task.error().code).join(), lock.waiting)`)
      const each = ['Task "a" <cancelled>,Task "b" <pending> 1', 'ERR_CANCELLED,ERR_CANCELLED 0']
      expect(seen).toEqual([...each, ...each])
    })

    test('each knows the task of the other: currentTask(), and a cancel of who awaits it', async () => {
      const seen = await withCopies(`
        const task = a.createTask(async () => {
          console.log(b.currentTask()?.name)
          await b.createTask(async () => {
            console.log(a.currentTask()?.name)
            await new Lock().acquire()
            await b.sleep(2 ** 30)
          }, { name: 'inner' })
        }, { name: 'outer' })
        await turn()
        task.cancel()
        await turn()
        console.log(String(task))`)
      const each = ['outer', 'inner', 'Task "outer" <cancelled>']
      expect(seen).toEqual([...each, ...each])
    })

    test('a time limit, a group, a gather of the other within a task: a cancel reaches the wait in it', async () => {
      const seen = await withCopies(`
        const lock = new Lock()
        await lock.acquire()
        const jobs = {
          timeout: () => b.timeout(2 ** 30, () => lock.acquire()),
          'timeout twice': () => b.timeout(2 ** 30, () => a.timeout(2 ** 30, () => lock.acquire())),
          body: () => b.taskGroup(() => lock.acquire()),
          children: () => b.taskGroup((group) => { group.spawn(() => lock.acquire()) }),
          gather: () => b.gather(() => lock.acquire()),
          'pending at first': async () => { a.currentTask().cancel(); await b.timeout(2 ** 30, () => lock.acquire()) },
        }
        for (const [name, job] of Object.entries(jobs)) {
          const task = a.createTask(job, { name })
          await turn()
          task.cancel()
          await turn()
          await turn()
          console.log(String(task), lock.waiting)
        }`)
      const each = ['timeout', 'timeout twice', 'body', 'children', 'gather', 'pending at first'].map(
        (name) => `Task "${name}" <cancelled> 0`,
      )
      expect(seen).toEqual([...each, ...each])
    })

    test('the signal of a time limit of the other aborts too', async () => {
      const seen = await withCopies(`
        const task = a.createTask(() => b.timeout(2 ** 30, (signal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))), { name: 'fetch' })
        await turn()
        task.cancel()
        await turn()
        console.log(String(task))`)
      expect(seen).toEqual(['Task "fetch" <cancelled>', 'Task "fetch" <cancelled>'])
    })

    test('shield() and wait() take a task of the other', async () => {
      const seen = await withCopies(`
        const task = a.createTask(() => a.sleep(0, 'value'))
        console.log(await b.shield(task).catch(String))
        const late = a.createTask(() => a.sleep(0, 'value'))
        console.log(await b.wait([late]).then(({ done }) => done.size, String))`)
      expect(seen).toEqual(['value', '1', 'value', '1'])
    })
  },
)
