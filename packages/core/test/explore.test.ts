/**
 * Every order of what is explored of core, within the small bounds; `npm run test:explore -- core` plays the large ones. And the exploration
 * itself is tested: each of these ways to break the wait queue must be found by it.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ExplorationError, replay } from '@interlock/loop'
import { afterAll, describe, expect, test } from 'vitest'
import * as core from '../src/index.ts'
import { type Exploration, explorationsOf } from './explore/explorations.ts'
import { play } from './explore/play.ts'
import { withStandIns } from './explore/stand-in.ts'
import { mutations } from './mutations.ts'

const small = explorationsOf(core).filter((exploration) => exploration.small)
let orders = 0
afterAll(() => console.log(`core: ${orders.toLocaleString('en')} orders explored`))

test.each(small)('$title', { timeout: 60_000 }, (exploration) => {
  const { runs, complete } = play(exploration)
  orders += runs
  expect({ complete, several: runs > 10 }).toEqual({ complete: true, several: true })
})

const WAYS = [
  'wait queue: a cancelled head is not skipped',
  'wait queue: a grant wakes two',
  'wait queue: a grant to one who turns out to be aborted is passed on to nobody',
  'wait queue: a cancelled waiter stays in its queue',
  'wait queue: nobody is served after a cancelled head',
]

describe.each(WAYS)('broken: %s', (name) => {
  test('is found, and fails again when it is replayed', { timeout: 60_000 }, async () => {
    const mutation = mutations.find((one) => one.name === name)!
    // Beside the sources, where what is imported is taken for TypeScript.
    const beside = fileURLToPath(new URL('../.doctest/', import.meta.url))
    await mkdir(beside, { recursive: true })
    const folder = await mkdtemp(join(beside, 'broken-'))
    try {
      const isSource = (path: string): boolean => !/\.test(-d)?\.ts$/.test(path)
      await cp(fileURLToPath(new URL('../src', import.meta.url)), folder, { recursive: true, filter: isSource })
      const file = join(folder, mutation.file)
      const source = await readFile(file, 'utf8')
      expect(source.split(mutation.find)).toHaveLength(2)
      await writeFile(
        file,
        source.replace(mutation.find, () => mutation.replace),
      )
      const broken = (await import(/* @vite-ignore */ join(folder, 'index.ts'))) as typeof core
      const [first, error] = firstBroken(explorationsOf(broken))
      expect(() => withStandIns(() => replay(() => first.program(), error.schedule))).toThrow(
        (error.cause as Error).message,
      )
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

function firstBroken(explorations: readonly Exploration[]): [Exploration, ExplorationError] {
  for (const exploration of explorations.filter((one) => one.small)) {
    try {
      play(exploration)
    } catch (error) {
      if (error instanceof ExplorationError) return [exploration, error]
      throw error
    }
  }
  throw new Error('No order breaks it')
}
