/**
 * Task: asyncio's statements T1 to T20, CV3 and CV6; names, printing, states; then, catch, finally, `await using`; the external signal;
 * AbortErrors; which rejections are reported; bad input. How a cancellation meets every wait is in test/cancellation.test.ts.
 */
import { EventEmitter, once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Context, ContextVar, copyContext } from '@interlock/contextvar'
import { currentContext } from '@interlock/contextvar/frame'
import { Event, Lock, Queue } from '@interlock/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { outcomeAfter, pass } from '../test/clock.ts'
import { drain, outcome } from '../test/microtasks.ts'
import { listeners, record, renderings } from '../test/recording.ts'
import { unhandled } from '../test/unhandled.ts'
import { notAFunction, reasons, refusal, refused, wrongNames, wrongOptions, wrongSignals } from '../test/wrong-input.ts'
import { CancelledError, createTask, currentTask, InvalidStateError, type Job, sleep, Task, timeout } from './index.ts'

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

/** A job that waits for ever, and writes down what ended that. */
const waitsForEver = (label: string) => async (): Promise<void> => {
  try {
    await new Event().wait()
  } catch (error) {
    log.push(`${label}! ${(error as Error).name}`)
    throw error
  }
}

/** Until they have ended, with nothing that they throw unhandled. */
const ends = (...tasks: Task<unknown>[]): Promise<unknown> => Promise.all(tasks.map((task) => outcome(task)))

/** What ended `promise`, as an error. */
async function errorOf(promise: PromiseLike<unknown>): Promise<Error & { code?: string }> {
  const seen = await outcome(promise)
  if (seen.state !== 'rejected') throw new Error(`was to be rejected, is ${seen.state}`)
  return seen.reason as Error & { code?: string }
}

describe('asyncio: Task', () => {
  test('T1, T20: a job runs to its first await inside createTask(); tasks resume in the order of creation', async () => {
    const job = (label: string) => async (): Promise<void> => {
      log.push(`${label} begins`)
      await Promise.resolve()
      log.push(`${label} goes on`)
    }
    for (const label of ['a', 'b', 'c']) {
      createTask(job(label))
      log.push('created')
    }
    expect(log).toEqual(['a begins', 'created', 'b begins', 'created', 'c begins', 'created'])
    await drain()
    expect(log.slice(6)).toEqual(['a goes on', 'b goes on', 'c goes on'])
  })

  test('T2: it has the value of its job, or its error', async () => {
    const error = new Error('wrong')
    const good = createTask(async () => 'value')
    const bad = createTask(async () => {
      throw error
    })
    await ends(good, bad)
    expect(await outcome(good)).toEqual({ state: 'fulfilled', value: 'value' })
    expect(await outcome(bad)).toEqual({ state: 'rejected', reason: error })
    expect([good.result(), good.error()]).toEqual(['value', undefined])
    expect(bad.error()).toBe(error)
    expect(() => bad.result()).toThrow(error)
  })

  test.each([undefined, null, 0, '', false, [5]])('T2: a value that is %o, an error that is', async (value) => {
    const good = createTask(() => value)
    const bad = createTask(() => Promise.reject(value as never))
    await ends(good, bad)
    expect(await outcome<unknown>(good)).toEqual({ state: 'fulfilled', value })
    expect(await outcome<unknown>(bad)).toEqual({ state: 'rejected', reason: value })
    expect([good.result(), good.error(), bad.error()]).toEqual([value, undefined, value])
    let thrown: unknown = 'nothing'
    try {
      bad.result()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBe(value)
    expect([String(good), String(bad)].map((text) => text.replace(/^.*</, '<'))).toEqual(['<fulfilled>', '<failed>'])
  })

  test('T3: awaiting it again gives the same value, the same error object', async () => {
    const value = {}
    const good = createTask(() => value)
    expect([(await good) === value, (await good) === value]).toEqual([true, true])
    const bad = createTask(() => Promise.reject(new Error('wrong')))
    expect(await errorOf(bad)).toBe(await errorOf(bad))
    const cancelled = createTask(waitsForEver('job'))
    cancelled.cancel()
    expect(await errorOf(cancelled)).toBe(await errorOf(cancelled))
  })

  test('T4: cancelled before it starts, by a signal that has aborted, it never runs', async () => {
    const reason = new Error('closed')
    const task = createTask(() => log.push('ran'), { signal: AbortSignal.abort(reason) })
    expect([task.done, task.cancelled, task.cancelling, task.cancel()]).toEqual([true, true, 1, false])
    expect(task.error()).toMatchObject({ name: 'CancelledError', cause: reason })
    expect(await errorOf(task)).toBe(task.error())
    expect(task.signal.reason).toBe(task.error())
    expect(log).toEqual([])
  })

  test('T5: cancel() answers true; the task is cancelled once its job has ended, by a CancelledError with the reason', async () => {
    const event = new Event()
    const task = createTask(async () => {
      try {
        await event.wait()
      } finally {
        await sleep(5)
      }
    })
    const reason = { why: 'enough' }
    expect([task.cancel(reason), task.done, task.cancelled, task.cancelling, event.waiting]).toEqual([
      true,
      false,
      false,
      1,
      0,
    ])
    await drain()
    expect([task.done, task.cancelled]).toEqual([false, false])
    await pass(5)
    expect([task.done, task.cancelled]).toEqual([true, true])
    const error = task.error() as CancelledError
    expect(error).toBeInstanceOf(CancelledError)
    expect(error.cause).toBe(reason)
    expect(() => task.result()).toThrow(error)
  })

  test('T5: the error comes in a later microtask, never inside cancel()', async () => {
    const task = createTask(waitsForEver('job'))
    task.cancel()
    log.push('after cancel')
    await drain()
    expect(log).toEqual(['after cancel', 'job! CancelledError'])
  })

  test('T6: the job may catch it and return a value, throw another error, or go on; then it is not cancelled', async () => {
    const [returns, throws, goesOn] = [
      createTask(() => waitsForEver('a')().catch(() => 'value')),
      createTask(async () => {
        await waitsForEver('b')().catch(() => {
          throw new Error('other')
        })
      }),
      createTask(async () => {
        await waitsForEver('c')().catch(() => {})
        await sleep(5)
        return 'went on'
      }),
    ]
    for (const task of [returns, throws, goesOn]) task.cancel()
    await ends(returns, throws, goesOn)
    expect(await outcome(returns)).toEqual({ state: 'fulfilled', value: 'value' })
    expect(await errorOf(throws)).toEqual(new Error('other'))
    expect(await outcomeAfter(5, Promise.resolve(goesOn))).toEqual({ state: 'fulfilled', value: 'went on' })
    expect([returns, throws, goesOn].map((task) => [task.cancelled, task.cancelling])).toEqual([
      [false, 1],
      [false, 1],
      [false, 1],
    ])
    expect(log).toEqual(['a! CancelledError', 'b! CancelledError', 'c! CancelledError'])
  })

  test('T7, bpo-30048: a task that cancels itself just before it returns is cancelled', async () => {
    const task = createTask(async () => {
      await Promise.resolve()
      self().cancel('by itself')
      return 'value'
    })
    expect(await errorOf(task)).toMatchObject({ name: 'CancelledError', cause: 'by itself' })
    expect(task.cancelled).toBe(true)
  })

  test('T7: cancelled by another at its end, what it has got counts: it may be a lock', async () => {
    const lock = new Lock()
    const held = await lock.acquire()
    const task = createTask(() => lock.acquire())
    held.release()
    expect(task.cancel()).toBe(true)
    const permit = await task
    expect([permit.released, task.cancelled]).toEqual([false, false])
    permit.release()
  })

  test.each([
    ['caught', () => sleep(1).catch(() => {})],
    ['withdrawn', () => void self().uncancel()],
  ])('T7: and so it does when it has %s a cancel of its own before', async (_, deal) => {
    const lock = new Lock()
    const held = await lock.acquire()
    const task = createTask(async () => {
      self().cancel('by itself')
      await deal()
      return await lock.acquire()
    })
    await drain()
    held.release()
    task.cancel('by another')
    expect(await outcome(task)).toMatchObject({ state: 'fulfilled', value: { released: false } })
  })

  test('T8: cancelling who awaits a task cancels that one, and its waiter hears of it from there', async () => {
    const inner = createTask(waitsForEver('inner'), { name: 'inner' })
    const outer = createTask(async () => await inner, { name: 'outer' })
    await drain()
    outer.cancel('gone')
    const error = await errorOf(outer)
    expect(error).toBe(inner.error())
    expect(error).toMatchObject({ message: 'task "outer" was cancelled: gone', cause: 'gone' })
    expect([inner.cancelled, inner.cancelling, outer.cancelled]).toEqual([true, 1, true])
  })

  test('T8: if that one survives and returns, the outer goes on', async () => {
    const inner = createTask(async () => {
      await waitsForEver('inner')().catch(() => {})
      return 'survived'
    })
    const outer = createTask(async () => {
      log.push(await inner)
      await sleep(5)
      return 'went on'
    })
    await drain()
    outer.cancel()
    expect(await outcomeAfter(5, Promise.resolve(outer))).toEqual({ state: 'fulfilled', value: 'went on' })
    expect([outer.cancelling, inner.cancelling, outer.cancelled]).toEqual([1, 1, false])
    expect(log).toEqual(['inner! CancelledError', 'survived'])
  })

  test('T8: if that one cleans up, the outer waits for it', async () => {
    const inner = createTask(async () => {
      try {
        await waitsForEver('inner')()
      } finally {
        await sleep(5)
        log.push('cleaned up')
      }
    })
    const outer = createTask(async () => await inner)
    await drain()
    outer.cancel()
    await pass(4)
    expect([outer.done, inner.done]).toEqual([false, false])
    await pass(1)
    expect([outer.cancelled, inner.cancelled, ...log]).toEqual([true, true, 'inner! CancelledError', 'cleaned up'])
  })

  test('T8: if that one is in no wait that can be ended, the waiting for it ends at once, and it hears at its next wait', async () => {
    let go!: () => void
    const inner = createTask(async () => {
      await new Promise<void>((resolve) => (go = resolve))
      log.push('inner goes on')
      await sleep(5)
    })
    const outer = createTask(async () => await inner)
    await drain()
    outer.cancel('gone')
    expect(await errorOf(outer)).toMatchObject({ cause: 'gone' })
    expect([inner.done, inner.cancelling]).toEqual([false, 1])
    go()
    expect(await errorOf(inner)).toMatchObject({ cause: 'gone' })
    expect(log).toEqual(['inner goes on'])
  })

  test('T8: the same in a turn in which that one was granted a wait, and is in none any more', async () => {
    const event = new Event()
    let go!: () => void
    const inner = createTask(async () => {
      await event.wait()
      await new Promise<void>((resolve) => (go = resolve))
    })
    const outer = createTask(async () => await inner)
    await drain()
    event.set()
    for (let hop = 0; hop < 5; hop++) await Promise.resolve()
    outer.cancel('gone')
    await drain()
    await drain()
    expect([outer.cancelled, inner.done]).toEqual([true, false])
    go()
    await drain()
  })

  test('T9: a second cancel() interrupts the clean-up', async () => {
    const task = createTask(async () => {
      try {
        await waitsForEver('job')()
      } finally {
        await waitsForEver('clean-up')()
      }
    })
    task.cancel('first')
    await drain()
    expect([task.done, log]).toEqual([false, ['job! CancelledError']])
    task.cancel('second')
    expect(await errorOf(task)).toMatchObject({ cause: 'second' })
    expect(log).toEqual(['job! CancelledError', 'clean-up! CancelledError'])
  })

  test('T10, bpo-34872: asked for while it runs, it is delivered at the next wait that has to wait', async () => {
    const lock = new Lock()
    const task = createTask(async () => {
      self().cancel('by itself')
      await Promise.resolve()
      log.push('after an await of nothing')
      using _permit = await lock.acquire()
      log.push('after what could be had at once')
      await sleep(5)
      log.push('never')
    })
    expect(await errorOf(task)).toMatchObject({ cause: 'by itself' })
    expect(log).toEqual(['after an await of nothing', 'after what could be had at once'])
    expect(lock.locked).toBe(false)
  })

  test('T11: cancelling counts the cancels, uncancel() takes one away, never below 0', async () => {
    const task = createTask(async () => await waitsForEver('job')().catch(waitsForEver('again')))
    expect([task.cancelling, task.uncancel(), task.cancelling]).toEqual([0, 0, 0])
    task.cancel()
    task.cancel()
    expect([task.cancelling, task.uncancel(), task.cancelling]).toEqual([2, 1, 1])
    expect([task.uncancel(), task.uncancel(), task.cancelling]).toEqual([0, 0, 0])
    task.cancel()
    await drain()
  })

  test('T12: catching the error does not change the count', async () => {
    const task = createTask(async () => {
      await waitsForEver('job')().catch(() => {})
      const caught = self().cancelling
      return [caught, self().uncancel(), self().cancelling]
    })
    task.cancel()
    expect(await task).toEqual([1, 0, 0])
  })

  test('T13, gh-116720: at 0, a cancel that was not delivered yet is withdrawn', async () => {
    const task = createTask(async () => {
      self().cancel()
      self().uncancel()
      await sleep(5)
      return 'not cancelled'
    })
    expect(await outcomeAfter(5, Promise.resolve(task))).toEqual({ state: 'fulfilled', value: 'not cancelled' })
  })

  test('T13: of two, one uncancel() withdraws none', async () => {
    const task = createTask(async () => {
      self().cancel('first')
      self().cancel('second')
      self().uncancel()
      await sleep(5)
    })
    expect(await errorOf(task)).toMatchObject({ cause: 'second' })
  })

  test('T14: a job that throws a CancelledError by itself is cancelled', async () => {
    const error = new CancelledError('of the job’s own')
    const task = createTask(async () => {
      throw error
    })
    expect(await errorOf(task)).toBe(error)
    expect([task.cancelled, task.cancelling]).toEqual([true, 0])
  })

  test('T14: who awaits a task that somebody else cancelled is cancelled, unless he catches it', async () => {
    const inner = createTask(waitsForEver('inner'))
    const lets = createTask(async () => await inner)
    const catches = createTask(async () => await inner.catch(() => 'caught'))
    await drain()
    inner.cancel()
    expect(await errorOf(lets)).toBe(inner.error())
    expect(await catches).toBe('caught')
    expect([lets.cancelled, lets.cancelling, catches.cancelled]).toEqual([true, 0, false])
  })

  test('T15: nobody sets its outcome from outside', () => {
    const members = Object.getOwnPropertyNames(Task.prototype)
    for (const setter of ['resolve', 'reject', 'setResult', 'setException', 'setError']) {
      expect(members).not.toContain(setter)
    }
    const task = createTask(() => 'value') as { done: boolean }
    expect(() => (task.done = true)).toThrow(TypeError)
  })

  test('T16: a task that awaits itself gets InvalidStateError', async () => {
    const late = createTask(async (): Promise<unknown> => {
      await Promise.resolve()
      return await self()
    })
    const early = createTask(async (): Promise<unknown> => await self(), { name: 'early' })
    const among = createTask(async (): Promise<unknown> => {
      await Promise.resolve()
      return await Promise.all([sleep(0), self()])
    })
    await ends(late, early, among)
    for (const task of [late, early, among]) {
      const error = await errorOf(task)
      expect(error).toBeInstanceOf(InvalidStateError)
      expect([error.code, task.cancelled]).toEqual(['ERR_INVALID_STATE', false])
    }
    expect((early.error() as Error).message).toBe('Task "early" <pending> awaits itself, and would never end')
    await pass(0)
  })

  test('T16: a task that catches that goes on', async () => {
    const task = createTask(async (): Promise<unknown> => {
      try {
        return await self()
      } catch {
        return 'went on'
      }
    })
    expect(await task).toBe('went on')
  })

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'T17, bpo-37658: the wait granted, and cancelled %i microtasks later: what was granted is not lost',
    async (hops) => {
      const lock = new Lock()
      const held = await lock.acquire()
      const task = createTask(async () => {
        using _permit = await lock.acquire()
        log.push('had it')
        await sleep(5)
        log.push('went on')
      })
      held.release()
      for (let hop = 0; hop < hops; hop++) await Promise.resolve()
      task.cancel()
      expect(await errorOf(task)).toBeInstanceOf(CancelledError)
      expect([lock.locked, ...log]).toEqual([false, 'had it'])
    },
  )

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'T17: the same for a lock that an awaited task acquires and hands up, %i microtasks later',
    async (hops) => {
      const lock = new Lock()
      const held = await lock.acquire()
      const outer = createTask(async () => {
        using _permit = await createTask(async () => await lock.acquire())
        log.push('had it')
      })
      await drain()
      held.release()
      for (let hop = 0; hop < hops; hop++) await Promise.resolve()
      outer.cancel()
      await outcome(outer)
      expect(String(lock)).toBe('Lock <unlocked>')
    },
  )

  test.each([0, 1, 2, 3, 4, 5, 6])('T17: and for an item, through two tasks, %i microtasks later', async (hops) => {
    const queue = new Queue<string>()
    const middle = async (): Promise<string> => await createTask(async () => await queue.get())
    const outer = createTask(async () => log.push(await createTask(middle)))
    await drain()
    queue.putNowait('item')
    for (let hop = 0; hop < hops; hop++) await Promise.resolve()
    outer.cancel()
    await outcome(outer)
    expect([...log, ...(queue.empty ? [] : [queue.getNowait()])]).toEqual(['item'])
  })

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'T17: and for what an awaited task had at once, %i microtasks later',
    async (hops) => {
      const queue = new Queue<string>()
      for (const way of [
        () => createTask(() => queue.get()),
        () => createTask(async () => await createTask(async () => await queue.get())),
        () => createTask(() => timeout(5, () => queue.get())),
      ]) {
        log = []
        queue.putNowait('item')
        const outer = createTask(async () => log.push(await way()))
        for (let hop = 0; hop < hops; hop++) await Promise.resolve()
        outer.cancel()
        await outcome(outer)
        expect([...log, ...(queue.empty ? [] : [queue.getNowait()])]).toEqual(['item'])
      }
    },
  )

  test('T18: cancel() of a task that has ended answers false, and changes nothing', async () => {
    const good = createTask(() => 'value')
    const bad = createTask(() => Promise.reject(new Error('wrong')))
    const cancelled = createTask(waitsForEver('job'))
    cancelled.cancel('first')
    await ends(good, bad, cancelled)
    const before = [good, bad, cancelled].map((task) => [String(task), task.error(), task.cancelling])
    for (const task of [good, bad, cancelled]) expect(task.cancel('late')).toBe(false)
    expect([good, bad, cancelled].map((task) => [String(task), task.error(), task.cancelling])).toEqual(before)
    expect([good.signal.aborted, bad.signal.aborted]).toEqual([false, false])
  })

  test('T19: currentTask() is the task, however deep the call and over its awaits; undefined outside', async () => {
    const deep = async (levels: number): Promise<string> => {
      if (levels === 0) return self().name
      await (levels % 2 === 0 ? Promise.resolve() : new Promise((resolve) => process.nextTick(resolve)))
      return await deep(levels - 1)
    }
    expect(currentTask()).toBe(undefined)
    const tasks = [0, 1, 5].map((levels) => createTask(() => deep(levels)))
    expect(currentTask()).toBe(undefined)
    for (const task of tasks) expect(await task).toBe(task.name)
    expect(currentTask()).toBe(undefined)
  })

  test('T19: a task within a task is the inner one; after it, the outer one again', async () => {
    const name = (): string => self().name
    const inner = async (): Promise<string> => {
      log.push(name())
      await Promise.resolve()
      return name()
    }
    const outer = createTask(
      async () => {
        log.push(name())
        const task = createTask(inner, { name: 'inner' })
        log.push(name())
        log.push(await task, name())
      },
      { name: 'outer' },
    )
    await outer
    expect(log).toEqual(['outer', 'inner', 'outer', 'inner', 'outer'])
  })

  test('T20: done at the earliest a microtask after its creation, its callbacks never inside the call', async () => {
    const task = createTask(() => {
      log.push('ran')
      return 'value'
    })
    void task.then(() => log.push('then'))
    log.push('created')
    expect(task.done).toBe(false)
    expect(await outcome(task)).toEqual({ state: 'fulfilled', value: 'value' })
    expect(log).toEqual(['ran', 'created', 'then'])
  })

  test('T20: a job that throws before its first await throws in the task, not into createTask()', async () => {
    const error = new Error('at once')
    const task = createTask(() => {
      throw error
    })
    expect(task.done).toBe(false)
    expect(await outcome(task)).toEqual({ state: 'rejected', reason: error })
    expect(task.done).toBe(true)
  })

  test('T20: cancelled in its first step by itself, it hears of it at its first wait', async () => {
    const task = createTask(() => {
      self().cancel('at once')
      return sleep(5)
    })
    expect(await errorOf(task)).toMatchObject({ cause: 'at once' })
  })
})

describe('the Context of a task', () => {
  const variable = new ContextVar('variable', { default: 'default' })

  test('CV3: a copy of its creator’s, made when it is created: what either sets later the other does not see', async () => {
    await new Context().run(async () => {
      variable.set('before')
      const task = createTask(async () => {
        log.push(variable.get())
        variable.set('by the task')
        await Promise.resolve()
        log.push(variable.get())
      })
      log.push(variable.get())
      variable.set('after')
      await task
      log.push(variable.get())
    })
    expect(log).toEqual(['before', 'before', 'by the task', 'after'])
  })

  test('CV3: not of whoever cancels, awaits or releases', async () => {
    const event = new Event()
    const task = new Context().run(() => {
      variable.set('creator')
      return createTask(async () => {
        await event.wait().finally(() => log.push(variable.get()))
      })
    })
    await new Context().run(async () => {
      variable.set('another')
      event.set()
      await task
    })
    const cancelled = new Context().run(() => {
      variable.set('creator')
      return createTask(async () => await new Event().wait().catch(() => log.push(variable.get())))
    })
    new Context().run(() => {
      variable.set('another')
      cancelled.cancel()
    })
    await drain()
    expect(log).toEqual(['creator', 'creator'])
  })

  test('CV6: `context` is shared, not copied: by several tasks, and entered already', async () => {
    const context = new Context()
    const first = createTask(
      async () => {
        variable.set('first')
        await sleep(2)
        return variable.get()
      },
      { context },
    )
    const second = createTask(
      async () => {
        const seen = variable.get()
        await sleep(1)
        variable.set('second')
        return seen
      },
      { context },
    )
    await pass(2)
    expect([first.result(), second.result(), context.get(variable)]).toEqual(['second', 'first', 'second'])
    const inside = await context.run(async () => {
      const job = async (): Promise<boolean> => {
        await Promise.resolve()
        variable.set('inside')
        return currentContext() === context
      }
      return await createTask(job, { context: currentContext() })
    })
    expect([inside, context.get(variable)]).toEqual([true, 'inside'])
  })

  test('CV6: two tasks in one Context are two: cancelling one leaves the other', async () => {
    const context = copyContext()
    const [one, other] = [waitsForEver('one'), waitsForEver('other')].map((job) => createTask(job, { context }))
    one?.cancel()
    await drain()
    expect([log, one?.cancelled, other?.done]).toEqual([['one! CancelledError'], true, false])
    other?.cancel()
    await drain()
  })

  test('its callbacks run in the Context of who registered them', async () => {
    const task = createTask(async () => {
      variable.set('by the task')
      await Promise.resolve()
    })
    await new Context().run(async () => {
      variable.set('mine')
      await task.then(() => log.push(variable.get()))
      await task.finally(() => log.push(variable.get()))
    })
    expect(log).toEqual(['mine', 'mine'])
  })
})

describe('names and printing', () => {
  test('a task is named as told, or Task-1, Task-2, …, each once', () => {
    expect(createTask(() => {}, { name: 'report' }).name).toBe('report')
    const names = [createTask(() => {}), createTask(() => {}, { name: 'other' }), createTask(() => {})].map(
      (t) => t.name,
    )
    const [first = '', , second = ''] = names
    expect(first).toMatch(/^Task-\d+$/)
    expect(Number(second.slice(5)) - Number(first.slice(5))).toBe(1)
    expect(createTask(() => {}, { name: '' }).name).toBe('')
  })

  test('printed: what it is and how it stands, the same everywhere', async () => {
    let go!: () => void
    const pending = createTask(() => new Promise<void>((resolve) => (go = resolve)), { name: 'say "hi"' })
    expect(renderings(pending)).toEqual(['Task "say \\"hi\\"" <pending>'])
    pending.cancel()
    expect(renderings(pending)).toEqual(['Task "say \\"hi\\"" <cancelling>'])
    go()
    await pending
    expect(renderings(pending)).toEqual(['Task "say \\"hi\\"" <fulfilled>'])
    const failed = createTask(() => Promise.reject(new Error('wrong')), { name: 'f' })
    const cancelled = createTask(waitsForEver('job'), { name: 'c' })
    cancelled.cancel()
    await ends(failed, cancelled)
    expect([...renderings(failed), ...renderings(cancelled)]).toEqual(['Task "f" <failed>', 'Task "c" <cancelled>'])
    expect(Object.prototype.toString.call(failed)).toBe('[object Task]')
    expect(Object.keys(failed)).toEqual([])
  })

  test('a cancel that was taken back is not printed', async () => {
    const task = createTask(() => sleep(5), { name: 'job' })
    const pending = createTask(
      async () => {
        self().cancel()
        self().uncancel()
        await task
      },
      { name: 'pending' },
    )
    expect(String(pending)).toBe('Task "pending" <pending>')
    await pass(5)
  })

  test('while it is pending result() and error() throw InvalidStateError, which says what to do', async () => {
    const task = createTask(() => sleep(5, 'value'), { name: 'report' })
    for (const ask of [() => task.result(), () => task.error()]) {
      expect(ask).toThrow(InvalidStateError)
      expect(ask).toThrow('Task "report" <pending> has not ended: await it first')
    }
    await pass(5)
    expect(task.result()).toBe('value')
  })
})

describe('then, catch, finally', () => {
  test('are a promise’s own, outside tasks and in them', async () => {
    const check = async (): Promise<void> => {
      const error = new Error('wrong')
      const [good, bad] = [createTask(() => sleep(1, 2)), createTask(() => sleep(1).then(() => Promise.reject(error)))]
      const derived: Promise<unknown>[] = [
        good.then((value) => value + 1),
        good.then(undefined, () => 'not this'),
        good.then(null),
        good.catch(() => 'not this'),
        good.finally(() => 'not this'),
        bad.then(
          () => 'not this',
          (reason: unknown) => reason === error,
        ),
        bad.catch(() => 'caught'),
        bad.finally(() => {}).catch((reason: unknown) => reason === error),
      ]
      for (const promise of derived) expect(promise).toBeInstanceOf(Promise)
      expect(await Promise.all(derived)).toEqual([3, 2, 2, 2, 2, true, 'caught', true])
    }
    const outside = check()
    await pass(1)
    await outside
    const inside = createTask(check)
    await pass(1)
    await inside
  })

  test('who registers a callback does not wait by that: his cancellation is not passed on', async () => {
    const inner = createTask(waitsForEver('inner'))
    const outer = createTask(async () => {
      void inner.then(() => log.push('ended')).catch(() => {})
      inner.catch(() => log.push('failed'))
      // A bound function reads as a rejecting one of the engine's does.
      const note = (text: string): number => log.push(text)
      void inner.then(note.bind(undefined, 'bound'), note.bind(undefined, 'bound, failed'))
      void inner.finally(() => log.push('finally')).catch(() => {})
      await sleep(60_000)
    })
    await drain()
    outer.cancel()
    expect(await errorOf(outer)).toBeInstanceOf(CancelledError)
    expect([inner.done, inner.cancelling, log]).toEqual([false, 0, []])
    expect(await unhandled(() => inner.cancel())).toEqual([])
  })

  test.each([
    ['then()', (task: Task<unknown>) => task.then((value) => value)],
    ['catch()', (task: Task<unknown>) => task.catch((error: unknown) => Promise.reject(error as Error))],
    ['finally()', (task: Task<unknown>) => task.finally(() => {})],
    ['then().then()', (task: Task<unknown>) => Promise.resolve(task.then((value) => value))],
    ['Promise.resolve()', (task: Task<unknown>) => Promise.resolve(task)],
    ['Promise.all()', (task: Task<unknown>) => Promise.all([task, sleep(0)])],
    ['Promise.race()', (task: Task<unknown>) => Promise.race([task, new Event().wait()])],
    [
      'Promise.any()',
      (task: Task<unknown>) =>
        Promise.any([task, Promise.reject(new Error('other'))]).catch((error: AggregateError) =>
          Promise.reject(error.errors[0] as Error),
        ),
    ],
    ['an async function', async (task: Task<unknown>) => await task],
  ])('who awaits what comes from it, by %s, waits for the task: his cancellation is passed on', async (_, derive) => {
    const inner = createTask(waitsForEver('inner'))
    const outer = createTask(async () => {
      await derive(inner)
    })
    await drain()
    outer.cancel('gone')
    expect(await errorOf(outer)).toMatchObject({ name: 'CancelledError', cause: 'gone' })
    expect([inner.cancelled, outer.cancelled]).toEqual([true, true])
  })

  test('what is awaited of a task that has ended is no wait: a pending cancellation stays pending', async () => {
    const inner = createTask(() => 'value')
    await inner
    const outer = createTask(async () => {
      self().cancel()
      log.push(await inner, await inner.then((value) => value), await inner.finally(() => {}))
      await sleep(5)
      log.push('never')
    })
    expect(await errorOf(outer)).toBeInstanceOf(CancelledError)
    expect(log).toEqual(['value', 'value', 'value'])
  })

  test('a task returned from a job is awaited by it', async () => {
    const inner = createTask(waitsForEver('inner'))
    const outer = createTask(() => inner)
    await drain()
    outer.cancel()
    expect(await errorOf(outer)).toBe(inner.error())
  })
})

describe('await using', () => {
  test('cancels the task at the end of the block, and waits for its clean-up', async () => {
    const block = (async () => {
      await using task = createTask(async () => {
        try {
          await waitsForEver('job')()
        } finally {
          await sleep(5)
          log.push('cleaned up')
        }
      })
      log.push(String(task.done))
    })()
    await pass(4)
    expect((await outcome(block)).state).toBe('pending')
    await pass(1)
    expect((await outcome(block)).state).toBe('fulfilled')
    expect(log).toEqual(['false', 'job! CancelledError', 'cleaned up'])
  })

  test('of a task that has ended it does nothing; of one that failed neither', async () => {
    const good = createTask(() => 'value')
    const bad = createTask(() => Promise.reject(new Error('wrong')))
    await ends(good, bad)
    await good[Symbol.asyncDispose]()
    await bad[Symbol.asyncDispose]()
    expect([good.cancelling, bad.cancelling]).toEqual([0, 0])
  })

  test('throws what goes wrong in the clean-up', async () => {
    const error = new Error('could not clean up')
    const task = createTask(() =>
      waitsForEver('job')().catch(() => {
        throw error
      }),
    )
    expect(await errorOf(task[Symbol.asyncDispose]())).toBe(error)
  })

  test('a task that ignores the cancel is waited for, and its value is nobody’s', async () => {
    const task = createTask(() => waitsForEver('job')().catch(() => sleep(5, 'value')))
    expect(await outcomeAfter(5, task[Symbol.asyncDispose]())).toEqual({ state: 'fulfilled', value: undefined })
    expect(task.result()).toBe('value')
  })

  test('who is cancelled while he waits for it is cancelled, and not told that all is well', async () => {
    const outer = createTask(async () => {
      {
        await using _task = createTask(async () => {
          try {
            await waitsForEver('job')()
          } finally {
            await waitsForEver('clean-up')()
          }
        })
      }
      log.push('went on')
      await sleep(5)
      log.push('never')
    })
    await drain()
    outer.cancel('gone')
    await drain()
    expect(outer.cancelling).toBe(1)
    expect(await outcomeAfter(5, Promise.resolve(outer))).toMatchObject({
      state: 'rejected',
      reason: { cause: 'gone' },
    })
    expect(log).not.toContain('never')
  })

  test('the error of the body comes through', async () => {
    const error = new Error('of the body')
    const block = async (): Promise<void> => {
      await using _task = createTask(waitsForEver('job'))
      throw error
    }
    expect(await errorOf(block())).toBe(error)
    expect(log).toEqual(['job! CancelledError'])
  })
})

describe('the signal that a task is given', () => {
  test.each(reasons)('when it aborts, the task is cancelled with that reason: %s', async (_, reason) => {
    const controller = new AbortController()
    const { signal } = controller
    const task = createTask(waitsForEver('job'), { signal })
    expect(listeners(signal)).toBe(1)
    controller.abort(reason)
    expect([task.cancelling, listeners(signal)]).toEqual([1, 0])
    const error = await errorOf(task)
    expect(error).toBeInstanceOf(CancelledError)
    expect(Object.is(error.cause, reason)).toBe(true)
    expect(task.cancelled).toBe(true)
  })

  test.each(reasons)('when it had aborted: the same, and the job never runs: %s', async (_, reason) => {
    const signal = AbortSignal.abort(reason)
    const task = createTask(() => log.push('ran'), { signal })
    expect([task.cancelled, listeners(signal), log]).toEqual([true, 0, []])
    expect(Object.is((await errorOf(task)).cause, reason)).toBe(true)
  })

  test('null and undefined are none', async () => {
    expect(await createTask(() => 1, { signal: null })).toBe(1)
    expect(await createTask(() => 1, { signal: undefined, name: undefined, context: undefined })).toBe(1)
  })

  test('however the task ends, its listener goes; a later abort does nothing', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const tasks = [
      createTask(() => 'value', { signal }),
      createTask(() => Promise.reject(new Error('wrong')), { signal }),
      createTask(waitsForEver('job'), { signal }),
    ]
    expect(listeners(signal)).toBe(1)
    tasks[2]?.cancel()
    await ends(...tasks)
    expect(listeners(signal)).toBe(0)
    controller.abort()
    expect(tasks.map((task) => task.cancelling)).toEqual([0, 0, 1])
  })

  test('one signal for several: each is cancelled, once', async () => {
    const controller = new AbortController()
    const tasks = ['a', 'b', 'c'].map((label) => createTask(waitsForEver(label), { signal: controller.signal }))
    controller.abort('closed')
    controller.abort('again')
    await drain()
    expect(tasks.map((task) => [task.cancelled, task.cancelling])).toEqual([
      [true, 1],
      [true, 1],
      [true, 1],
    ])
    expect(log).toEqual(['a! CancelledError', 'b! CancelledError', 'c! CancelledError'])
  })

  test('it is not the signal that the job is given', async () => {
    const { signal } = new AbortController()
    const task = createTask(async (own) => own, { signal })
    const own = await task
    expect([own === signal, own === task.signal]).toEqual([false, true])
  })

  test('it may abort in the job’s first step', async () => {
    const controller = new AbortController()
    const task = createTask(
      async () => {
        controller.abort('at once')
        await sleep(5)
      },
      { signal: controller.signal },
    )
    expect(await errorOf(task)).toMatchObject({ cause: 'at once' })
    expect(listeners(controller.signal)).toBe(0)
  })
})

describe('task.signal', () => {
  test('is one and the same for the job and for others; aborts inside cancel(), with the very CancelledError', async () => {
    let given: AbortSignal | undefined
    const task = createTask(async (signal) => {
      given = signal
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    })
    expect([given === task.signal, task.signal === task.signal, task.signal.aborted]).toEqual([true, true, false])
    task.cancel('stop')
    expect(task.signal.aborted).toBe(true)
    const error = await errorOf(task)
    expect(error).toBe(task.signal.reason)
    expect(error).toMatchObject({ name: 'CancelledError', cause: 'stop' })
  })

  test('a job is given it however it is written', async () => {
    const jobs: Job<unknown>[] = [
      (signal) => signal,
      (signal?: AbortSignal) => signal,
      (...all: unknown[]) => all[0],
      async (...all: unknown[]) => all[0],
      function (this: unknown, ...all: unknown[]) {
        return all[0]
      },
      async function given(signal: unknown) {
        return signal
      },
      { method: (...all: unknown[]) => all[0] }.method,
    ]
    for (const job of jobs) {
      const task = createTask(job)
      expect((await task) === task.signal).toBe(true)
    }
  })

  test('asked for only after the cancel, it has aborted with the first cancellation', async () => {
    const task = createTask(() => waitsForEver('job')().catch(waitsForEver('again')))
    task.cancel('first')
    await drain()
    task.cancel('second')
    await outcome(task)
    expect([task.signal.aborted, (task.signal.reason as Error).cause]).toEqual([true, 'first'])
  })

  test('does not abort when a task simply ends', async () => {
    const task = createTask(async (signal) => signal.aborted)
    expect([await task, task.signal.aborted]).toEqual([false, false])
  })

  test.each([
    ['node:timers/promises', (signal: AbortSignal) => delay(60_000, undefined, { signal })],
    ['events.once()', (signal: AbortSignal) => once(new EventEmitter(), 'never', { signal })],
    [
      'an AbortError without a cause',
      (signal: AbortSignal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
        ),
    ],
    [
      'throwIfAborted()',
      async (signal: AbortSignal) =>
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())).then(() =>
          signal.throwIfAborted(),
        ),
    ],
  ])('%s, which rejects its own way: the task is cancelled, by its CancelledError', async (_, call) => {
    const task = createTask(async (signal) => await call(signal))
    await drain()
    task.cancel('stop')
    expect(await errorOf(task)).toBe(task.signal.reason)
    expect([task.cancelled, (task.error() as Error).cause]).toEqual([true, 'stop'])
  })

  test('an AbortError of a task that nobody cancelled is an error as any other', async () => {
    const error = new DOMException('aborted', 'AbortError')
    const task = createTask(() => Promise.reject(error))
    expect(await errorOf(task)).toBe(error)
    expect(task.cancelled).toBe(false)
  })

  test('a reader of the signal changes nothing of the cancellation: the task that comes to its next wait is cancelled', async () => {
    const lock = new Lock()
    await lock.acquire()
    const job = async (): Promise<void> => {
      await Promise.resolve()
      await lock.acquire()
    }
    const tasks = [createTask(job), createTask(async (_signal) => await job()), createTask(job)]
    void tasks[2]?.signal
    for (const task of tasks) task.cancel()
    await drain()
    expect(tasks.map(String).map((text) => text.replace(/^.*</, '<'))).toEqual([
      '<cancelled>',
      '<cancelled>',
      '<cancelled>',
    ])
    expect(lock.waiting).toBe(0)
  })
})

describe('unhandled rejections', () => {
  test('an error that nobody reads is reported, once', async () => {
    const error = new Error('wrong')
    const fails: Job<unknown>[] = [
      () => Promise.reject(error),
      () => {
        throw error
      },
      async () => {
        await Promise.resolve()
        throw error
      },
    ]
    for (const fail of fails) expect(await unhandled(() => void createTask(fail))).toEqual([error])
    expect(
      await unhandled(async () => {
        const task = createTask(() => Promise.reject(error))
        await drain()
        // To look is not to deal with it.
        expect([task.done, task.cancelled, task.cancel(), String(task.error())]).toEqual([
          true,
          false,
          false,
          'Error: wrong',
        ])
      }),
    ).toEqual([error])
  })

  test.each([
    ['await', async (task: Task<unknown>) => void (await outcome(task))],
    ['catch()', (task: Task<unknown>) => task.catch(() => {})],
    ['then()', (task: Task<unknown>) => task.then(undefined, () => {})],
    ['allSettled()', (task: Task<unknown>) => Promise.allSettled([task])],
  ])('an error that is read by %s is not', async (_, read) => {
    expect(
      await unhandled(async () => {
        await read(createTask(() => Promise.reject(new Error('wrong'))))
      }),
    ).toEqual([])
  })

  test('a task that ends cancelled, and that nobody reads, is not', async () => {
    const cancels: (() => unknown)[] = [
      () => createTask(waitsForEver('job')).cancel(),
      () => createTask(() => sleep(60_000)).cancel(),
      async () => {
        const task = createTask(waitsForEver('job'))
        await drain()
        task.cancel()
      },
      () => {
        const controller = new AbortController()
        createTask(waitsForEver('job'), { signal: controller.signal })
        controller.abort()
      },
      () => void createTask(() => {}, { signal: AbortSignal.abort() }),
      () => void createTask(() => Promise.reject(new CancelledError('by itself'))),
      () =>
        void createTask(() => {
          throw new CancelledError('by itself')
        }),
      () =>
        void createTask(() => {
          self().cancel()
        }),
      () =>
        void createTask((signal) => {
          self().cancel()
          return Promise.reject(new DOMException(String(signal.aborted), 'AbortError'))
        }),
    ]
    for (const cancel of cancels) expect([String(cancel), await unhandled(cancel)]).toEqual([String(cancel), []])
  })

  test('what a clean-up throws is reported, if nobody reads it', async () => {
    const error = new Error('could not clean up')
    expect(
      await unhandled(async () => {
        const task = createTask(() => waitsForEver('job')().catch(() => Promise.reject(error)))
        await drain()
        task.cancel()
      }),
    ).toEqual([error])
  })
})

describe('refuses', () => {
  test.each(notAFunction)('job: $title', async (wrong) => {
    expect(await refusal(() => createTask(wrong.value as never))).toEqual(refused('threw', wrong, 'job'))
  })
  test.each(wrongOptions)('options: $title', async (wrong) => {
    expect(await refusal(() => createTask(() => log.push('ran'), wrong.value as never))).toEqual(
      refused('threw', wrong, 'options'),
    )
    expect(log).toEqual([])
  })
  test.each(wrongNames)('name: $title', async (wrong) => {
    expect(await refusal(() => createTask(() => log.push('ran'), { name: wrong.value as never }))).toEqual(
      refused('threw', wrong, 'name'),
    )
    expect(log).toEqual([])
  })
  test.each(wrongSignals)('signal: $title', async (wrong) => {
    expect(await refusal(() => createTask(() => log.push('ran'), { signal: wrong.value as never }))).toEqual(
      refused('threw', wrong, 'signal'),
    )
    expect(log).toEqual([])
  })
  test.each([null, 5, {}, new Map(), 'context'])('context: %o', async (context) => {
    expect(await refusal(() => createTask(() => log.push('ran'), { context: context as never }))).toMatchObject({
      how: 'threw',
      type: 'TypeError',
      message: expect.stringMatching(/^context must be a Context, got /),
    })
    expect(log).toEqual([])
  })
  test('and then no name is used up', async () => {
    const number = (): number => Number(createTask(() => {}).name.slice(5))
    const before = number()
    for (const wrong of [() => createTask(5 as never), () => createTask(() => {}, 5 as never)]) await refusal(wrong)
    expect(number()).toBe(before + 1)
  })
})

test('record of ends: tasks that wait for one event end in the order of creation', async () => {
  const event = new Event()
  for (const label of ['a', 'b', 'c'])
    record(
      log,
      label,
      createTask(() => event.wait()),
    )
  event.set()
  await drain()
  expect(log).toEqual(['a', 'b', 'c'])
})
