import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { examplesIn, fencesIn } from './doctest.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

describe('examplesIn', () => {
  test('finds the ts fences of a page, what is only checked among them, and no others', () => {
    const page = ['```ts', '1 // => 1', '```', '```python', 'pass', '```', '', '```ts check', 'serve()', '```'].join(
      '\n',
    )
    expect(examplesIn(page, false)).toEqual([
      { line: 1, code: '1 // => 1', still: false },
      { line: 8, code: 'serve()', still: true },
    ])
  })

  test('runs what is drawn as wrong: it must be wrong in the way that it says', () => {
    expect(examplesIn('```ts wrong\nlost // => true\n```', false)).toMatchObject([{ still: false }])
  })

  test('takes no fence inside a longer one for an example', () => {
    expect(examplesIn('````text\n```ts\n1 // => 1\n```\n````', false)).toEqual([])
  })

  test('refuses a kind that nobody knows, which would be neither run nor checked', () => {
    expect(() => examplesIn('```ts chekc\n1\n```', false)).toThrow('line 1: no such example, ts chekc')
  })

  test('strips the stars of a docstring', () => {
    expect(examplesIn(' * ```ts\n *   1 // => 1\n * ```', true)).toEqual([
      { line: 1, code: '  1 // => 1', still: false },
    ])
  })
})

const pages = globSync(['packages/*/{src,docs}/**/*.md', 'apps/docs/src/content/docs/guides/*.md'], {
  cwd: root,
}).filter((file) => !file.endsWith('.ru.md'))

const twinOf = (page: string): string =>
  page.startsWith('apps/') ? page.replace('/docs/guides/', '/docs/ru/guides/') : page.replace(/\.md$/, '.ru.md')

/** Pictures are drawn from words, which are translated. */
const codeOf = (file: string) =>
  fencesIn(readFileSync(join(root, file), 'utf8').split('\n'))
    .filter(({ info }) => info !== 'tree' && info !== 'layout')
    .map(({ info, code }) => `${info}\n${code}`)

const translated = pages.filter((page) => existsSync(join(root, twinOf(page))))

test.each(translated)('the Russian twin of %s has its code, to the letter: what runs there runs here', (page) => {
  expect(codeOf(twinOf(page))).toEqual(codeOf(page))
})
