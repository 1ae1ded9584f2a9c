/** wait: asyncio's statements W1 to W7; when enough have ended, time-outs, signals, cancellation, what is left behind; bad input. */
import { Lock } from '@interlock/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { collectGarbage } from '../../core/test/garbage.ts'
import { outcomeAfter, pass } from '../test/clock.ts'
import { drain, outcome } from '../test/microtasks.ts'
import { listeners } from '../test/recording.ts'
import { unhandled } from '../test/unhandled.ts'
import { notAFunction, reasons, refusal, refused, wrongWaitOptions } from '../test/wrong-input.ts'
import { createTask, currentTask, sleep, type Task, wait } from './index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount(), 'timers left').toBe(0)
  vi.useRealTimers()
})

const sleeper = (ms: number): Task<number> => createTask(() => sleep(ms, ms))

const failing = (ms: number): Task<number> =>
  createTask(async () => {
    await sleep(ms)
    throw new Error(`after ${ms} ms`)
  })

/** Of a wait's answer: for each of `tasks`, in which of the two sets it is. */
const places = (
  { done, pending }: { done: Set<Task<number>>; pending: Set<Task<number>> },
  ...tasks: Task<number>[]
): string[] => {
  expect(done.size + pending.size).toBe(new Set(tasks).size)
  return tasks.map((task) => (done.has(task) ? 'done' : pending.has(task) ? 'pending' : 'nowhere'))
}

describe('asyncio: wait', () => {
  test('W1: answers when all have ended, however', async () => {
    const tasks = [sleeper(1), failing(2), sleeper(3)]
    tasks[0]?.cancel()
    const waiting = wait(tasks)
    expect(await outcomeAfter(2, waiting)).toEqual({ state: 'pending' })
    await pass(1)
    expect(places(await waiting, ...tasks)).toEqual(['done', 'done', 'done'])
  })

  test('W1: tasks that have ended already are waited for without a timer or a turn', async () => {
    const tasks = [sleeper(1), sleeper(1)]
    await pass(1)
    expect(await outcome(wait(tasks))).toMatchObject({ state: 'fulfilled' })
  })

  test("W2: until 'first': the answer comes with the first end", async () => {
    const tasks = [sleeper(5), sleeper(1)]
    const waiting = wait(tasks, { until: 'first' })
    expect(await outcomeAfter(0, waiting)).toEqual({ state: 'pending' })
    await pass(1)
    expect(places(await waiting, ...tasks)).toEqual(['pending', 'done'])
    await pass(4)
  })

  test("W2, gh-83852: until 'first': whatever has ended by then is done, more than one if need be", async () => {
    const tasks = [sleeper(1), sleeper(1), sleeper(5)]
    const waiting = wait(tasks, { until: 'first' })
    vi.advanceTimersByTime(1)
    expect(places(await waiting, ...tasks)).toEqual(['done', 'done', 'pending'])
    await pass(4)
  })

  test.each(['a cancelled', 'a failed', 'a fulfilled'])(
    "W2: until 'first': %s task is one that has ended",
    async (how) => {
      const first = how === 'a failed' ? failing(1) : sleeper(1)
      const other = sleeper(5)
      if (how === 'a cancelled') first.cancel()
      const waiting = wait([first, other], { until: 'first' })
      await pass(1)
      expect(places(await waiting, first, other)).toEqual(['done', 'pending'])
      await pass(4)
    },
  )

  test.each(['first', 'firstError'] as const)(
    'W2, W3: until %j: with a failed one among them when it is called, it does not wait',
    async (until) => {
      const failed = failing(0)
      failed.catch(() => {})
      await pass(1)
      const other = sleeper(5)
      const answer = await outcome(wait([other, failed], { until }))
      expect(answer).toMatchObject({ state: 'fulfilled' })
      if (answer.state === 'fulfilled') expect(places(answer.value, failed, other)).toEqual(['done', 'pending'])
      await pass(5)
    },
  )

  test("W3: until 'firstError': a task that ends well or cancelled does not count, one that fails does", async () => {
    const tasks = [sleeper(1), sleeper(9), failing(3), sleeper(9)]
    tasks[1]?.cancel()
    const waiting = wait(tasks, { until: 'firstError' })
    expect(await outcomeAfter(2, waiting)).toEqual({ state: 'pending' })
    await pass(1)
    expect(places(await waiting, ...tasks)).toEqual(['done', 'done', 'done', 'pending'])
    await pass(6)
  })

  test("W3: until 'firstError': one that has been cancelled before is none", async () => {
    const cancelled = sleeper(9)
    cancelled.cancel()
    await drain()
    const tasks = [cancelled, sleeper(1)]
    const waiting = wait(tasks, { until: 'firstError' })
    expect(await outcomeAfter(0, waiting)).toEqual({ state: 'pending' })
    await pass(1)
    expect(places(await waiting, ...tasks)).toEqual(['done', 'done'])
  })

  test("W3: until 'firstError': without an error, when all have ended", async () => {
    const tasks = [sleeper(1), sleeper(2)]
    const waiting = wait(tasks, { until: 'firstError' })
    expect(await outcomeAfter(1, waiting)).toEqual({ state: 'pending' })
    await pass(1)
    expect(places(await waiting, ...tasks)).toEqual(['done', 'done'])
  })

  test('W4: at the time-out it answers with what is pending, and cancels nothing', async () => {
    const tasks = [sleeper(1), sleeper(9)]
    const waiting = wait(tasks, { timeout: 5 })
    expect(await outcomeAfter(4, waiting)).toEqual({ state: 'pending' })
    await pass(1)
    expect(places(await waiting, ...tasks)).toEqual(['done', 'pending'])
    await pass(4)
    expect(await tasks[1]).toBe(9)
  })

  test('W4: a task that ends at the deadline itself is done', async () => {
    const tasks = [sleeper(5), sleeper(9)]
    const waiting = wait(tasks, { timeout: 5 })
    vi.advanceTimersByTime(5)
    expect(places(await waiting, ...tasks)).toEqual(['done', 'pending'])
    await pass(4)
  })

  test('W4: timeout 0 says how they stand, and waits for nothing', async () => {
    const tasks = [sleeper(1), createTask(() => 7)]
    await drain()
    const answer = await outcome(wait(tasks, { timeout: 0 }))
    expect(answer).toMatchObject({ state: 'fulfilled' })
    if (answer.state === 'fulfilled') expect(places(answer.value, ...tasks)).toEqual(['pending', 'done'])
    await pass(1)
  })

  test('W4: Infinity, undefined and null for the signal are no limit', async () => {
    const task = sleeper(9)
    const waiting = wait([task], { timeout: Infinity, signal: null, until: undefined })
    await pass(9)
    expect(places(await waiting, task)).toEqual(['done'])
  })

  test('W5: it throws none of the tasks’ errors, and none of them is reported', async () => {
    const reported = await unhandled(async () => {
      const tasks = [failing(1), failing(2)]
      const waiting = wait(tasks)
      await pass(2)
      const { done } = await waiting
      expect([...done].map((task) => String(task.error()))).toEqual(['Error: after 1 ms', 'Error: after 2 ms'])
    })
    expect(reported).toEqual([])
  })

  test('W6: no task is an error', async () => {
    await expect(wait([])).rejects.toThrow(new RangeError('tasks must be at least one Task, got none'))
    await expect(wait(new Set<Task<number>>())).rejects.toThrow(RangeError)
  })

  test('W7: cancelling who waits ends the waiting, and leaves the tasks alone', async () => {
    const tasks = [sleeper(5), sleeper(6)]
    const waiter = createTask(() => wait(tasks, { timeout: 100 }))
    waiter.cancel('stop')
    await drain()
    expect(waiter.error()).toMatchObject({ name: 'CancelledError', cause: 'stop' })
    expect(tasks.map(String)).toEqual(tasks.map((task) => `Task "${task.name}" <pending>`))
    // The limit of 100 ms has gone with the waiting.
    expect(vi.getTimerCount()).toBe(2)
    await pass(6)
    expect(tasks.map((task) => task.result())).toEqual([5, 6])
  })

  test('W7: a cancel before it is heard by it, unless there is nothing to wait for', async () => {
    const ended = createTask(() => 7)
    await drain()
    const log: string[] = []
    const waiter = createTask(async () => {
      currentTask()?.cancel()
      await wait([ended])
      log.push('nothing to wait for')
      await wait([sleeper(1)])
      log.push('went on')
    })
    await pass(1)
    expect([log, waiter.cancelled]).toEqual([['nothing to wait for'], true])
  })
})

describe('what it takes', () => {
  test('any iterable, read once; the sets are in its order, and a task that comes twice is in them once', async () => {
    const [a, b] = [sleeper(1), sleeper(2)]
    let reads = 0
    function* tasks(): Generator<Task<number>> {
      reads++
      yield b
      yield a
      yield b
    }
    const waiting = wait(tasks())
    await pass(2)
    const { done, pending } = await waiting
    expect([[...done], pending.size, reads]).toEqual([[b, a], 0, 1])
  })

  test('the sets are its own: changing them changes no other answer', async () => {
    const task = sleeper(1)
    const [one, other] = [wait([task]), wait([task])]
    await pass(1)
    const first = await one
    first.done.clear()
    expect((await other).done.has(task)).toBe(true)
  })

  test('a wait for itself is ended by its time-out', async () => {
    const task: Task<number> = createTask(async () => {
      await Promise.resolve()
      const { pending } = await wait([task], { timeout: 5 })
      return pending.size
    })
    await pass(5)
    expect(await task).toBe(1)
  })
})

describe('signals', () => {
  test.each(reasons)('reason %s: rejects with the very reason, and leaves the tasks alone', async (_, reason) => {
    const controller = new AbortController()
    const task = sleeper(5)
    const waiting = wait([task], { signal: controller.signal, timeout: 50 })
    waiting.catch(() => {})
    await drain()
    expect(listeners(controller.signal)).toBe(1)
    controller.abort(reason)
    expect(await outcome(waiting)).toEqual({ state: 'rejected', reason })
    expect(listeners(controller.signal)).toBe(0)
    expect(vi.getTimerCount()).toBe(1)
    await pass(5)
    expect(await task).toBe(5)
  })

  test('a signal aborted before rejects, though there be nothing to wait for', async () => {
    const ended = createTask(() => 7)
    await drain()
    const reason = new Error('stop')
    expect(await outcome(wait([ended], { signal: AbortSignal.abort(reason) }))).toEqual({ state: 'rejected', reason })
  })

  test('an abort after enough have ended changes nothing', async () => {
    const controller = new AbortController()
    const task = sleeper(1)
    const waiting = wait([task], { signal: controller.signal })
    await pass(1)
    controller.abort()
    expect(places(await waiting, task)).toEqual(['done'])
    expect(listeners(controller.signal)).toBe(0)
  })
})

describe('what is left behind', () => {
  test.each(['time-out', 'cancel', 'signal', 'first'])('after the %s no task keeps the wait', async (how) => {
    const controller = new AbortController()
    const lock = new Lock()
    const holder = lock.tryAcquire()
    const long = createTask(() => lock.acquire())
    /** Waits for both, and lets the other one go. */
    const waitAndForget = async (): Promise<WeakRef<Task<unknown>>> => {
      const other = createTask(() => sleep(3))
      const waiter = createTask(() =>
        wait<unknown>([long, other], { timeout: 2, until: 'first', signal: controller.signal }),
      )
      waiter.catch(() => {})
      if (how === 'cancel') waiter.cancel()
      if (how === 'signal') controller.abort('stop')
      await pass(1)
      if (how === 'first') other.cancel()
      await pass(2)
      expect(waiter.done).toBe(true)
      return new WeakRef(other)
    }
    const other = await waitAndForget()
    // What a WeakRef was made for stays until the end of the turn.
    await drain()
    collectGarbage()
    expect(other.deref()).toBe(undefined)
    holder?.release()
    await long
  })

  test('un-awaited, its cancellation is reported as little as that of any other wait', async () => {
    const task = sleeper(5)
    const reported = await unhandled(async () => {
      const caller = createTask(async () => {
        void wait([task])
        await sleep(5)
      })
      caller.cancel()
      await drain()
      expect(caller.cancelled).toBe(true)
    })
    expect(reported).toEqual([])
    await pass(5)
  })
})

describe('wrong arguments', () => {
  const some = createTask(() => 1)

  test.each(notAFunction.filter(({ title }) => title !== "'fn'"))('tasks: $title', async (wrong) => {
    expect(await refusal(() => wait(wrong.value as never))).toEqual(refused('rejected', wrong, 'tasks'))
  })

  test.each([...notAFunction, { title: 'a function', value: () => {}, type: 'TypeError' as const }])(
    'tasks, one of them: $title',
    async (wrong) => {
      expect(await refusal(() => wait([some, wrong.value as never]))).toEqual(refused('rejected', wrong, 'tasks'))
    },
  )

  test('a string is an iterable, of no Tasks', async () => {
    await expect(wait('fn' as never)).rejects.toThrow(TypeError)
  })

  test.each(wrongWaitOptions)('$title', async (wrong) => {
    expect(await refusal(() => wait([some], wrong.value as never))).toEqual(refused('rejected', wrong, wrong.name))
  })

  test('until', async () => {
    await expect(wait([some], { until: 'last' as never })).rejects.toThrow(
      new RangeError('until must be "all" or "first" or "firstError", got "last"'),
    )
    for (const value of [null, 5, true, {}, Symbol('odd')]) {
      await expect(wait([some], { until: value as never })).rejects.toThrow(TypeError)
    }
  })

  test('nothing is silenced by a call that is refused', async () => {
    const error = new Error('nobody looks')
    const reported = await unhandled(async () => {
      const failed = createTask(() => Promise.reject(error))
      await expect(wait([failed, 5 as never])).rejects.toThrow(TypeError)
      await expect(wait([failed], { until: 'last' as never })).rejects.toThrow(RangeError)
      await expect(wait([failed], { signal: AbortSignal.abort('stop') })).rejects.toBe('stop')
    })
    expect(reported).toEqual([error])
  })
})
