/**
 * taskGroup: asyncio's statements TG1 to TG14, with the cases of eager children that CPython itself got wrong (TG12); the group's own abort
 * and a cancel from outside in every order; nested groups; Contexts; signals; what is left behind; bad input.
 */
import { ContextVar, copyContext } from '@interlock/contextvar'
import { Event, Lock, Queue, Semaphore } from '@interlock/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { outcomeAfter, pass } from '../test/clock.ts'
import { drain, outcome } from '../test/microtasks.ts'
import { listeners, record, renderings } from '../test/recording.ts'
import { unhandled } from '../test/unhandled.ts'
import { notAFunction, reasons, refusal, refused, wrongNames, wrongOptions, wrongSignals } from '../test/wrong-input.ts'
import {
  type CancelledError,
  createTask,
  currentTask,
  InvalidStateError,
  sleep,
  type Task,
  type TaskGroup,
  taskGroup,
  timeout,
} from './index.ts'

let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  log = []
})
afterEach(() => {
  expect(vi.getTimerCount(), 'timers left').toBe(0)
  vi.useRealTimers()
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

const failing = (ms: number, error: unknown) => async (): Promise<never> => {
  await sleep(ms)
  throw error
}

/** Waits until it is cancelled, and then throws `failure`. */
const failingCleanUp = (failure: Error) => async (): Promise<never> => {
  await sleep(100).catch(() => {})
  throw failure
}

/** The errors of a group that failed, those of a group in it as an array of theirs. */
const errorsOf = (error: unknown): unknown =>
  error instanceof AggregateError ? error.errors.map((inner: unknown) => errorsOf(inner)) : error

/** A group that failed by these errors and no others. */
const failedBy = (...errors: unknown[]): { state: 'rejected'; reason: unknown } => ({
  state: 'rejected',
  reason: expect.toSatisfy(
    (reason: unknown) =>
      reason instanceof AggregateError &&
      reason.errors.length === errors.length &&
      reason.errors.every((error, index) => error === errors[index]),
    `an AggregateError of ${errors.map(String).join(', ')}`,
  ) as unknown,
})

/** Hears of a cancellation by the signal, and does nothing about it. */
const listen = (signal: AbortSignal): void => signal.addEventListener('abort', () => {})

/** The task that this code runs in. */
function self(): Task<unknown> {
  const task = currentTask()
  if (task === undefined) throw new Error('there was to be a task')
  return task
}

const A = new Error('A')
const B = new Error('B')
const C = new Error('C')

describe('asyncio: TaskGroup', () => {
  test('TG1: ends when all its tasks have ended, with the value of the body', async () => {
    const group = taskGroup((tasks) => {
      tasks.spawn(sleeper('a', 3))
      tasks.spawn(sleeper('b', 5))
      return 'value'
    })
    expect(await outcomeAfter(4, group)).toEqual({ state: 'pending' })
    await pass(1)
    expect(await group).toBe('value')
    expect(log).toEqual(['a', 'b'])
  })

  test('TG1: without tasks, it ends with the body', async () => {
    expect(await taskGroup(() => 1)).toBe(1)
    expect(await taskGroup(async () => {})).toBe(undefined)
  })

  test('TG1: the body is not waited for by its children: it has begun, and they have, when taskGroup() returns', async () => {
    const group = taskGroup((tasks) => {
      log.push('body')
      tasks.spawn(() => log.push('child'))
    })
    expect(log).toEqual(['body', 'child'])
    await group
  })

  test('TG2: a failure cancels the other children and the body; all are awaited; the errors are in the order of time', async () => {
    const group = taskGroup(async (tasks) => {
      tasks.spawn(sleeper('sibling', 100, 7))
      tasks.spawn(failing(3, A))
      await sleeper('body', 100, 2)()
    })
    expect(await outcomeAfter(9, group)).toEqual({ state: 'pending' })
    expect(log).toEqual(['body! CancelledError', 'sibling! CancelledError', 'body cleaned up'])
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    expect(log.at(-1)).toBe('sibling cleaned up')
  })

  test('TG2: several failures, a clean-up’s too; who was cancelled is left out', async () => {
    const group = taskGroup((tasks) => {
      tasks.spawn(failingCleanUp(B))
      tasks.spawn(sleeper('cancelled', 100))
      tasks.spawn(failing(1, A))
      tasks.spawn(async () => {
        await sleep(100).catch(() => {})
        await sleep(1)
        throw C
      })
    })
    expect(await outcomeAfter(2, group)).toEqual(failedBy(A, B, C))
  })

  test.each(['no', undefined, 0])(
    'TG2: two children that throw the same value, %j, are two failures',
    async (value) => {
      const group = taskGroup((tasks) => {
        tasks.spawn(failing(1, value))
        tasks.spawn(async () => {
          await sleep(100).catch(() => {})
          throw value
        })
      })
      expect(await outcomeAfter(1, group)).toEqual(failedBy(value, value))
    },
  )

  test('TG2: an error that one child passes on from another counts once', async () => {
    const group = taskGroup((tasks) => {
      const first = tasks.spawn(failing(1, A))
      tasks.spawn(async () => await first)
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
  })

  test('TG3: a value that the body passes on from a child counts once', async () => {
    const group = taskGroup(async (tasks) => {
      await tasks.spawn(failing(1, 'no'))
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy('no'))
  })

  test('TG2: the message says how many, and what the first is', async () => {
    const one = taskGroup((tasks) => void tasks.spawn(() => Promise.reject(A)))
    await expect(one).rejects.toThrow('1 error in a task group: A')
    const two = taskGroup((tasks) => {
      tasks.spawn(() => Promise.reject('no error'))
      tasks.spawn(() => Promise.reject(A))
    })
    await expect(two).rejects.toThrow('2 errors in a task group: no error')
  })

  test('TG2: children are cancelled in the order in which they were spawned, with one CancelledError caused by the failure', async () => {
    const seen: CancelledError[] = []
    const child = (label: string) => async (): Promise<void> => {
      await sleep(100).catch((error: CancelledError) => {
        seen.push(error)
        log.push(label)
        throw error
      })
    }
    const group = taskGroup((tasks) => {
      for (const label of ['a', 'b', 'c']) tasks.spawn(child(label))
      tasks.spawn(failing(1, A))
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    expect(log).toEqual(['a', 'b', 'c'])
    expect(new Set(seen).size).toBe(1)
    expect(seen[0]).toMatchObject({ name: 'CancelledError', cause: A, message: 'the task group was cancelled: A' })
  })

  test('TG2: siblings and body on one semaphore are withdrawn together: none is granted because another left, and who waits behind them is', async () => {
    const semaphore = new Semaphore(1)
    const ask = (permits: number) => async (): Promise<void> => {
      await semaphore.acquire({ permits })
      log.push('has it')
    }
    const group = taskGroup(async (tasks) => {
      // The large request holds the small ones back, though there is a permit for one of them.
      tasks.spawn(ask(2))
      tasks.spawn(ask(1))
      tasks.spawn(failing(1, A))
      await ask(1)()
    })
    const behind = semaphore.acquire()
    expect([semaphore.value, semaphore.waiting]).toEqual([1, 4])
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    await behind
    expect([log, semaphore.value, semaphore.waiting]).toEqual([[], 0, 0])
  })

  test('TG3: a failing body cancels the children, and its error is among the errors', async () => {
    const group = taskGroup(async (tasks) => {
      tasks.spawn(sleeper('child', 100, 3))
      tasks.spawn(failingCleanUp(B))
      await sleep(1)
      throw A
    })
    expect(await outcomeAfter(3, group)).toEqual({ state: 'pending' })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A, B))
    expect(log).toEqual(['child! CancelledError', 'child cleaned up'])
  })

  test('TG3: so does one that throws at once', async () => {
    const group = taskGroup((tasks) => {
      tasks.spawn(sleeper('child', 100))
      throw A
    })
    expect(await outcome(group)).toEqual(failedBy(A))
    expect(log).toEqual(['child! CancelledError'])
  })

  test('TG3: an error of a child that the body awaits, and lets through, counts once', async () => {
    const group = taskGroup(async (tasks) => {
      await tasks.spawn(failing(1, A))
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
  })

  test('TG3: one that the body catches is a failure of the group all the same', async () => {
    const group = taskGroup(async (tasks) => {
      await tasks.spawn(failing(1, A)).catch(() => log.push('caught'))
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    expect(log).toEqual(['caught'])
  })

  test.each([
    ['while the body runs', 100],
    ['while it waits for its children', 0],
  ])('TG4: a cancel from outside alone, %s: the children are cancelled, and it comes out as it is', async (_, ms) => {
    const caller = createTask(() =>
      taskGroup(async (tasks) => {
        tasks.spawn(sleeper('child', 100, 3))
        if (ms > 0) await sleeper('body', ms)()
      }),
    )
    await pass(1)
    caller.cancel('outside')
    await pass(2)
    expect(caller.done).toBe(false)
    await pass(1)
    expect(String(caller)).toBe(`Task "${caller.name}" <cancelled>`)
    expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'outside' })
    expect(log.filter((line) => line.startsWith('child'))).toEqual(['child! CancelledError', 'child cleaned up'])
  })

  test('TG4: a body that catches it goes on, and so do the children', async () => {
    const caller = createTask(() =>
      taskGroup(async (tasks) => {
        tasks.spawn(sleeper('child', 5))
        await sleep(100).catch(() => log.push('caught'))
        return 'value'
      }),
    )
    caller.cancel()
    await pass(5)
    expect(await caller).toBe('value')
    expect(log).toEqual(['caught', 'child'])
  })

  test('TG5: a child cancelled by itself is no failure', async () => {
    const group = taskGroup((tasks) => {
      const child = tasks.spawn(sleeper('a', 100))
      tasks.spawn(sleeper('b', 2))
      child.cancel()
      return 'value'
    })
    await pass(2)
    expect(await group).toBe('value')
    expect(log).toEqual(['a! CancelledError', 'b'])
  })

  test('TG6, gh-95704: a cancel from outside, and an error in a clean-up: the errors come, and the cancel with the caller’s next wait', async () => {
    for (const where of ['child', 'body']) {
      const caller = createTask(async () => {
        const error: unknown = await taskGroup(async (tasks) => {
          tasks.spawn(where === 'child' ? failingCleanUp(A) : sleeper('b', 100))
          if (where === 'body') await failingCleanUp(A)()
        }).catch((reason: unknown) => reason)
        log.push(`${where}: ${String(errorsOf(error))}`)
        await sleep(1)
        log.push('went on')
      })
      await pass(1)
      caller.cancel('outside')
      await drain()
      expect(log.at(-1)).toBe(`${where}: Error: A`)
      expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'outside' })
    }
  })

  test('TG7: spawn() throws once the group has ended, and the job is not started', async () => {
    const job = vi.fn()
    let kept: TaskGroup | undefined
    await taskGroup((tasks) => {
      kept = tasks
    })
    expect(() => kept?.spawn(job)).toThrow(new InvalidStateError('TaskGroup <ended, children: 0> takes no more tasks'))
    expect(job).not.toHaveBeenCalled()
  })

  test('TG7, gh-94398, gh-115957: spawn() throws while the group is aborting; that is no error of the group’s', async () => {
    const job = vi.fn()
    const group = taskGroup(async (tasks) => {
      tasks.spawn(failing(1, A))
      await sleep(100).catch(() => {})
      expect(() => tasks.spawn(job)).toThrow(
        new InvalidStateError('TaskGroup <aborting, children: 0> takes no more tasks'),
      )
      tasks.spawn(job)
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    expect(job).not.toHaveBeenCalled()
  })

  test('TG7: and while it is aborting and waits for its children', async () => {
    const group = taskGroup((tasks) => {
      tasks.spawn(async () => {
        await sleep(100).catch(() => {})
        try {
          tasks.spawn(() => log.push('began'))
        } catch (error) {
          log.push((error as Error).name)
        }
      })
      tasks.spawn(failing(1, A))
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    expect(log).toEqual(['InvalidStateError'])
  })

  test('TG8: while the group waits for its children they may spawn others, which are waited for', async () => {
    const group = taskGroup((tasks) => {
      tasks.spawn(async () => {
        await sleep(1)
        tasks.spawn(async () => {
          await sleep(1)
          tasks.spawn(sleeper('grandchild', 1))
        })
      })
      return 'value'
    })
    expect(await outcomeAfter(2, group)).toEqual({ state: 'pending' })
    await pass(1)
    expect([await group, log]).toEqual(['value', ['grandchild']])
  })

  test('TG8: what is spawned when the last child has just ended is waited for, or is refused', async () => {
    for (const microtasks of [0, 1, 2, 3, 4, 5]) {
      log = []
      const spawnLate = (tasks: TaskGroup): void => {
        try {
          tasks.spawn(sleeper('late', 5))
        } catch {
          log.push('refused')
        }
      }
      const group = taskGroup((tasks) => {
        const later = (left: number): unknown =>
          left === 0 ? spawnLate(tasks) : Promise.resolve().then(() => later(left - 1))
        void tasks.spawn(() => sleep(1)).then(() => later(microtasks))
      }).then(() => log.push('ended'))
      await pass(10)
      await group
      expect([
        ['late', 'ended'],
        ['refused', 'ended'],
        ['ended', 'refused'],
      ]).toContainEqual(log)
    }
  })

  test('TG9: nested, a failure of the inner group arrives as a group in the group', async () => {
    const group = taskGroup(async (outer) => {
      outer.spawn(sleeper('sibling', 100))
      await taskGroup((inner) => void inner.spawn(failing(1, A)))
    })
    const end = await outcomeAfter(1, group)
    expect(end.state === 'rejected' && errorsOf(end.reason)).toEqual([[A]])
    expect(log).toEqual(['sibling! CancelledError'])
  })

  test('TG9: a failure of the outer group cancels the inner one, which wraps nothing', async () => {
    const group = taskGroup(async (outer) => {
      outer.spawn(failing(1, A))
      await taskGroup(async (inner) => {
        inner.spawn(sleeper('innermost', 100))
        await sleeper('inner body', 100)()
      })
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    expect(log).toEqual(['inner body! CancelledError', 'innermost! CancelledError'])
  })

  test('TG9: an inner group that is cancelled by the outer, and whose clean-up fails', async () => {
    const group = taskGroup((outer) => {
      outer.spawn(failing(1, A))
      outer.spawn(() => taskGroup((inner) => void inner.spawn(failingCleanUp(B))))
    })
    const end = await outcomeAfter(1, group)
    expect(end.state === 'rejected' && errorsOf(end.reason)).toEqual([A, [B]])
  })

  test('TG9: three deep, a cancel from outside comes through all', async () => {
    const caller = createTask(() =>
      taskGroup(
        (one) =>
          void one.spawn(() =>
            taskGroup((two) => void two.spawn(() => taskGroup((three) => void three.spawn(sleeper('x', 100))))),
          ),
      ),
    )
    caller.cancel('outside')
    await drain()
    expect(log).toEqual(['x! CancelledError'])
    expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'outside' })
  })

  test('TG10, gh-95289: after a failure that was handled the task goes on, and is not being cancelled', async () => {
    const caller = createTask(async () => {
      await taskGroup(async (tasks) => {
        tasks.spawn(failing(1, A))
        await sleep(100)
      }).catch(() => {})
      await sleep(1)
      return [currentTask()?.cancelling, currentTask()?.signal.aborted]
    })
    await pass(2)
    expect(await caller).toEqual([0, false])
  })

  test('TG10: and so it is when the body never came to a wait after the failure', async () => {
    const caller = createTask(async () => {
      const gate = Promise.withResolvers<void>()
      const group = taskGroup(async (tasks) => {
        tasks.spawn(() => Promise.reject(A))
        await gate.promise
      })
      gate.resolve()
      const error: unknown = await group.catch((reason: unknown) => reason)
      await sleep(1)
      return errorsOf(error)
    })
    await pass(1)
    expect(await caller).toEqual([A])
  })

  describe('TG11, gh-116720: a child’s error and a cancel from outside: the errors first, then the next wait is cancelled', () => {
    /** The caller's task, which writes down what the group failed by, and waits again. */
    const start = (body: (tasks: TaskGroup) => void | Promise<void>): Task<void> =>
      createTask(async () => {
        const error: unknown = await taskGroup(body).catch((reason: unknown) => reason)
        log.push(`group: ${String(errorsOf(error))}`)
        await sleep(1)
        log.push('went on')
      })
    const cancelledAfter = (caller: Task<void>, line: string): void => {
      expect(log.at(-1)).toBe(line)
      expect(String(caller)).toBe(`Task "${caller.name}" <cancelled>`)
      expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'outside' })
    }

    test('the cancel during the children’s clean-up', async () => {
      const caller = start((tasks) => {
        tasks.spawn(failing(1, A))
        tasks.spawn(sleeper('sibling', 100, 9))
      })
      await pass(2)
      caller.cancel('outside')
      await pass(20)
      cancelledAfter(caller, 'group: Error: A')
    })

    test('the cancel during the body’s clean-up', async () => {
      const caller = start(async (tasks) => {
        tasks.spawn(failing(1, A))
        await sleeper('body', 100, 9)()
      })
      await pass(2)
      caller.cancel('outside')
      await pass(20)
      cancelledAfter(caller, 'group: Error: A')
    })

    test.each(['none', 'a child', 'a signal', 'a signal and a child'])(
      'failure, then cancel, in one turn; besides: %s',
      async (besides) => {
        const body = async (tasks: TaskGroup): Promise<void> => {
          tasks.spawn(failing(1, A))
          if (besides.includes('child')) tasks.spawn(sleeper('sibling', 100, 1))
          await sleeper('body', 100)()
        }
        const caller = start(body)
        if (besides.includes('signal')) listen(caller.signal)
        await Promise.resolve()
        vi.advanceTimersByTime(1)
        // The child hears of its timer, and the group of the child, in the microtasks.
        while (!log.includes('body! CancelledError')) await Promise.resolve()
        caller.cancel('outside')
        await pass(20)
        cancelledAfter(caller, 'group: Error: A')
      },
    )

    test('cancel, then failure, in one turn', async () => {
      const caller = start(async (tasks) => {
        tasks.spawn(failing(1, A))
        await sleeper('body', 100)()
      })
      vi.advanceTimersByTime(1)
      caller.cancel('outside')
      await pass(20)
      cancelledAfter(caller, 'group: Error: A')
    })

    test('nested groups, both cancelled', async () => {
      const caller = start(async (outer) => {
        outer.spawn(failing(1, A))
        await taskGroup(async (inner) => {
          inner.spawn(failingCleanUp(B))
          await sleeper('body', 100, 9)()
        })
      })
      await pass(2)
      caller.cancel('outside')
      await pass(20)
      cancelledAfter(caller, 'group: Error: A,Error: B')
    })

    test.each(['a group', 'a time limit'])('through %s round it that does not fail by the cancel', async (round) => {
      const group = (): Promise<void> => taskGroup((inner) => void inner.spawn(failingCleanUp(A)))
      const caller = createTask(async () => {
        await (round === 'a group' ? taskGroup(group) : timeout(50, group)).catch(() => log.push('failed'))
        await sleep(1)
        log.push('went on')
      })
      await pass(1)
      caller.cancel('outside')
      await pass(20)
      cancelledAfter(caller, 'failed')
    })

    test('the task is cancelled once: the wait after that is in peace', async () => {
      const caller = createTask(async () => {
        await taskGroup((tasks) => {
          tasks.spawn(failing(1, A))
          tasks.spawn(sleeper('sibling', 100, 9))
        }).catch(() => log.push('group'))
        await sleep(1).catch(() => log.push('cancelled'))
        await sleep(1)
        log.push('in peace')
      })
      await pass(2)
      caller.cancel('outside')
      await pass(20)
      expect(log.slice(-3)).toEqual(['group', 'cancelled', 'in peace'])
    })
  })

  describe('TG12: children that do something before their first await', () => {
    test('gh-128588: one fails at once: siblings before and after it are cancelled, and nothing leaks out of the group', async () => {
      const caller = createTask(async () => {
        const error: unknown = await taskGroup(async (tasks) => {
          tasks.spawn(sleeper('before', 100))
          tasks.spawn(() => {
            throw A
          })
          tasks.spawn(sleeper('after', 100))
          await sleeper('body', 100)()
        }).catch((reason: unknown) => reason)
        await sleep(1)
        return errorsOf(error)
      })
      await pass(1)
      expect(await caller).toEqual([A])
      expect(log.toSorted()).toEqual(['after! CancelledError', 'before! CancelledError', 'body! CancelledError'])
    })

    test('one fails at once, and the body is not waiting: it is cancelled at its next wait', async () => {
      const gate = Promise.withResolvers<void>()
      const group = taskGroup(async (tasks) => {
        tasks.spawn(() => Promise.reject(A))
        await gate.promise
        await sleeper('body', 100)()
      })
      expect(await outcomeAfter(0, group)).toEqual({ state: 'pending' })
      gate.resolve()
      expect(await outcome(group)).toEqual(failedBy(A))
      expect(log).toEqual(['body! CancelledError'])
    })

    test('all fail at once: all errors, in order', async () => {
      const group = taskGroup((tasks) => {
        for (const error of [A, B, C]) tasks.spawn(() => Promise.reject(error))
      })
      expect(await outcome(group)).toEqual(failedBy(A, B, C))
    })

    test('gh-128550: one spawns a failing child, and then blocks: it is cancelled', async () => {
      const group = taskGroup((tasks) => {
        tasks.spawn(async () => {
          tasks.spawn(() => {
            throw A
          })
          await sleeper('blocking', 100)()
        })
      })
      expect(await outcome(group)).toEqual(failedBy(A))
      expect(log).toEqual(['blocking! CancelledError'])
    })

    test('gh-128550: the same, three deep', async () => {
      const group = taskGroup((tasks) => {
        const nest = (depth: number) => async (): Promise<void> => {
          if (depth === 0) throw A
          tasks.spawn(nest(depth - 1))
          await sleeper(`depth ${depth}`, 100)()
        }
        tasks.spawn(nest(3))
      })
      expect(await outcome(group)).toEqual(failedBy(A))
      expect(log.toSorted()).toEqual([1, 2, 3].map((depth) => `depth ${depth}! CancelledError`))
    })

    test('gh-155418: one cancels the group at once, and then blocks: it is cancelled too', async () => {
      const group = taskGroup(async (tasks) => {
        tasks.spawn(sleeper('before', 100))
        tasks.spawn(async () => {
          tasks.cancel()
          await sleeper('itself', 100)()
        })
        await sleeper('body', 100)()
      })
      expect(await outcome(group)).toEqual({ state: 'fulfilled', value: undefined })
      expect(log.toSorted()).toEqual(['before! CancelledError', 'body! CancelledError', 'itself! CancelledError'])
    })

    test('one cancels the group at once and ends: its value is its own', async () => {
      let child: Task<string> | undefined
      const group = taskGroup((tasks) => {
        child = tasks.spawn(() => {
          tasks.cancel()
          return 'value'
        })
        return 'body'
      })
      expect(await group).toBe('body')
      expect(child?.result()).toBe('value')
    })

    test('one cancels the group and fails at once: that is a failure', async () => {
      const group = taskGroup((tasks) => {
        tasks.spawn(() => {
          tasks.cancel()
          throw A
        })
      })
      expect(await outcome(group)).toEqual(failedBy(A))
    })

    test('one cancels the group at once, and the body goes on spawning: it is refused, and the group ends without an error', async () => {
      const job = vi.fn()
      const group = taskGroup((tasks) => {
        for (const stop of [false, true, false]) {
          tasks.spawn(() => {
            if (stop) tasks.cancel()
            else job()
          })
        }
      })
      expect(await outcome(group)).toEqual({ state: 'fulfilled', value: undefined })
      expect(job).toHaveBeenCalledTimes(1)
    })

    test('one cancels the group at once, and itself goes on spawning: it is refused, and the group ends without an error', async () => {
      const job = vi.fn()
      const group = taskGroup((tasks) => {
        tasks.spawn(() => {
          tasks.cancel()
          tasks.spawn(job)
        })
      })
      expect(await outcome(group)).toEqual({ state: 'fulfilled', value: undefined })
      expect(job).not.toHaveBeenCalled()
    })

    test('one that spawns another while the group is being aborted is refused inside', async () => {
      const group = taskGroup((tasks) => {
        tasks.spawn(async () => {
          try {
            await sleep(100)
          } finally {
            expect(() => tasks.spawn(() => log.push('began'))).toThrow(InvalidStateError)
          }
        })
        tasks.spawn(() => Promise.reject(A))
      })
      expect(await outcome(group)).toEqual(failedBy(A))
      expect(log).toEqual([])
    })

    test('one fails at once in an inner group: the outer goes on when the body handles it', async () => {
      const group = taskGroup(async (outer) => {
        outer.spawn(sleeper('outer child', 2))
        await taskGroup((inner) => {
          inner.spawn(() => Promise.reject(A))
        }).catch(() => log.push('handled'))
        await sleep(1)
        return 'value'
      })
      await pass(2)
      expect([await group, log]).toEqual(['value', ['handled', 'outer child']])
    })

    test('one of the outer group’s fails at once while the body is in an inner group', async () => {
      const group = taskGroup(async (outer) => {
        await taskGroup(async (inner) => {
          inner.spawn(sleeper('inner child', 100))
          outer.spawn(() => Promise.reject(A))
          await sleeper('inner body', 100)()
        })
        log.push('went on')
      })
      expect(await outcome(group)).toEqual(failedBy(A))
      expect(log).toEqual(['inner body! CancelledError', 'inner child! CancelledError'])
    })

    test('one cancels the caller at once: that comes out of the group', async () => {
      const caller: Task<void> = createTask(async () => {
        const me = self()
        await taskGroup(async (tasks) => {
          tasks.spawn(async () => {
            me.cancel('from a child')
            await sleeper('child', 100)()
          })
          await sleeper('body', 100)()
        })
      })
      await drain()
      expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'from a child' })
      expect(log).toEqual(['body! CancelledError', 'child! CancelledError'])
    })

    test('one cancels itself at once: it is cancelled, and nobody else', async () => {
      const group = taskGroup((tasks) => {
        tasks.spawn(async () => {
          self().cancel()
          await sleeper('itself', 100)()
        })
        tasks.spawn(sleeper('other', 1))
      })
      await pass(1)
      await group
      expect(log).toEqual(['itself! CancelledError', 'other'])
    })
  })

  describe('TG13: cancel()', () => {
    test('cancels the children and the body, and the group ends without an error and without a value', async () => {
      const group = taskGroup(async (tasks) => {
        tasks.spawn(sleeper('child', 100, 3))
        tasks.spawn(async () => {
          await sleep(1)
          tasks.cancel()
        })
        await sleeper('body', 100)()
        return 'value'
      })
      expect(await outcomeAfter(3, group)).toEqual({ state: 'pending' })
      await pass(1)
      expect(await group).toBe(undefined)
      expect(log).toEqual(['body! CancelledError', 'child! CancelledError', 'child cleaned up'])
    })

    test('by the body itself: what it comes to next is cancelled, and its value counts if it comes to nothing', async () => {
      expect(
        await taskGroup((tasks) => {
          tasks.spawn(sleeper('child', 100))
          tasks.cancel()
          return 'value'
        }),
      ).toBe('value')
      const group = taskGroup(async (tasks) => {
        tasks.cancel()
        await sleeper('body', 100)()
        return 'value'
      })
      expect(await group).toBe(undefined)
      expect(log).toEqual(['child! CancelledError', 'body! CancelledError'])
    })

    test('while the group waits for its children: the value of the body, which has ended, counts', async () => {
      let kept: TaskGroup | undefined
      const group = taskGroup((tasks) => {
        kept = tasks
        tasks.spawn(sleeper('child', 100))
        return 'value'
      })
      await pass(1)
      kept?.cancel()
      expect(await group).toBe('value')
      expect(log).toEqual(['child! CancelledError'])
    })

    test('twice is once; when the group has ended, nothing', async () => {
      let kept: TaskGroup | undefined
      const group = taskGroup((tasks) => {
        kept = tasks
        tasks.spawn(sleeper('child', 100, 5))
      })
      kept?.cancel()
      await pass(1)
      // A second one would interrupt the clean-up.
      kept?.cancel()
      await pass(4)
      await group
      kept?.cancel()
      expect(log).toEqual(['child! CancelledError', 'child cleaned up'])
    })

    test('an error in a clean-up is a failure all the same', async () => {
      const group = taskGroup(async (tasks) => {
        tasks.spawn(failingCleanUp(A))
        tasks.spawn(async () => {
          await sleep(1)
          tasks.cancel()
        })
        await failingCleanUp(B)()
      })
      const end = await outcomeAfter(1, group)
      expect(end.state === 'rejected' && new Set(errorsOf(end.reason) as unknown[])).toEqual(new Set([A, B]))
    })

    test('the body’s own CancelledError of another kind is not taken for it', async () => {
      const cancelled = createTask(() => sleep(100))
      cancelled.cancel('another')
      await drain()
      const group = taskGroup(async (tasks) => {
        tasks.spawn(sleeper('child', 100))
        await cancelled
      })
      expect(await outcome(group)).toMatchObject({ state: 'rejected', reason: { cause: 'another' } })
      expect(log).toEqual(['child! CancelledError'])
    })
  })

  describe('TG14, gh-155433: cancel() and a cancel from outside: that is not swallowed', () => {
    const start = (kept: { group?: TaskGroup }, cleanUp = 0): Task<void> =>
      createTask(async () => {
        await taskGroup(async (tasks) => {
          kept.group = tasks
          tasks.spawn(sleeper('child', 100, cleanUp))
          await sleeper('body', 100)()
        })
        await sleep(1)
        log.push('went on')
      })

    test.each([
      ['cancel(), then from outside', 0, ['group', 'outside']],
      ['from outside, then cancel()', 0, ['outside', 'group']],
      ['cancel(), then from outside, with a clean-up', 5, ['group', 'outside']],
      ['from outside, then cancel(), with a clean-up', 5, ['outside', 'group']],
    ] as const)('%s, in one turn', async (_, cleanUp, order) => {
      const kept: { group?: TaskGroup } = {}
      const caller = start(kept, cleanUp)
      for (const which of order) {
        if (which === 'group') kept.group?.cancel()
        else caller.cancel('outside')
      }
      await pass(10)
      expect(log).not.toContain('went on')
      expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'outside' })
    })

    test('in one turn, in a task that listens to its signal', async () => {
      for (const cleanUp of [0, 5]) {
        const kept: { group?: TaskGroup } = {}
        const caller = start(kept, cleanUp)
        listen(caller.signal)
        kept.group?.cancel()
        caller.cancel('outside')
        await pass(10)
        expect(log).not.toContain('went on')
        expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'outside' })
      }
    })

    test('from outside during the clean-up', async () => {
      const kept: { group?: TaskGroup } = {}
      const caller = start(kept, 5)
      kept.group?.cancel()
      await pass(1)
      caller.cancel('outside')
      await pass(10)
      expect(log).not.toContain('went on')
      expect(caller.error()).toMatchObject({ name: 'CancelledError', cause: 'outside' })
    })
  })
})

describe('tasks and Contexts', () => {
  test('the body runs in the caller’s own task and Context: what it sets is seen by the caller', async () => {
    const user = new ContextVar('user', { default: 'nobody' })
    const caller = createTask(async () => {
      const task = currentTask()
      const inside = await taskGroup(async () => {
        await sleep(1)
        user.set('body')
        return currentTask() === task
      })
      return [inside, user.get(), currentTask() === task]
    })
    await pass(1)
    expect(await caller).toEqual([true, 'body', true])
  })

  test('each child runs in a task of its own and a copy of the Context at spawn()', async () => {
    const user = new ContextVar('user', { default: 'nobody' })
    const caller = createTask(async () => {
      user.set('caller')
      const children = await taskGroup((tasks) => {
        const one: Task<unknown> = tasks.spawn(async () => {
          const before = user.get()
          user.set('child')
          await sleep(1)
          return [before, user.get(), currentTask() === one]
        })
        user.set('body')
        const other = tasks.spawn(() => user.get())
        return [one, other]
      })
      return [...children.map((child) => child.result()), user.get()]
    })
    await pass(1)
    expect(await caller).toEqual([['caller', 'child', true], 'body', 'body'])
  })

  test('spawn() takes the options of createTask: a name, a Context that is shared, a signal', async () => {
    const user = new ContextVar('user', { default: 'nobody' })
    const context = copyContext()
    const controller = new AbortController()
    await taskGroup(async (tasks) => {
      const named = tasks.spawn(() => user.set('shared'), { name: 'named', context })
      expect(named.name).toBe('named')
      const signalled = tasks.spawn(sleeper('signalled', 100), { signal: controller.signal })
      controller.abort('stop')
      await drain()
      expect(signalled.error()).toMatchObject({ name: 'CancelledError', cause: 'stop' })
      expect(listeners(controller.signal)).toBe(0)
      const never = tasks.spawn(() => log.push('never'), { signal: controller.signal })
      expect([never.done, never.cancelled]).toEqual([true, true])
    })
    expect(context.get(user)).toBe('shared')
    expect(log).toEqual(['signalled! CancelledError'])
  })

  test('a child is a task like others: it can be awaited, cancelled, and read when the group has ended', async () => {
    const [fulfilled, cancelled] = await taskGroup((tasks) => {
      const one = tasks.spawn(() => 1)
      const other = tasks.spawn(() => sleep(100))
      other.cancel()
      return [one, other] as const
    })
    expect([fulfilled.result(), cancelled.cancelled]).toEqual([1, true])
  })

  test('outside of any task there is a group nonetheless, and no task for its body', async () => {
    const group = taskGroup(async (tasks) => {
      tasks.spawn(failing(1, A))
      expect(currentTask()).toBe(undefined)
      await sleeper('body', 100)()
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    expect(log).toEqual(['body! CancelledError'])
  })
})

describe('the body, as other waits have it', () => {
  test('a failure reaches the body on whatever it waits: a lock, a queue, another task, a nested timeout', async () => {
    const lock = new Lock()
    lock.tryAcquire()
    const queue = new Queue<string>()
    const other = createTask(sleeper('other', 100))
    const waits: (() => Promise<unknown>)[] = [
      () => lock.acquire(),
      () => queue.get(),
      async () => other,
      () => timeout(50, () => queue.get()),
      () => Promise.all([queue.get(), lock.acquire()]),
    ]
    for (const [index, wait] of waits.entries()) {
      const group = taskGroup(async (tasks) => {
        tasks.spawn(failing(1, A))
        await wait()
        log.push(`${index} went on`)
      })
      expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    }
    expect([log, lock.waiting, queue.size]).toEqual([['other! CancelledError'], 0, 0])
    expect(other.cancelled).toBe(true)
  })

  test('an item granted before the failure is the body’s: it sees it, and its next wait is cancelled', async () => {
    const queue = new Queue<string>()
    const gate = new Event()
    const group = taskGroup(async (tasks) => {
      tasks.spawn(async () => {
        await gate.wait()
        queue.putNowait('item')
        throw A
      })
      log.push(await queue.get())
      await sleep(1)
      log.push('went on')
    })
    gate.set()
    expect(await outcome(group)).toEqual(failedBy(A))
    expect(log).toEqual(['item'])
  })

  test('delivered once: the body’s clean-up may wait', async () => {
    const group = taskGroup(async (tasks) => {
      tasks.spawn(failing(1, A))
      tasks.spawn(failing(2, B))
      await sleeper('body', 100, 9)()
    })
    expect(await outcomeAfter(10, group)).toEqual(failedBy(A))
    expect(log).toEqual(['body! CancelledError', 'body cleaned up'])
  })

  test('a child that the body awaits is cancelled once, though it hears of it in two ways: its clean-up may wait', async () => {
    for (const bodyAwaits of [(child: Task<string>) => child, (child: Task<string>) => Promise.all([child, child])]) {
      log = []
      const group = taskGroup(async (tasks) => {
        tasks.spawn(failing(1, A))
        await bodyAwaits(tasks.spawn(sleeper('child', 100, 5)))
      })
      expect(await outcomeAfter(6, group)).toEqual(failedBy(A))
      expect(log).toEqual(['child! CancelledError', 'child cleaned up'])
    }
  })

  test('and so is one that a sibling awaits', async () => {
    const group = taskGroup((tasks) => {
      const child = tasks.spawn(sleeper('child', 100, 5))
      tasks.spawn(async () => void (await child))
      tasks.spawn(failing(1, A))
    })
    expect(await outcomeAfter(6, group)).toEqual(failedBy(A))
    expect(log).toEqual(['child! CancelledError', 'child cleaned up'])
  })

  test('a task that the body answers is awaited by it', async () => {
    const other = createTask(sleeper('other', 100))
    const group = taskGroup((tasks) => {
      tasks.spawn(failing(1, A))
      return other
    })
    expect(await outcomeAfter(1, group)).toEqual(failedBy(A))
    expect([log, other.cancelled]).toEqual([['other! CancelledError'], true])
  })

  test('a time limit round a group: the children are cancelled, and the TimeoutError comes out', async () => {
    const limited = timeout(5, () => taskGroup((tasks) => void tasks.spawn(sleeper('child', 100))))
    expect(await outcomeAfter(5, limited)).toMatchObject({ state: 'rejected', reason: { name: 'TimeoutError' } })
    expect(log).toEqual(['child! CancelledError'])
  })

  test('a time limit in a group: its expiry is an error like others', async () => {
    const group = taskGroup((tasks) => {
      tasks.spawn(() => timeout(5, sleeper('limited', 100)))
      tasks.spawn(sleeper('sibling', 100))
    })
    const end = await outcomeAfter(5, group)
    expect(end).toMatchObject({ state: 'rejected', reason: { errors: [{ name: 'TimeoutError' }] } })
    expect(log).toEqual(['limited! CancelledError', 'sibling! CancelledError'])
  })
})

describe('signals', () => {
  test.each(reasons)(
    'reason %s: aborted while it runs: body and children are cancelled, and the very reason comes out',
    async (_, reason) => {
      const controller = new AbortController()
      const group = taskGroup(
        async (tasks) => {
          tasks.spawn(sleeper('child', 100, 3))
          await sleeper('body', 100)()
        },
        { signal: controller.signal },
      )
      await pass(1)
      controller.abort(reason)
      expect(await outcomeAfter(2, group)).toEqual({ state: 'pending' })
      expect(await outcomeAfter(1, group)).toEqual({ state: 'rejected', reason })
      expect(log).toEqual(['body! CancelledError', 'child! CancelledError', 'child cleaned up'])
      expect(listeners(controller.signal)).toBe(0)
    },
  )

  test.each(reasons)('reason %s: aborted while it waits for its children', async (_, reason) => {
    const controller = new AbortController()
    const group = taskGroup((tasks) => void tasks.spawn(sleeper('child', 100)), { signal: controller.signal })
    await pass(1)
    controller.abort(reason)
    expect(await outcomeAfter(0, group)).toEqual({ state: 'rejected', reason })
    expect(log).toEqual(['child! CancelledError'])
  })

  test.each(reasons)('reason %s: aborted before: the body is not called', async (_, reason) => {
    const body = vi.fn()
    expect(await outcome(taskGroup(body, { signal: AbortSignal.abort(reason) }))).toEqual({ state: 'rejected', reason })
    expect(body).not.toHaveBeenCalled()
  })

  test('with an error in a clean-up the errors come out', async () => {
    const controller = new AbortController()
    const group = taskGroup((tasks) => void tasks.spawn(failingCleanUp(A)), { signal: controller.signal })
    controller.abort('stop')
    expect(await outcomeAfter(0, group)).toEqual(failedBy(A))
  })

  test('a cancel of the task wins over it', async () => {
    for (const order of ['cancel, abort', 'abort, cancel']) {
      const controller = new AbortController()
      const task = createTask(() =>
        taskGroup(
          async (tasks) => {
            tasks.spawn(sleeper('child', 100))
            await sleeper('body', 100, 9)()
          },
          { signal: controller.signal },
        ),
      )
      for (const which of order.split(', ')) {
        if (which === 'cancel') task.cancel('outside')
        else controller.abort('stop')
        await pass(1)
      }
      await pass(100)
      expect([order, String(task)]).toEqual([order, `Task "${task.name}" <cancelled>`])
    }
  })

  test('an abort when all has ended changes nothing, and no listener stays', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const group = taskGroup((tasks) => void tasks.spawn(sleeper('child', 1)), { signal })
    expect(listeners(signal)).toBe(1)
    await pass(1)
    expect(listeners(signal)).toBe(0)
    controller.abort()
    await group
    expect(
      await outcomeAfter(
        0,
        taskGroup(() => Promise.reject(A), { signal: new AbortController().signal }),
      ),
    ).toEqual(failedBy(A))
  })

  test('null is no signal', async () => {
    expect(await taskGroup(() => 1, { signal: null })).toBe(1)
  })
})

describe('what nobody awaits', () => {
  test('the errors of children are the group’s: none is reported by itself', async () => {
    const reported = await unhandled(async () => {
      const group = taskGroup((tasks) => {
        tasks.spawn(failing(1, A))
        tasks.spawn(failingCleanUp(B))
      })
      record(log, 'group', group)
      await pass(1)
    })
    expect([log, reported]).toEqual([['group! AggregateError'], []])
  })

  test('an AggregateError that nobody hears of is reported, once', async () => {
    const reported = await unhandled(async () => {
      void taskGroup((tasks) => void tasks.spawn(failing(1, A)))
      await pass(1)
    })
    expect(reported).toEqual([failedBy(A).reason])
  })

  test('un-awaited, its cancellation is reported as little as that of any other wait', async () => {
    const reported = await unhandled(async () => {
      const caller = createTask(async () => {
        void taskGroup((tasks) => void tasks.spawn(sleeper('child', 100)))
        await sleep(5)
      })
      await drain()
      caller.cancel()
      await drain()
      expect(caller.cancelled).toBe(true)
    })
    expect([log, reported]).toEqual([['child! CancelledError'], []])
  })
})

describe('printing', () => {
  test('says how it stands', async () => {
    const seen: string[] = []
    let kept: TaskGroup | undefined
    const group = taskGroup((tasks) => {
      kept = tasks
      seen.push(String(tasks))
      tasks.spawn(sleeper('child', 100, 5))
      seen.push(String(tasks))
    })
    await drain()
    seen.push(String(kept))
    kept?.cancel()
    seen.push(String(kept))
    await pass(5)
    await group
    seen.push(String(kept))
    expect(seen).toEqual([
      'TaskGroup <open, children: 0>',
      'TaskGroup <open, children: 1>',
      'TaskGroup <joining, children: 1>',
      'TaskGroup <aborting, children: 1>',
      'TaskGroup <ended, children: 0>',
    ])
    expect(renderings(kept as TaskGroup)).toEqual(['TaskGroup <ended, children: 0>'])
    expect(Object.prototype.toString.call(kept)).toBe('[object TaskGroup]')
  })
})

describe('wrong arguments', () => {
  test.each(notAFunction)('body: $title', async (wrong) => {
    expect(await refusal(() => taskGroup(wrong.value as never))).toEqual(refused('rejected', wrong, 'body'))
  })

  test.each(wrongOptions)('options: $title', async (wrong) => {
    const body = vi.fn()
    expect(await refusal(() => taskGroup(body, wrong.value as never))).toEqual(refused('rejected', wrong, 'options'))
    expect(body).not.toHaveBeenCalled()
  })

  test.each(wrongSignals)('signal: $title', async (wrong) => {
    const body = vi.fn()
    expect(await refusal(() => taskGroup(body, { signal: wrong.value as never }))).toEqual(
      refused('rejected', wrong, 'signal'),
    )
    expect(body).not.toHaveBeenCalled()
  })

  test('spawn(): refused by a throw, and the group is as it was', async () => {
    const job = vi.fn()
    const value = await taskGroup(async (tasks) => {
      for (const wrong of notAFunction) {
        expect(await refusal(() => tasks.spawn(wrong.value as never))).toEqual(refused('threw', wrong, 'job'))
      }
      for (const wrong of wrongOptions) {
        expect(await refusal(() => tasks.spawn(job, wrong.value as never))).toEqual(refused('threw', wrong, 'options'))
      }
      for (const wrong of wrongSignals) {
        const options = { signal: wrong.value as never }
        expect(await refusal(() => tasks.spawn(job, options))).toEqual(refused('threw', wrong, 'signal'))
      }
      for (const wrong of wrongNames) {
        const options = { name: wrong.value as never }
        expect(await refusal(() => tasks.spawn(job, options))).toEqual(refused('threw', wrong, 'name'))
      }
      for (const wrong of wrongNames) {
        const options = { context: wrong.value as never }
        expect(await refusal(() => tasks.spawn(job, options))).toEqual(refused('threw', wrong, 'context'))
      }
      expect(String(tasks)).toBe('TaskGroup <open, children: 0>')
      return 'value'
    })
    expect(value).toBe('value')
    expect(job).not.toHaveBeenCalled()
  })
})
