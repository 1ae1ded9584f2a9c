/** The built site in the browser that the file is run in: one page, which goes from address to address. */
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest'
import {
  type Browser,
  type BrowserName,
  launch,
  type Page,
  type Served,
  type ServeOptions,
  serve,
} from '../../../../scripts/browsers/index.ts'
import { dist } from './site.ts'

export const browserName: BrowserName = inject('browser')

export interface Visit {
  readonly browser: Browser
  readonly host: Served
  readonly page: Page
  /** What the page has asked for, since it was last emptied. */
  readonly asked: string[]
}

/** Whatever goes wrong in the page: said on its console, thrown, asked for in vain. */
function hear(page: Page, wrong: string[], asked: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => wrong.push(`error: ${String(error)}`))
  page.on('requestfailed', (request) => {
    // What was under way when the page was left is nobody's fault.
    const error = request.failure()?.errorText ?? ''
    if (!/ABORTED/.test(error)) wrong.push(`${request.url()}: ${error}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.url()}: ${response.status()}`)
  })
  page.on('request', (request) => {
    asked.push(request.url())
  })
}

/** Of the tests of a file. A test fails, too, if anything went wrong in the page meanwhile. */
export function visiting(options: ServeOptions): Visit {
  const wrong: string[] = []
  const asked: string[] = []
  let browser: Browser | undefined
  let host: Served | undefined
  let page: Page | undefined

  beforeAll(async () => {
    browser = await launch(browserName)
    host = await serve(dist, { ...options, onMissing: (path) => wrong.push(`there is no ${path}`) })
    page = await browser.newPage()
    await page.setViewport({ width: 1280, height: 1000 })
    hear(page, wrong, asked)
  })
  afterEach(() => {
    expect(wrong.splice(0), 'what went wrong in the page').toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await host?.close()
  })

  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('This is for the tests themselves: the browser starts before the first')
    return thing
  }
  return {
    get browser() {
      return there(browser)
    },
    get host() {
      return there(host)
    },
    get page() {
      return there(page)
    },
    asked,
  }
}
