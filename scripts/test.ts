/**
 * `npm test`: everything that has to hold, and a last line `N passed, N failed`.
 * `npm test -- lock queue` runs only the test files whose path matches, without the checks of the whole.
 */
import { writeDoctests } from './doctest.ts'
import { tool, vitest } from './tools.ts'

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
console.log('\n── tests')
const tests = vitest(['--reporter=dot', ...filters])
passed += tests.passed
failed += tests.failed

console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
