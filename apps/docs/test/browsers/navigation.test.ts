/** From page to page: the search, by keys alone, in both languages; the theme, which is kept; the other language. */
import { expect, test } from 'vitest'
import { visiting } from './visit.ts'

const visit = visiting({ at: '/docs/', isolated: true })

/** Does what leads to another page, and waits until it is there. */
async function going(act: () => Promise<unknown>): Promise<string> {
  await Promise.all([visit.page.waitForNavigation(), act()])
  return visit.page.url()
}

test.each([
  ['', 'cancellation', 'core/'],
  ['ru/', 'блокировками', 'ru/'],
])('/%s finds %s', async (address, words, where) => {
  const { page, host } = visit
  await page.goto(host.url + address, { waitUntil: 'networkidle0' })
  await page.keyboard.press('/')
  await page.waitForSelector('interlock-search dialog[open]')
  await page.keyboard.type(words)
  await page.waitForSelector('interlock-search .results a')
  const links = await page.$$eval('interlock-search .results a', (found) => found.map((a) => a.href))
  expect(links.every((link) => link.startsWith(host.url))).toBe(true)
  expect(links.some((link) => link.includes(where))).toBe(true)
  // By the keyboard alone: down to the first result, and there.
  await page.keyboard.press('ArrowDown')
  expect(await going(() => page.keyboard.press('Enter'))).toBe(links[0])
})

test('the theme is switched, and kept', async () => {
  const { page, host } = visit
  await page.goto(`${host.url}core/lock/`)
  const theme = () => page.$eval('html', (root) => root.dataset['theme'])
  const before = await theme()
  await page.click('[data-theme-switch]')
  const after = await theme()
  expect(after).not.toBe(before)
  await page.goto(`${host.url}core/event/`)
  expect(await theme()).toBe(after)
})

test('the other language is a link away, and back', async () => {
  const { page, host } = visit
  await page.goto(`${host.url}core/lock/`)
  const follow = () => page.$eval('a.language', (link) => link.click())
  expect(await going(follow)).toBe(`${host.url}ru/core/lock/`)
  expect(await going(follow)).toBe(`${host.url}core/lock/`)
})
