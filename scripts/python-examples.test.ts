/** The Python side of the docs, run by CPython where there is one: what stands beside ours must be true of asyncio. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
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

/** All of them in one process: to start one takes longer than what they do. asyncio.Barrier is of Python 3.11. */
const RUN_ALL = `
import asyncio, json, sys, traceback
asyncio.Barrier
failures = []
for code in json.load(sys.stdin):
    try:
        exec(compile(code, "example", "exec"), {"__name__": "__main__"})
        failures.append(None)
    except BaseException:
        failures.append(traceback.format_exc())
json.dump(failures, sys.stdout)
`
const { status, stdout } = spawnSync('python3', ['-c', RUN_ALL], {
  encoding: 'utf8',
  input: JSON.stringify(programs.map((program) => program.asserting)),
})
const failures = status === 0 ? (JSON.parse(stdout) as (string | null)[]) : undefined

test('an example without `# =>` is refused: it could not fail', () => {
  expect(programs.length).toBeGreaterThan(0)
  const blind = programs.filter((program) => program.asserting === program.code)
  expect(blind.map(({ name }) => name)).toEqual([])
})

test.skipIf(failures === undefined).for(programs.map(({ name }, index) => ({ name, index })))('$name', ({ index }) => {
  expect(failures?.[index]).toBe(null)
})
