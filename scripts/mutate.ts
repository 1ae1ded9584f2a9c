/**
 * Tests the tests: breaks core in each of the ways that packages/core/test/mutations.ts lists, in a copy, and sees which test fails.
 *
 *   npm run mutate                 all; exits 1 if one lives
 *   npm run mutate -- semaphore    those whose name contains one of the words
 *   npm run mutate -- --list
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Mutation, mutations } from '../packages/core/test/mutations.ts'
import { writeDoctests } from './doctest.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const words = process.argv.slice(2).map((word) => word.toLowerCase())

if (words.includes('--help') || words.includes('-h')) {
  console.log(
    'npm run mutate [-- word …]     breaks core in the ways whose name contains a word, or in all\nnpm run mutate -- --list       names them',
  )
  process.exit(0)
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

/** The repository with core copied and all else linked, so that `@interlock/core` is the copy. */
function copyOfTheRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'interlock-mutate-'))
  cpSync(join(root, 'packages/core'), join(copy, 'packages/core'), {
    recursive: true,
    filter: (source) => !/\/(dist|node_modules|\.turbo)$/.test(source),
  })
  for (const file of ['tsconfig.base.json', 'vitest.config.ts', 'package.json'])
    cpSync(join(root, file), join(copy, file))
  for (const folder of ['examples', 'benchmarks']) mkdirSync(join(copy, folder))
  mkdirSync(join(copy, 'node_modules/@interlock'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@interlock') symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name))
  }
  symlinkSync(join(copy, 'packages/core'), join(copy, 'node_modules/@interlock/core'))
  return copy
}

interface Report {
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { status: string; fullName: string }[]
  }[]
}

/** A mutant may loop for ever, in a process of vitest's own: then the whole group of processes is ended. */
const PATIENCE_MS = 90_000

let running: ChildProcess | undefined

async function runTests(copy: string, report: string): Promise<boolean> {
  const args = ['run', '--project', 'core', '--typecheck.enabled=false', '--exclude=test/package.test.ts']
  const child = spawn(join(root, 'node_modules/.bin/vitest'), [...args, '--reporter=json', `--outputFile=${report}`], {
    cwd: copy,
    stdio: 'ignore',
    detached: true,
  })
  running = child
  const timer = setTimeout(endTests, PATIENCE_MS)
  const [code] = (await once(child, 'exit')) as [number | null]
  clearTimeout(timer)
  running = undefined
  return code === 0
}

/** They run in a group of processes of their own, which Ctrl-C does not reach. */
function endTests(): void {
  if (running?.pid !== undefined) process.kill(-running.pid, 'SIGKILL')
}

/** The tests that fail in `copy`; undefined when all pass. */
async function failures(copy: string): Promise<string[] | undefined> {
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  if (await runTests(copy, report)) return undefined
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
    const names = testResults.flatMap(({ assertionResults, message }) => {
      const failed = assertionResults.filter((result) => result.status === 'failed').map((result) => result.fullName)
      return failed.length > 0 || message === '' ? failed : [message.split('\n')[0] ?? message]
    })
    return names.length > 0 ? names : ['an error outside of any test']
  } catch {
    return [`nothing by name: the run did not end within ${PATIENCE_MS / 1000} s`]
  }
}

function mutate(copy: string, { file, find, replace }: Mutation): () => void {
  const path = join(copy, 'packages/core/src', file)
  const source = readFileSync(path, 'utf8')
  if (source.split(find).length !== 2) throw new Error(`${file}: this text must stand in it once:\n${find}`)
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
  const before = await failures(copy)
  if (before !== undefined) throw new Error(`The tests fail before anything is broken:\n${before.join('\n')}`)
  const alive: string[] = []
  for (const [index, mutation] of chosen.entries()) {
    const restore = mutate(copy, mutation)
    const failed = await failures(copy)
    restore()
    if (failed === undefined) alive.push(mutation.name)
    const caught = failed === undefined ? 'ALIVE: no test fails' : `${failed.length} fail, e.g. ${failed[0]}`
    console.log(`${String(index + 1).padStart(2)}/${chosen.length} ${mutation.name}\n      ${caught}`)
  }
  console.log(`\n${chosen.length - alive.length} caught, ${alive.length} alive`)
  process.exitCode = alive.length === 0 ? 0 : 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}
