/**
 * Real browsers for tests: `await using browser = await launch('firefox')` is a puppeteer Browser, whichever it is. Chromium is spoken to by
 * CDP, Firefox by WebDriver BiDi. Neither is downloaded: both are the machine's own (`find.ts`).
 */
import { type Browser, launch as launchByPuppeteer } from 'puppeteer-core'
import { type BrowserName, findBrowser } from './find.ts'

export { type BrowserName, BrowserMissingError, browserNames, findBrowser } from './find.ts'
export { type Served, type ServeOptions, serve } from './serve.ts'
export type { Browser, Page } from 'puppeteer-core'

export interface LaunchOptions {
  /** True unless told: without a window. */
  readonly headless?: boolean
}

// A test must not depend on what a browser looks up elsewhere, and a sandbox of Chromium's does not start as root.
const chromiumFlags = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
]

const firefoxPreferences = {
  'app.update.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'browser.search.update': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.systemAddon.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.server': 'data:,',
}

/** Starts the browser with an empty profile of its own. BrowserMissingError, which says how to get it, when there is none. */
export function launch(name: BrowserName, { headless = true }: LaunchOptions = {}): Promise<Browser> {
  const executablePath = findBrowser(name)
  return name === 'chromium'
    ? launchByPuppeteer({ browser: 'chrome', executablePath, headless, args: chromiumFlags })
    : launchByPuppeteer({ browser: 'firefox', executablePath, headless, extraPrefsFirefox: firefoxPreferences })
}
