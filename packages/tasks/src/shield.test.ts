/** shield: asyncio's statements SH1 to SH5; what cancels and what does not; unread errors; bad input. */
import { Event, Lock } from '@interlock/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { outcomeAfter, pass } from '../test/clock.ts'
import { collectGarbage } from '../../core/test/garbage.ts'
import { drain, outcome } from '../test/microtasks.ts'
import { record } from '../test/recording.ts'
import { unhandled } from '../test/unhandled.ts'
import { refusal } from '../test/wrong-input.ts'
import { createTask, currentTask, gather, shield, sleep, type Task, timeout } from './index.ts'

let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  log = []
})
afterEach(() => {
  expect(vi.getTimerCount(), 'timers left').toBe(0)
  vi.useRealTimers()
})

describe('asyncio: shield', () => {
  test('SH1: passes on the task’s value, its error, its cancellation', async () => {
    const error = new Error('wrong')
    const good = createTask(() => sleep(1, 'value'))
    const bad = createTask(async () => {
      await sleep(1)
      throw error
    })
    const cancelled = createTask(() => sleep(60_000))
    const shields = [shield(good), shield(bad), shield(cancelled)].map((promise) => outcome<unknown>(promise))
    expect((await Promise.all(shields)).map(({ state }) => state)).toEqual(['pending', 'pending', 'pending'])
    const again = [shield(good), shield(bad), shield(cancelled)]
    for (const promise of again) promise.catch(() => {})
    cancelled.cancel('why')
    await pass(1)
    expect(await outcome<unknown>(again[0]!)).toEqual({ state: 'fulfilled', value: 'value' })
    expect(await outcome<unknown>(again[1]!)).toEqual({ state: 'rejected', reason: error })
    const third = await outcome<unknown>(again[2]!)
    expect(third.state === 'rejected' && third.reason === cancelled.error()).toBe(true)
  })

  test('SH1: a value that is undefined, an error that is undefined', async () => {
    const [good, bad] = [createTask(() => sleep(1)), createTask(() => sleep(1).then(() => Promise.reject()))]
    const [first, second] = [shield(good), shield(bad)]
    expect(await outcomeAfter(1, second)).toEqual({ state: 'rejected', reason: undefined })
    expect(await outcome(first)).toEqual({ state: 'fulfilled', value: undefined })
  })

  test('SH2: cancelling who waits ends the waiting at once, and leaves the task alone', async () => {
    const inner = createTask(() => sleep(5, 'finished'))
    const outer = createTask(() => shield(inner))
    await drain()
    outer.cancel('gone')
    expect(await outcome(outer)).toMatchObject({ state: 'rejected', reason: { code: 'ERR_CANCELLED', cause: 'gone' } })
    expect([outer.cancelled, inner.done, inner.cancelling, inner.signal.aborted]).toEqual([true, false, 0, false])
    expect(await outcomeAfter(5, shield(inner))).toEqual({ state: 'fulfilled', value: 'finished' })
  })

  test('SH2: gather() of shields is cancelled, what they shield is not', async () => {
    const inner = [createTask(() => sleep(5, 'a')), createTask(() => sleep(6, 'b'))]
    const outer = createTask(() => gather(...inner.map((task) => () => shield(task))))
    await drain()
    outer.cancel()
    expect(await outcome(outer)).toMatchObject({ state: 'rejected', reason: { code: 'ERR_CANCELLED' } })
    await pass(6)
    expect(inner.map((task) => task.result())).toEqual(['a', 'b'])
  })

  test('SH2: a time limit ends a shielded wait, and not the task', async () => {
    const inner = createTask(() => sleep(5, 'finished'))
    expect(
      await outcomeAfter(
        2,
        timeout(2, () => shield(inner)),
      ),
    ).toMatchObject({
      state: 'rejected',
      reason: { name: 'TimeoutError' },
    })
    await pass(3)
    expect(inner.result()).toBe('finished')
  })

  test('SH3: of a task that has ended it is no wait: nothing cancels it', async () => {
    const inner = createTask(() => 'value')
    await inner
    const event = new Event()
    const outer = createTask(async () => {
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)))
      log.push(await shield(inner))
      await event.wait()
    })
    outer.cancel()
    expect(await outcome(outer)).toMatchObject({ state: 'rejected' })
    expect(log).toEqual(['value'])
    const wrong = createTask(() => Promise.reject(new Error('wrong')))
    expect(await outcome(wrong)).toMatchObject({ state: 'rejected' })
    expect(await outcome(shield(wrong))).toMatchObject({ state: 'rejected', reason: { message: 'wrong' } })
  })

  test('SH4, bpo-35125, gh-155854: a wait that was cancelled leaves nothing on the task', async () => {
    const inner = createTask(() => sleep(60_000))
    const waiters = new Set<WeakRef<object>>()
    for (let time = 0; time < 50; time++) {
      await (async () => {
        const outer = createTask(async () => {
          const promise = shield(inner)
          waiters.add(new WeakRef(promise))
          await promise
        })
        await drain()
        outer.cancel()
        await outcome(outer)
      })()
    }
    await drain()
    collectGarbage()
    await drain()
    collectGarbage()
    expect([...waiters].filter((waiter) => waiter.deref() !== undefined).length).toBeLessThan(5)
    inner.cancel()
    await outcome(inner)
  })

  test('SH5, gh-86802, gh-134331: an error after the shield was cancelled, read by nobody, is reported once', async () => {
    const error = new Error('too late')
    let failing!: () => void
    const inner = createTask(async () => {
      await new Promise<void>((resolve) => (failing = resolve))
      throw error
    })
    const outers = [createTask(() => shield(inner)), createTask(() => shield(inner))]
    await drain()
    expect(
      await unhandled(async () => {
        for (const outer of outers) outer.cancel()
        await drain()
        failing()
      }),
    ).toEqual([error])
  })

  test('SH5, gh-156321: and not if somebody awaits the task, or another shield of it goes on', async () => {
    for (const reader of ['await', 'shield']) {
      let failing!: () => void
      const inner = createTask(async () => {
        await new Promise<void>((resolve) => (failing = resolve))
        throw new Error('too late')
      })
      const outer = createTask(() => shield(inner))
      record(log, reader, reader === 'await' ? inner : shield(inner))
      await drain()
      expect(
        await unhandled(async () => {
          outer.cancel()
          await drain()
          failing()
        }),
      ).toEqual([])
    }
    expect(log).toEqual(['await! Error', 'shield! Error'])
  })

  test('SH5: a task that is cancelled after its shield was is no unhandled rejection', async () => {
    expect(
      await unhandled(async () => {
        const inner = createTask(() => sleep(60_000))
        const outer = createTask(() => shield(inner))
        await drain()
        outer.cancel()
        await drain()
        inner.cancel()
      }),
    ).toEqual([])
  })
})

describe('shield', () => {
  test('what is shielded keeps what it holds, and gives it back itself', async () => {
    const lock = new Lock()
    const commit = createTask(() => lock.run(() => sleep(5, 'committed')))
    const request = createTask(() => shield(commit))
    await drain()
    request.cancel()
    await drain()
    expect([request.cancelled, lock.locked]).toEqual([true, true])
    await pass(5)
    expect([commit.result(), lock.locked]).toEqual(['committed', false])
  })

  test('the task ended and its waiter cancelled in one turn: the value wins', async () => {
    const event = new Event()
    const inner = createTask(async () => {
      await event.wait()
      return 'value'
    })
    const outer = createTask(async () => log.push(await shield(inner)))
    await drain()
    event.set()
    while (!inner.done) await Promise.resolve()
    outer.cancel()
    expect(await outcome(outer)).toEqual({ state: 'fulfilled', value: 1 })
    expect(log).toEqual(['value'])
  })

  test('a cancellation that is pending ends it at once', async () => {
    const inner = createTask(() => sleep(5, 'finished'))
    const outer = createTask(async () => {
      currentTask()?.cancel('by itself')
      await shield(inner)
    })
    expect(await outcome(outer)).toMatchObject({ state: 'rejected', reason: { cause: 'by itself' } })
    await pass(5)
    expect(inner.result()).toBe('finished')
  })

  test('a cancellation is not passed on through one shield by another who awaits the task', async () => {
    const inner = createTask(() => sleep(5, 'finished'))
    const shielding = createTask(() => shield(inner))
    const outer = createTask(async () => await shielding)
    await drain()
    outer.cancel()
    expect(await outcome(outer)).toMatchObject({ state: 'rejected' })
    expect([shielding.cancelled, inner.done]).toEqual([true, false])
    await pass(5)
    expect(inner.result()).toBe('finished')
  })

  test('cancelled with nobody awaiting it, it is no unhandled rejection', async () => {
    const inner = createTask(() => sleep(5))
    expect(
      await unhandled(async () => {
        const outer = createTask(async () => {
          void shield(inner)
          await sleep(60_000)
        })
        await drain()
        outer.cancel()
      }),
    ).toEqual([])
    await pass(5)
  })

  test('refuses what is no Task', async () => {
    for (const wrong of [undefined, null, 5, {}, Promise.resolve(), () => {}]) {
      expect(await refusal(() => shield(wrong as never))).toMatchObject({
        how: 'rejected',
        type: 'TypeError',
        message: expect.stringMatching(/^task must be a Task, got /),
      })
    }
  })
})

test('of the task that calls it, it is refused: it would wait for itself', async () => {
  const task = createTask(async () => await shield(currentTask() as Task<unknown>))
  expect(await outcome(Promise.resolve(task))).toMatchObject({
    state: 'rejected',
    reason: { name: 'InvalidStateError', code: 'ERR_INVALID_STATE' },
  })
})
