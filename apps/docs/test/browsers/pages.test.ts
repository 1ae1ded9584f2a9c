import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Browser,
  browserNames,
  launch,
  type Page,
  type Served,
  serve,
} from '../../../../scripts/browsers/index.ts'
import { addresses, dist, weightOf } from './site.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Compressed, and without the playground, whose compiler is large. */
const MOST_BYTES = 150_000

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

/** What axe finds in the page as it stands: rule, impact and the first place. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )) as Violation[]
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)
}

/** Opens a page, and keeps what goes wrong in it and what it asks for. */
async function watched(browser: Browser): Promise<{ page: Page; wrong: string[]; asked: string[] }> {
  const page = await browser.newPage()
  page.setDefaultTimeout(90_000)
  const wrong: string[] = []
  const asked: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => wrong.push(`error: ${String(error)}`))
  page.on('requestfailed', (request) => wrong.push(`${request.url()}: ${request.failure()?.errorText}`))
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.url()}: ${response.status()}`)
  })
  page.on('request', (request) => {
    asked.push(request.url())
  })
  return { page, wrong, asked }
}

describe.each(browserNames)('in %s', (name) => {
  let browser: Browser
  let host: Served
  let page: Page

  beforeAll(async () => {
    browser = await launch(name)
    // With headers, or a page that shares memory would load once more: isolation.test.ts sees to that.
    host = await serve(dist, { at: '/some/folder/', isolated: true })
    page = await browser.newPage()
    await page.setViewport({ width: 1280, height: 900 })
  })
  afterAll(async () => {
    await browser.close()
    await host.close()
  })

  // Most of the time of a page is waiting until it rests: several rest at once.
  test.concurrent.each(addresses)('/%s', async (address) => {
    const { page: tab, wrong, asked } = await watched(browser)
    // Each page in one theme: English in light, Russian in dark.
    const theme = address.startsWith('ru/') ? 'dark' : 'light'
    await tab.evaluateOnNewDocument(
      `Storage.prototype.getItem = (key) => (key === 'starlight-theme' ? '${theme}' : null)`,
    )
    await tab.goto(host.url + address, { waitUntil: 'networkidle0' })
    await tab.waitForSelector('h1')
    expect(await tab.$eval('h1', (heading) => heading.textContent?.trim())).toBeTruthy()
    expect(await tab.$eval('html', (root) => root.dataset['theme'])).toBe(theme)
    expect(wrong).toEqual([])
    const own = asked.filter((url) => url.startsWith(host.url))
    expect(asked.filter((url) => !/^(?:data|blob):/.test(url) && !own.includes(url))).toEqual([])
    if (!address.endsWith('playground/')) {
      const files = new Set(own.map((url) => new URL(url).pathname.slice('/some/folder/'.length)))
      let bytes = 0
      for (const file of files) bytes += weightOf(file === '' || file.endsWith('/') ? `${file}index.html` : file)
      expect(bytes).toBeLessThan(MOST_BYTES)
    }
    if (name === 'chromium') expect(await faults(tab)).toEqual([])
    await tab.close()
  })

  test.each([
    ['', 'cancellation', 'core/'],
    ['ru/', 'блокировками', 'ru/'],
  ])('/%s finds %s', async (address, words, where) => {
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
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    expect(page.url()).toBe(links[0])
  })

  test('the theme is switched, and kept', async () => {
    const blank = await browser.newPage()
    try {
      await blank.goto(`${host.url}core/lock/`)
      const themeOf = () => blank.$eval('html', (root) => root.dataset['theme'])
      const before = await themeOf()
      await blank.click('[data-theme-switch]')
      const after = await themeOf()
      expect(after).not.toBe(before)
      await blank.goto(`${host.url}core/event/`)
      expect(await themeOf()).toBe(after)
    } finally {
      await blank.close()
    }
  })

  test('the other language is a link away, and back', async () => {
    await page.goto(`${host.url}core/lock/`)
    await Promise.all([page.waitForNavigation(), page.$eval('a.language', (link) => link.click())])
    expect(page.url()).toBe(`${host.url}ru/core/lock/`)
    await Promise.all([page.waitForNavigation(), page.$eval('a.language', (link) => link.click())])
    expect(page.url()).toBe(`${host.url}core/lock/`)
  })
})
