/**
 * `npm run test:runtimes`: the built packages on every runtime that they are for, each fetched from npm on demand. A table on stdout,
 * progress on stderr; a run of everything also writes compatibility.json, which the docs show. Exits 1 if any case fails.
 *
 * The programs are plain JavaScript, packages/<name>/test/runtimes/*.js, written with scripts/runtimes/conformance.js.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Runtime, runtimes } from './runtimes/catalogue.ts'
import { hostOf } from './runtimes/install.ts'
import { build, installPacked, packagesOf, type Program, programsIn } from './runtimes/packages.ts'
import {
  type Column,
  compatibilityOf,
  completed,
  countOf,
  failuresText,
  type Run,
  tableOf,
} from './runtimes/results.ts'
import { endPrograms, type Host, runProgram } from './runtimes/run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const CACHE = 'node_modules/.cache/interlock-runtimes'
const RESULTS = 'compatibility.json'

const HELP = `Runs the built packages on Node, Bun and Deno, and prints a table.

  npm run test:runtimes                            everything; also writes ${RESULTS}
  npm run test:runtimes -- --only node-20,bun      some runtimes
  npm run test:runtimes -- contextvar semaphore    the programs whose path contains one of the words
  npm run test:runtimes -- --list                  the runtimes and the programs
  npm run test:runtimes -- --help                  this

Runtimes are installed from npm into ${CACHE} (about 700 MB for all), once.`

/** What is wrong with the command line. Its message is for the user. */
class UsageError extends Error {}

interface Options {
  readonly help: boolean
  readonly list: boolean
  readonly runtimes: readonly Runtime[]
  readonly programs: readonly Program[]
  /** Whether runtimes were chosen. */
  readonly only: boolean
  /** Whether runtimes and programs are all that there are. */
  readonly all: boolean
}

function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parsed(args)
  const only = (values.only ?? []).flatMap((ids) => ids.split(',')).map((id) => id.trim())
  const unknown = only.find((id) => !runtimes.some((runtime) => runtime.id === id))
  if (unknown !== undefined) {
    throw new UsageError(`--only: no runtime is "${unknown}". There are ${runtimes.map(({ id }) => id).join(', ')}`)
  }
  const programs = programsIn(root)
  const matching = programs.filter(
    ({ path }) => positionals.length === 0 || positionals.some((word) => path.includes(word)),
  )
  if (matching.length === 0) throw new UsageError(`No program's path contains ${positionals.join(' or ')}. See --list`)
  return {
    help: values.help ?? false,
    list: values.list ?? false,
    runtimes: only.length === 0 ? runtimes : runtimes.filter(({ id }) => only.includes(id)),
    programs: matching,
    only: only.length > 0,
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

interface Installed {
  readonly column: Column
  readonly host: Host
}

async function installAll(chosen: readonly Runtime[]): Promise<Installed[]> {
  const cache = join(root, CACHE)
  mkdirSync(cache, { recursive: true })
  const installed: Installed[] = []
  for (const runtime of chosen) {
    const host = await hostOf(runtime, cache, say)
    if (host !== undefined) {
      installed.push({ column: { id: runtime.id, kind: host.kind, version: host.version }, host })
    }
  }
  return installed
}

async function runAll(installed: readonly Installed[], programs: readonly Program[], folder: string): Promise<Run[]> {
  const runs: Run[] = []
  // What Deno caches goes with the folder: it must not find anything there that was not installed.
  const env = { DENO_DIR: join(folder, '.deno'), DENO_NO_UPDATE_CHECK: '1' }
  for (const { column, host } of installed) {
    const begin = performance.now()
    const ofRuntime: Run[] = []
    for (const program of programs) {
      const outcomes = await runProgram(host, join(folder, program.path), { cwd: folder, env })
      ofRuntime.push({ runtime: column.id, package: program.package, program: program.name, outcomes })
    }
    const { passed, failed } = countOf(ofRuntime)
    const seconds = ((performance.now() - begin) / 1000).toFixed(1)
    say(`${column.id}: ${passed} passed, ${failed} failed (${seconds} s)`)
    runs.push(...ofRuntime)
  }
  return completed(runs)
}

/** What test-browsers.ts has written there. */
function ofBrowsers(): unknown {
  const file = join(root, RESULTS)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { browsers?: unknown }).browsers : undefined
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    console.log(HELP)
    return 0
  }
  if (options.list) {
    for (const { id, version } of options.runtimes) console.log(`${id.padEnd(8)} ${version}`)
    for (const program of options.programs) console.log(program.path)
    return 0
  }
  // The real path: what a runtime resolves a program to must lie where it was put.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'interlock-runtimes-')))
  const clear = (): void => {
    endPrograms()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clear()
      process.exit(130)
    })
  }
  try {
    const packages = packagesOf(root, options.programs)
    say(`building and packing ${packages.map(({ name }) => name).join(', ')} …`)
    build(root, packages)
    await installPacked(root, packages, folder)
    const installed = await installAll(options.runtimes)
    if (options.only && installed.length < options.runtimes.length) {
      throw new Error('Not all of the runtimes that were asked for are to be had for this machine')
    }
    const runs = await runAll(installed, options.programs, folder)
    const columns = installed.map(({ column }) => column)
    const failures = failuresText(runs).replaceAll(folder, '')
    const { passed, failed } = countOf(runs)
    console.log(`\n${tableOf(columns, runs)}\n${failures === '' ? '' : `\n${failures}\n`}`)
    if (options.all && columns.length === runtimes.length) {
      const compatibility = compatibilityOf(columns, packages, runs, new Date())
      const text = JSON.stringify({ ...compatibility, browsers: ofBrowsers() }, null, 2)
      writeFileSync(join(root, RESULTS), `${text.replaceAll(folder, '')}\n`)
      spawnSync(join(root, 'node_modules/.bin/oxfmt'), [RESULTS], { cwd: root, shell: process.platform === 'win32' })
      say(`wrote ${RESULTS}`)
    }
    console.log(`${passed} passed, ${failed} failed`)
    return failed === 0 ? 0 : 1
  } finally {
    clear()
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
