// A timing of a broken adapter says nothing: each is shown to do the work that it is timed on. No time is asserted.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadLibraries, loadRows } from './catalogue.ts'
import { parkBare, parkOf, passageOf, tryTurnsOf, turnsOf } from './compile.ts'
import { abortToken } from './floors.ts'
import type { HeldGuard, Library, Probe, Token } from './library.ts'
import { seeded, shuffled } from './random.ts'
import { judge } from './standings.ts'
import { median, ratios, times } from './statistics.ts'
import { aligned, figure } from './terminal.ts'

const { libraries, failures } = await loadLibraries()
const rows = await loadRows()

/** Counts who is inside a critical section at a time. */
class Watch implements Probe {
  inside = 0
  most = 0
  entered = 0

  enter(): void {
    this.entered++
    this.inside++
    this.most = Math.max(this.most, this.inside)
  }

  leave(): void {
    this.inside--
  }
}

const withWork = <Work>(pick: (library: Library) => Work | undefined): [string, Work][] =>
  libraries.flatMap((library): [string, Work][] => {
    const work = pick(library)
    return work === undefined ? [] : [[library.name, work]]
  })

it('loads every adapter', () => {
  expect(failures).toEqual([])
  const kinds = libraries.map(({ kind }) => kind)
  expect(kinds.lastIndexOf('ours')).toBeLessThan(kinds.indexOf('peer'))
  expect(libraries.map(({ name }) => name)).toContain('@interlock/core')
})

describe.each(withWork(({ lock }) => lock))('the lock of %s', (name, lock) => {
  it('lets one in at a time, and all in', async () => {
    const watch = new Watch()
    await turnsOf(`test: ${name}`, lock, watch)(1, 20, 5)
    expect(watch).toEqual({ inside: 0, most: 1, entered: 100 })
  })

  it('does every turn of a task that is alone', async () => {
    const watch = new Watch()
    await turnsOf(`test: ${name}`, lock, watch)(1, 1, 50)
    expect(watch.entered).toBe(50)
  })

  it('hands the lock to every waiter that was parked', async () => {
    if (lock.style === 'program') {
      await (await lock.park(30)).drain()
      return
    }
    const crowd = await parkOf(`test: ${name}`, lock, 'none')(30)
    expect(crowd.passed).toBe(0)
    crowd.drain()
    await crowd.settled
    expect(crowd.passed).toBe(30)
    await crowd.after()
  })
})

const heldWithTry = withWork(({ lock }) => (lock?.style === 'held' && lock.tryTake !== undefined ? lock : undefined))

describe.each(heldWithTry)('tryAcquire of %s', (name, lock) => {
  it('takes a free lock again and again', () => {
    expect(() => tryTurnsOf(`test: ${name}`, lock)(50)).not.toThrow()
  })

  it('refuses a lock that is held', () => {
    const keeping: HeldGuard = { ...lock, give: '' }
    expect(() => tryTurnsOf(`test: ${name}, held`, keeping)(2)).toThrow('a free lock was not had')
  })
})

describe.each(withWork(({ semaphore }) => semaphore))('the semaphore of %s', (name, semaphore) => {
  it('lets ten in at a time, and all in', async () => {
    const watch = new Watch()
    await turnsOf(`test: ${name}`, semaphore, watch)(10, 60, 2)
    expect(watch).toEqual({ inside: 0, most: 10, entered: 120 })
  })
})

const abortable = withWork(({ lock }) => {
  if (lock === undefined || lock.style === 'program') return undefined
  return (lock.style === 'held' ? lock.waitWith : lock.runWith) === undefined ? undefined : lock
})

const tokens = (count: number, token: () => Token = abortToken): Token[] => Array.from({ length: count }, token)

describe.each(abortable)('a signal given to %s', (name, lock) => {
  const token = lock.style === 'held' ? lock.token : undefined

  it('rejects all its waiters, and the lock still works', async () => {
    const shared = tokens(1, token)
    const crowd = await parkOf(`test: ${name}, shared`, lock, 'shared')(30, shared)
    for (const one of shared) one.abort(new Error('aborted'))
    await crowd.settled
    expect(crowd).toMatchObject({ passed: 0, rejected: 30 })
    crowd.drain()
    await crowd.after()
  })

  it('rejects its own waiter alone', async () => {
    const own = tokens(30, token)
    const crowd = await parkOf(`test: ${name}, own`, lock, 'own')(30, own)
    for (const [place, one] of own.entries()) if (place % 2 === 0) one.abort(new Error('aborted'))
    crowd.drain()
    await crowd.settled
    expect(crowd).toMatchObject({ passed: 15, rejected: 15 })
    await crowd.after()
  })

  it('lets all pass when it never aborts', async () => {
    const crowd = await parkOf(`test: ${name}, live`, lock, 'shared')(30, tokens(1, token))
    crowd.drain()
    await crowd.settled
    expect(crowd).toMatchObject({ passed: 30, rejected: 0 })
  })
})

const cancelling = withWork(({ lock }) =>
  lock !== undefined && lock.style !== 'program' && lock.cancelAll !== undefined ? lock : undefined,
)

it.each(cancelling)('%s rejects all waiters when told to', async (name, lock) => {
  const crowd = await parkOf(`test: ${name}, cancel`, lock, 'none')(30)
  crowd.cancel()
  await crowd.settled
  expect(crowd).toMatchObject({ passed: 0, rejected: 30 })
})

const parking = withWork(({ lock }) => (lock === undefined || lock.style === 'program' ? undefined : lock))

it.each(parking)('%s keeps waiting what is parked for its bytes to be counted', async (name, lock) => {
  let ran = 0
  const made = lock.make(1)
  // The first gets the lock and keeps it.
  const first = { held: parkBare(`test: ${name}, first`, lock, 'bare', 'none'), task: () => new Promise(() => {}) }
  first.held(made, 1, [], first.task)
  await new Promise(setImmediate)
  const entered = parkBare(`test: ${name}, waiting`, counted(lock), 'awaited', 'none')
  entered(made, 20, [{ signal: undefined, abort: () => ran++ }], () => ran++)
  await new Promise(setImmediate)
  expect(ran).toBe(0)
})

/** The same wait, which calls `abort` of the first token when it is over. */
function counted<Guard extends { style: 'held' | 'limit' }>(lock: Guard): Guard {
  return 'wait' in lock ? { ...lock, wait: `${String(lock.wait)}.then(() => tokens[0].abort())` } : lock
}

describe.each(withWork(({ queue }) => queue))('the queue of %s', (name, queue) => {
  const count = 500
  const sent = Array.from({ length: count }, (_, item) => item)
  const shapes = [
    { shape: 'burst', bound: undefined, can: queue.unbounded },
    { shape: 'nowait', bound: undefined, can: queue.work.style === 'text' && queue.work.getNow !== undefined },
    { shape: 'concurrent', bound: undefined, can: queue.unbounded },
    { shape: 'concurrent', bound: 16, can: queue.bounded },
  ] as const

  it.each(shapes.filter(({ can }) => can))(
    'gives back what was put, in order: $shape, bound $bound',
    async ({ shape, bound }) => {
      const got: number[] = []
      await passageOf(`test: ${name}, ${shape}`, queue, shape, { item: (value) => got.push(value) })(bound, count)
      expect(got).toEqual(sent)
    },
  )
})

const holdingBack = withWork(({ queue }) => (queue?.bounded && queue.work.style === 'text' ? queue.work : undefined))

it.each(holdingBack)('the bounded queue of %s holds its producer back', async (name, work) => {
  let put = 0
  const counting = {
    ...work,
    make: (bound: number | undefined) => Object.assign(work.make(bound) as object, { counted: () => put++ }),
    put: `${work.put}; queue.counted()`,
    get: 'await new Promise(() => {})',
  }
  void passageOf(
    `test: ${name}, bound`,
    { bounded: true, unbounded: true, work: counting },
    'concurrent',
    'sum',
  )(16, 100)
  await new Promise(setImmediate)
  expect(put).toBeGreaterThanOrEqual(15)
  expect(put).toBeLessThanOrEqual(17)
})

describe('the command', () => {
  const bench = (...args: string[]) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('bench.ts', import.meta.url)), ...args], {
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: undefined },
    })

  it('lists its rows, each with its bar', () => {
    const { status, stdout } = bench('--list')
    expect(status).toBe(0)
    expect(stdout.trimEnd().split('\n')).toHaveLength(rows.length)
    expect(stdout).toMatch(/^hand-off +hand-off among 1000 tasks +5\.00 ×$/m)
  })

  it('explains itself', () => {
    const { status, stdout } = bench('--help')
    expect(status).toBe(0)
    expect(stdout).toContain('--quick')
  })

  it('says which rows there are when it is asked for one that there is not', () => {
    const { status, stdout, stderr } = bench('--only', 'hand-of')
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain('no row is named "hand-of". The rows: uncontended, try-acquire, hand-off')
  })

  it.each([['--quik'], ['--seed', 'x'], ['rubbish']])('refuses %s', (...args) => {
    const { status, stderr } = bench(...args)
    expect(status).toBe(2)
    expect(stderr.split('\n')[0]).toMatch(/quik|--seed: a whole number|rubbish/)
  })
})

describe('the figures', () => {
  it('orders of measuring are had again from their seed', () => {
    const order = (seed: number): number[] => shuffled([1, 2, 3, 4, 5, 6, 7, 8], seeded(seed))
    expect(order(7)).toEqual(order(7))
    expect(order(7)).not.toEqual(order(8))
    expect(order(7).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it('medians and ratios go by round', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(ratios([2, null, 9], [1, 5, 3])).toEqual([2, 3])
    const measured = (samples: (number | null)[]) => ({ value: 1, low: 1, high: 1, size: 1, samples })
    expect(times(measured([1, 2, 4]), measured([3, 6, 12]))).toBe(3)
  })

  it('a bar is judged by the ratio to the floor, and the peers by who takes least', () => {
    const cell = (value: number, ratio: number) => ({
      time: {
        value,
        low: value,
        high: value,
        ratio: { value: ratio, low: ratio, high: ratio },
        size: 1,
        samples: [value, value, value],
      },
    })
    const handOff = rows.filter(({ id }) => id === 'hand-off')
    const result = (ours: number) => ({
      id: 'hand-off',
      title: '',
      work: '',
      seconds: 0,
      tables: [
        {
          key: 'time',
          title: '',
          columns: [],
          lines: [
            { name: 'await undefined', kind: 'floor', cells: cell(10, 1) } as const,
            { name: '@interlock/core', kind: 'ours', cells: cell(ours, ours / 10) } as const,
            { name: 'slow', kind: 'peer', cells: cell(90, 9) } as const,
            { name: 'fast', kind: 'peer', cells: cell(60, 6) } as const,
            { name: 'none', kind: 'peer', cells: { time: { absent: 'has none' } } } as const,
          ],
        },
      ],
    })
    expect(judge(handOff, [result(40)])).toMatchObject([
      { ours: 4, met: true, ahead: 'yes', bestPeer: { name: 'fast', factor: 1.5 } },
    ])
    expect(judge(handOff, [result(80)])).toMatchObject([{ ours: 8, met: false, ahead: 'no' }])
    expect(judge(handOff, [result(59)])).toMatchObject([{ ours: 5.9, met: false, ahead: 'level' }])
  })

  it('tables are aligned, and figures short', () => {
    expect(
      aligned([
        ['', 'ns'],
        ['await', '31.2'],
      ]),
    ).toEqual(['         ns', 'await  31.2'])
    expect([
      figure(31.24, 'ns'),
      figure(312.4, 'ns'),
      figure(31_240, 'ns'),
      figure(225.4, 'bytes'),
      figure(1.349, 'times'),
    ]).toEqual(['31.2', '312', '31.2 µs', '225', '1.35'])
  })
})
