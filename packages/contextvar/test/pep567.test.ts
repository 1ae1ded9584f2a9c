/** That pep567.md says the truth: each statement and each of CPython's tests in it has a test here that names it, in the file that it says. */
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const home = fileURLToPath(new URL('..', import.meta.url))
const list = readFileSync(`${home}test/pep567.md`, 'utf8')

/** The titles of the tests and groups of a file. */
const titlesIn = (file: string): string[] =>
  [
    ...readFileSync(`${home}${file}`, 'utf8').matchAll(
      /\b(?:test|describe)(?:\.each\((?:[^()]|\([^()]*\))*\))?\(\s*(['"`])((?:(?!\1).|\\\1)*)\1/g,
    ),
  ].map(([, , title]) => title ?? '')

const statements = [...list.matchAll(/^\| ([A-Z]+\d+) \|.*\| ([^|]+) \|$/gm)].flatMap(([, number = '', files = '']) =>
  [...files.matchAll(/`([^`]+)`/g)].map(([, file = '']) => [number, file] as const),
)

test.each(statements)('%s has a test in %s', (number, file) => {
  expect(titlesIn(file).filter((title) => new RegExp(`\\b${number}\\b`).test(title))).not.toEqual([])
})

const cases = [...list.slice(list.indexOf("## CPython's tests")).matchAll(/\btest_\w+/g)].map(([name]) => name)
const titles = globSync(['src/**/*.test.ts', 'test/*.test.ts'], { cwd: home }).flatMap(titlesIn)

test.each(cases)('%s is ported', (name) => {
  expect(titles.filter((title) => title.includes(name) && !title.includes('is ported'))).not.toEqual([])
})

test('the list is read at all', () => {
  expect([statements.length > 20, cases.length > 35]).toEqual([true, true])
})
