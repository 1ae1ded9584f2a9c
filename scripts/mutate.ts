/**
 * Tests the tests: breaks each package in each of the ways that its test/mutations.ts lists, in a copy, and sees which of its tests fails.
 *
 *   npm run mutate                 all; exits 1 if one lives
 *   npm run mutate -- semaphore    those whose name contains one of the words; the package's name is part of it
 *   npm run mutate -- --list
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Mutation } from '../packages/core/test/mutations.ts'
import { writeDoctests } from './doctest.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2).map((word) => word.toLowerCase())

if (words.includes('--help') || words.includes('-h')) {
  console.log(
    'npm run mutate [-- word …]     breaks the packages in the ways whose name contains a word, or in all\nnpm run mutate -- --list       names them',
  )
  process.exit(0)
}
/** Every mutation, with the package that it breaks; that is part of its name. */
const mutations: (Mutation & { readonly home: string })[] = []
for (const file of globSync('packages/*/test/mutations.ts', { cwd: root }).toSorted()) {
  const home = file.split(sep)[1] as string
  const module = (await import(pathToFileURL(join(root, file)).href)) as { mutations: readonly Mutation[] }
  for (const mutation of module.mutations) mutations.push({ ...mutation, home, name: `${home}: ${mutation.name}` })
}
if (words.includes('--list')) {
  for (const { name } of mutations) console.log(name)
  process.exit(0)
}
const chosen = mutations.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)),
)
if (chosen.length === 0) {
  console.error(`No mutation's name contains ${words.join(' or ')}. See npm run mutate -- --list`)
  process.exit(2)
}

const stale = chosen.filter(({ home, file, find }) => sourceOf(home, file).split(find).length !== 2)
if (stale.length > 0) {
  console.error(
    `Out of date: what they replace must stand in its file once.\n${stale.map(({ name }) => name).join('\n')}`,
  )
  process.exit(2)
}

function sourceOf(home: string, file: string): string {
  return readFileSync(join(root, 'packages', home, 'src', file), 'utf8')
}

/** The repository with the packages copied and all else linked, so that each package finds the copies of the others. */
function copyOfTheRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'interlock-mutate-'))
  cpSync(join(root, 'packages'), join(copy, 'packages'), {
    recursive: true,
    filter: (source) => !/\/(dist|node_modules|\.turbo)$/.test(source),
  })
  for (const file of ['tsconfig.base.json', 'tsup.base.ts', 'vitest.config.ts', 'package.json'])
    cpSync(join(root, file), join(copy, file))
  // Of the projects that vitest.config.ts names, those that are not here have to have a folder at least.
  for (const folder of ['examples', 'benchmarks', 'scripts', 'apps/docs']) {
    mkdirSync(join(copy, folder), { recursive: true })
  }
  mkdirSync(join(copy, 'node_modules/@interlock'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@interlock') symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name))
  }
  for (const name of readdirSync(join(copy, 'packages')))
    symlinkSync(join(copy, 'packages', name), join(copy, 'node_modules/@interlock', name))
  return copy
}

interface Report {
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { status: string; fullName: string }[]
  }[]
}

/** A mutant may loop for ever, in a process of vitest's own: then the whole group of processes is ended. */
let patience = 600_000

let running: ChildProcess | undefined

/** Two test what is built, and here nothing is; the third makes mutations of its own, and would fail for not finding what is replaced already. */
const NOT_HERE = ['test/package.test.ts', 'test/browser.test.ts', 'test/explore/mutations.test.ts'].map(
  (file) => `--exclude=${file}`,
)

async function runTests(copy: string, home: string, report: string): Promise<boolean> {
  // One that fails is enough, and those that a mutant lets hang take their time.
  const args = ['run', '--project', home, '--typecheck.enabled=false', '--bail=1', ...NOT_HERE]
  const child = spawn(join(root, 'node_modules/.bin/vitest'), [...args, '--reporter=json', `--outputFile=${report}`], {
    cwd: copy,
    stdio: 'ignore',
    detached: true,
  })
  running = child
  const timer = setTimeout(endTests, patience)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearTimeout(timer)
  running = undefined
  return code === 0
}

/** They run in a group of processes of their own, which Ctrl-C does not reach. */
function endTests(): void {
  if (running?.pid !== undefined) process.kill(-running.pid, 'SIGKILL')
}

/** The tests of the package `home` that fail in `copy`; undefined when all pass. */
async function failures(copy: string, home: string): Promise<string[] | undefined> {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  if (await runTests(copy, home, report)) return undefined
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
    const names = testResults.flatMap(({ assertionResults, message }) => {
      const failed = assertionResults.filter((result) => result.status === 'failed').map((result) => result.fullName)
      return failed.length > 0 || message === '' ? failed : [message.split('\n')[0] ?? message]
    })
    return names.length > 0 ? names : ['an error outside of any test']
  } catch {
    return [`nothing by name: the run could not begin, or did not end within ${Math.round(patience / 1000)} s`]
  }
}

function mutate(copy: string, { home, file, find, replace }: (typeof mutations)[number]): () => void {
  const path = join(copy, 'packages', home, 'src', file)
  const source = readFileSync(path, 'utf8')
  if (source.split(find).length !== 2) throw new Error(`${home}/src/${file}: this text must stand in it once:\n${find}`)
  writeFileSync(
    path,
    source.replace(find, () => replace),
  )
  return () => writeFileSync(path, source)
}

writeDoctests()
const copy = copyOfTheRepository()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endTests()
    rmSync(copy, { recursive: true, force: true })
    process.exit(130)
  })
}
try {
  let longest = 0
  for (const home of new Set(chosen.map((mutation) => mutation.home))) {
    const begin = performance.now()
    const before = await failures(copy, home)
    longest = Math.max(longest, performance.now() - begin)
    if (before !== undefined) {
      throw new Error(`The tests of ${home} fail before anything is broken:\n${before.join('\n')}`)
    }
  }
  // As long as this machine took for what is whole, and twice that again.
  patience = Math.max(90_000, 3 * longest)
  const alive: string[] = []
  for (const [index, mutation] of chosen.entries()) {
    const restore = mutate(copy, mutation)
    const failed = await failures(copy, mutation.home)
    restore()
    if (failed === undefined) alive.push(mutation.name)
    const caught = failed === undefined ? 'ALIVE: no test fails' : `caught by ${failed[0]}`
    console.log(`${String(index + 1).padStart(2)}/${chosen.length} ${mutation.name}\n      ${caught}`)
  }
  console.log(`\n${chosen.length - alive.length} caught, ${alive.length} alive`)
  process.exitCode = alive.length === 0 ? 0 : 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}
