/** sleep: asyncio's statements SL1 to SL5; its overloads, its signal, times of any length; bad input. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { outcomeAfter, pass } from '../test/clock.ts'
import { drain, outcome } from '../test/microtasks.ts'
import { listeners, record } from '../test/recording.ts'
import { unhandled } from '../test/unhandled.ts'
import { reasons, refusal, refused, notANumber, wrongOptions, wrongSignals } from '../test/wrong-input.ts'
import { CancelledError, createTask, sleep } from './index.ts'

const LONGEST = 2 ** 31 - 1
let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  log = []
})
afterEach(() => {
  expect(vi.getTimerCount(), 'timers left').toBe(0)
  vi.useRealTimers()
})

describe('asyncio: sleep', () => {
  test('SL1: resolves with the value after the time, and not before', async () => {
    const value = { of: 'any kind' }
    const sleeping = sleep(10, value)
    expect(await outcomeAfter(9, sleeping)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, sleeping)).toEqual({ state: 'fulfilled', value })
    const without = sleep(10)
    expect(await outcomeAfter(10, without)).toEqual({ state: 'fulfilled', value: undefined })
  })

  test.each([0, -0, -1, -Infinity])(
    'SL2: sleep(%s) takes one turn of the event loop, in which all else runs',
    async (ms) => {
      record(log, 'slept', sleep(ms))
      let left = 20
      const spin = (): void => {
        log.push('microtask')
        if (--left > 0) queueMicrotask(spin)
      }
      queueMicrotask(spin)
      await drain()
      expect(log).toEqual(Array.from({ length: 20 }, () => 'microtask'))
      await pass(0)
      expect(log.at(-1)).toBe('slept')
    },
  )

  test('SL3, gh-105331: NaN is refused, and no timer is set', async () => {
    expect(await refusal(() => sleep(Number.NaN))).toMatchObject({ how: 'rejected', type: 'RangeError' })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('SL4: a task cancelled in its sleep wakes at once, and no timer is left', async () => {
    const task = createTask(() => sleep(60_000))
    await drain()
    expect(vi.getTimerCount()).toBe(1)
    task.cancel('enough')
    expect(vi.getTimerCount()).toBe(0)
    expect(await outcome(task)).toMatchObject({ state: 'rejected', reason: { code: 'ERR_CANCELLED', cause: 'enough' } })
  })

  test('SL5: sleepers wake in the order of their deadlines, those of equal time in the order in which they came', async () => {
    for (const ms of [30, 10, 20, 10]) record(log, String(ms), sleep(ms, ms))
    record(log, '10 again', sleep(10))
    await pass(30)
    expect(log).toEqual(['10', '10', '10 again', '20', '30'])
  })
})

describe('sleep', () => {
  test('a fraction of a millisecond is rounded up: never too early', async () => {
    const sleeping = sleep(1.2)
    expect(await outcomeAfter(1, sleeping)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, sleeping)).toEqual({ state: 'fulfilled', value: undefined })
  })

  test.each([LONGEST, LONGEST + 1, 3 * LONGEST + 5])('%i ms, of which a host’s timer may know nothing', async (ms) => {
    const sleeping = sleep(ms)
    expect(await outcomeAfter(ms - 1, sleeping)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, sleeping)).toEqual({ state: 'fulfilled', value: undefined })
  })

  test.each([Infinity, 3 * LONGEST])('%d ms: cancelled after a while, it leaves no timer', async (ms) => {
    const task = createTask(() => sleep(ms))
    await pass(ms === Infinity ? 10 * LONGEST : 2 * LONGEST + 1)
    expect([task.done, vi.getTimerCount()]).toEqual([false, ms === Infinity ? 0 : 1])
    task.cancel()
    expect(vi.getTimerCount()).toBe(0)
    expect(await outcome(task)).toMatchObject({ state: 'rejected' })
  })

  test('a lone second argument is the options only if it is an object with no key but `signal`, and that an AbortSignal', async () => {
    const { signal } = new AbortController()
    const values: unknown[] = [
      { signal: 'SIGINT' },
      { signal: undefined },
      { signal: null },
      { signal: new EventTarget() },
      { signal, timeout: 5 },
      {},
      [signal],
      null,
      signal,
      () => {},
    ]
    for (const value of values) {
      const sleeping = sleep(1, value)
      expect(listeners(signal)).toBe(0)
      const slept = await outcomeAfter(1, sleeping)
      expect([slept.state, slept.state === 'fulfilled' && slept.value === value]).toEqual(['fulfilled', true])
    }
    expect(await outcomeAfter(1, sleep(1, { signal }))).toEqual({ state: 'fulfilled', value: undefined })
    expect(await outcomeAfter(1, sleep(1, { signal }, {}))).toEqual({ state: 'fulfilled', value: { signal } })
    expect(await outcomeAfter(1, sleep(1, 'value', { signal }))).toEqual({ state: 'fulfilled', value: 'value' })
    expect(await outcomeAfter(1, sleep(1, 'value', { signal: null as never }))).toMatchObject({ value: 'value' })
    expect(await outcomeAfter(1, sleep(1, 'value', undefined))).toMatchObject({ value: 'value' })
  })

  test.each(reasons)(
    'aborted: rejects with the signal’s own reason, %s, and leaves no timer and no listener',
    async (_, reason) => {
      const controller = new AbortController()
      const { signal } = controller
      const sleeping = [sleep(10, { signal }), sleep(10, 'value', { signal }), sleep(20, { signal })].map((promise) =>
        outcome<unknown>(promise),
      )
      expect(listeners(signal)).toBe(1)
      controller.abort(reason)
      expect([listeners(signal), vi.getTimerCount()]).toEqual([0, 0])
      for (const seen of await Promise.all(sleeping)) {
        expect(seen.state === 'rejected' && Object.is(seen.reason, reason)).toBe(true)
      }
    },
  )

  test.each(reasons)('aborted before: rejects with the reason, %s, and never begins', async (_, reason) => {
    const signal = AbortSignal.abort(reason)
    const sleeping = sleep(10, 'value', { signal })
    expect([listeners(signal), vi.getTimerCount()]).toEqual([0, 0])
    const seen = await outcome(sleeping)
    expect(seen.state === 'rejected' && Object.is(seen.reason, reason)).toBe(true)
  })

  test('at its end it leaves the signal’s listeners as they were; a later abort does nothing', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const [short, long] = [sleep(1, { signal }), sleep(2, { signal })]
    expect(await outcomeAfter(1, short)).toMatchObject({ state: 'fulfilled' })
    expect(listeners(signal)).toBe(1)
    expect(await outcomeAfter(1, long)).toMatchObject({ state: 'fulfilled' })
    expect(listeners(signal)).toBe(0)
    controller.abort('late')
    expect(await outcome(short)).toMatchObject({ state: 'fulfilled' })
  })

  test('in a task the reason of the signal is an error as any other: the task has failed', async () => {
    const controller = new AbortController()
    const reason = new Error('closed')
    const task = createTask(() => sleep(10, { signal: controller.signal }))
    await drain()
    controller.abort(reason)
    expect(await outcome(task)).toEqual({ state: 'rejected', reason })
    expect([task.cancelled, task.cancelling]).toEqual([false, 0])
  })

  test('cancelled with nobody awaiting it, it is no unhandled rejection; aborted it is', async () => {
    const leave = async (signal?: AbortSignal): Promise<void> => {
      void sleep(10, signal && { signal })
      await sleep(20)
    }
    expect(
      await unhandled(async () => {
        const task = createTask(() => leave())
        await drain()
        task.cancel()
      }),
    ).toEqual([])
    const controller = new AbortController()
    expect(
      await unhandled(async () => {
        const task = createTask(() => leave(controller.signal))
        await drain()
        controller.abort('closed')
        await drain()
        task.cancel()
      }),
    ).toEqual(['closed'])
  })

  test('outside any task it simply sleeps', async () => {
    expect(await outcomeAfter(5, sleep(5, 'slept'))).toEqual({ state: 'fulfilled', value: 'slept' })
  })

  test('what it rejects with when cancelled is the task’s own CancelledError', async () => {
    const task = createTask(async () => {
      await sleep(10).catch((error) =>
        log.push(String(error === task.signal.reason && error instanceof CancelledError)),
      )
    })
    await drain()
    task.cancel()
    await task
    expect(log).toEqual(['true'])
  })

  describe('refuses', () => {
    test.each([
      ...notANumber,
      { title: 'undefined', value: undefined, type: 'TypeError' as const, shown: 'undefined' },
    ])('ms: $title', async (wrong) => {
      expect(await refusal(() => sleep(wrong.value as never))).toEqual(refused('rejected', wrong, 'ms'))
      expect(vi.getTimerCount()).toBe(0)
    })
    test.each(wrongOptions)('options: $title', async (wrong) => {
      expect(await refusal(() => sleep(1, 'value', wrong.value as never))).toEqual(
        refused('rejected', wrong, 'options'),
      )
      expect(vi.getTimerCount()).toBe(0)
    })
    test.each(wrongSignals)('signal: $title', async (wrong) => {
      expect(await refusal(() => sleep(1, 'value', { signal: wrong.value as never }))).toEqual(
        refused('rejected', wrong, 'signal'),
      )
      expect(vi.getTimerCount()).toBe(0)
    })
  })
})
