import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClock, paceOf } from '../stage/clock.ts'

describe.for([0, 50])('a clock at a pace of %d', (pace) => {
  beforeEach(() => {
    if (pace > 0) vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const settle = async (promise: Promise<unknown>): Promise<void> => {
    if (pace > 0) await vi.runAllTimersAsync()
    await promise
  }

  test('fires in order of time, and of setting where times are equal', async () => {
    const clock = createClock(pace)
    const fired: string[] = []
    const at = (seconds: number, name: string): Promise<void> =>
      clock.sleep(seconds).then(() => void fired.push(`${name}@${clock.now()}`))
    await settle(Promise.all([at(2, 'c'), at(1, 'a'), at(2, 'd'), at(1.5, 'b'), at(0, 'z')]))
    expect(fired).toEqual(['z@0', 'a@1', 'b@1.5', 'c@2', 'd@2'])
  })

  test('adds up to what one would think', async () => {
    const clock = createClock(pace)
    const sum = (async () => {
      for (let i = 0; i < 10; i++) await clock.sleep(0.1)
      return clock.now()
    })()
    await settle(sum)
    expect(await sum).toBe(1)
  })

  test('fires each timer in a turn of its own: what one has set off is done before the next', async () => {
    const clock = createClock(pace)
    const order: string[] = []
    const chain = (async () => {
      await clock.sleep(1)
      for (let i = 0; i < 20; i++) await Promise.resolve()
      order.push('first')
    })()
    const next = clock.sleep(1).then(() => order.push('second'))
    await settle(Promise.all([chain, next]))
    expect(order).toEqual(['first', 'second'])
  })

  test('does not call what was cancelled', async () => {
    const clock = createClock(pace)
    const fn = vi.fn<() => void>()
    const cancel = clock.after(1, fn)
    const later = clock.sleep(2).then(() => clock.now())
    cancel()
    cancel()
    await settle(later)
    expect(fn).not.toHaveBeenCalled()
    expect(await later).toBe(2)
  })
})

describe('time that passes while nothing fires', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('counts, so that a sleep that begins then is a whole one', async () => {
    const clock = createClock(50)
    await vi.advanceTimersByTimeAsync(100)
    expect(clock.now()).toBe(2)
    const woken = vi.fn<() => void>()
    void clock.sleep(1).then(woken)
    await vi.advanceTimersByTimeAsync(49)
    expect(woken).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(woken).toHaveBeenCalledOnce()
  })

  test('counts again once what a timer set off has been done', async () => {
    const clock = createClock(50)
    void clock.sleep(1)
    await vi.advanceTimersByTimeAsync(50)
    expect(clock.now()).toBe(1)
    await vi.advanceTimersByTimeAsync(25)
    expect(clock.now()).toBe(1.5)
  })
})

describe('a host that is not on time', () => {
  let late = 0

  beforeEach(() => {
    vi.useFakeTimers()
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + late)
    late = 0
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  test('late: a timer sees its own time all the same, and what it starts is reckoned from that', async () => {
    const clock = createClock(50)
    const times: number[] = []
    const twice = (async () => {
      await clock.sleep(1)
      times.push(clock.now())
      await clock.sleep(1)
      times.push(clock.now())
    })()
    await vi.advanceTimersByTimeAsync(0)
    late = 20
    await vi.advanceTimersByTimeAsync(50)
    expect(times).toEqual([1])
    await vi.advanceTimersByTimeAsync(30)
    await twice
    expect(times).toEqual([1, 2])
  })

  test('late: time does not pass a timer that is due', async () => {
    const clock = createClock(50)
    void clock.sleep(1)
    await vi.advanceTimersByTimeAsync(0)
    late = 1000
    expect(clock.now()).toBe(1)
  })

  test('early: a timer does not fire before its time', async () => {
    const clock = createClock(50)
    const fired = vi.fn<() => void>()
    clock.after(1, fired)
    late = -1
    await vi.advanceTimersByTimeAsync(50)
    expect(fired).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(fired).toHaveBeenCalledOnce()
  })
})

test.for([
  [1000, 2000],
  [50, 100],
  [0, 0],
] as const)('at a pace of %d two seconds are %d milliseconds of the host', ([pace, ms]) => {
  expect(createClock(pace).ms(2)).toBe(ms)
})

test('a pace is a number of milliseconds', () => {
  expect(paceOf(undefined)).toBe(50)
  expect(paceOf('1000')).toBe(1000)
  expect(paceOf('0')).toBe(0)
  for (const wrong of ['', ' ', 'fast', '-1', 'NaN', 'Infinity']) expect(() => paceOf(wrong)).toThrow(RangeError)
})
