import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Browser, launch, type Page, serve } from '../../../../scripts/browsers/index.ts'
import { dist, withDemo } from './site.ts'
import { browserName } from './visit.ts'

const address = withDemo('worker-lock').find((name) => !name.startsWith('ru/')) ?? ''

let browser: Browser
let page: Page
let loads = 0
const wrong: string[] = []

beforeAll(async () => {
  browser = await launch(browserName)
})
afterAll(() => browser.close())

// A host of its own for each, and so an origin of its own: what a service worker leaves behind is not there for the next.
beforeEach(async () => {
  page = await browser.newPage()
  loads = 0
  page.on('load', () => loads++)
  page.on('pageerror', (error) => wrong.push(String(error)))
})
afterEach(async () => {
  await page.close()
  expect(wrong.splice(0)).toEqual([])
})

const isIsolated = () => page.evaluate(() => crossOriginIsolated)

/** A demo with real threads runs to its end. */
async function counts(): Promise<void> {
  await page.waitForSelector('interlock-demo [data-control="play"]')
  await page.click('interlock-demo [data-control="play"]')
  await page.waitForSelector('interlock-demo .log [data-event="right"]')
}

test('a host that sends the headers: isolated at once, without a service worker', async () => {
  await using host = await serve(dist, { at: '/docs/', isolated: true })
  await page.goto(host.url + address)
  await counts()
  expect(await isIsolated()).toBe(true)
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
  expect(loads).toBe(1)
})

test('a host that sends none: isolated by the service worker, after one more load', async () => {
  await using host = await serve(dist, { at: '/docs/' })
  await page.goto(host.url + address)
  await page.waitForFunction(() => crossOriginIsolated)
  await counts()
  expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toBe(`${host.url}isolation.js`)
  expect(loads).toBe(2)
  // From now on the whole site is, without a further load.
  await page.goto(`${host.url}core/lock/`)
  expect(await isIsolated()).toBe(true)
})

test('where neither can be, the demo says so, and the page reads well', async () => {
  await using host = await serve(dist, { at: '/docs/' })
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
  expect(await isIsolated()).toBe(false)
})
