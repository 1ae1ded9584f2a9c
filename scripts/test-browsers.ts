/**
 * `npm run test:browsers`: the built packages in real browsers, Chromium and Firefox as this machine has them, on pages with real Web Workers.
 * A table on stdout, progress on stderr; a run of everything also writes its part of compatibility.json. Exits 1 if any case fails.
 *
 * The programs are those of packages/worker/test/runtimes that need no Node, and those of test/browsers, which need a page; all bundled as
 * a user would bundle them.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build as bundle } from 'esbuild'
import { type Browser, BrowserMissingError, type BrowserName, browserNames, launch, serve } from './browsers/index.ts'
import { build, type Package, packagesOf } from './runtimes/packages.ts'
import {
  type Column,
  compatibilityOf,
  completed,
  countOf,
  failuresText,
  type Run,
  tableOf,
} from './runtimes/results.ts'
import { ENDS, judge, linesOf, type Outcome } from './runtimes/run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const RESULTS = 'compatibility.json'
const PACKAGE = 'worker'

/** What a browser does slowly: it starts threads, and in Chromium ends one that is busy after two seconds. */
const CASE_LIMIT_MS = 30_000
const PATIENCE_MS = 180_000

const HELP = `Runs the built packages in this machine's Chromium and Firefox, and prints a table.

  npm run test:browsers                       everything; also writes its part of ${RESULTS}
  npm run test:browsers -- --only firefox     one browser
  npm run test:browsers -- lock deaths        the programs whose name contains one of the words
  npm run test:browsers -- --list             the browsers and the programs
  npm run test:browsers -- --help             this

Each browser is asked twice: as it is, and with Atomics.waitAsync taken away, as browsers had it until 2025.`

/** What is wrong with the command line. Its message is for the user. */
class UsageError extends Error {}

interface Program {
  readonly name: string
  readonly path: string
  /** Whether its page is cross-origin isolated. */
  readonly isolated: boolean
}

/** Those that need npm's folders or processes are not for a page. */
const NOT_FOR_PAGES: ReadonlySet<string> = new Set(['entries', 'keep-alive'])

const programs: readonly Program[] = globSync(`packages/${PACKAGE}/test/{runtimes,browsers}/*.js`, { cwd: root })
  .toSorted()
  .map((path) => {
    const name = basename(path, '.js')
    return { name, path, isolated: name !== 'unisolated' }
  })
  .filter(({ name }) => !NOT_FOR_PAGES.has(name))

interface Variant {
  /** Of a column, behind the browser's name. */
  readonly suffix: string
  readonly folder: string
  /** Runs before anything else, on the page and in its workers. */
  readonly before: string
}

const variants: readonly Variant[] = [
  { suffix: '', folder: 'as-is', before: '' },
  { suffix: ', polling', folder: 'polling', before: 'delete Atomics.waitAsync;' },
]

interface Options {
  readonly help: boolean
  readonly list: boolean
  readonly browsers: readonly BrowserName[]
  readonly programs: readonly Program[]
  readonly all: boolean
}

function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args)
  const only = (values.only ?? []).flatMap((names) => names.split(',')).map((name) => name.trim())
  const unknown = only.find((name) => !(browserNames as readonly string[]).includes(name))
  if (unknown !== undefined)
    throw new UsageError(`--only: no browser is "${unknown}". There are ${browserNames.join(', ')}`)
  const matching = programs.filter(
    ({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
  )
  if (matching.length === 0) throw new UsageError(`No program's name contains ${positionals.join(' or ')}. See --list`)
  return {
    help: values.help ?? false,
    list: values.list ?? false,
    browsers: only.length === 0 ? browserNames : browserNames.filter((name) => only.includes(name)),
    programs: matching,
    all: only.length === 0 && positionals.length === 0,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        list: { type: 'boolean' },
        only: { type: 'string', multiple: true },
      },
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
  }
}

const say = (text: string): void => console.error(text)

/** A page and its threads for each program, in a folder for each variant. */
async function bundleAll(folder: string): Promise<void> {
  const threads = globSync(`packages/${PACKAGE}/test/runtimes/programs/*thread.js`, { cwd: root })
  for (const { folder: name, before } of variants) {
    await bundle({
      absWorkingDir: root,
      entryPoints: [...programs.map(({ path }) => path), ...threads],
      entryNames: '[name]',
      outdir: join(folder, name),
      bundle: true,
      format: 'esm',
      target: 'es2022',
      platform: 'browser',
      // What a thread on Node is made with is asked for there alone.
      external: ['node:worker_threads'],
      alias: { 'node:assert/strict': join(root, 'scripts/browsers/assert.js') },
      banner: { js: before },
      logLevel: 'error',
    })
    for (const program of programs) {
      const page = `<!doctype html><meta charset="utf-8"><title>${program.name}</title><link rel="icon" href="data:,"><script type="module" src="${program.name}.js"></script>\n`
      writeFileSync(join(folder, name, `${program.name}.html`), page)
    }
  }
}

/** Opens the program's page, and hears its console until all cases have been reported. */
async function runProgram(browser: Browser, column: Column, url: string): Promise<Outcome[]> {
  const page = await browser.newPage()
  let stdout = ''
  let stderr = ''
  const { promise: over, resolve: end } = Promise.withResolvers<boolean>()
  page.on('console', (message) => {
    const text = message.text()
    stdout += `${text}\n`
    if (!text.includes('"interlock":"conformance"')) stderr += `${text}\n`
    const lines = linesOf(stdout)
    const planned = lines.find(({ plan }) => plan !== undefined)?.plan
    if (planned !== undefined && lines.length > planned.length) end(true)
  })
  page.on('pageerror', (error) => {
    stderr += `${error instanceof Error ? error.stack : String(error)}\n`
  })
  const timer = setTimeout(end, PATIENCE_MS, false)
  try {
    await page.goto(`${url}?limit=${CASE_LIMIT_MS}`)
    const all = await over
    const asked = { kind: column.kind, version: column.version.split('.')[0]! }
    const outcomes = judge(asked, { code: all ? 0 : undefined, stdout, stderr }, PATIENCE_MS)
    // A page does not end.
    return outcomes.filter(({ name, error }) => name !== ENDS || error !== undefined)
  } finally {
    clearTimeout(timer)
    await page.close()
  }
}

/** `browser.version()` is `Chrome/156.0.8078.73` or `firefox/153.8.0`. */
const versionOf = async (browser: Browser): Promise<string> => (await browser.version()).split('/').at(-1)!

interface Ran {
  readonly columns: readonly Column[]
  readonly runs: readonly Run[]
}

async function runAll({ browsers, programs: chosen }: Options, folder: string): Promise<Ran> {
  const columns: Column[] = []
  const runs: Run[] = []
  await using isolated = await serve(folder, { isolated: true })
  await using plain = await serve(folder)
  for (const name of browsers) {
    for (const variant of variants) {
      // A browser of its own: what one leaves behind does not slow the other.
      await using browser = await launch(name)
      const column = { id: `${name}${variant.suffix}`, kind: name, version: await versionOf(browser) }
      const begin = performance.now()
      const ofBrowser: Run[] = []
      for (const program of chosen) {
        const host = program.isolated ? isolated : plain
        const outcomes = await runProgram(browser, column, `${host.url}${variant.folder}/${program.name}.html`)
        ofBrowser.push({ runtime: column.id, package: PACKAGE, program: program.name, outcomes })
        const { passed, failed } = countOf(ofBrowser.slice(-1))
        say(`${column.id}: ${program.name}: ${passed} passed, ${failed} failed`)
      }
      const seconds = ((performance.now() - begin) / 1000).toFixed(1)
      say(`${column.id} ${column.version}: all in ${seconds} s`)
      columns.push(column)
      runs.push(...ofBrowser)
    }
  }
  return { columns, runs: completed(runs) }
}

/** Beside what test-runtimes.ts writes. */
function writeResults({ columns, runs }: Ran, packages: readonly Package[], folder: string): void {
  const file = join(root, RESULTS)
  const known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const { runtimes, ...rest } = compatibilityOf(columns, packages, runs, new Date())
  const text = JSON.stringify({ ...known, browsers: { ...rest, browsers: runtimes } }, null, 2)
  writeFileSync(file, `${text.replaceAll(folder, '')}\n`)
  spawnSync(join(root, 'node_modules/.bin/oxfmt'), [RESULTS], { cwd: root, shell: process.platform === 'win32' })
  say(`wrote ${RESULTS}`)
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    console.log(HELP)
    return 0
  }
  if (options.list) {
    console.log(browserNames.join('\n'))
    for (const { path } of options.programs) console.log(path)
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'interlock-browsers-'))
  try {
    const ofPackage = options.programs.map(({ name, path }) => ({ package: PACKAGE, name, path }))
    const packages = packagesOf(root, ofPackage)
    say(`building ${packages.map(({ name }) => name).join(', ')} …`)
    build(root, packages)
    await bundleAll(folder)
    const ran = await runAll(options, folder)
    const failures = failuresText(ran.runs)
    const { passed, failed } = countOf(ran.runs)
    console.log(`\n${tableOf(ran.columns, ran.runs)}\n${failures === '' ? '' : `\n${failures}\n`}`)
    if (options.all) writeResults(ran, packages, folder)
    console.log(`${passed} passed, ${failed} failed`)
    return failed === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof UsageError
  console.error(isUsage || error instanceof BrowserMissingError ? error.message : error)
  process.exitCode = isUsage ? 2 : 1
}
