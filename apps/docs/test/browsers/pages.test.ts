/** Every page: it draws without a fault, axe finds none, and it weighs little. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Result } from 'axe-core'
import { beforeAll, expect, test } from 'vitest'
import { addresses, weightOf } from './site.ts'
import { browserName, visiting } from './visit.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const FOLDER = '/some/folder/'

/** Compressed, and without the playground, whose compiler is large. */
const MOST_BYTES = 150_000

// With headers, or a page that shares memory would load once more: isolation.test.ts sees to that.
const visit = visiting({ at: FOLDER, isolated: true })

beforeAll(async () => {
  await visit.page.setCacheEnabled(false)
  // English pages are looked at in light, Russian ones in dark.
  await visit.page.evaluateOnNewDocument((russian) => {
    const theme = location.pathname.startsWith(russian) ? 'dark' : 'light'
    Storage.prototype.getItem = (key) => (key === 'starlight-theme' ? theme : null)
  }, `${FOLDER}ru/`)
})

/** Opens a page, and waits until all that it loads by itself is there. */
async function open(address: string): Promise<void> {
  const { page, host } = visit
  await page.goto(host.url + address, { waitUntil: 'load' })
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('interlock-demo')].every((demo) => demo.querySelector('[data-control="play"]')) &&
      [...document.querySelectorAll('interlock-playground')].every((field) => field.querySelector('textarea')),
  )
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  await page.waitForNetworkIdle({ idleTime: 200 })
}

/** Brings every demo that can be stepped to where tasks wait and hold. */
async function stepDemos(): Promise<void> {
  const STEPS = '8'
  await visit.page.evaluate((times) => {
    for (const step of document.querySelectorAll<HTMLButtonElement>('interlock-demo [data-control="step"]'))
      for (let i = 0; i < Number(times); i++) step.click()
  }, STEPS)
  await visit.page.waitForFunction(
    (times) =>
      [...document.querySelectorAll<HTMLElement>('interlock-demo:has([data-control="step"])')].every(
        (demo) => demo.dataset['steps'] === times,
      ),
    {},
    STEPS,
  )
}

/** What axe finds in the page, its demos in mid-run: rule, impact, the first place. */
async function faults(): Promise<string[]> {
  const { page } = visit
  await stepDemos()
  // A block of code that has to be scrolled can be reached by the keyboard a moment after it was drawn.
  await page
    .waitForFunction(() =>
      [...document.querySelectorAll('.expressive-code pre')].every(
        (block) => block.scrollWidth <= block.clientWidth || block.hasAttribute('tabindex'),
      ),
    )
    .catch(() => undefined) // axe will say where
  await page.evaluate(axe)
  const found = (await page.evaluate(`
    axe.configure({ rules: [{ id: 'color-contrast', selector: ':not(pre code *)' }] })
    axe.run(document, {
      preload: false,
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
      rules: {
        // Blocks of code that scroll are regions without a name, which no screen reader takes for landmarks.
        'landmark-unique': { enabled: false },
      },
    }).then(({ violations }) => violations)`)) as Result[]
  return found.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)
}

/** In code there are thousands of words and a dozen colours: axe, which looks at each word, would take longer than all else. */
async function palesInCode(): Promise<string[]> {
  return visit.page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    if (canvas === null) throw new Error('no canvas')
    const over = (colours: readonly string[]): number[] => {
      canvas.fillStyle = '#fff'
      canvas.fillRect(0, 0, 1, 1)
      for (const colour of colours) {
        canvas.fillStyle = colour
        canvas.fillRect(0, 0, 1, 1)
      }
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
    }
    const luminance = (rgb: readonly number[]): number => {
      const [r = 0, g = 0, b = 0] = rgb.map((part) =>
        part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
      )
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const pairs = new Map<string, string>()
    for (const word of document.querySelectorAll('pre code *')) {
      if (![...word.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim())) continue
      const behind: string[] = []
      for (let place: Element | null = word; place !== null; place = place.parentElement)
        behind.unshift(getComputedStyle(place).backgroundColor)
      const key = JSON.stringify([
        behind.filter((colour) => colour !== 'rgba(0, 0, 0, 0)'),
        getComputedStyle(word).color,
      ])
      pairs.set(key, word.textContent ?? '')
    }
    return [...pairs].flatMap(([key, text]) => {
      const [behind, colour] = JSON.parse(key) as [string[], string]
      const [dark = 0, light = 0] = [luminance(over(behind)), luminance(over([...behind, colour]))].toSorted(
        (one, other) => one - other,
      )
      const ratio = (light + 0.05) / (dark + 0.05)
      return ratio < 4.5 ? [`${text}: ${colour} on ${behind.at(-1)} is ${ratio.toFixed(2)}`] : []
    })
  })
}

test.each(addresses)('/%s', async (address) => {
  const { page, host, asked } = visit
  asked.length = 0
  await open(address)
  expect(await page.$eval('h1', (heading) => heading.textContent?.trim())).toBeTruthy()
  expect(await page.$eval('html', (root) => root.dataset['theme'])).toBe(address.startsWith('ru/') ? 'dark' : 'light')
  const own = asked.filter((url) => url.startsWith(host.url))
  expect(own.length).toBeGreaterThan(2)
  expect(asked.filter((url) => !/^(?:data|blob):/.test(url) && !own.includes(url))).toEqual([])
  if (!address.endsWith('playground/')) {
    const files = new Set(own.map((url) => new URL(url).pathname.slice(FOLDER.length)))
    let bytes = 0
    for (const file of files) bytes += weightOf(file === '' || file.endsWith('/') ? `${file}index.html` : file)
    expect(bytes).toBeLessThan(MOST_BYTES)
  }
  if (browserName === 'chromium') expect([...(await faults()), ...(await palesInCode())]).toEqual([])
})
