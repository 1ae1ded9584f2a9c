/**
 * timeout: asyncio's statements WF1 to WF8 (wait_for) and TO1 to TO12 (timeout) over a job; its own expiry and a cancel from outside in
 * every order, and in one turn; nested limits; grants at the deadline; signals; what is left behind; bad input.
 */
import { ContextVar } from '@interlock/contextvar'
import { Condition, Event, Lock, Queue } from '@interlock/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { outcomeAfter, pass } from '../test/clock.ts'
import { drain, outcome } from '../test/microtasks.ts'
import { listeners } from '../test/recording.ts'
import { unhandled } from '../test/unhandled.ts'
import {
  notAFunction,
  reasons,
  refusal,
  refused,
  wrongOptions,
  wrongSignals,
  wrongTimeouts,
} from '../test/wrong-input.ts'
import { createTask, currentTask, gather, type Job, shield, sleep, type Task, timeout } from './index.ts'

let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  log = []
})
afterEach(() => {
  expect(vi.getTimerCount(), 'timers left').toBe(0)
  vi.useRealTimers()
})

/** Hears of a cancellation by the signal, and does nothing about it. */
const listen = (signal: AbortSignal): void => signal.addEventListener('abort', () => {})

const timedOut = (ms: number): { state: 'rejected'; reason: unknown } => ({
  state: 'rejected',
  reason: expect.toSatisfy(
    (error: unknown) =>
      error instanceof DOMException && error.name === 'TimeoutError' && error.message === `timed out after ${ms} ms`,
    `the TimeoutError of ${ms} ms`,
  ) as unknown,
})

/** Sleeps, writes down how it ended, and after it sleeps `cleanUp` milliseconds more. */
const sleeper =
  (label: string, ms: number, cleanUp = 0) =>
  async (): Promise<string> => {
    try {
      await sleep(ms)
      log.push(label)
      return label
    } catch (error) {
      log.push(`${label}! ${(error as Error).name}`)
      throw error
    } finally {
      if (cleanUp > 0) {
        await sleep(cleanUp)
        log.push(`${label} cleaned up`)
      }
    }
  }

describe('asyncio: wait_for', () => {
  test('WF1: in time: the value', async () => {
    const limited = timeout(5, sleeper('a', 4))
    await pass(4)
    expect(await limited).toBe('a')
  })

  test('WF1: a value that is had at once, a promise, a thenable and undefined are values like others', async () => {
    expect(await timeout(5, () => 1)).toBe(1)
    expect(await timeout(5, () => Promise.resolve(2))).toBe(2)
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    const thenable = { then: (resolve: (value: number) => void) => resolve(3) } as PromiseLike<number>
    expect(await timeout(5, () => thenable)).toBe(3)
    expect(await timeout(5, () => {})).toBe(undefined)
  })

  test('WF1: an error in time is the job’s own, thrown at once or later', async () => {
    const error = new Error('no')
    expect(await outcome(timeout(5, () => Promise.reject(error)))).toEqual({ state: 'rejected', reason: error })
    const throwing = timeout(5, () => {
      throw error
    })
    expect(await outcome(throwing)).toEqual({ state: 'rejected', reason: error })
  })

  test('WF1: Infinity is no limit, and takes no timer', async () => {
    const gate = new Event()
    const limited = timeout(Infinity, () => gate.wait())
    expect(vi.getTimerCount()).toBe(0)
    gate.set()
    await limited
  })

  test('WF1: a limit longer than the longest timer is not over at once', async () => {
    const day = 24 * 60 * 60 * 1000
    const limited = timeout(40 * day, () => new Event().wait())
    expect(await outcomeAfter(39 * day, limited)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(day, limited)).toEqual(timedOut(40 * day))
  })

  test('WF1: a fraction of a millisecond is rounded up, never down', async () => {
    const limited = timeout(1.5, sleeper('a', 9))
    expect(await outcomeAfter(1, limited)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, limited)).toEqual(timedOut(1.5))
  })

  test('WF1: the job has begun when timeout() returns', async () => {
    const limited = timeout(5, () => log.push('began'))
    expect(log).toEqual(['began'])
    await limited
  })

  test('WF2, bpo-23219: at the time-out the job is cancelled where it waits', async () => {
    const queue = new Queue<string>()
    const limited = timeout(5, () => queue.get())
    expect(await outcomeAfter(5, limited)).toEqual(timedOut(5))
    queue.putNowait('kept')
    expect(queue.size).toBe(1)
  })

  test('WF2, bpo-33638, bpo-32751: its clean-up is waited for', async () => {
    const limited = timeout(5, sleeper('a', 9, 7))
    expect(await outcomeAfter(11, limited)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, limited)).toEqual(timedOut(5))
    expect(log).toEqual(['a! CancelledError', 'a cleaned up'])
  })

  test('WF2: a task that the job answers is awaited by it: it is cancelled, and its clean-up waited for', async () => {
    const inner = createTask(sleeper('inner', 100, 7))
    const limited = timeout(5, () => inner)
    expect(await outcomeAfter(11, limited)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, limited)).toEqual(timedOut(5))
    expect([log, inner.cancelled]).toEqual([['inner! CancelledError', 'inner cleaned up'], true])
  })

  test('WF2, bpo-33638: a Condition’s wait has its lock back before the TimeoutError is thrown', async () => {
    const ready = new Condition()
    await ready.acquire()
    const limited = timeout(5, () => ready.wait())
    const other = ready.acquire()
    await other
    expect(await outcomeAfter(5, limited)).toEqual({ state: 'pending' })
    ready.release()
    expect(await outcome(limited)).toEqual(timedOut(5))
    expect(ready.locked).toBe(true)
    ready.release()
  })

  test('WF3, bpo-31556, bpo-41891, bpo-42600: with 0 the job is not even started', async () => {
    const job = vi.fn()
    expect(await outcome(timeout(0, job))).toEqual(timedOut(0))
    expect(job).not.toHaveBeenCalled()
  })

  test('WF4: expired is expired: a value after it is lost, though the job swallowed the cancellation', async () => {
    const swallowing = async (): Promise<string> => {
      await sleep(9).catch(() => {})
      return 'value'
    }
    expect(await outcomeAfter(5, timeout(5, swallowing))).toEqual(timedOut(5))
  })

  test('WF4, bpo-40607: an error of the clean-up is the cause of the TimeoutError', async () => {
    const error = new Error('clean-up')
    const limited = timeout(5, async () => {
      await sleep(9).catch(() => {})
      throw error
    })
    const end = await outcomeAfter(5, limited)
    expect(end).toEqual(timedOut(5))
    expect(end).toMatchObject({ reason: { cause: error } })
  })

  test('WF4: without one it has no cause', async () => {
    const end = await outcomeAfter(5, timeout(5, sleeper('a', 9)))
    expect(end.state === 'rejected' && 'cause' in (end.reason as object)).toBe(false)
  })

  test('WF5: cancelling who waits cancels the job, and waits for its clean-up', async () => {
    const caller = createTask(() => timeout(50, sleeper('a', 9, 7)))
    caller.cancel('stop')
    await pass(6)
    expect([log, caller.done]).toEqual([['a! CancelledError'], false])
    await pass(1)
    expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'stop' })
  })

  test('WF6, bpo-37658: what the job was given is not lost when the caller is cancelled before he hears of it', async () => {
    const lock = new Lock()
    lock.tryAcquire()
    const caller = createTask(async () => {
      using _permit = await timeout(5, () => lock.acquire())
      log.push('has it')
      await sleep(1)
      log.push('went on')
    })
    lock.release()
    caller.cancel()
    await drain()
    expect([log, lock.locked, caller.cancelled]).toEqual([['has it'], false, true])
  })

  test.each(['does not listen to its signal', 'listens to its signal'])(
    'WF6, gh-86296: the cancel is not swallowed when the job has just ended, in a task that %s',
    async (how) => {
      const queue = new Queue<string>()
      const caller = createTask(async () => {
        log.push(await timeout(5, () => queue.get()))
        await sleep(1)
        log.push('went on')
      })
      if (how === 'listens to its signal') listen(caller.signal)
      queue.putNowait('item')
      caller.cancel()
      await pass(1)
      expect([log, caller.cancelled]).toEqual([['item'], true])
    },
  )

  test('WF7: of a shielded task only the waiting ends: it goes on', async () => {
    const inner = createTask(sleeper('inner', 9))
    expect(
      await outcomeAfter(
        5,
        timeout(5, () => shield(inner)),
      ),
    ).toEqual(timedOut(5))
    await pass(4)
    expect(await inner).toBe('inner')
  })

  test('WF8, gh-102123: the job runs in the caller’s own task and Context', async () => {
    const user = new ContextVar('user', { default: 'nobody' })
    const caller = createTask(async () => {
      const task = currentTask()
      const inside = await timeout(5, async () => {
        await sleep(1)
        user.set('job')
        return currentTask() === task
      })
      return [inside, user.get(), currentTask() === task]
    })
    await pass(1)
    expect(await caller).toEqual([true, 'job', true])
  })

  test('WF8: outside of any task it is in none', async () => {
    const limited = timeout(5, async () => {
      await sleep(1)
      return currentTask()
    })
    await pass(1)
    expect(await limited).toBe(undefined)
  })
})

describe('asyncio: timeout', () => {
  test('TO1: what the job hears is a CancelledError, what the caller hears a TimeoutError', async () => {
    expect(await outcomeAfter(5, timeout(5, sleeper('a', 9)))).toEqual(timedOut(5))
    expect(log).toEqual(['a! CancelledError'])
  })

  test('TO1: the signal aborts with the error that the job hears', async () => {
    let heard: unknown
    const limited = timeout(5, async (signal) => {
      await sleep(9).catch((error: unknown) => (heard = error))
      log.push(`the same: ${signal.reason === heard}`)
    })
    expect(await outcomeAfter(5, limited)).toEqual(timedOut(5))
    expect(log).toEqual(['the same: true'])
    expect(heard).toMatchObject({ name: 'CancelledError', message: 'the job of timeout(5) was cancelled' })
  })

  test('TO1: a job that knows only its signal is ended by it', async () => {
    const limited = timeout(
      5,
      (signal) =>
        new Promise<void>((_, reject) => {
          signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
        }),
    )
    expect(await outcomeAfter(5, limited)).toEqual(timedOut(5))
  })

  test('TO1: a job that has heard of it by its signal cleans up in peace', async () => {
    const limited = timeout(5, async (signal) => {
      const aborted = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => aborted.resolve())
      await aborted.promise
      await sleep(9)
      log.push('cleaned up')
    })
    expect(await outcomeAfter(14, limited)).toEqual(timedOut(5))
    expect(log).toEqual(['cleaned up'])
  })

  test('TO2: in time: nothing is left of the limit', async () => {
    const caller = createTask(async () => {
      await timeout(5, sleeper('a', 1))
      await sleep(50)
    })
    await pass(51)
    expect([log, caller.error()]).toEqual([['a'], undefined])
  })

  test('TO3: nested, the inner limit: only that one is exceeded', async () => {
    const limited = timeout(9, async () => {
      const inner = await ended(timeout(3, sleeper('a', 100)))
      await sleep(1)
      return inner
    })
    await pass(4)
    expect(await limited).toEqual(timedOut(3))
  })

  test('TO3, bpo-46771: nested, the outer limit: the inner one does not make it its own', async () => {
    const limited = timeout(3, async () => {
      log.push(await timeout(9, sleeper('a', 100)).catch((error: Error) => error.name))
      await sleep(1)
      return 'went on'
    })
    expect(await outcomeAfter(3, limited)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, limited)).toEqual(timedOut(3))
    expect(log).toEqual(['a! CancelledError', 'CancelledError'])
  })

  test.each([
    ['the outer one first', 5, 5],
    ['the inner one first', 6, 5],
  ])('TO3: both are overdue in one turn, %s: the outermost it is', async (_, outer, inner) => {
    const limited = timeout(outer, () => timeout(inner, sleeper('a', 100)))
    limited.catch(() => {})
    // Both timers ring before any microtask runs: the loop was busy.
    vi.advanceTimersByTime(10)
    const end = await outcome(limited)
    expect(end).toEqual(timedOut(outer))
    expect(log).toEqual(['a! CancelledError'])
  })

  test('TO3: the outer limit during the clean-up of the inner one: it is the outer that is exceeded', async () => {
    const limited = timeout(5, () => timeout(3, sleeper('a', 100, 50)))
    expect(await outcomeAfter(5, limited)).toEqual(timedOut(5))
    expect(log).toEqual(['a! CancelledError'])
  })

  test('TO3: the inner limit during the clean-up of the outer one: it is the outer that is exceeded', async () => {
    const limited = timeout(3, () => timeout(5, sleeper('a', 100, 50)))
    const end = await outcomeAfter(60, limited)
    expect(end).toEqual(timedOut(3))
    expect(end.state === 'rejected' && (end.reason as Error).cause).toBe(undefined)
  })

  test('TO4, gh-95051: the least limit there is expires in the first wait', async () => {
    expect(await outcomeAfter(1, timeout(Number.MIN_VALUE, sleeper('a', 100)))).toEqual(timedOut(Number.MIN_VALUE))
  })

  test('TO5, gh-96037, gh-113848: another error in time passes; after the expiry it is the cause', async () => {
    const error = new Error('foreign')
    const late = async (): Promise<never> => {
      await sleep(100).catch(() => {})
      await sleep(1)
      throw error
    }
    const end = await outcomeAfter(6, timeout(5, late))
    expect(end).toEqual(timedOut(5))
    expect(end).toMatchObject({ reason: { cause: error } })
  })

  test('TO6: a cancel from outside that comes first is what comes out', async () => {
    const caller = createTask(() => timeout(5, sleeper('a', 100)))
    await pass(4)
    caller.cancel('outside')
    await pass(5)
    expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'outside' })
  })

  test('TO7, gh-102780: a cancel that was handled before the limit began does not disturb it', async () => {
    const caller = createTask(async () => {
      await sleep(100).catch(() => {})
      return timeout(5, sleeper('a', 100))
    })
    caller.cancel('old')
    expect(await outcomeAfter(5, caller)).toEqual(timedOut(5))
    expect(caller.cancelled).toBe(false)
  })

  test('TO7: nor one that was handled and withdrawn inside it', async () => {
    const caller = createTask(() =>
      timeout(5, async () => {
        await sleep(100).catch(() => currentTask()?.uncancel())
        await sleep(100)
      }),
    )
    caller.cancel('old')
    expect(await outcomeAfter(5, caller)).toEqual(timedOut(5))
  })

  test('TO10: a job that swallows the expiry is told of it nonetheless, when it has ended', async () => {
    const limited = timeout(5, async () => {
      await sleep(100).catch(() => log.push('swallowed'))
      await sleep(10)
      log.push('ended')
    })
    expect(await outcomeAfter(14, limited)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, limited)).toEqual(timedOut(5))
    expect(log).toEqual(['swallowed', 'ended'])
  })

  test('TO11, gh-134471: timeout(0) does not turn a cancel that is pending into a TimeoutError: it delivers it', async () => {
    const caller = createTask(async () => {
      currentTask()?.cancel('before')
      const error: unknown = await timeout(0, () => log.push('began')).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ name: 'CancelledError', cause: 'before' })
      await sleep(1)
      log.push('in peace')
    })
    await pass(1)
    await caller
    expect(log).toEqual(['in peace'])
  })

  test('TO11: nor does any other', async () => {
    const caller = createTask(async () => {
      currentTask()?.cancel('before')
      await timeout(5, async () => {
        log.push('began')
        await sleep(1)
        log.push('went on')
      })
    })
    await drain()
    expect([log, caller.cancelled]).toEqual([['began'], true])
    expect(caller.error()).toMatchObject({ cause: 'before' })
  })

  test('TO12: a job that never waits is not stopped, and its value counts: the clock was not heard', async () => {
    const limited = timeout(5, () => {
      vi.setSystemTime(Date.now() + 1000)
      return 'value'
    })
    expect(await limited).toBe('value')
  })

  test('a job that heeds neither cancellation nor signal is waited for until it ends', async () => {
    const gate = Promise.withResolvers<string>()
    const limited = timeout(5, () => gate.promise)
    expect(await outcomeAfter(500, limited)).toEqual({ state: 'pending' })
    gate.resolve('value')
    expect(await outcome(limited)).toEqual(timedOut(5))
  })
})

/** How `promise` ends, waited for by the code that asks. */
const ended = <T>(promise: Promise<T>): Promise<unknown> =>
  promise.then(
    (value) => ({ state: 'fulfilled', value }),
    (reason: unknown) => ({ state: 'rejected', reason }),
  )

describe('its own expiry and a cancel from outside, in every order: the cancel wins', () => {
  /** The task's limit is 5 ms, and its clean-up would take 50. */
  const start = (job: Job<unknown> = sleeper('a', 100, 50)): Task<unknown> => createTask(() => timeout(5, job))

  const cancelledBy = (task: Task<unknown>, reason: unknown): void => {
    expect(String(task)).toBe(`Task "${task.name}" <cancelled>`)
    expect(task.error()).toMatchObject({ name: 'CancelledError', cause: reason })
  }

  test('the cancel, and the limit during the clean-up', async () => {
    const task = start()
    await pass(1)
    task.cancel('outside')
    await pass(100)
    cancelledBy(task, 'outside')
  })

  test('the limit, and the cancel during the clean-up', async () => {
    const task = start()
    await pass(6)
    task.cancel('outside')
    await pass(100)
    cancelledBy(task, 'outside')
  })

  test('the cancel, then the limit, in one turn', async () => {
    const task = start(sleeper('a', 100))
    vi.advanceTimersByTime(4)
    task.cancel('outside')
    vi.advanceTimersByTime(1)
    await drain()
    cancelledBy(task, 'outside')
  })

  test('the limit, then the cancel, in one turn', async () => {
    const task = start(sleeper('a', 100))
    vi.advanceTimersByTime(5)
    task.cancel('outside')
    await drain()
    cancelledBy(task, 'outside')
  })

  test('the limit, then the cancel, in one turn, in a task that listens to its signal', async () => {
    const task = createTask((signal) => {
      listen(signal)
      return timeout(5, sleeper('a', 100))
    })
    vi.advanceTimersByTime(5)
    task.cancel('outside')
    await drain()
    cancelledBy(task, 'outside')
  })

  test('the limit, then the cancel, in one turn, with a job that listens to its signal', async () => {
    const task = start(async (signal) => {
      listen(signal)
      await sleep(100)
    })
    vi.advanceTimersByTime(5)
    task.cancel('outside')
    await drain()
    cancelledBy(task, 'outside')
  })

  test('the limit, then the cancel, in one turn: who catches the cancel has been told of it, and waits in peace', async () => {
    const task = createTask(async () => {
      await timeout(5, sleeper('a', 100)).catch((error: Error) => log.push(error.name))
      await sleep(1)
      return 'in peace'
    })
    vi.advanceTimersByTime(5)
    task.cancel('outside')
    await pass(1)
    expect(log).toEqual(['a! CancelledError', 'CancelledError'])
    expect(await task).toBe('in peace')
  })

  test('both in one turn, and a clean-up after it', async () => {
    for (const cancelFirst of [true, false]) {
      const task = start()
      vi.advanceTimersByTime(4)
      if (cancelFirst) task.cancel('outside')
      vi.advanceTimersByTime(1)
      if (!cancelFirst) task.cancel('outside')
      await pass(100)
      cancelledBy(task, 'outside')
    }
  })

  test('nested limits: it comes through all of them', async () => {
    for (const at of [1, 6]) {
      const task = createTask(() => timeout(7, () => timeout(5, sleeper('a', 100, 50))))
      await pass(at)
      task.cancel('outside')
      await pass(100)
      cancelledBy(task, 'outside')
    }
  })

  test('never a TimeoutError, though the clean-up then fails', async () => {
    for (const at of [1, 6]) {
      const error = new Error('clean-up')
      const task = start(async () => {
        try {
          await sleep(100)
        } finally {
          await sleep(50).catch(() => {})
          // oxlint-disable-next-line no-unsafe-finally -- as a clean-up that fails does
          throw error
        }
      })
      await pass(at)
      task.cancel('outside')
      expect(await outcomeAfter(100, task)).toEqual({ state: 'rejected', reason: error })
    }
  })

  test('the limit of a gather’s job is that job’s own: a cancel of the caller comes through', async () => {
    const task = createTask(() => gather(() => timeout(5, sleeper('a', 100)), sleeper('b', 100)))
    await pass(1)
    task.cancel('outside')
    await drain()
    cancelledBy(task, 'outside')
    expect(log).toEqual(['a! CancelledError', 'b! CancelledError'])
  })

  test('cancelled while it is in no wait, then expired: the job is ended once, and the cancel comes out', async () => {
    const gate = Promise.withResolvers<void>()
    const task = start(async () => {
      await gate.promise
      await sleep(1)
      log.push('went on')
    })
    task.cancel('outside')
    await pass(5)
    gate.resolve()
    await drain()
    cancelledBy(task, 'outside')
    expect(log).toEqual([])
  })

  test('expired while it is in no wait, then cancelled', async () => {
    const gate = Promise.withResolvers<void>()
    const task = start(async () => {
      await gate.promise
      await sleep(1)
      log.push('went on')
    })
    await pass(5)
    task.cancel('outside')
    gate.resolve()
    await drain()
    cancelledBy(task, 'outside')
    expect(log).toEqual([])
  })

  test('the signal that the job is given aborts with the cancel from outside, though the job is in no wait', async () => {
    const gate = Promise.withResolvers<void>()
    let reason: unknown
    const task = start(async (signal) => {
      signal.addEventListener('abort', () => (reason = signal.reason))
      await gate.promise
      await sleep(1)
    })
    task.cancel('outside')
    expect(reason).toMatchObject({ name: 'CancelledError', cause: 'outside' })
    await drain()
    gate.resolve()
    await drain()
    cancelledBy(task, 'outside')
    expect(reason).toBe(task.error())
  })

  test('after the TimeoutError the task is as it was: its next wait is not cancelled', async () => {
    const task = createTask(async () => {
      await timeout(5, sleeper('a', 100)).catch(() => {})
      await sleep(1)
      return [currentTask()?.cancelling, currentTask()?.signal.aborted]
    })
    await pass(6)
    expect(await task).toEqual([0, false])
  })
})

describe('grants at the deadline', () => {
  test('python/asyncio#201, python/asyncio#343: granted, then expired in the same turn: the item is not lost', async () => {
    const queue = new Queue<string>()
    const limited = timeout(5, () => queue.get())
    vi.advanceTimersByTime(4)
    queue.putNowait('item')
    vi.advanceTimersByTime(1)
    expect(await outcome(limited)).toEqual({ state: 'fulfilled', value: 'item' })
  })

  test('bpo-37658: the same for a lock', async () => {
    const lock = new Lock()
    lock.tryAcquire()
    const limited = timeout(5, async () => {
      await lock.acquire()
      return 'has it'
    })
    lock.release()
    vi.advanceTimersByTime(5)
    expect(await outcome(limited)).toEqual({ state: 'fulfilled', value: 'has it' })
    lock.release()
  })

  test('and so for a sleep that ends with the limit: it has ended', async () => {
    const limited = timeout(5, () => sleep(5, 'slept'))
    limited.catch(() => {})
    vi.advanceTimersByTime(5)
    // The limit's timer is the elder, and rings first.
    expect(await outcome(limited)).toEqual(timedOut(5))
    const other = timeout(5, () => sleep(4, 'slept'))
    vi.advanceTimersByTime(5)
    expect(await outcome(other)).toEqual({ state: 'fulfilled', value: 'slept' })
  })

  test('but it has expired: the job’s next wait is cancelled', async () => {
    const queue = new Queue<string>()
    const limited = timeout(5, async () => {
      log.push(await queue.get())
      await sleep(1)
      log.push('went on')
    })
    queue.putNowait('item')
    vi.advanceTimersByTime(5)
    expect(await outcome(limited)).toEqual(timedOut(5))
    expect(log).toEqual(['item'])
  })

  test('expired, and the value comes in a later turn: TimeoutError', async () => {
    const gate = Promise.withResolvers<string>()
    const queue = new Queue<string>()
    const limited = timeout(5, async () => {
      await queue.get()
      return gate.promise
    })
    queue.putNowait('item')
    vi.advanceTimersByTime(5)
    expect(await outcomeAfter(0, limited)).toEqual({ state: 'pending' })
    gate.resolve('value')
    expect(await outcome(limited)).toEqual(timedOut(5))
  })

  test('expired, then put in the same turn: the item stays', async () => {
    const queue = new Queue<string>()
    const limited = timeout(5, () => queue.get())
    limited.catch(() => {})
    vi.advanceTimersByTime(5)
    queue.putNowait('item')
    expect(await outcome(limited)).toEqual(timedOut(5))
    expect(queue.getNowait()).toBe('item')
  })

  test('bpo-31620, bpo-32574: polling with limits loses nothing, and leaves no waiter', async () => {
    const queue = new Queue<number>()
    const received: number[] = []
    const consumer = createTask(async () => {
      while (received.length < 20) {
        await timeout(2, async () => received.push(await queue.get())).catch(() => {})
      }
    })
    for (let item = 0; item < 20; item++) {
      await pass(item % 4)
      queue.putNowait(item)
    }
    await pass(2)
    expect(received).toEqual(Array.from({ length: 20 }, (_, item) => item))
    expect(consumer.done).toBe(true)
  })
})

describe('signals', () => {
  test.each(reasons)(
    'reason %s: aborted while it runs: the job is cancelled, and the very reason comes out',
    async (_, reason) => {
      const controller = new AbortController()
      const limited = timeout(50, sleeper('a', 100, 7), { signal: controller.signal })
      await pass(1)
      controller.abort(reason)
      expect(await outcomeAfter(6, limited)).toEqual({ state: 'pending' })
      expect(await outcomeAfter(1, limited)).toEqual({ state: 'rejected', reason })
      expect(log).toEqual(['a! CancelledError', 'a cleaned up'])
    },
  )

  test.each(reasons)('reason %s: aborted before: the job is not started', async (_, reason) => {
    const job = vi.fn()
    const signal = AbortSignal.abort(reason)
    expect(await outcome(timeout(50, job, { signal }))).toEqual({ state: 'rejected', reason })
    expect(await outcome(timeout(0, job, { signal }))).toEqual({ state: 'rejected', reason })
    expect(job).not.toHaveBeenCalled()
  })

  test('what the job hears has the reason for its cause, by its wait and by its signal', async () => {
    const controller = new AbortController()
    let heard: unknown
    const limited = timeout(
      50,
      async (signal) => {
        await sleep(100).catch((error: unknown) => (heard = error))
        expect(signal.reason).toBe(heard)
        throw heard
      },
      { signal: controller.signal },
    )
    limited.catch(() => {})
    controller.abort('stop')
    expect(await outcome(limited)).toEqual({ state: 'rejected', reason: 'stop' })
    expect(heard).toMatchObject({ name: 'CancelledError', cause: 'stop' })
  })

  test('an abort after the expiry wins, as all that comes from outside does', async () => {
    const controller = new AbortController()
    const limited = timeout(5, sleeper('a', 100, 50), { signal: controller.signal })
    await pass(6)
    controller.abort('stop')
    expect(await outcomeAfter(100, limited)).toEqual({ state: 'rejected', reason: 'stop' })
  })

  test('an abort before the expiry does, too', async () => {
    const controller = new AbortController()
    const limited = timeout(5, sleeper('a', 100, 50), { signal: controller.signal })
    await pass(1)
    controller.abort('stop')
    expect(await outcomeAfter(100, limited)).toEqual({ state: 'rejected', reason: 'stop' })
  })

  test('a cancel of the task wins over both', async () => {
    for (const order of ['cancel, abort', 'abort, cancel']) {
      const controller = new AbortController()
      const task = createTask(() => timeout(50, sleeper('a', 100, 9), { signal: controller.signal }))
      await pass(1)
      if (order === 'cancel, abort') {
        task.cancel('outside')
        await pass(1)
        controller.abort('stop')
      } else {
        controller.abort('stop')
        await pass(1)
        task.cancel('outside')
      }
      await pass(100)
      expect([order, String(task)]).toEqual([order, `Task "${task.name}" <cancelled>`])
    }
  })

  test('an abort when the job has ended changes nothing, and no listener stays', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const limited = timeout(50, sleeper('a', 1), { signal })
    expect(listeners(signal)).toBe(1)
    await pass(1)
    expect(listeners(signal)).toBe(0)
    controller.abort()
    expect(await limited).toBe('a')
    const expired = timeout(1, sleeper('b', 9), { signal: new AbortController().signal })
    expect(await outcomeAfter(1, expired)).toEqual(timedOut(1))
  })

  test('no listener stays after an expiry or an error', async () => {
    const { signal } = new AbortController()
    expect(await outcomeAfter(1, timeout(1, sleeper('b', 9), { signal }))).toEqual(timedOut(1))
    expect(
      await outcomeAfter(
        0,
        timeout(1, () => Promise.reject(new Error('no')), { signal }),
      ),
    ).toMatchObject({
      state: 'rejected',
    })
    expect(listeners(signal)).toBe(0)
  })

  test('null and undefined are no signal', async () => {
    expect(await timeout(5, () => 1, { signal: null })).toBe(1)
    expect(await timeout(5, () => 1, { signal: undefined })).toBe(1)
  })
})

describe('what nobody awaits', () => {
  test('a TimeoutError is reported, as any error is', async () => {
    const reported = await unhandled(async () => {
      void timeout(5, sleeper('a', 9))
      await pass(5)
    })
    expect(reported).toEqual([timedOut(5).reason])
  })

  test('un-awaited, its cancellation is reported as little as that of any other wait', async () => {
    const reported = await unhandled(async () => {
      const caller = createTask(async () => {
        void timeout(50, sleeper('a', 9))
        await sleep(5)
      })
      caller.cancel()
      await drain()
      expect(caller.cancelled).toBe(true)
    })
    expect(reported).toEqual([])
  })

  test('a wait that its job leaves behind belongs to the caller: a cancel ends it', async () => {
    const queue = new Queue<string>()
    const caller = createTask(async () => {
      await timeout(5, () => {
        void queue.get().catch(() => log.push('left behind'))
      })
      await sleep(100)
    })
    await pass(6)
    expect(log).toEqual([])
    caller.cancel()
    await drain()
    expect(log).toEqual(['left behind'])
    queue.putNowait('kept')
    expect(queue.size).toBe(1)
  })

  test('and so does a wait that begins when the job has ended', async () => {
    const queue = new Queue<string>()
    const gate = Promise.withResolvers<void>()
    const caller = createTask(async () => {
      await timeout(5, () => {
        void gate.promise.then(() => queue.get()).catch(() => log.push('left behind'))
      })
      await sleep(100)
    })
    await pass(6)
    gate.resolve()
    await drain()
    caller.cancel()
    await drain()
    expect([log, caller.cancelled]).toEqual([['left behind'], true])
    queue.putNowait('kept')
    expect(queue.size).toBe(1)
  })
})

describe('wrong arguments', () => {
  const job = vi.fn()
  afterEach(() => {
    expect(job).not.toHaveBeenCalled()
  })

  test.each([
    ...wrongTimeouts,
    { title: 'undefined', value: undefined, type: 'TypeError' as const, shown: 'undefined' },
  ])('ms: $title', async (wrong) => {
    expect(await refusal(() => timeout(wrong.value as never, job))).toEqual(refused('rejected', wrong, 'ms'))
  })

  test.each(notAFunction)('job: $title', async (wrong) => {
    expect(await refusal(() => timeout(5, wrong.value as never))).toEqual(refused('rejected', wrong, 'job'))
    expect(await refusal(() => timeout(0, wrong.value as never))).toEqual(refused('rejected', wrong, 'job'))
  })

  test.each(wrongOptions)('options: $title', async (wrong) => {
    expect(await refusal(() => timeout(5, job, wrong.value as never))).toEqual(refused('rejected', wrong, 'options'))
  })

  test.each(wrongSignals)('signal: $title', async (wrong) => {
    expect(await refusal(() => timeout(5, job, { signal: wrong.value as never }))).toEqual(
      refused('rejected', wrong, 'signal'),
    )
  })
})
