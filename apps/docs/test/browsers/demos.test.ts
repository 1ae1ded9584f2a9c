/** Every demo, driven by clicks and keys: its log says what its picture shows, and what it is there to show does happen. */
import { expect, test } from 'vitest'
import type { Page } from '../../../../scripts/browsers/index.ts'
import { htmlOf, withDemo } from './site.ts'
import { browserName, visiting } from './visit.ts'

const visit = visiting({ at: '/docs/', isolated: true })

interface Said {
  readonly row: string
  readonly event: string
  readonly text: string
}

/** Drives one demo as a reader would. */
class Demo {
  readonly #page: Page
  readonly #at: string

  constructor(page: Page, kind: string) {
    this.#page = page
    this.#at = `interlock-demo[kind="${kind}"]`
  }

  static async open(kind: string, russian = false): Promise<Demo> {
    const { page, host } = visit
    const address = withDemo(kind).find(
      (name) => name.startsWith('ru/') === russian && !htmlOf(name).includes('autoplay'),
    )
    if (address === undefined) throw new Error(`no page has the demo ${kind}`)
    await page.goto(host.url + address)
    await page.waitForSelector(`interlock-demo[kind="${kind}"] [data-control="play"]`)
    return new Demo(page, kind)
  }

  /** By the keyboard, as one without a pointer does. */
  async step(times: number): Promise<void> {
    await this.#page.focus(`${this.#at} [data-control="step"]`)
    const steps = () => this.#page.$eval(this.#at, (demo) => Number((demo as HTMLElement).dataset['steps'] ?? 0))
    const end = (await steps()) + times
    for (let i = 0; i < times; i++) await this.#page.keyboard.press('Enter')
    await this.#page.waitForFunction(
      (at, due) => Number(document.querySelector<HTMLElement>(at)?.dataset['steps']) >= due,
      {},
      this.#at,
      end,
    )
  }

  now(): Promise<number> {
    return this.#page.$eval(this.#at, (demo) => Number((demo as HTMLElement).style.getPropertyValue('--now')))
  }

  /** Clicks what says `label`, in the row, or among the demo's own. */
  async click(label: string, row?: string): Promise<void> {
    const before = (await this.log()).length
    const found = await this.#page.evaluateHandle(
      (at, text, name) =>
        [...document.querySelectorAll<HTMLButtonElement>(`${at} button`)].find(
          (button) =>
            button.textContent === text &&
            (name === null
              ? button.closest('.row') === null
              : button.getAttribute('aria-label')?.startsWith(`${name}: `)),
        ),
      this.#at,
      label,
      row ?? null,
    )
    const button = found.asElement()
    if (button === null) throw new Error(`no button ${label} in ${row ?? 'the demo'}`)
    await (button as Awaited<ReturnType<Page['$']>>)?.click()
    await this.#page.waitForFunction(
      (at, count) => document.querySelectorAll(`${at} .log li`).length > count,
      { timeout: 5000 },
      this.#at,
      before,
    )
  }

  async breakIt(): Promise<void> {
    await this.#page.focus(`${this.#at} [role="switch"]`)
    await this.#page.keyboard.press(' ')
    await this.#page.waitForSelector(`${this.#at}.broken`)
  }

  async start(): Promise<void> {
    await this.#page.click(`${this.#at} [data-control="play"]`)
  }

  async until(event: string, timeout = 60_000): Promise<void> {
    try {
      await this.#page.waitForSelector(`${this.#at} .log [data-event="${event}"]`, { timeout })
    } catch (cause) {
      throw new Error(`"${event}" was not said, but ${briefly(await this.log()).join(', ')}`, { cause })
    }
  }

  log(): Promise<Said[]> {
    return this.#page.$$eval(`${this.#at} .log li`, (lines) =>
      lines.map((line) => ({
        row: line.getAttribute('data-row') ?? '',
        event: line.getAttribute('data-event') ?? '',
        text: line.textContent ?? '',
      })),
    )
  }

  async count(event: string): Promise<number> {
    return (await this.log()).filter((said) => said.event === event).length
  }

  async events(): Promise<Set<string>> {
    return new Set((await this.log()).map(({ event }) => event))
  }

  printed(): Promise<string> {
    return this.#page.$eval(`${this.#at} .printed`, (code) => code.textContent ?? '')
  }

  /** The picture: the state of each row, as it is drawn. */
  states(): Promise<Record<string, string>> {
    return this.#page.$$eval(`${this.#at} .row`, (rows) =>
      Object.fromEntries(
        rows.map((row) => [row.querySelector('.name')?.textContent ?? '', (row as HTMLElement).dataset['state'] ?? '']),
      ),
    )
  }

  chips(): Promise<string[]> {
    return this.#page.$$eval(`${this.#at} .chip`, (chips) => chips.map((chip) => chip.textContent ?? ''))
  }
}

const briefly = (said: readonly Said[]) => said.map(({ row, event }) => `${row} ${event}`)

test('lock: first come first served, by clicks; a cancelled task is passed over', async () => {
  const demo = await Demo.open('lock')
  await demo.click('acquire()', 'A')
  await demo.click('acquire()', 'B')
  await demo.click('acquire()', 'C')
  expect(await demo.printed()).toBe('Lock "account" <locked, waiting: 2>')
  expect(await demo.chips()).toEqual(['B', 'C', '0 / 0'])
  await demo.click('cancel', 'B')
  await demo.click('release()', 'A')
  expect(briefly(await demo.log()).slice(0, 6)).toEqual([
    'A holds',
    'B waits',
    'C waits',
    'B cancelled',
    'A releases',
    'C holds',
  ])
  expect((await demo.states())['C']).toBe('holds')
  expect(await demo.chips()).toContain('1 / 1')
})

test('lock: no update is lost, and without it updates are', async () => {
  const demo = await Demo.open('lock')
  await demo.step(40)
  expect(await demo.events()).toEqual(new Set(['holds', 'waits', 'releases']))
  expect(await demo.count('holds')).toBeGreaterThan(4)
  await demo.breakIt()
  expect(await demo.log()).toEqual([])
  await demo.step(40)
  expect(await demo.events()).toContain('lost')
  expect(await demo.events()).not.toContain('waits')
})

test('lock: it speaks Russian', async () => {
  const demo = await Demo.open('lock', true)
  await demo.click('acquire()', 'A')
  expect((await demo.log())[0]?.text).toMatch(/держит, читает 0/)
})

test('the text log says what the picture shows', async () => {
  const demo = await Demo.open('lock')
  const standing: Record<string, string> = { A: 'idle', B: 'idle', C: 'idle', D: 'idle' }
  const shows: Record<string, string> = { waits: 'waits', holds: 'holds', releases: 'idle', cancelled: 'idle' }
  let read = 0
  for (let i = 0; i < 20; i++) {
    await demo.step(1)
    const said = await demo.log()
    for (const { row, event } of said.slice(read)) standing[row] = shows[event] ?? event
    read = said.length
    expect(await demo.states()).toEqual(standing)
  }
})

test('it plays by itself, holds when it is told, and begins anew', async () => {
  const demo = await Demo.open('lock')
  await demo.start()
  await demo.until('releases')
  await demo.start()
  const stopped = await demo.now()
  await demo.step(1)
  expect(await demo.now()).toBe(Math.floor(stopped) + 1)
  await visit.page.click('interlock-demo [data-control="reset"]')
  expect([await demo.now(), await demo.log()]).toEqual([0, []])
})

const scenes: [kind: string, steps: number, events: string[], never: string[]][] = [
  ['semaphore', 40, ['waits', 'holds', 'releases'], []],
  ['bounded-semaphore', 30, ['waits', 'holds', 'releases'], ['refused']],
  ['event', 30, ['waits', 'set', 'passes', 'clear'], []],
  ['condition', 40, ['waits', 'notifies', 'takes'], ['lost']],
  ['barrier', 30, ['waits', 'passes'], ['broken']],
  ['queue', 40, ['puts', 'gets', 'done', 'waits'], []],
  ['priority-queue', 40, ['puts', 'gets', 'done'], []],
  ['lifo-queue', 40, ['puts', 'gets', 'done'], []],
  ['read-write-lock', 40, ['waits', 'holds', 'releases'], []],
  ['keyed-lock', 40, ['waits', 'holds', 'releases'], []],
  ['contextvar', 40, ['sets', 'gets'], ['torn']],
  ['task-group', 30, ['begins', 'ends', 'resolved'], ['rejected']],
  ['cancel', 30, ['waits', 'holds', 'ends'], ['cancelled']],
  ['loop', 20, ['runs', 'waits', 'holds', 'releases'], ['deadlock']],
  ['explore', 20, ['explored', 'reads', 'writes'], ['found']],
]
test.each(scenes)('%s runs', async (kind, steps, events, never) => {
  const demo = await Demo.open(kind)
  await demo.step(steps)
  const seen = await demo.events()
  for (const event of events) expect(seen).toContain(event)
  for (const event of [...never, 'failed']) expect(seen).not.toContain(event)
  // What is given back is had again.
  if (events.includes('releases')) expect(await demo.count('holds')).toBeGreaterThan(4)
})

test('semaphore: nobody overtakes a large request', async () => {
  const demo = await Demo.open('semaphore')
  for (const row of ['A', 'B']) await demo.click('acquire()', row)
  await demo.click('acquire({ permits: 2 })', 'D')
  await demo.click('acquire()', 'E')
  expect(await demo.printed()).toMatch(/waiting: 2/)
  await demo.click('release()', 'A')
  expect(briefly((await demo.log()).slice(-2))).toEqual(['A releases', 'D holds'])
})

test('bounded-semaphore: a release too many is refused', async () => {
  const demo = await Demo.open('bounded-semaphore')
  await demo.click('release() once too often')
  expect((await demo.log())[0]?.text).toMatch(/RangeError/)
})

test('condition: a notification is lost without the lock', async () => {
  const demo = await Demo.open('condition')
  await demo.breakIt()
  await demo.step(60)
  expect(await demo.events()).toContain('lost')
})

test('barrier: abort() breaks it for who waits', async () => {
  const demo = await Demo.open('barrier')
  await demo.click('wait()', 'A')
  await demo.click('abort()')
  await demo.until('broken')
  expect((await demo.states())['A']).toBe('failed')
})

test('priority-queue: the smallest leaves first', async () => {
  const demo = await Demo.open('priority-queue')
  await demo.step(60)
  const items: number[] = []
  for (const { event, text } of await demo.log()) {
    const number = Number(/\d+$/.exec(text)?.[0])
    if (event === 'puts') items.push(number)
    if (event === 'gets' && items.includes(number)) {
      expect(number).toBe(Math.min(...items))
      items.splice(items.indexOf(number), 1)
    }
  }
})

test('contextvar: a global variable is torn', async () => {
  const demo = await Demo.open('contextvar')
  await demo.breakIt()
  await demo.step(40)
  expect(await demo.events()).toContain('torn')
})

test('task-group: one throws, the others are cancelled and waited for', async () => {
  const demo = await Demo.open('task-group')
  await demo.step(3)
  await demo.click('throw', 'B')
  await demo.step(5)
  const said = briefly(await demo.log())
  expect(said).toContain('A cancelled')
  expect(said).toContain('C cleaned')
  expect(said.some((line) => line.endsWith('rejected'))).toBe(true)
})

test('cancel: it reaches the wait of a task, and clean-up comes first', async () => {
  const demo = await Demo.open('cancel')
  await demo.click('createTask()', 'A')
  await demo.click('createTask()', 'B')
  await demo.click('task.cancel()', 'B')
  await demo.click('task.cancel()', 'A')
  await demo.step(3)
  expect(briefly(await demo.log()).slice(0, 5)).toEqual([
    'A holds',
    'B waits',
    'B cancelled',
    'A cleans',
    'A cancelled',
  ])
})

test('timeout: who is late is cancelled, cleans up, and is told', async () => {
  const demo = await Demo.open('timeout')
  await demo.start()
  await visit.page.waitForFunction(
    () => document.querySelectorAll('interlock-demo .log [data-event="timeout"]').length === 2,
  )
  const said = briefly(await demo.log())
  expect(said).toContain('A ends')
  expect(said.indexOf('B cancelled')).toBeLessThan(said.indexOf('B timeout'))
  expect(said).toContain('C timeout')
})

test('loop: hours in a moment, and a deadlock that names the blocked', async () => {
  const demo = await Demo.open('loop')
  await demo.click('runUntilComplete()', 'loop')
  expect((await demo.log())[0]?.text).toMatch(/\d+ hours in [\d.]+ ms/)
  await demo.step(12)
  expect(await demo.events()).toContain('releases')
  await demo.breakIt()
  await demo.click('runUntilComplete()', 'loop')
  expect((await demo.log())[0]?.text).toMatch(/DeadlockError: .*/)
})

test('explore: every order holds, and without the lock one is found that does not', async () => {
  const demo = await Demo.open('explore')
  await demo.click('explore()', 'explore()')
  expect((await demo.log())[0]?.text).toMatch(/runs: \d+, complete: true/)
  await demo.breakIt()
  await demo.click('explore()', 'explore()')
  expect((await demo.log())[0]?.event).toBe('found')
  await demo.step(16)
  const said = await demo.log()
  expect(said.filter(({ event }) => event === 'writes').length).toBe(3)
})

test('worker-lock: real threads count right, and wrong without the lock', async () => {
  const demo = await Demo.open('worker-lock')
  await demo.start()
  await demo.until('right')
  expect(await demo.events()).not.toContain('torn')
  await demo.breakIt()
  await demo.start()
  await demo.until('wrong')
  expect(await demo.events()).toContain('torn')
})

test('worker-semaphore: never more than two threads at once', async () => {
  const demo = await Demo.open('worker-semaphore')
  await demo.start()
  await demo.until('right')
  expect(await demo.events()).not.toContain('torn')
})

test('worker-queue: each job is done once, by one of the threads', async () => {
  const demo = await Demo.open('worker-queue')
  await demo.start()
  await demo.until('ends')
  const done = (await demo.log())
    .filter(({ event }) => event === 'gets')
    .map(({ text }) => Number(/\d+$/.exec(text)?.[0]))
  expect(done.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('worker-death: the next holder is told', async () => {
  const demo = await Demo.open('worker-death')
  await demo.start()
  await demo.until('abandoned')
  expect(briefly(await demo.log())).toContain('W1 dies')
})

test.runIf(browserName === 'chromium')('who wants no motion sees it go in steps', async () => {
  await visit.page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }])
  try {
    const demo = await Demo.open('lock')
    await demo.start()
    await demo.until('holds')
    for (let i = 0; i < 10; i++) expect((await demo.now()) % 1).toBe(0)
  } finally {
    await visit.page.emulateMediaFeatures([])
  }
})
