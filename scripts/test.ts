/**
 * `npm test`: everything that has to hold, and a last line `N passed, N failed`.
 * `npm test -- lock queue` runs only the test files whose path matches, without the checks of the whole.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeDoctests } from './doctest.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const filters = process.argv.slice(2)

const unknown = filters.find((filter) => filter.startsWith('-'))
if (unknown !== undefined) {
  const asked = unknown === '--help' || unknown === '-h'
  if (!asked) console.error(`Unknown option ${unknown}.\n`)
  console.log(`npm test                 every check and every test
npm test -- lock queue   the test files whose path contains one of the words

The checks: examples in docs extracted · build · types · lint · format. The tests: vitest, type tests among them.`)
  process.exit(asked ? 0 : 2)
}

let passed = 0
let failed = 0

function tool(name: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
    },
    shell: process.platform === 'win32',
  })
  if (error) console.error(`${name}: ${error.message}. Has \`npm ci\` been run?`)
  return status === 0
}

function check(title: string, run: () => boolean): boolean {
  const begin = performance.now()
  console.log(`\n── ${title}`)
  let ok = false
  try {
    ok = run()
  } catch (error) {
    console.error(error)
  }
  if (ok) passed++
  else failed++
  console.log(`── ${title}: ${ok ? 'passed' : 'FAILED'} (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
  return ok
}

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly status: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

/** Vitest's own tally; it counts as failed what could not even be loaded. */
function vitest(args: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'interlock-'))
  const report = join(folder, 'report.json')
  console.log('\n── tests')
  const ok = tool('vitest', ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...args])
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
    const unloadable = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length
    passed += numPassedTests
    failed += numFailedTests + unloadable
    if (!ok && numFailedTests + unloadable === 0) failed++
  } catch {
    failed++
  }
  rmSync(folder, { recursive: true, force: true })
}

if (filters.length === 0) {
  check('examples in docs', () => {
    console.log(`${writeDoctests()} examples`)
    return true
  })
  check('build', () => tool('turbo', ['run', 'build', '--output-logs=errors-only']))
  check('types', () =>
    [
      tool('turbo', ['run', 'typecheck', '--continue', '--output-logs=errors-only']),
      tool('tsc', ['-p', 'tsconfig.json']),
    ].every(Boolean),
  )
  check('lint', () => tool('oxlint', ['--type-aware']))
  check('format', () => tool('oxfmt', ['--check', '.']))
} else {
  writeDoctests()
}
vitest(filters)

console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
