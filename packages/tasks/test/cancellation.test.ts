/**
 * Every wait of these packages, in a task that is cancelled, at every moment. What holds in each cell: the wait rejects with the one CancelledError, however deep
 * the call, and takes nothing; whoever stood behind it is served in order; what was granted stays granted, and the next wait is cancelled instead;
 * delivered once, so clean-up may wait; nothing is left behind, in the queue, on the signal, on the clock.
 */
import { EventEmitter, once } from 'node:events'
import { Barrier, Condition, Event, Lock, Queue, ReadWriteLock, Semaphore } from '@interlock/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  CancelledError,
  createTask,
  currentTask,
  gather,
  gatherSettled,
  shield,
  sleep,
  type Task,
  taskGroup,
  timeout,
  wait,
} from '../src/index.ts'
import { pass } from './clock.ts'
import { drain, outcome } from './microtasks.ts'
import { unhandled } from './unhandled.ts'
import { rows, type Subject } from './waits.ts'

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

/** Writes down how it ended, as `label` or `label!` and the error's name, and lets it end so. */
async function noted<T>(label: string, promise: Promise<T>): Promise<T> {
  try {
    const value = await promise
    log.push(label)
    return value
  } catch (error) {
    log.push(`${label}! ${(error as Error).name}`)
    throw error
  }
}

/** Grants until nobody waits. */
async function serve(subject: Subject): Promise<void> {
  await drain()
  for (let turn = 0; turn < 10 && subject.waiting() > 0; turn++) {
    subject.grant()
    await drain()
  }
  expect(subject.waiting()).toBe(0)
}

describe.each(rows)('$name', ({ make, serves, cancelBeatsGrant }) => {
  let subject: Subject

  beforeEach(() => {
    subject = make()
  })

  const visitor = (label: string): Task<unknown> => createTask(() => noted(label, subject.wait()))
  const visitors = (...labels: string[]): Task<unknown>[] => labels.map(visitor)

  test('waits, and is served', async () => {
    visitors('a', 'b', 'c')
    await drain()
    expect([log, subject.waiting()]).toEqual([[], 3])
    await serve(subject)
    expect(log).toEqual(['a', 'b', 'c'])
  })

  test('cancelled before the wait: it rejects at once, waits for nothing, and takes nothing', async () => {
    const task = createTask(() => {
      self().cancel('by itself')
      return noted('a', subject.wait())
    })
    await drain()
    expect([log, subject.waiting(), task.cancelled]).toEqual([['a! CancelledError'], 0, true])
    visitors('b', 'c')
    await serve(subject)
    expect(log).toEqual(['a! CancelledError', 'b', 'c'])
  })

  test.each([0, 1, 2])('waiter %i of three is cancelled: the others are served in order', async (leaver) => {
    const labels = ['a', 'b', 'c']
    const tasks = visitors(...labels)
    expect(tasks[leaver]?.cancel()).toBe(true)
    await drain()
    expect([log, subject.waiting()]).toEqual([[`${labels[leaver]}! CancelledError`], 2])
    await serve(subject)
    expect(log).toEqual([`${labels[leaver]}! CancelledError`, ...labels.filter((_, index) => index !== leaver)])
    expect(tasks.map((task) => task.cancelled)).toEqual(labels.map((_, index) => index === leaver))
  })

  test('cancelled, then granted, in one turn: the grant goes to the next', async () => {
    const [a] = visitors('a', 'b')
    a?.cancel()
    // A cancelled condition holds its lock for a moment: nothing can be granted until it has given it back.
    if (cancelBeatsGrant) await drain()
    subject.grant()
    await serve(subject)
    expect(log).toEqual(['a! CancelledError', 'b'])
  })

  test('granted, then cancelled, in one turn: the grant is not lost, and the next wait is cancelled', async () => {
    const lock = new Lock()
    await lock.acquire()
    const a = createTask(async () => {
      await noted('a', subject.wait())
      await noted('next', lock.acquire())
    })
    visitors('b', 'c')
    await drain()
    subject.grant()
    a.cancel('late')
    await drain()
    expect([a.cancelled, lock.waiting]).toEqual([true, 0])
    const own = (entry: string): boolean => /^(a|next)\b/.test(entry)
    expect(log.filter(own)).toEqual(cancelBeatsGrant ? ['a! CancelledError'] : ['a', 'next! CancelledError'])
    // Of a Condition the notification has gone to the next, the one.
    const others = serves === 'all' ? ['b', 'c'] : cancelBeatsGrant ? ['b'] : []
    expect(log.filter((entry) => !own(entry))).toEqual(others)
    await serve(subject)
    expect(log.filter((entry) => /^[bc]$/.test(entry))).toEqual(['b', 'c'])
  })

  test('granted, resumed, then cancelled: the next wait is cancelled, and the primitive is left alone', async () => {
    const a = createTask(async () => {
      await noted('a', subject.wait())
      await noted('next', new Event().wait())
    })
    visitors('b', 'c')
    subject.grant()
    await drain()
    a.cancel()
    await drain()
    expect(log.filter((entry) => !/^[bc]$/.test(entry))).toEqual(['a', 'next! CancelledError'])
    await serve(subject)
    expect(log.filter((entry) => /^[bc]$/.test(entry))).toEqual(['b', 'c'])
  })

  test('cancelled after it ended: nothing happens', async () => {
    const [a] = visitors('a')
    await serve(subject)
    expect([a?.done, a?.cancel(), a?.cancelling]).toEqual([true, false, 0])
    visitors('b', 'c')
    await serve(subject)
    expect(log).toEqual(['a', 'b', 'c'])
  })

  test('all are cancelled: the next is served', async () => {
    for (const task of visitors('a', 'b', 'c')) task.cancel()
    await drain()
    expect(log.toSorted()).toEqual(['a! CancelledError', 'b! CancelledError', 'c! CancelledError'])
    expect([subject.waiting(), vi.getTimerCount()]).toEqual([0, 0])
    visitors('d')
    await serve(subject)
    expect(log.at(-1)).toBe('d')
  })

  test('deep in calls that know nothing of tasks: one error, all the way, and its cause is the reason', async () => {
    const errors: unknown[] = []
    const call = async (depth: number): Promise<unknown> => {
      try {
        return await (depth === 0 ? subject.wait() : call(depth - 1))
      } catch (error) {
        errors.push(error)
        throw error
      }
    }
    const task = createTask(() => call(20))
    await drain()
    const reason = { why: 'enough' }
    task.cancel(reason)
    const ended = await outcome(task)
    const { signal } = task
    expect(errors).toHaveLength(21)
    expect(new Set([...errors, task.error(), signal.reason, ended.state === 'rejected' && ended.reason]).size).toBe(1)
    expect(signal.reason).toBeInstanceOf(CancelledError)
    expect((signal.reason as CancelledError).cause).toBe(reason)
  })

  test('delivered once: clean-up waits for the same in peace', async () => {
    const task = createTask(async () => {
      try {
        await noted('a', subject.wait())
      } finally {
        await noted('clean-up', subject.wait())
      }
    })
    task.cancel()
    await drain()
    expect([log, subject.waiting(), task.done]).toEqual([['a! CancelledError'], 1, false])
    await serve(subject)
    expect([log, task.cancelled]).toEqual([['a! CancelledError', 'clean-up'], true])
  })

  test('a second cancel interrupts the clean-up; a third and a fourth what comes then', async () => {
    const task = createTask(async () => {
      try {
        await noted('a', subject.wait())
      } catch {
        await noted('clean-up', subject.wait()).catch(() => {})
        await noted('once more', subject.wait()).catch(() => {})
        await noted('and again', subject.wait())
      }
    })
    for (const count of [1, 2, 3]) {
      task.cancel(`number ${count}`)
      await drain()
      expect([task.cancelling, task.done, log.length, subject.waiting()]).toEqual([count, false, count, 1])
    }
    task.cancel('number 4')
    expect(await outcome(task)).toMatchObject({ state: 'rejected', reason: { cause: 'number 4' } })
    expect([subject.waiting(), log.at(-1)]).toEqual([0, 'and again! CancelledError'])
  })

  test('two cancels in one turn, the second taken back: one is delivered', async () => {
    const task = createTask(async () => {
      await noted('a', subject.wait()).catch(() => {})
      self().uncancel()
      self().uncancel()
      await noted('b', subject.wait())
    })
    task.cancel()
    task.cancel()
    await serve(subject)
    expect([log, task.cancelling, task.cancelled]).toEqual([['a! CancelledError', 'b'], 0, false])
  })

  test('several of one task: all are withdrawn together, and none is granted to it; who stands behind is served', async () => {
    const task = createTask(() =>
      Promise.allSettled([noted('a', subject.wait()), noted('a', subject.wait()), noted('a', subject.wait())]),
    )
    visitors('b')
    await drain()
    expect(subject.waiting()).toBe(4)
    task.cancel()
    await drain()
    expect([log, subject.waiting()]).toEqual([['a! CancelledError', 'a! CancelledError', 'a! CancelledError'], 1])
    await serve(subject)
    expect(log.at(-1)).toBe('b')
  })

  test('only the task that is cancelled: not its creator, not who it created, not who runs beside it', async () => {
    let inner: Task<unknown> | undefined
    const outer = createTask(async () => {
      const middle = createTask(async () => {
        inner = visitor('inner')
        await noted('middle', subject.wait())
      })
      middle.cancel()
      await drain()
      await noted('outer', subject.wait())
    })
    await drain()
    expect([log, subject.waiting()]).toEqual([['middle! CancelledError'], 2])
    await serve(subject)
    expect([outer.done, outer.cancelled, inner?.cancelled]).toEqual([true, false, false])
    expect(log.toSorted()).toEqual(['inner', 'middle! CancelledError', 'outer'])
  })

  test('outside any task it is not touched', async () => {
    void noted('outside', subject.wait())
    const [a] = visitors('a')
    a?.cancel()
    await drain()
    expect([log, subject.waiting()]).toEqual([['a! CancelledError'], 1])
    await serve(subject)
    expect(log.at(-1)).toBe('outside')
  })

  test('in a task that takes a signal, which tells of the cancellation too: delivered once nevertheless', async () => {
    const task = createTask(async (signal) => {
      signal.addEventListener('abort', () => log.push('signal'))
      try {
        await noted('a', subject.wait())
      } finally {
        await noted('clean-up', subject.wait())
      }
    })
    await drain()
    task.cancel()
    expect(log).toEqual(['signal'])
    await serve(subject)
    expect([log, task.cancelled]).toEqual([['signal', 'a! CancelledError', 'clean-up'], true])
  })
})

describe('what a cancelled task held back', () => {
  test('a large request leaves: the small ones behind it are served, those of its own task are not', async () => {
    const semaphore = new Semaphore(2)
    const task = createTask(() =>
      Promise.allSettled([
        noted('large', semaphore.acquire({ permits: 3 })),
        noted('own', semaphore.acquire()),
        noted('own', semaphore.acquire({ permits: 2 })),
      ]),
    )
    const behind = createTask(() => noted('behind', semaphore.acquire()))
    await drain()
    task.cancel()
    await drain()
    expect(log.toSorted()).toEqual(['behind', 'large! CancelledError', 'own! CancelledError', 'own! CancelledError'])
    expect([semaphore.value, semaphore.waiting, behind.done]).toEqual([1, 0, true])
  })

  test('a writer leaves: the readers behind it are let in, those of its own task are not', async () => {
    const both = new ReadWriteLock()
    const reading = await both.read.acquire()
    const task = createTask(() =>
      Promise.allSettled([noted('write', both.write.acquire()), noted('own', both.read.acquire())]),
    )
    const behind = createTask(async () => (await noted('behind', both.read.acquire())).release())
    await drain()
    expect(both.read.waiting).toBe(2)
    task.cancel()
    await drain()
    expect(log.toSorted()).toEqual(['behind', 'own! CancelledError', 'write! CancelledError'])
    reading.release()
    expect([both.read.locked, both.write.locked, behind.done]).toEqual([false, false, true])
  })

  test('the same over several tasks that are cancelled together, by one they are awaited by', async () => {
    const semaphore = new Semaphore(2)
    const outer = createTask(() =>
      gather(
        () => noted('large', semaphore.acquire({ permits: 3 })),
        () => noted('small', semaphore.acquire()),
        async () => await createTask(() => noted('inner', semaphore.acquire({ permits: 2 }))),
      ),
    )
    await drain()
    outer.cancel()
    await outcome(outer)
    await drain()
    expect(log.toSorted()).toEqual(['inner! CancelledError', 'large! CancelledError', 'small! CancelledError'])
    expect([semaphore.value, semaphore.waiting]).toEqual([2, 0])
  })
})

describe('a Condition’s wait that re-acquires', () => {
  let condition: Condition

  /** Waits in a task; the lock is another’s when it has been notified. */
  async function relocking(): Promise<{ task: Task<unknown> }> {
    condition = new Condition()
    const task = createTask(() => condition.run(() => noted('a', condition.wait())))
    await drain()
    const other = await condition.acquire()
    condition.notify()
    await drain()
    void (async () => {
      await release.wait()
      other.release()
    })()
    return { task }
  }
  let release: Event

  beforeEach(() => {
    release = new Event()
  })

  test('is cancelled once it has the lock, and gives that back', async () => {
    const { task } = await relocking()
    task.cancel('gone')
    await drain()
    expect([log, task.done, condition.locked]).toEqual([[], false, true])
    release.set()
    expect(await outcome(task)).toMatchObject({ state: 'rejected', reason: { cause: 'gone' } })
    expect([log, condition.locked]).toEqual([['a! CancelledError'], false])
  })

  test('C10, gh-112202: its notification goes to the next', async () => {
    const { task } = await relocking()
    release.set()
    await drain()
    log = []
    const tasks = ['b', 'c'].map((label) => createTask(() => condition.run(() => noted(label, condition.wait()))))
    await drain()
    const other = await condition.acquire()
    condition.notify()
    tasks[0]?.cancel()
    other.release()
    await drain()
    expect([log, condition.locked, condition.waiting]).toEqual([['b! CancelledError', 'c'], false, 0])
    expect([task.cancelled, tasks[0]?.cancelled, tasks[1]?.cancelled]).toEqual([false, true, false])
  })

  test('C11: cancelled twice, it rejects once, with the latest; nothing is left for the clean-up', async () => {
    const { task } = await relocking()
    const cleaned = createTask(async () => {
      await outcome(task)
    })
    task.cancel('first')
    task.cancel('second')
    release.set()
    await cleaned
    expect([(task.error() as Error).cause, task.cancelling]).toEqual(['second', 2])
    expect([log, condition.locked]).toEqual([['a! CancelledError'], false])
  })

  test('C12: none is invented: who was not notified waits on', async () => {
    condition = new Condition()
    const tasks = ['a', 'b'].map((label) => createTask(() => condition.run(() => noted(label, condition.wait()))))
    await drain()
    tasks[0]?.cancel()
    await drain()
    expect([log, condition.waiting, condition.locked]).toEqual([['a! CancelledError'], 1, false])
    tasks[1]?.cancel()
    await drain()
  })
})

describe('tasks that wait for tasks', () => {
  /** Waits; cancelled, it cleans up for 5 ms. */
  const tidy = (label: string) => async (): Promise<string> => {
    try {
      await noted(label, new Event().wait())
    } finally {
      await noted(`${label}'s clean-up`, sleep(5))
    }
    return label
  }
  const CLEAN = ['d! CancelledError', "d's clean-up"]

  test('one task awaited twice is cancelled once', async () => {
    const d = createTask(tidy('d'))
    const outer = createTask(() => Promise.all([d, d]))
    await drain()
    outer.cancel()
    await pass(5)
    expect([log, d.cancelled, outer.cancelled]).toEqual([CLEAN, true, true])
  })

  test('one awaited by two that are awaited by one: it is cancelled once', async () => {
    const d = createTask(tidy('d'))
    const middle = [createTask(async () => await d), createTask(async () => await d)]
    const outer = createTask(() => Promise.all(middle))
    await drain()
    outer.cancel()
    await pass(5)
    expect([log, d.cancelled, outer.cancelled]).toEqual([CLEAN, true, true])
  })

  test('a task that the job of a time limit answers, or the body of a group, is awaited within: it is cancelled by them', async () => {
    const late = createTask(tidy('d'))
    const limited = outcome(timeout(5, () => late).catch((error: Error) => log.push(error.name)))
    await pass(10)
    await limited
    expect([log, late.cancelled]).toEqual([[...CLEAN, 'TimeoutError'], true])

    log = []
    const other = createTask(tidy('d'))
    let cancel!: () => void
    const group = taskGroup((tasks) => {
      cancel = () => tasks.cancel()
      return other
    })
    await drain()
    cancel()
    await pass(5)
    expect([log, other.cancelled, await group]).toEqual([CLEAN, true, undefined])
  })

  test.each<[string, (d: Task<unknown>) => Promise<unknown>]>([
    ['twice', (d) => Promise.allSettled([d, d])],
    [
      'through two',
      (d) => Promise.allSettled([createTask(async () => await d), createTask(async () => await d), Promise.resolve(d)]),
    ],
  ])('one that cannot be reached, awaited %s: all of the waiting ends', async (_, waitFor) => {
    let go!: () => void
    const d = createTask(() => new Promise<void>((resolve) => (go = resolve)))
    const outer = createTask(async () => {
      const seen = (await waitFor(d)) as PromiseSettledResult<unknown>[]
      log.push(...seen.map(({ status }) => status))
    })
    await drain()
    outer.cancel()
    await drain()
    expect([outer.done, new Set(log), d.done]).toEqual([true, new Set(['rejected']), false])
    go()
    await drain()
  })

  test.each([0, 1, 2, 3, 4, 5, 6])(
    'one awaited twice whose value is on its way, %i microtasks later: it arrives, and the next wait is cancelled',
    async (hops) => {
      const lock = new Lock()
      const held = await lock.acquire()
      const outer = createTask(async () => {
        const inner = createTask(async () => await lock.acquire())
        const [permit] = await Promise.all([inner, inner])
        permit.release()
        await noted('next', new Event().wait())
      })
      await drain()
      held.release()
      for (let hop = 0; hop < hops; hop++) await Promise.resolve()
      outer.cancel()
      await drain()
      expect([outer.cancelled, log, String(lock)]).toEqual([true, ['next! CancelledError'], 'Lock <unlocked>'])
    },
  )

  test('one that is granted a wait, and cancelled at its next: who awaits it hears of that once', async () => {
    const event = new Event()
    const inner = createTask(async () => {
      await noted('inner', event.wait())
      await noted('next', sleep(60_000))
    })
    const outer = createTask(async () => {
      try {
        await inner
      } finally {
        await noted('clean-up', sleep(5))
      }
    })
    await drain()
    event.set()
    outer.cancel()
    await pass(5)
    expect([log, inner.cancelled, outer.cancelled]).toEqual([['inner', 'next! CancelledError', 'clean-up'], true, true])
  })

  test('a child that the body of its group awaits is cancelled once, by the group’s own cancel() too', async () => {
    for (const how of ['from outside', 'cancel()', 'a failure']) {
      log = []
      let abort = (): void => {}
      const outer = createTask(() =>
        taskGroup(async (group) => {
          const d = group.spawn(tidy('d'))
          abort = () => group.cancel()
          if (how === 'a failure') group.spawn(() => sleep(1).then(() => Promise.reject(new Error('of a sibling'))))
          await d
        }),
      )
      const ended = outcome(outer)
      await drain()
      if (how === 'from outside') outer.cancel()
      if (how === 'cancel()') abort()
      await pass(6)
      await ended
      await outcome(outer)
      expect([how, ...log]).toEqual([how, ...CLEAN])
    }
  })

  test('two that await each other: a cancel ends both', async () => {
    const tasks: Task<unknown>[] = []
    for (const other of [1, 0]) {
      tasks.push(
        createTask(async () => {
          await Promise.resolve()
          await noted(String(1 - other), Promise.resolve(tasks[other]))
        }),
      )
    }
    await drain()
    tasks[0]?.cancel('enough')
    await drain()
    expect(tasks.map((task) => task.cancelled)).toEqual([true, true])
    expect(log.toSorted()).toEqual(['0! CancelledError', '1! CancelledError'])
  })

  test.each([3, 10])('a ring of %i: a cancel of any ends all', async (size) => {
    for (let victim = 0; victim < size; victim += 2) {
      const tasks: Task<unknown>[] = []
      for (let at = 0; at < size; at++) {
        tasks.push(
          createTask(async () => {
            await Promise.resolve()
            await tasks[(at + 1) % size]
          }),
        )
      }
      await drain()
      tasks[victim]?.cancel()
      await drain()
      expect(tasks.map((task) => task.cancelled)).toEqual(tasks.map(() => true))
    }
  })

  test('a chain of 1,000: the cancel of the first is delivered to the last, and comes up through all', async () => {
    const event = new Event()
    const chain = async (left: number): Promise<void> => {
      // Not one inside the other, by eager starts: that many calls would not fit on the stack.
      await Promise.resolve()
      if (left === 0) await event.wait()
      else await createTask(() => chain(left - 1))
    }
    const first = createTask(() => chain(1_000))
    await drain()
    expect(event.waiting).toBe(1)
    first.cancel('all')
    expect(event.waiting).toBe(0)
    expect(await outcome(first)).toMatchObject({ state: 'rejected', reason: { cause: 'all' } })
  })

  test('in several things at once: all are ended, by one error', async () => {
    const [lock, queue, event] = [new Lock(), new Queue<string>(), new Event()]
    await lock.acquire()
    const inner = createTask(() => noted('inner', event.wait()))
    const shielded = createTask(() => event.wait())
    const task = createTask(async () => {
      const seen = await Promise.allSettled([
        lock.acquire(),
        queue.get(),
        sleep(60_000),
        Promise.resolve(inner),
        shield(shielded),
        wait([shielded]),
        gather(() => event.wait()),
        timeout(60_000, () => event.wait()),
        taskGroup(() => event.wait()),
      ])
      return seen.map((each) => (each.status === 'rejected' ? (each.reason as unknown) : each.value))
    })
    await drain()
    task.cancel('all of it')
    const errors = await task
    expect(errors.map((error) => (error as Error).name)).toEqual(errors.map(() => 'CancelledError'))
    expect(new Set(errors).size).toBe(1)
    expect([lock.waiting, event.waiting, vi.getTimerCount(), shielded.done, inner.cancelled]).toEqual([
      0,
      1,
      0,
      false,
      true,
    ])
    event.set()
    await drain()
  })
})

describe('a wait that begins in one scope, and is awaited in another', () => {
  test('left behind by a time limit or a group that has ended, it is the task’s', async () => {
    const event = new Event()
    const begin = [
      () => timeout(60_000, () => ({ promise: event.wait() })),
      () => taskGroup(() => ({ promise: event.wait() })),
      () => timeout(60_000, () => taskGroup(() => ({ promise: event.wait() }))),
    ]
    for (const start of begin) {
      log = []
      const task = createTask(async () => {
        const { promise } = await start()
        await noted('later', promise)
      })
      await drain()
      expect(event.waiting).toBe(1)
      task.cancel()
      await drain()
      expect([log, task.cancelled, event.waiting]).toEqual([['later! CancelledError'], true, 0])
    }
  })

  test('beside a wait that is ended, a scope that is in none is cancelled at its next one', async () => {
    for (const scoped of [(job: () => Promise<void>) => timeout(60_000, job), taskGroup]) {
      log = []
      const gate = Promise.withResolvers<void>()
      const event = new Event()
      const inner = async (): Promise<void> => {
        await gate.promise
        await noted('inner', event.wait())
      }
      const task = createTask(() => Promise.allSettled([scoped(inner), noted('beside', event.wait())]))
      await drain()
      task.cancel()
      await drain()
      expect(log).toEqual(['beside! CancelledError'])
      gate.resolve()
      await outcome(task)
      expect([log, event.waiting]).toEqual([['beside! CancelledError', 'inner! CancelledError'], 0])
    }
  })

  test('begun by the task, awaited by another: it ends when the task that began it is cancelled', async () => {
    const event = new Event()
    let promise!: Promise<void>
    const begins = createTask(async () => {
      promise = event.wait()
      await sleep(60_000)
    })
    const awaits = createTask(() => noted('awaits', promise))
    awaits.cancel()
    await drain()
    expect([log, awaits.done]).toEqual([[], false])
    begins.cancel('of its beginner')
    expect(await outcome(awaits)).toMatchObject({ state: 'rejected', reason: { cause: 'of its beginner' } })
  })
})

describe('a cancellation that no wait was ended by', () => {
  test('is delivered once: to all that come to wait in that moment one error, and no other after', async () => {
    const task = createTask(async () => {
      self().cancel('by itself')
      await noted('first', sleep(1)).catch(() => {})
      await noted('second', sleep(1))
    })
    await pass(1)
    expect([log, task.cancelled]).toEqual([['first! CancelledError', 'second'], false])
  })

  test('of two, the latest is delivered', async () => {
    const task = createTask(async () => {
      self().cancel('first')
      self().cancel('second')
      await sleep(1)
    })
    expect(await outcome(task)).toMatchObject({ state: 'rejected', reason: { cause: 'second' } })
  })

  test('the task waits for a promise of another kind: it hears at its next wait', async () => {
    let go!: () => void
    const task = createTask(async () => {
      await new Promise<void>((resolve) => (go = resolve))
      log.push('goes on')
      await noted('next', sleep(1))
    })
    task.cancel()
    await drain()
    expect([log, task.done]).toEqual([[], false])
    go()
    await drain()
    expect([log, task.cancelled]).toEqual([['goes on', 'next! CancelledError'], true])
  })

  test('code that a task left behind when it ended is nobody’s, and hears nothing of what was pending', async () => {
    const lock = new Lock()
    const held = await lock.acquire()
    const behind = async (): Promise<void> => {
      await drain()
      log.push(String(currentTask()))
      await noted('left behind', sleep(1))
    }
    const task = createTask(async () => {
      void behind()
      return await lock.acquire()
    })
    held.release()
    task.cancel()
    expect(await outcome(task)).toMatchObject({ state: 'fulfilled' })
    await drain()
    await pass(1)
    expect(log).toEqual(['undefined', 'left behind'])
  })

  test('a wait that a task left behind when it ended is cancelled no more, and is nobody’s', async () => {
    const event = new Event()
    const task = createTask(() => void noted('left behind', event.wait()))
    await drain()
    expect([task.done, task.cancel(), event.waiting]).toEqual([true, false, 1])
    event.set()
    await drain()
    expect(log).toEqual(['left behind'])
  })
})

describe('a cancellation that the signal tells of', () => {
  /** What a host’s function does that takes a signal: it ends in the turn of the abort, or in a later one. */
  const hosted = (signal: AbortSignal, later: boolean): Promise<never> =>
    new Promise((_, reject) => {
      const end = (): void => reject(signal.reason as Error)
      signal.addEventListener('abort', () => (later ? void drain().then(drain).then(end) : end()), { once: true })
    })

  test('in the same turn, and is not delivered to the clean-up again', async () => {
    for (const call of [
      (signal: AbortSignal) => hosted(signal, false),
      (signal: AbortSignal) => once(new EventEmitter(), 'never', { signal }),
    ]) {
      log = []
      const task = createTask(async (signal) => {
        try {
          await call(signal)
        } finally {
          await noted('clean-up', sleep(1))
        }
      })
      await drain()
      task.cancel()
      await pass(1)
      expect([log, task.cancelled]).toEqual([['clean-up'], true])
    }
  })

  test('in a later turn: then the wait that comes to be first is cancelled', async () => {
    const task = createTask(async (signal) => {
      try {
        await hosted(signal, true)
      } finally {
        await noted('clean-up', sleep(1))
      }
    })
    await drain()
    task.cancel()
    for (let turn = 0; turn < 4; turn++) await drain()
    expect([log, task.cancelled]).toEqual([['clean-up! CancelledError'], true])
  })

  test('one that a grant came before is not taken for told: the next wait is cancelled', async () => {
    const lock = new Lock()
    const held = await lock.acquire()
    const task = createTask(async (signal) => {
      signal.addEventListener('abort', () => {})
      using _permit = await noted('a', lock.acquire())
      await noted('next', sleep(1))
    })
    await drain()
    held.release()
    task.cancel()
    await drain()
    expect([log, task.cancelled, lock.locked]).toEqual([['a', 'next! CancelledError'], true, false])
  })

  test('one that an error came before neither', async () => {
    const queue = new Queue<string>()
    const task = createTask(async (signal) => {
      signal.addEventListener('abort', () => {})
      await noted('a', queue.get()).catch(() => {})
      await noted('next', sleep(1))
    })
    await drain()
    queue.shutdown()
    task.cancel()
    await pass(1)
    expect([log, task.cancelled]).toEqual([['a! QueueShutDownError', 'next! CancelledError'], true])
  })

  test('a second cancel tells nothing, as a signal aborts once: it interrupts the clean-up', async () => {
    const task = createTask(async (signal) => {
      signal.addEventListener('abort', () => {})
      try {
        await noted('a', sleep(1))
      } finally {
        await noted('clean-up', sleep(1))
      }
    })
    task.cancel()
    task.cancel()
    await pass(2)
    expect([log, task.cancelled]).toEqual([['a! CancelledError', 'clean-up! CancelledError'], true])
  })

  test('it tells the jobs of nested time limits and groups too', async () => {
    const jobs: ((hear: (signal: AbortSignal) => Promise<never>) => Promise<unknown>)[] = [
      (hear) => timeout(60_000, hear),
      (hear) => timeout(60_000, () => timeout(60_000, hear)),
      (hear) => taskGroup(() => timeout(60_000, hear)),
      (hear) => taskGroup((group) => void group.spawn(hear)),
    ]
    for (const job of jobs) {
      const task = createTask(() => job((signal) => hosted(signal, false)))
      await drain()
      task.cancel('stop')
      expect(await outcome(task)).toMatchObject({ state: 'rejected', reason: { code: 'ERR_CANCELLED', cause: 'stop' } })
    }
  })

  test('to a task that is only on its way, by awaits of other kinds, it tells nothing: the next wait is cancelled', async () => {
    const task = createTask(async (_signal) => {
      for (let step = 0; step < 3; step++) await Promise.resolve()
      await noted('next', sleep(1))
    })
    task.cancel()
    await pass(1)
    expect([log, task.cancelled]).toEqual([['next! CancelledError'], true])
  })

  test('not where a time limit inside has just been granted what it waited for: the next wait is cancelled', async () => {
    const queue = new Queue<string>()
    const task = createTask(async (signal) => {
      signal.addEventListener('abort', () => {})
      log.push(await timeout(60_000, () => queue.get()))
      await noted('next', sleep(1))
    })
    await drain()
    await drain()
    queue.putNowait('item')
    task.cancel()
    await pass(1)
    expect([log, task.cancelled]).toEqual([['item', 'next! CancelledError'], true])
  })

  test('not to a task that cancels itself, in whichever turn', async () => {
    const gate = Promise.withResolvers<void>()
    const task = createTask(async (signal) => {
      signal.addEventListener('abort', () => log.push('signal'))
      await gate.promise
      self().cancel()
      await noted('next', sleep(1))
    })
    await drain()
    await drain()
    gate.resolve()
    await pass(1)
    expect([log, task.cancelled]).toEqual([['signal', 'next! CancelledError'], true])
  })

  test('to a task that cancels itself it tells nothing, though it listens', async () => {
    const task = createTask(async (signal) => {
      signal.addEventListener('abort', () => log.push('signal'))
      self().cancel()
      await noted('next', sleep(1))
    })
    await pass(1)
    expect([log, task.cancelled]).toEqual([['signal', 'next! CancelledError'], true])
  })

  test('to a task that cancels itself it tells nothing: the next wait is cancelled', async () => {
    const task = createTask(async (_signal) => {
      self().cancel()
      await noted('next', sleep(1))
    })
    await pass(1)
    expect([log, task.cancelled]).toEqual([['next! CancelledError'], true])
  })
})

describe('a wait that nobody awaits, of a task that is cancelled: no unhandled rejection', () => {
  const held = (): Lock => {
    const lock = new Lock()
    lock.tryAcquire()
    return lock
  }
  const condition = (): Condition => {
    const locked = new Condition()
    locked.tryAcquire()
    return locked
  }
  test.each<[string, () => Promise<unknown>]>([
    ['Lock.acquire', () => held().acquire()],
    ['Lock.run', () => held().run(() => {})],
    ['Semaphore.acquire', () => new Semaphore(0).acquire()],
    ['Semaphore.run', () => new Semaphore(0).run(() => {})],
    ['Event.wait', () => new Event().wait()],
    ['Condition.acquire', () => condition().acquire()],
    ['Condition.run', () => condition().run(() => {})],
    ['Condition.wait', () => condition().wait()],
    ['Condition.waitFor', () => condition().waitFor(() => false)],
    ['Barrier.wait', () => new Barrier(2).wait()],
    ['Queue.get', () => new Queue().get()],
    ['Queue.items', () => new Queue().items().next()],
    [
      'ReadWriteLock.write.run',
      () => {
        const { write } = new ReadWriteLock()
        write.tryAcquire()
        return write.run(() => {})
      },
    ],
    ['sleep', () => sleep(9)],
    ['shield', () => shield(createTask(() => new Event().wait()))],
    ['wait', () => wait([createTask(() => new Event().wait())])],
    ['timeout', () => timeout(9, () => new Event().wait())],
    ['gather', () => gather(() => new Event().wait())],
    ['gatherSettled', () => gatherSettled(() => new Event().wait())],
    ['taskGroup, in its body', () => taskGroup(() => new Event().wait())],
    ['taskGroup, for its children', () => taskGroup((group) => void group.spawn(() => new Event().wait()))],
  ])('%s', async (_, start) => {
    let ended = ''
    const lost = await unhandled(async () => {
      const task = createTask(async () => {
        void start()
        await noted('waits', new Event().wait())
      })
      await drain()
      task.cancel()
      await drain()
      ended = String(task.cancelled)
    })
    expect([lost, ended]).toEqual([[], 'true'])
  })
})

describe('a long chain of tasks that await one another', () => {
  const LINKS = 20_000
  const chainOf = (root: Task<unknown>): Task<unknown>[] => {
    const chain = [root]
    for (let link = 0; link < LINKS; link++) {
      const inner = chain.at(-1)
      chain.push(createTask(async () => await inner))
    }
    return chain
  }

  test('a cancel of the last reaches the first, and ends all', { timeout: 60_000 }, async () => {
    const event = new Event()
    const chain = chainOf(createTask(() => event.wait()))
    await drain()
    expect(chain.at(-1)?.cancel('enough')).toBe(true)
    expect(event.waiting).toBe(0)
    await drain()
    expect(chain.filter((task) => !task.cancelled)).toEqual([])
  })

  test(
    'and one that comes when the first is in no wait ends the waiting of all, but not the first',
    { timeout: 60_000 },
    async () => {
      const gate = Promise.withResolvers<void>()
      const chain = chainOf(createTask(() => gate.promise))
      await drain()
      chain.at(-1)?.cancel('enough')
      await drain()
      await drain()
      expect(chain.filter((task) => !task.cancelled)).toEqual([chain[0]])
      gate.resolve()
      await chain[0]
    },
  )
})

describe('many', () => {
  test('100,000 tasks on one lock are cancelled: none waits, none is served', { timeout: 60_000 }, async () => {
    const lock = new Lock()
    const held = await lock.acquire()
    let entered = 0
    const tasks = Array.from({ length: 100_000 }, () =>
      createTask(async () => {
        using _permit = await lock.acquire()
        entered++
      }),
    )
    expect(lock.waiting).toBe(100_000)
    for (const task of tasks) task.cancel()
    expect(lock.waiting).toBe(0)
    await drain()
    expect([tasks.every((task) => task.cancelled), entered]).toEqual([true, 0])
    held.release()
    expect(lock.locked).toBe(false)
  })

  test('and by one signal', { timeout: 60_000 }, async () => {
    const lock = new Lock()
    await lock.acquire()
    const controller = new AbortController()
    const { signal } = controller
    const tasks = Array.from({ length: 100_000 }, () => createTask(() => lock.acquire(), { signal }))
    controller.abort()
    expect(lock.waiting).toBe(0)
    await drain()
    expect(tasks.every((task) => task.cancelled)).toBe(true)
  })
})
