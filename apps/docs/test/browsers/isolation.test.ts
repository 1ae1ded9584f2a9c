import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, browserNames, launch, type Page, serve } from '../../../../scripts/browsers/index.ts'
import { dist, withDemo } from './site.ts'

const address = withDemo('worker-lock').find((name) => !name.startsWith('ru/')) ?? ''

describe.each(browserNames)('in %s', (name) => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launch(name)
  })
  afterAll(() => browser.close())

  /** A demo with real threads runs to its end. */
  const counts = async (page: Page) => {
    await page.waitForSelector('interlock-demo [data-control="play"]')
    await page.click('interlock-demo [data-control="play"]')
    await page.waitForSelector('interlock-demo .log [data-event="right"]', { timeout: 30_000 })
  }

  test('a host that sends the headers: isolated at once, without a service worker', async () => {
    await using host = await serve(dist, { at: '/docs/', isolated: true })
    const page = await browser.newPage()
    let loads = 0
    page.on('load', () => loads++)
    await page.goto(host.url + address)
    await counts(page)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
    expect(loads).toBe(1)
    await page.close()
  })

  test('a host that sends none: isolated by the service worker, after one more load', async () => {
    await using host = await serve(dist, { at: '/docs/' })
    const page = await browser.newPage()
    let loads = 0
    page.on('load', () => loads++)
    await page.goto(host.url + address)
    await page.waitForFunction(() => crossOriginIsolated, { timeout: 20_000 })
    await counts(page)
    expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toBe(`${host.url}isolation.js`)
    expect(loads).toBe(2)
    // From now on the whole site is, without a further load.
    await page.goto(`${host.url}core/lock/`)
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    await page.close()
  })

  test('where neither can be, the demo says so, and the page reads well', async () => {
    await using host = await serve(dist, { at: '/docs/' })
    const page = await browser.newPage()
    const wrong: string[] = []
    page.on('pageerror', (error) => wrong.push(String(error)))
    await page.evaluateOnNewDocument(() => {
      Object.defineProperty(Navigator.prototype, 'serviceWorker', { value: undefined })
      // @ts-expect-error: as a browser without it
      delete Navigator.prototype.serviceWorker
    })
    await page.goto(host.url + address)
    await page.waitForFunction(() =>
      document.querySelector('interlock-demo')?.textContent?.includes('cross-origin isolated'),
    )
    expect(await page.$eval('h1', (heading) => heading.textContent)).toBeTruthy()
    expect(wrong).toEqual([])
    await page.close()
  })
})
