/** The Python side of the docs, run by CPython where there is one: what stands beside ours must be true of asyncio. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { fencesIn } from './doctest.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** `print(expression)  # => value` becomes an assertion. */
const asserting = (code: string): string =>
  code.replaceAll(/^(\s*)print\((.*)\) {2}# => (.*)$/gm, '$1assert ($2) == ($3), ($2)')

const programs = globSync(['packages/*/{src,docs}/**/*.md', 'apps/docs/src/content/docs/guides/*.md'], { cwd: root })
  .filter((file) => !file.endsWith('.ru.md'))
  .flatMap((file) =>
    fencesIn(readFileSync(join(root, file), 'utf8').split('\n'))
      .filter(({ info }) => info === 'python')
      .map(({ start, code }) => ({ name: `${file}:${start}`, code, asserting: asserting(code) })),
  )

/** All of them in one process: to start one takes longer than what they do. */
const RUN_ALL = `
import json, sys, traceback
failures = []
for code in json.load(sys.stdin):
    try:
        exec(compile(code, "example", "exec"), {"__name__": "__main__"})
        failures.append(None)
    except BaseException:
        failures.append(traceback.format_exc())
json.dump(failures, sys.stdout)
`

/** asyncio.Barrier and TaskGroup are of Python 3.11. PYTHON names another than the one in PATH. */
const python = [process.env['PYTHON'] ?? 'python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'].find(
  (name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status === 0,
)
const MISSING =
  'The examples in Python were NOT run: there is no Python 3.11 or newer. On Debian: apt-get install python3. Elsewhere install it, or set PYTHON to the path of its binary.'
if (python === undefined) {
  // Where everything is installed on purpose, as it is in CI, a Python that is missing is a fault.
  if (process.env['CI'] !== undefined) throw new Error(MISSING)
  console.warn(MISSING)
}

function runAll(binary: string): (string | null)[] {
  const { status, stdout, stderr } = spawnSync(binary, ['-c', RUN_ALL], {
    encoding: 'utf8',
    input: JSON.stringify(programs.map((program) => program.asserting)),
  })
  if (status !== 0) throw new Error(`${binary} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout) as (string | null)[]
}

test('an example without `# =>` is refused: it could not fail', () => {
  expect(programs.length).toBeGreaterThan(0)
  const blind = programs.filter((program) => program.asserting === program.code)
  expect(blind.map(({ name }) => name)).toEqual([])
})

describe.skipIf(python === undefined)('CPython agrees', () => {
  let failures: readonly (string | null)[] = []
  beforeAll(() => {
    failures = runAll(python ?? '')
  }, 30_000)

  test.for(programs.map(({ name }, index) => ({ name, index })))('$name', ({ index }) => {
    expect(failures[index]).toBe(null)
  })
})
