/** The Python side of the docs, run by CPython where there is one: what stands beside ours must be true of asyncio. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fencesIn } from './doctest.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const python = (args: readonly string[], input = '') => spawnSync('python3', args, { encoding: 'utf8', input })

/** asyncio.Barrier is of 3.11. */
const isHere = python(['-c', 'import asyncio; asyncio.Barrier']).status === 0

const programs = globSync(['packages/*/{src,docs}/**/*.md', 'apps/docs/src/content/docs/guides/*.md'], { cwd: root })
  .filter((file) => !file.endsWith('.ru.md'))
  .flatMap((file) =>
    fencesIn(readFileSync(join(root, file), 'utf8').split('\n'))
      .filter(({ info }) => info === 'python')
      .map(({ start, code }) => ({ name: `${file}:${start}`, code })),
  )

/** `print(expression)  # => value` becomes an assertion. */
const asserting = (code: string): string =>
  code.replaceAll(/^(\s*)print\((.*)\) {2}# => (.*)$/gm, '$1assert ($2) == ($3), ($2)')

test.skipIf(!isHere).for(programs)('$name', { timeout: 60_000 }, ({ code }) => {
  const program = asserting(code)
  expect(program).not.toBe(code) // or it could not fail
  expect(python(['-'], program)).toMatchObject({ status: 0, stderr: '' })
})
