/**
 * gather, gatherSettled: asyncio's statements G1 to G9 over jobs; cancellation from above, from a job and from beside; Contexts; bad input.
 */
import { ContextVar } from '@interlock/contextvar'
import { Event, Queue, Semaphore } from '@interlock/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { outcomeAfter, pass } from '../test/clock.ts'
import { drain, outcome } from '../test/microtasks.ts'
import { record } from '../test/recording.ts'
import { unhandled } from '../test/unhandled.ts'
import { notAFunction, refusal, refused } from '../test/wrong-input.ts'
import { CancelledError, createTask, currentTask, gather, gatherSettled, sleep, type Task } from './index.ts'

let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  log = []
})
afterEach(() => {
  expect(vi.getTimerCount(), 'timers left').toBe(0)
  vi.useRealTimers()
})

/** The task that this code runs in. */
function self(): Task<unknown> {
  const task = currentTask()
  if (task === undefined) throw new Error('there was to be a task')
  return task
}

/** Sleeps, and writes down how it ended. */
const sleeper = (label: string, ms: number) => async (): Promise<string> => {
  try {
    await sleep(ms)
    log.push(label)
    return label
  } catch (error) {
    log.push(`${label}! ${(error as Error).name}`)
    throw error
  }
}

const failing = (ms: number, error: Error) => async (): Promise<never> => {
  await sleep(ms)
  throw error
}

const cancelledItself = async (): Promise<never> => {
  self().cancel('enough')
  await sleep(1)
  throw new Error('went on')
}

describe('asyncio: gather', () => {
  test('G1: results come in the order of the arguments, not of their ends', async () => {
    const all = gather(sleeper('a', 3), sleeper('b', 1), sleeper('c', 2))
    await pass(3)
    expect(await all).toEqual(['a', 'b', 'c'])
    expect(log).toEqual(['b', 'c', 'a'])
  })

  test('G1: no job, no result', async () => {
    expect(await gather()).toEqual([])
    expect(await gatherSettled()).toEqual([])
  })

  test('G1: a job may answer a value, a promise or a thenable; undefined counts', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- what is tested
    const thenable = { then: (resolve: (value: number) => void) => resolve(3) } as PromiseLike<number>
    expect(
      await gather(
        () => 1,
        () => Promise.resolve(2),
        () => thenable,
        () => undefined,
      ),
    ).toEqual([1, 2, 3, undefined])
  })

  test('G1: all have begun when gather() returns, each in the order of the arguments', async () => {
    const all = gather(
      () => log.push('a'),
      () => log.push('b'),
    )
    expect(log).toEqual(['a', 'b'])
    await all
  })

  test('G2: the first error in time rejects at once, and the others go on', async () => {
    const late = new Error('late')
    const soon = new Error('soon')
    const all = gather(failing(5, late), sleeper('slow', 9), failing(1, soon))
    expect(await outcomeAfter(1, all)).toEqual({ state: 'rejected', reason: soon })
    expect(log).toEqual([])
    await pass(8)
    expect(log).toEqual(['slow'])
  })

  test('G2: the first error is the very object that was thrown, also when it is none', async () => {
    const thrown = { why: 'stop' }
    expect(await outcome(gather(() => Promise.reject(thrown)))).toEqual({
      state: 'rejected',
      reason: thrown,
    })
    expect(await outcome(gather(() => Promise.reject(undefined)))).toEqual({
      state: 'rejected',
      reason: undefined,
    })
  })

  test('G2: later errors are nobody’s, and are not reported', async () => {
    const reported = await unhandled(async () => {
      const all = gather(failing(1, new Error('first')), failing(2, new Error('second')))
      all.catch(() => log.push('rejected'))
      await pass(2)
    })
    expect(log).toEqual(['rejected'])
    expect(reported).toEqual([])
  })

  test('G2: an error that nobody hears of is reported, once', async () => {
    const error = new Error('nobody looks')
    const reported = await unhandled(async () => {
      void gather(failing(1, error), failing(1, new Error('later')))
      await pass(1)
    })
    expect(reported).toEqual([error])
  })

  test('G2: a job that throws before its first await is no different: all others begin, and nothing is thrown by the call', async () => {
    const all = gather(
      () => {
        throw new Error('at once')
      },
      () => log.push('second'),
    )
    expect(log).toEqual(['second'])
    await expect(all).rejects.toThrow('at once')
  })

  test('G3: gatherSettled() has every outcome in order: values, errors and cancellations', async () => {
    const error = new Error('no')
    const all = gatherSettled(failing(2, error), sleeper('b', 1), cancelledItself)
    await pass(2)
    const [failed, fulfilled, cancelled] = await all
    expect(failed).toEqual({ status: 'rejected', reason: error })
    expect(fulfilled).toEqual({ status: 'fulfilled', value: 'b' })
    expect(cancelled).toMatchObject({ status: 'rejected', reason: { name: 'CancelledError', cause: 'enough' } })
  })

  test('G3: gatherSettled() waits for all, whatever fails before', async () => {
    const all = gatherSettled(failing(1, new Error('no')), sleeper('slow', 9))
    expect(await outcomeAfter(8, all)).toEqual({ state: 'pending' })
    await pass(1)
    expect(log).toEqual(['slow'])
  })

  test('G4, gh-85071: a job that was cancelled by itself rejects gather() with that CancelledError; the others go on, and so does the caller', async () => {
    const caller = createTask(async () => {
      const error: unknown = await gather(cancelledItself, sleeper('other', 5)).catch((reason: unknown) => reason)
      await sleep(1)
      return error
    })
    await pass(1)
    expect(await caller).toMatchObject({ name: 'CancelledError', cause: 'enough' })
    await pass(4)
    expect(log).toEqual(['other'])
  })

  test('G5: cancelling the caller cancels every job that has not ended', async () => {
    const caller = createTask(() => gather(sleeper('done', 1), sleeper('b', 5), sleeper('c', 5)))
    await pass(1)
    caller.cancel('stop')
    await drain()
    expect(log).toEqual(['done', 'b! CancelledError', 'c! CancelledError'])
    expect(caller.cancelled).toBe(true)
    expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'stop' })
  })

  test('G5: all are told of the one CancelledError that the caller rejects with', async () => {
    const seen: unknown[] = []
    const job = async (): Promise<void> => {
      await sleep(5).catch((error: unknown) => {
        seen.push(error)
        throw error
      })
    }
    const caller = createTask(() => gather(job, job))
    caller.cancel('stop')
    await drain()
    expect(seen).toEqual([caller.error(), caller.error()])
    expect(seen[0]).toBe(caller.error())
    expect(seen[1]).toBe(caller.error())
  })

  test('G5: their clean-up is waited for, and a second cancel() interrupts it', async () => {
    const job = async (): Promise<void> => {
      try {
        await sleep(100)
      } finally {
        await sleeper('clean-up', 5)()
      }
    }
    const caller = createTask(() => gather(job, job))
    caller.cancel()
    await pass(4)
    expect(caller.done).toBe(false)
    await pass(1)
    expect([log, caller.cancelled]).toEqual([['clean-up', 'clean-up'], true])

    log = []
    const other = createTask(() => gather(job))
    other.cancel('first')
    await pass(1)
    other.cancel('second')
    await drain()
    expect(log).toEqual(['clean-up! CancelledError'])
    expect(other.error()).toMatchObject({ cause: 'second' })
  })

  test('G5: a job that is in no wait is cancelled at its next one, and its signal aborts', async () => {
    const gate = Promise.withResolvers<void>()
    let aborted = false
    const caller = createTask(() =>
      gather(async (signal) => {
        await gate.promise
        aborted = signal.aborted
        await sleep(1)
        log.push('went on')
      }),
    )
    await drain()
    caller.cancel()
    await drain()
    expect(caller.done).toBe(false)
    gate.resolve()
    await drain()
    expect([aborted, log, caller.cancelled]).toEqual([true, [], true])
  })

  test('G6, bpo-32684: CancelledError comes out though the jobs swallow it, of gatherSettled() too', async () => {
    const swallowing = async (): Promise<string> => {
      await sleep(5).catch(() => {})
      return 'value'
    }
    for (const gathering of [gather, gatherSettled]) {
      const caller = createTask(() => gathering(swallowing, swallowing))
      caller.cancel('stop')
      await drain()
      expect(caller.cancelled).toBe(true)
      expect(caller.error()).toMatchObject({ cause: 'stop' })
    }
  })

  test('G6: and though a job’s clean-up fails; that error is nobody’s', async () => {
    const reported = await unhandled(async () => {
      const caller = createTask(() =>
        gather(
          async () => {
            await sleep(5).catch(() => {})
            throw new Error('clean-up')
          },
          sleeper('b', 5),
        ),
      )
      caller.cancel('stop')
      await drain()
      expect(caller.cancelled).toBe(true)
    })
    expect(reported).toEqual([])
  })

  test('G7, bpo-26923: once all jobs have ended a cancel is for the caller’s next wait: the results are not lost', async () => {
    const gate = new Event()
    const caller = createTask(async () => {
      const results = await gather(() => gate.wait())
      log.push(`has ${results.length}`)
      await sleep(1)
      log.push('went on')
    })
    gate.set()
    // The job resumes, and ends, in the microtasks; the caller has not resumed as yet.
    await Promise.resolve()
    await Promise.resolve()
    caller.cancel()
    await drain()
    expect(log).toEqual(['has 1'])
    expect(caller.cancelled).toBe(true)
  })

  test('G7: once it has failed, a cancel of the caller leaves the other jobs alone', async () => {
    const caller = createTask(async () => {
      await gather(failing(1, new Error('no')), sleeper('other', 5)).catch(() => {})
      await sleep(100)
    })
    await pass(1)
    caller.cancel()
    await drain()
    expect(caller.cancelled).toBe(true)
    await pass(4)
    expect(log).toEqual(['other'])
  })

  test('G8: each argument is a run of its own, though it be the same function twice', async () => {
    let runs = 0
    const job = (): number => ++runs
    expect(await gather(job, job)).toEqual([1, 2])
  })

  test('G9: jobs that have ended when gather() returns need a microtask or two, no turn and no timer', async () => {
    record(
      log,
      'gathered',
      gather(
        () => 1,
        () => 2,
      ),
    )
    expect(log).toEqual([])
    await drain()
    expect(log).toEqual(['gathered'])
  })
})

describe('cancellation, by whom and when', () => {
  test('a cancel before gather() is heard by it: no job begins', async () => {
    const caller = createTask(async () => {
      self().cancel('before')
      await gather(() => log.push('began'))
    })
    await drain()
    expect([log, caller.cancelled]).toEqual([[], true])
  })

  test('a job that cancels the caller before its first await keeps those behind it from beginning', async () => {
    const caller: Task<unknown> = createTask(async () => {
      const me = self()
      await gather(
        sleeper('first', 5),
        async () => {
          me.cancel('from inside')
          await sleep(1)
          log.push('went on')
        },
        () => log.push('began'),
      )
    })
    await drain()
    expect(log).toEqual(['first! CancelledError'])
    expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'from inside' })
  })

  test('jobs on one semaphore are withdrawn together: none is granted because another left, and who waits behind them is', async () => {
    const semaphore = new Semaphore(1)
    const ask = (permits: number) => async (): Promise<void> => {
      await semaphore.acquire({ permits })
      log.push('has it')
    }
    // The large request holds the small ones back, though there is a permit for one of them.
    const caller = createTask(() => gather(ask(2), ask(1), ask(1)))
    const behind = semaphore.acquire()
    expect([semaphore.value, semaphore.waiting]).toEqual([1, 4])
    caller.cancel()
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 0])
    await behind
    await drain()
    expect([log, caller.cancelled]).toEqual([[], true])
  })

  test('nested: the cancel reaches the innermost jobs', async () => {
    const caller = createTask(() =>
      gather(
        () => gather(sleeper('a', 5), sleeper('b', 5)),
        () => gatherSettled(sleeper('c', 5)),
      ),
    )
    caller.cancel()
    await drain()
    expect(log).toEqual(['a! CancelledError', 'b! CancelledError', 'c! CancelledError'])
    expect(caller.cancelled).toBe(true)
  })

  test('delivered once: a task that two jobs await hears of it once, and cleans up in peace', async () => {
    const shared = createTask(async () => {
      try {
        await sleeper('shared', 100)()
      } finally {
        await sleeper('clean-up', 5)()
      }
    })
    const caller = createTask(() =>
      gather(
        () => shared,
        () => shared,
      ),
    )
    await drain()
    caller.cancel()
    await pass(5)
    expect(log).toEqual(['shared! CancelledError', 'clean-up'])
    expect([shared.cancelled, caller.cancelled]).toEqual([true, true])
  })

  test('delivered once: after it was caught the caller waits in peace', async () => {
    const caller = createTask(async () => {
      await gather(sleeper('a', 5)).catch(() => log.push('caught'))
      await sleep(1)
      return 'went on'
    })
    caller.cancel()
    await pass(1)
    expect(log).toEqual(['a! CancelledError', 'caught'])
    expect(await caller).toBe('went on')
  })

  test('an item that was granted to a job before the caller is cancelled is the job’s: it sees it', async () => {
    const queue = new Queue<string>()
    const caller = createTask(() =>
      gather(async () => {
        log.push(await queue.get())
        await sleep(1)
        log.push('went on')
      }),
    )
    queue.putNowait('item')
    caller.cancel()
    await drain()
    expect([log, caller.cancelled]).toEqual([['item'], true])
  })

  test('un-awaited, its cancellation is reported as little as that of any other wait', async () => {
    for (const gathering of [gather, gatherSettled]) {
      const reported = await unhandled(async () => {
        const caller = createTask(async () => {
          void gathering(sleeper('job', 5))
          await sleep(5)
        })
        caller.cancel()
        await drain()
        expect(caller.cancelled).toBe(true)
      })
      expect(reported).toEqual([])
    }
  })

  test('outside of any task nothing cancels it, and its jobs are tasks all the same', async () => {
    const names = gather(
      () => self().name,
      () => self().name,
    )
    const [one, other] = await names
    expect(one).toMatch(/^Task-\d+$/)
    expect(other).not.toBe(one)
    expect(currentTask()).toBe(undefined)
  })
})

describe('Contexts', () => {
  test('each job runs in a copy of the caller’s Context, and what it sets is seen by no other', async () => {
    const user = new ContextVar('user', { default: 'nobody' })
    const caller = createTask(async () => {
      user.set('caller')
      const seen = await gather(
        async () => {
          const before = user.get()
          user.set('a')
          await sleep(0)
          return [before, user.get()]
        },
        async () => {
          await sleep(0)
          return [user.get()]
        },
      )
      return [seen, user.get()]
    })
    await pass(1)
    expect(await caller).toEqual([[['caller', 'a'], ['caller']], 'caller'])
  })
})

describe('wrong arguments', () => {
  test.each(notAFunction)('jobs[1]: $title', async (wrong) => {
    for (const gathering of [gather, gatherSettled]) {
      const job = vi.fn()
      expect(await refusal(() => gathering(job, wrong.value as never))).toEqual(refused('rejected', wrong, 'jobs[1]'))
      expect(job).not.toHaveBeenCalled()
    }
  })

  test('an array of jobs is refused: they are arguments', async () => {
    const jobs = [() => 1]
    await expect(gather(jobs as never)).rejects.toThrow(
      new TypeError('jobs[0] must be a function: spread the jobs, gather(...jobs), got [object Array]'),
    )
  })
})

test('CancelledError is one for all copies of a wait: an Error with a code', async () => {
  const caller = createTask(() => gather(sleeper('a', 5)))
  caller.cancel()
  await drain()
  expect(caller.error()).toBeInstanceOf(CancelledError)
  expect(caller.error()).toMatchObject({ code: 'ERR_CANCELLED' })
})
