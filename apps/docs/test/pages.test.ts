import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addressOf, pageOf, pages, readPage, root, twinOf } from '../site/pages.ts'
import { orphans, translations } from '../site/translations.ts'

const anatomy = {
  en: [
    'When to use it',
    'See it run',
    'Use',
    'Guarantees',
    'API',
    'Differs from asyncio',
    'Across threads and machines',
    'Recipes',
    'Traps',
    'What proves it',
  ],
  ru: [
    'Когда применять',
    'Как это работает',
    'Применение',
    'Гарантии',
    'API',
    'Чем отличается от asyncio',
    'Между потоками и машинами',
    'Рецепты',
    'Ловушки',
    'Чем доказано',
  ],
}

describe('an address', () => {
  test.each([
    ['packages/core/src/lock/index.md', 'core/lock', 'en'],
    ['packages/core/src/lock/index.ru.md', 'ru/core/lock', 'ru'],
    ['packages/tasks/docs/index.md', 'tasks', 'en'],
    ['packages/tasks/docs/index.ru.md', 'ru/tasks', 'ru'],
    ['packages/tasks/docs/task-group.md', 'tasks/task-group', 'en'],
    ['packages/tasks/docs/task-group.ru.md', 'ru/tasks/task-group', 'ru'],
    ['apps/docs/src/content/docs/guides/start.md', 'guides/start', 'en'],
    ['apps/docs/src/content/docs/ru/guides/start.md', 'ru/guides/start', 'ru'],
    ['apps/docs/src/content/docs/index.md', 'index', 'en'],
    ['apps/docs/src/content/docs/ru/index.md', 'ru', 'ru'],
    ['apps/docs/.generated/reference/core/lock.md', 'reference/core/lock', 'en'],
  ])('%s is /%s/', (file, id, language) => {
    expect(pageOf(file)).toMatchObject({ file, id, language })
    expect(twinOf(twinOf(id))).toBe(id)
  })

  test('of the start page is the root', () => {
    expect([addressOf('index'), addressOf('ru'), addressOf('core/lock')]).toEqual(['/', '/ru/', '/core/lock/'])
  })

  test('what is no page has none', () => {
    expect(pageOf('README.md')).toBe(undefined)
    expect(pageOf('packages/core/README.md')).toBe(undefined)
  })
})

const written = pages().filter(({ generated }) => !generated)

test('every page has an address of its own', () => {
  const ids = written.map(({ id }) => id)
  expect(ids.length).toBeGreaterThan(20)
  expect(new Set(ids).size).toBe(ids.length)
})

test.each(written)('$file says what it is', (page) => {
  const { data, body } = readPage(page)
  expect(data['title']).toBeTruthy()
  expect(data['description']).toBeTruthy()
  // The title is in the frontmatter; in a block, a line may begin as it likes.
  expect(body.replaceAll(/^```[^]*?^```/gm, '')).not.toMatch(/^# /m)
})

const primitives = written.filter(({ file }) => /^packages\/core\/src\/[^/]+\/index(\.ru)?\.md$/.test(file))

test('every primitive has a page', () => {
  const entries = ['lock', 'event', 'semaphore', 'bounded-semaphore', 'condition', 'barrier', 'queue', 'priority-queue']
  for (const entry of [...entries, 'lifo-queue', 'read-write-lock', 'keyed-lock'])
    expect([entry, existsSync(join(root, 'packages/core/src', entry, 'index.md'))]).toEqual([entry, true])
})

test.each(primitives)('$file has the anatomy of a primitive', (page) => {
  const { body } = readPage(page)
  const prose = body.replaceAll(/^```.*?^```/gms, '')
  const headings = [...prose.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
  expect(headings).toEqual(anatomy[page.language])
  expect(body).toMatch(/^<interlock-demo kind="[a-z-]+"><\/interlock-demo>$/m)
})

test('no translation is older than what it translates', () => {
  const stale = translations().filter(({ state }) => state === 'stale')
  expect(
    stale.map(({ russian }) => russian?.file),
    'translate what has changed, then npm run docs:translations -- --stamp FILE',
  ).toEqual([])
})

test('everything that a person has written is there in Russian', () => {
  const missing = translations().filter(({ state }) => state === 'missing')
  expect(missing.map(({ english }) => english.file)).toEqual([])
  expect(orphans().map(({ file }) => file)).toEqual([])
})
