/**
 * Scheduler: starts in step with the clock, also with timers that ring late; runs that overlap, queue up or are left out; stop() in every
 * state; errors; bad input.
 */
import { ContextVar } from '@interlock/contextvar'
import { Barrier, Event } from '@interlock/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pass } from '../test/clock.ts'
import { drain, outcome } from '../test/microtasks.ts'
import { record, renderings } from '../test/recording.ts'
import { unhandled } from '../test/unhandled.ts'
import { notAFunction, notANumber, refusal, refused, wrongOptions } from '../test/wrong-input.ts'
import { createTask, currentTask, Scheduler, sleep, type Task } from './index.ts'

let log: string[]
let starts: number[]
let began: number

beforeEach(() => {
  vi.useFakeTimers()
  log = []
  starts = []
  began = performance.now()
})
afterEach(() => {
  expect(vi.getTimerCount(), 'timers left').toBe(0)
  vi.useRealTimers()
})

/** Milliseconds since the test began. */
const now = (): number => performance.now() - began

/** Writes down when it starts, and takes `ms`. */
const taking = (ms: number) => async (): Promise<void> => {
  starts.push(now())
  if (ms > 0) await sleep(ms)
}

describe('the clock', () => {
  test('the first run starts inside start(), and the others a period after one another', async () => {
    const scheduler = new Scheduler(10, taking(0)).start()
    expect(starts).toEqual([0])
    await pass(35)
    expect(starts).toEqual([0, 10, 20, 30])
    await scheduler.stop()
  })

  test('nothing runs before start()', async () => {
    const scheduler = new Scheduler(10, taking(0))
    expect([scheduler.started, scheduler.running]).toEqual([false, 0])
    await pass(35)
    expect(starts).toEqual([])
  })

  test('start() answers the scheduler, and does nothing if it is started', async () => {
    const scheduler = new Scheduler(10, taking(0))
    expect(scheduler.start()).toBe(scheduler)
    await pass(5)
    expect(scheduler.start()).toBe(scheduler)
    await pass(10)
    expect([starts, scheduler.started]).toEqual([[0, 10], true])
    await scheduler.stop()
    expect(scheduler.started).toBe(false)
  })

  test('a period that is no whole number does not slip', async () => {
    const scheduler = new Scheduler(2.5, taking(0)).start()
    await pass(100)
    // A timer rings at a whole millisecond, never early.
    expect(starts).toEqual(Array.from({ length: 41 }, (_, index) => Math.ceil(index * 2.5)))
    await scheduler.stop()
  })

  test('a period longer than the longest timer is kept', async () => {
    const day = 24 * 60 * 60 * 1000
    const scheduler = new Scheduler(40 * day, taking(0)).start()
    await pass(79 * day)
    expect(starts).toEqual([0, 40 * day])
    await pass(day)
    expect(starts).toEqual([0, 40 * day, 80 * day])
    await scheduler.stop()
  })

  test('runs that take time do not shift the starts', async () => {
    const scheduler = new Scheduler(10, taking(7)).start()
    await pass(30)
    expect(starts).toEqual([0, 10, 20, 30])
    await pass(7)
    await scheduler.stop()
  })

  test('a job that blocks the thread, for less than a period, does not shift them either', async () => {
    const scheduler = new Scheduler(10, () => {
      starts.push(now())
      vi.setSystemTime(Date.now() + 4)
    }).start()
    await pass(30)
    expect(starts).toEqual([0, 10, 20, 30])
    await scheduler.stop()
  })
})

/** A clock that moves when a test says so, and timers that ring late. */
class LateClock {
  now = 0
  #timer: { readonly at: number; readonly fn: () => void } | undefined

  constructor() {
    vi.spyOn(performance, 'now').mockImplementation(() => this.now)
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((fn: () => void, ms: number) => {
      this.#timer = { at: this.now + ms, fn }
      return 0
    }) as never)
    vi.spyOn(globalThis, 'clearTimeout').mockImplementation(() => {
      this.#timer = undefined
    })
  }

  get pending(): boolean {
    return this.#timer !== undefined
  }

  /** Lets the timer ring, `late` milliseconds after its time. */
  ring(late: number): void {
    const timer = this.#timer
    if (timer === undefined) throw new Error('there was to be a timer')
    this.#timer = undefined
    this.now = timer.at + late
    timer.fn()
  }
}

describe('timers that ring late', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  test('10,000 periods later it is as late as its last timer, and no more', async () => {
    const clock = new LateClock()
    const period = 7.3
    const late: number[] = []
    const scheduler = new Scheduler(period, () => {
      late.push(clock.now - late.length * period)
    }).start()
    // By a fixed rule, up to nearly a period.
    for (let index = 1; index <= 10_000; index++) clock.ring((index * 37) % 6)
    await scheduler.stop()
    expect(late).toHaveLength(10_001)
    // The rule's 5 ms, and the millisecond that a timer is rounded up by.
    expect(Math.max(...late)).toBeLessThan(6)
    expect(Math.min(...late)).toBeGreaterThanOrEqual(-1e-6)
    expect(late[10_000]).toBeLessThan(((10_000 * 37) % 6) + 1)
    expect(clock.pending).toBe(false)
  })

  test('starts that fell into a standstill are left out, and those after it are in step', async () => {
    const clock = new LateClock()
    const scheduler = new Scheduler(10, () => {
      starts.push(clock.now)
    }).start()
    clock.ring(0)
    clock.ring(35)
    clock.ring(0)
    clock.ring(0)
    await scheduler.stop()
    expect(starts).toEqual([0, 10, 55, 60, 70])
  })

  test('in a queue they wait, and then run one after another', async () => {
    const clock = new LateClock()
    let running = 0
    const scheduler = new Scheduler(
      10,
      async () => {
        expect(++running).toBe(1)
        starts.push(clock.now)
        await Promise.resolve()
        running--
      },
      { overlap: 'queue' },
    ).start()
    for (const late of [0, 35, 0]) {
      await drain()
      clock.ring(late)
    }
    await drain()
    await scheduler.stop()
    expect(starts).toEqual([0, 10, 55, 55, 55, 55, 60])
  })

  test('a standstill that ends at the very time of a start leaves that one in', async () => {
    const clock = new LateClock()
    const scheduler = new Scheduler(10, () => {
      starts.push(clock.now)
    }).start()
    clock.ring(20)
    clock.ring(0)
    await scheduler.stop()
    expect(starts).toEqual([0, 30, 40])
  })

  test('a timer that rings early, as they may by a part of a millisecond, makes no start twice', async () => {
    const clock = new LateClock()
    const scheduler = new Scheduler(10, () => {
      starts.push(clock.now)
    }).start()
    clock.ring(-0.5)
    clock.ring(0)
    clock.ring(0)
    await scheduler.stop()
    expect(starts).toEqual([0, 9.5, 20.5, 30.5])
  })
})

describe('runs that outlast the period', () => {
  test('overlap true, and unless told: they run side by side, and hold nothing back', async () => {
    for (const overlap of [undefined, true] as const) {
      starts = []
      const from = now()
      const scheduler = new Scheduler(2, taking(5), { overlap }).start()
      await pass(4)
      expect([starts.map((at) => at - from), scheduler.running]).toEqual([[0, 2, 4], 3])
      await pass(2)
      expect([starts.length, scheduler.running]).toEqual([4, 3])
      const stopping = scheduler.stop()
      await pass(5)
      await stopping
      expect([starts.length, scheduler.running]).toEqual([4, 0])
    }
  })

  test("'queue': a start waits until the run in progress has ended; one at a time, none is lost", async () => {
    let left = 3
    const scheduler = new Scheduler(
      10,
      async () => {
        starts.push(now())
        if (left-- > 0) await sleep(25)
      },
      { overlap: 'queue' },
    ).start()
    await pass(25)
    expect([starts, scheduler.running]).toEqual([[0, 25], 1])
    await pass(25)
    expect(starts).toEqual([0, 25, 50])
    // Due by then: those of 10, 20, ... 70; two of them have run.
    await pass(25)
    expect(starts).toEqual([0, 25, 50, 75, 75, 75, 75, 75])
    await pass(5)
    expect(starts.at(-1)).toBe(80)
    await scheduler.stop()
  })

  test("'queue': a run that fails lets the next one start", async () => {
    const scheduler = new Scheduler(
      10,
      async () => {
        starts.push(now())
        await sleep(15)
        throw new Error('no')
      },
      { overlap: 'queue', onError: () => log.push('error') },
    ).start()
    await pass(30)
    expect([starts, log]).toEqual([
      [0, 15, 30],
      ['error', 'error'],
    ])
    const stopping = scheduler.stop()
    await pass(15)
    await stopping
  })

  test("'skip': a start during a run is left out, and the next is in step", async () => {
    const scheduler = new Scheduler(10, taking(25), { overlap: 'skip' }).start()
    await pass(65)
    expect(starts).toEqual([0, 30, 60])
    const stopping = scheduler.stop()
    await pass(25)
    await stopping
  })

  test("'skip': a run that ends at the very time of a start does not keep it off", async () => {
    const scheduler = new Scheduler(10, taking(9), { overlap: 'skip' }).start()
    await pass(30)
    expect(starts).toEqual([0, 10, 20, 30])
    await pass(9)
    await scheduler.stop()
  })
})

describe('stop()', () => {
  test('at once when no run is in progress', async () => {
    const scheduler = new Scheduler(10, taking(3)).start()
    await pass(5)
    expect(await outcome(scheduler.stop())).toEqual({ state: 'fulfilled', value: undefined })
    await pass(50)
    expect(starts).toEqual([0])
  })

  test('at once when it was never started', async () => {
    expect(await outcome(new Scheduler(10, taking(3)).stop())).toEqual({ state: 'fulfilled', value: undefined })
  })

  test('waits for every run in progress, and cancels none', async () => {
    let run = 0
    const scheduler = new Scheduler(10, async () => {
      const ms = [35, 5, 30, 100][run++] ?? 0
      await sleep(ms)
      log.push(`took ${ms}`)
    }).start()
    await pass(20)
    expect(scheduler.running).toBe(2)
    record(log, 'stopped', scheduler.stop())
    expect(scheduler.started).toBe(false)
    await pass(29)
    expect(log).toEqual(['took 5', 'took 35'])
    await pass(1)
    expect(log).toEqual(['took 5', 'took 35', 'took 30', 'stopped'])
    expect(run).toBe(3)
  })

  test('no new runs, queued ones included', async () => {
    const scheduler = new Scheduler(10, taking(35), { overlap: 'queue' }).start()
    await pass(30)
    record(log, 'stopped', scheduler.stop())
    await pass(4)
    expect(log).toEqual([])
    await pass(50)
    expect([log, starts, scheduler.running]).toEqual([['stopped'], [0], 0])
  })

  test('twice: both wait for the runs', async () => {
    const scheduler = new Scheduler(10, taking(5)).start()
    record(log, 'first', scheduler.stop())
    await pass(1)
    record(log, 'second', scheduler.stop())
    await drain()
    expect(log).toEqual([])
    await pass(4)
    expect(log).toEqual(['first', 'second'])
    expect(await outcome(scheduler.stop())).toMatchObject({ state: 'fulfilled' })
  })

  test('start() after it: a schedule of its own, reckoned from there', async () => {
    const scheduler = new Scheduler(10, taking(0)).start()
    await pass(15)
    await scheduler.stop()
    await pass(8)
    scheduler.start()
    await pass(10)
    expect(starts).toEqual([0, 10, 23, 33])
    await scheduler.stop()
  })

  test('start() while it waits: it waits for the runs of before, and the schedule goes on', async () => {
    const scheduler = new Scheduler(10, taking(15)).start()
    await pass(1)
    record(log, 'stopped', scheduler.stop())
    scheduler.start()
    await pass(14)
    expect([log, starts, scheduler.started]).toEqual([['stopped'], [0, 1, 11], true])
    const stopping = scheduler.stop()
    await pass(11)
    await stopping
  })

  test('by the job itself: it waits for the other runs, not for its own', async () => {
    let run = 0
    const scheduler = new Scheduler(10, async () => {
      if (++run < 3) await sleep(25)
      else {
        await scheduler.stop()
        log.push(`stopped, running: ${scheduler.running}`)
      }
    }).start()
    await pass(34)
    expect(log).toEqual([])
    await pass(1)
    expect(log).toEqual(['stopped, running: 1'])
    await drain()
    expect([scheduler.running, scheduler.started, run]).toEqual([0, false, 3])
  })

  test('by the first run, inside start(): there is no second', async () => {
    const scheduler: Scheduler = new Scheduler(10, async () => {
      starts.push(now())
      await scheduler.stop()
      log.push('stopped')
    })
    scheduler.start()
    await pass(50)
    expect([starts, log, scheduler.started]).toEqual([[0], ['stopped'], false])
  })

  test('by two runs at the same time: neither waits for the other, not even for its end', async () => {
    const both = new Barrier(2)
    const scheduler = new Scheduler(10, async () => {
      await sleep(15)
      await scheduler.stop()
      await both.wait()
      log.push('stopped')
    }).start()
    await pass(50)
    expect([log, scheduler.running]).toEqual([['stopped', 'stopped'], 0])
  })

  test('by a run and from outside: who is outside waits until that run has ended', async () => {
    const scheduler = new Scheduler(10, async () => {
      await sleep(5)
      await scheduler.stop()
      await sleep(20)
      log.push('ended')
    }).start()
    await pass(1)
    record(log, 'stopped before', scheduler.stop())
    await pass(5)
    record(log, 'stopped after', scheduler.stop())
    await pass(18)
    expect([log, scheduler.running]).toEqual([[], 1])
    await pass(1)
    expect([log, scheduler.running]).toEqual([['ended', 'stopped before', 'stopped after'], 0])
  })

  test('who is cancelled while he waits for it leaves the runs alone', async () => {
    const scheduler = new Scheduler(10, async () => {
      await sleep(5)
      log.push('ended')
    }).start()
    const waiter = createTask(() => scheduler.stop())
    await drain()
    waiter.cancel('enough')
    await drain()
    expect(waiter.error()).toMatchObject({ name: 'CancelledError', cause: 'enough' })
    expect([scheduler.started, scheduler.running]).toEqual([false, 1])
    await pass(5)
    expect(log).toEqual(['ended'])
  })

  test('await using: stopped at the end of the block', async () => {
    const block = async (): Promise<void> => {
      await using scheduler = new Scheduler(10, taking(5))
      scheduler.start()
      await sleep(12)
      log.push('end of the block')
    }
    record(log, 'left', block())
    await pass(14)
    expect(log).toEqual(['end of the block'])
    await pass(1)
    expect([log, starts]).toEqual([
      ['end of the block', 'left'],
      [0, 10],
    ])
  })
})

describe('errors of runs', () => {
  const error = new Error('no')
  const failing = async (): Promise<void> => {
    starts.push(now())
    await sleep(1)
    throw error
  }

  test('go to onError, one by one, and the schedule goes on', async () => {
    const onError = vi.fn()
    const reported = await unhandled(async () => {
      const scheduler = new Scheduler(10, failing, { onError }).start()
      await pass(21)
      await scheduler.stop()
    })
    expect(starts).toEqual([0, 10, 20])
    expect(onError.mock.calls).toEqual([[error], [error], [error]])
    expect(reported).toEqual([])
  })

  test('thrown before the first await they are no different: start() does not throw', async () => {
    const onError = vi.fn()
    const scheduler = new Scheduler(
      10,
      () => {
        throw error
      },
      { onError },
    )
    scheduler.start()
    expect(onError).not.toHaveBeenCalled()
    await drain()
    expect([onError.mock.calls, scheduler.running]).toEqual([[[error]], 0])
    await scheduler.stop()
  })

  test('without onError they are unhandled rejections, each once, and the schedule goes on', async () => {
    const reported = await unhandled(async () => {
      const scheduler = new Scheduler(10, failing).start()
      await pass(11)
      await scheduler.stop()
    })
    expect(starts).toEqual([0, 10])
    expect(reported).toEqual([error, error])
  })

  test('that come while stop() waits are reported, too', async () => {
    const reported = await unhandled(async () => {
      const scheduler = new Scheduler(10, failing).start()
      const stopping = scheduler.stop()
      await pass(1)
      await stopping
    })
    expect(reported).toEqual([error])
  })

  test('that come while stop() waits go to onError; stop() throws none of them', async () => {
    const onError = vi.fn()
    const scheduler = new Scheduler(10, failing, { onError }).start()
    const stopping = scheduler.stop()
    await pass(1)
    await stopping
    expect(onError.mock.calls).toEqual([[error]])
  })

  test('an onError that throws is an unhandled rejection, and the schedule goes on', async () => {
    const worse = new Error('worse')
    const reported = await unhandled(async () => {
      const onError = (): never => {
        throw worse
      }
      for (const overlap of [true, 'queue'] as const) {
        const scheduler = new Scheduler(10, failing, { onError, overlap }).start()
        await pass(11)
        await scheduler.stop()
      }
    })
    expect(starts).toHaveLength(4)
    expect(reported).toEqual([worse, worse, worse, worse])
  })

  test('hears of the run as ended', async () => {
    const running: number[] = []
    const scheduler: Scheduler = new Scheduler(10, failing, { onError: () => running.push(scheduler.running) })
    scheduler.start()
    await pass(1)
    expect(running).toEqual([0])
    await scheduler.stop()
  })

  test('a run that is cancelled is none', async () => {
    const onError = vi.fn()
    const reported = await unhandled(async () => {
      const scheduler = new Scheduler(
        10,
        async () => {
          currentTask()?.cancel()
          await sleep(5)
        },
        { onError },
      ).start()
      await pass(11)
      await scheduler.stop()
    })
    expect(onError).not.toHaveBeenCalled()
    expect(reported).toEqual([])
  })
})

describe('the runs', () => {
  test('each is a task of its own, with a signal, in a copy of a Context: what it sets is seen by no other', async () => {
    const user = new ContextVar('user', { default: 'nobody' })
    const runs: Task<unknown>[] = []
    const seen: string[] = []
    let scheduler: Scheduler | undefined
    const caller = createTask(async () => {
      user.set('caller')
      scheduler = new Scheduler(10, (signal) => {
        const task = currentTask()
        if (task !== undefined) runs.push(task)
        expect(signal).toBe(task?.signal)
        seen.push(user.get())
        user.set('run')
      }).start()
    })
    await caller
    await pass(20)
    await scheduler?.stop()
    expect(new Set(runs).size).toBe(3)
    expect(runs).not.toContain(caller)
    // The later ones too, though fake timers carry no Context.
    expect(seen).toEqual(['caller', 'caller', 'caller'])
  })

  test('are not cancelled with the task that started the schedule', async () => {
    let scheduler: Scheduler | undefined
    const gate = new Event()
    const caller = createTask(async () => {
      scheduler = new Scheduler(10, taking(5)).start()
      await gate.wait()
    })
    caller.cancel()
    await pass(10)
    expect(caller.cancelled).toBe(true)
    expect(starts).toEqual([0, 10])
    await pass(5)
    await scheduler?.stop()
  })
})

test('printing', async () => {
  const scheduler = new Scheduler(10, taking(5))
  expect(renderings(scheduler)).toEqual(['Scheduler <stopped, running: 0>'])
  scheduler.start()
  expect(renderings(scheduler)).toEqual(['Scheduler <started, running: 1>'])
  await pass(5)
  await scheduler.stop()
  expect(Object.prototype.toString.call(scheduler)).toBe('[object Scheduler]')
})

describe('wrong arguments', () => {
  const job = vi.fn()

  test.each([
    ...notANumber,
    { title: 'undefined', value: undefined, type: 'TypeError' as const, shown: 'undefined' },
    ...[0, -1, Number.NaN, Infinity, -Infinity].map((value) => ({
      title: String(value),
      value,
      type: 'RangeError' as const,
      shown: String(value),
    })),
  ])('period: $title', async (wrong) => {
    expect(await refusal(() => new Scheduler(wrong.value as never, job))).toEqual(refused('threw', wrong, 'period'))
  })

  test.each(notAFunction)('job: $title', async (wrong) => {
    expect(await refusal(() => new Scheduler(10, wrong.value as never))).toEqual(refused('threw', wrong, 'job'))
  })

  test.each(wrongOptions)('options: $title', async (wrong) => {
    expect(await refusal(() => new Scheduler(10, job, wrong.value as never))).toEqual(
      refused('threw', wrong, 'options'),
    )
  })

  test.each(notAFunction.filter(({ value }) => value !== undefined))('onError: $title', async (wrong) => {
    expect(await refusal(() => new Scheduler(10, job, { onError: wrong.value as never }))).toEqual(
      refused('threw', wrong, 'onError'),
    )
  })

  test.each([
    { title: "'twice'", value: 'twice', type: 'RangeError' as const, shown: 'twice' },
    { title: 'false', value: false, type: 'TypeError' as const, shown: 'false' },
    { title: 'null', value: null, type: 'TypeError' as const, shown: 'null' },
    { title: '2', value: 2, type: 'TypeError' as const, shown: '2' },
  ])('overlap: $title', async (wrong) => {
    expect(await refusal(() => new Scheduler(10, job, { overlap: wrong.value as never }))).toEqual(
      refused('threw', wrong, 'overlap'),
    )
  })
})
