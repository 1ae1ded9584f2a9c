/** The playground: its programs, mistakes, links; and every example that a page offers to open in it. */
import { beforeAll, describe, expect, test } from 'vitest'
import { programs } from '../../src/playground/programs.ts'
import { programsOffered } from './site.ts'
import { browserName, visiting } from './visit.ts'

const visit = visiting({ at: '/docs/', isolated: true })

const status = () => visit.page.$eval('interlock-playground .status', (text) => text.textContent ?? '')
const output = () =>
  visit.page.$$eval('interlock-playground .output li', (lines) => lines.map((line) => line.textContent ?? ''))
const ended = async () => {
  await visit.page.waitForFunction(() =>
    /after \d/.test(document.querySelector('interlock-playground .status')?.textContent ?? ''),
  )
  return status()
}
const open = async () => {
  await visit.page.goto('about:blank')
  await visit.page.goto(`${visit.host.url}playground/`)
  await visit.page.waitForSelector('interlock-playground textarea')
}
const write = async (program: string) => {
  await visit.page.$eval(
    'interlock-playground textarea',
    (field, text) => {
      field.value = text
      field.dispatchEvent(new Event('input'))
    },
    program,
  )
}

test.each(programs.map(({ id }) => id))('runs %s, and all is as expected', async (id) => {
  await open()
  await visit.page.select('interlock-playground select', id)
  await visit.page.click('[data-control="run"]')
  expect(await ended()).toMatch(/^Ended/)
  expect((await output()).filter((line) => line.includes('✗'))).toEqual([])
  expect((await output()).some((line) => line.includes('✓'))).toBe(true)
  expect(await visit.page.$$eval('.timeline .track', (tracks) => tracks.length)).toBeGreaterThan(0)
})

test('tells a mistake, a wrong expectation and an unknown module, and runs by the keyboard', async () => {
  await open()
  await visit.page.focus('interlock-playground textarea')
  const run = async (program: string) => {
    await write(program)
    await visit.page.focus('interlock-playground textarea')
    await visit.page.keyboard.down('Control')
    await visit.page.keyboard.press('Enter')
    await visit.page.keyboard.up('Control')
    await visit.page.waitForFunction(() => document.querySelectorAll('interlock-playground .output li').length > 0)
    return (await output()).join('\n')
  }
  expect(await run('const = 1')).toMatch(/line 1/)
  expect(await run('1 + 1 // => 3')).toContain('line 1: 2 ✗ expected 3')
  expect(await run(`import { pad } from 'left-pad'\npad()`)).toContain('There is no left-pad here')
  expect(await run(`throw new RangeError('too far')`)).toContain('RangeError: too far')
})

test('stops what does not end', async () => {
  await open()
  await write('for (;;) {}')
  await visit.page.click('[data-control="run"]')
  await visit.page.waitForFunction(
    () => document.querySelector('interlock-playground .status')?.textContent === 'Running…',
  )
  await visit.page.click('[data-control="stop"]')
  expect(await status()).toBe('Stopped')
})

test('a link carries the program', async () => {
  await open()
  await write("console.log('Привет') // a greeting")
  await visit.page.click('[data-control="share"]')
  await visit.page.waitForFunction(() => location.hash.length > 10)
  const link = visit.page.url()
  await visit.page.goto('about:blank')
  await visit.page.goto(link)
  await visit.page.waitForSelector('interlock-playground textarea')
  await visit.page.waitForFunction(() => document.querySelector('textarea')?.value.includes('Привет'))
  await visit.page.click('[data-control="run"]')
  await ended()
  expect(await output()).toContain('Привет')
})

test('the examples of a page open in it', async () => {
  await visit.page.goto(`${visit.host.url}core/lock/`)
  await Promise.all([
    visit.page.waitForNavigation(),
    visit.page.$eval('.runnable .open', (link) => (link as HTMLAnchorElement).click()),
  ])
  await visit.page.waitForFunction(() => document.querySelector('textarea')?.value.includes("from '@interlock/core'"))
  await visit.page.click('[data-control="run"]')
  expect(await ended()).toMatch(/^Ended/)
  expect((await output()).filter((line) => line.includes('✗'))).toEqual([])
})

// In one browser, for it takes a while, and in English, for the Russian pages have the same code but for its comments.
describe.runIf(browserName === 'chromium')('what a page offers to open runs to its end', () => {
  beforeAll(open)
  const offered = [...programsOffered()].filter(([, address]) => !address.startsWith('ru/'))
  const named = offered.map(([program, address]) => {
    const nth = offered.filter(([, other]) => other === address).findIndex(([other]) => other === program)
    return { name: `/${address} ${nth + 1}`, program }
  })

  test('there are such', () => {
    expect(named.length).toBeGreaterThan(100)
  })

  test.each(named)('$name', async ({ program }) => {
    await write(program)
    await visit.page.click('[data-control="run"]')
    expect([await ended(), await output()]).toEqual([expect.stringMatching(/^Ended/), expect.anything()])
    expect((await output()).filter((line) => line.includes('✗'))).toEqual([])
    expect((await output()).some((line) => line.includes('✓'))).toBe(true)
  })
})
