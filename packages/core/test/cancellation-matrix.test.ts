/**
 * Every wait of every primitive, cancelled in every way at every moment. What holds in each cell: a cancelled wait rejects with its own
 * reason and takes nothing; whoever stood behind it is served in order; what was granted stays granted; nothing is left behind, in
 * the queue, on the signal, on the clock.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  KeyedLock,
  Lock,
  Queue,
  ReadWriteLock,
  Semaphore,
} from '../src/index.ts'
import type { Lockable, WaitOptions } from '../src/index.ts'
import { observeWaits, type Wait } from '../src/observe/index.ts'
import { drain, outcome } from './microtasks.ts'
import { listeners, record } from './recording.ts'

/** One waiting method, on a fresh primitive on which it has to wait. */
interface Subject {
  wait(options?: WaitOptions): Promise<unknown>
  /** Lets the head waiter through, or all of them where the primitive knows no difference; the next wait too if nobody waits. */
  grant(): void
  waiting(): number
}

interface Row {
  readonly name: string
  make(): Subject
  /** Whom one grant lets through. */
  readonly serves: 'one' | 'all'
  /** A condition's wait looks at its signal once more when it has the lock back: until then a cancellation beats a notification. */
  readonly rechecks?: true
}

const lockable = (lock: Lockable, waiting: () => number): Subject => {
  if (lock.tryAcquire() === null) throw new Error('a new lock was to be free')
  return { wait: (options) => lock.acquire(options), grant: () => lock.release(), waiting }
}

/** A wait under a condition, whose task gives the lock back once it is over. */
const underCondition = (
  condition: Condition,
  wait: (options?: WaitOptions) => Promise<unknown>,
  change: () => void,
): Subject => ({
  wait: (options) => {
    expect(condition.tryAcquire()).not.toBe(null)
    return wait(options).finally(() => condition.release())
  },
  grant: () => {
    expect(condition.tryAcquire()).not.toBe(null)
    change()
    condition.notify()
    condition.release()
  },
  waiting: () => condition.waiting,
})

const rows: readonly Row[] = [
  {
    name: 'Lock.acquire',
    serves: 'one',
    make: () => {
      const lock = new Lock()
      return lockable(lock, () => lock.waiting)
    },
  },
  {
    name: 'Semaphore.acquire',
    serves: 'one',
    make: () => {
      const semaphore = new Semaphore(0)
      return {
        wait: (options) => semaphore.acquire(options),
        grant: () => semaphore.release(),
        waiting: () => semaphore.waiting,
      }
    },
  },
  {
    name: 'Semaphore.acquire of three',
    serves: 'one',
    make: () => {
      const semaphore = new Semaphore(2)
      let granted = 0
      return {
        wait: (options) => semaphore.acquire({ ...options, permits: 3 }),
        grant: () => semaphore.release(granted++ === 0 ? 1 : 3),
        waiting: () => semaphore.waiting,
      }
    },
  },
  {
    name: 'BoundedSemaphore.acquire',
    serves: 'one',
    make: () => {
      const semaphore = new BoundedSemaphore(1)
      semaphore.tryAcquire()
      return {
        wait: (options) => semaphore.acquire(options),
        grant: () => semaphore.release(),
        waiting: () => semaphore.waiting,
      }
    },
  },
  {
    name: 'Event.wait',
    serves: 'all',
    make: () => {
      const event = new Event()
      return { wait: (options) => event.wait(options), grant: () => event.set(), waiting: () => event.waiting }
    },
  },
  {
    name: 'Condition.acquire',
    serves: 'one',
    make: () => {
      const lock = new Lock()
      return lockable(new Condition(lock), () => lock.waiting)
    },
  },
  {
    name: 'Condition.wait',
    serves: 'one',
    rechecks: true,
    make: () => {
      const condition = new Condition()
      return underCondition(
        condition,
        (options) => condition.wait(options),
        () => {},
      )
    },
  },
  {
    name: 'Condition.waitFor',
    serves: 'one',
    rechecks: true,
    make: () => {
      const condition = new Condition()
      let items = 0
      return underCondition(
        condition,
        (options) => condition.waitFor(() => items > 0, options).then(() => items--),
        () => items++,
      )
    },
  },
  {
    name: 'Condition.wait over a write lock',
    serves: 'one',
    rechecks: true,
    make: () => {
      const condition = new Condition(new ReadWriteLock().write)
      return underCondition(
        condition,
        (options) => condition.wait(options),
        () => {},
      )
    },
  },
  {
    name: 'Barrier.wait',
    serves: 'all',
    make: () => {
      const barrier = new Barrier(4)
      return {
        wait: (options) => barrier.wait(options),
        grant: () => {
          for (let missing = 4 - barrier.waiting; missing > 0; missing--) void barrier.wait()
        },
        waiting: () => barrier.waiting,
      }
    },
  },
  {
    name: 'Queue.get',
    serves: 'one',
    make: () => {
      const queue = new Queue<string>()
      let getting = 0
      const left = (): void => void getting--
      return {
        wait: (options) => {
          getting++
          const got = queue.get(options)
          got.then(left, left)
          return got
        },
        grant: () => queue.putNowait('item'),
        waiting: () => getting,
      }
    },
  },
  {
    name: 'Queue.put',
    serves: 'one',
    make: () => {
      const queue = new Queue<string>(1)
      queue.putNowait('first')
      let putting = 0
      const left = (): void => void putting--
      return {
        wait: (options) => {
          putting++
          const put = queue.put('item', options)
          put.then(left, left)
          return put
        },
        grant: () => queue.getNowait(),
        waiting: () => putting,
      }
    },
  },
  {
    name: 'Queue.join',
    serves: 'all',
    make: () => {
      const queue = new Queue<string>()
      queue.putNowait('item')
      let joining = 0
      const left = (): void => void joining--
      return {
        wait: (options) => {
          joining++
          const joined = queue.join(options)
          joined.then(left, left)
          return joined
        },
        grant: () => queue.taskDone(),
        waiting: () => joining,
      }
    },
  },
  {
    name: 'ReadWriteLock.read.acquire',
    serves: 'all',
    make: () => {
      const both = new ReadWriteLock()
      both.write.tryAcquire()
      return {
        wait: (options) => both.read.acquire(options),
        grant: () => both.write.release(),
        waiting: () => both.read.waiting,
      }
    },
  },
  {
    name: 'ReadWriteLock.write.acquire',
    serves: 'one',
    make: () => {
      const both = new ReadWriteLock()
      return lockable(both.write, () => both.write.waiting)
    },
  },
  {
    name: 'KeyedLock.acquire',
    serves: 'one',
    make: () => {
      const keyed = new KeyedLock<string>()
      keyed.tryAcquire('key')
      return {
        wait: (options) => keyed.acquire('key', options),
        grant: () => keyed.release('key'),
        waiting: () => keyed.waiting('key'),
      }
    },
  },
]

/** A way to cancel one wait: how it is armed, how it is pulled, and what the wait then rejects with, as `record` writes it. */
interface Means {
  readonly name: string
  make(): { options: WaitOptions; cancel(): void; signal?: AbortSignal }
  readonly reason: string
}

/** The waits that parked, in order, for the means that cancels from outside. */
let parked: Wait[] = []
let stopObserving = (): void => {}

const means: readonly Means[] = [
  {
    name: 'its signal',
    reason: 'stop',
    make: () => {
      const controller = new AbortController()
      const { signal } = controller
      return { options: { signal }, cancel: () => controller.abort('stop'), signal }
    },
  },
  {
    name: 'a signal made of others',
    reason: 'stop',
    make: () => {
      const controller = new AbortController()
      const signal = AbortSignal.any([new AbortController().signal, controller.signal])
      return { options: { signal }, cancel: () => controller.abort('stop'), signal }
    },
  },
  {
    name: 'its timeout',
    reason: 'TimeoutError',
    make: () => ({ options: { timeout: 10 }, cancel: () => void vi.advanceTimersByTime(10) }),
  },
  {
    name: 'an observer',
    reason: 'stop',
    make: () => {
      const mine = parked.length
      return { options: {}, cancel: () => void parked[mine]?.cancel('stop') }
    },
  },
]

beforeEach(() => {
  vi.useFakeTimers()
  parked = []
  stopObserving = observeWaits({ parked: (wait) => parked.push(wait) })
})
afterEach(() => {
  stopObserving()
  vi.useRealTimers()
})

/** Grants until nobody waits. */
async function serve(subject: Subject): Promise<void> {
  await drain()
  for (let turn = 0; turn < 10 && subject.waiting() > 0; turn++) {
    subject.grant()
    await drain()
  }
  expect(subject.waiting()).toBe(0)
}

describe.each(rows)('$name', ({ make, serves, rechecks }) => {
  let subject: Subject
  let log: string[]

  beforeEach(() => {
    subject = make()
    log = []
  })

  test('waits, and is served', async () => {
    for (const label of ['a', 'b', 'c']) record(log, label, subject.wait())
    await drain()
    expect([log, subject.waiting()]).toEqual([[], 3])
    await serve(subject)
    expect(log).toEqual(['a', 'b', 'c'])
  })

  test(`a grant serves ${serves}`, async () => {
    for (const label of ['a', 'b', 'c']) record(log, label, subject.wait())
    subject.grant()
    await drain()
    expect(log).toEqual(serves === 'one' ? ['a'] : ['a', 'b', 'c'])
  })

  test('a signal already aborted: rejects, and does not queue', async () => {
    record(log, 'a', subject.wait({ signal: AbortSignal.abort('stop') }))
    await drain()
    expect([log, subject.waiting(), parked]).toEqual([['a! stop'], 0, []])
  })

  test('a signal already aborted, though there is no need to wait: rejects, and takes nothing', async () => {
    subject.grant()
    record(log, 'a', subject.wait({ signal: AbortSignal.abort('stop') }))
    await drain()
    record(log, 'b', subject.wait())
    await serve(subject)
    expect(log.toSorted()).toEqual(['a! stop', 'b'])
  })

  test('timeout 0: rejects at once, and does not queue', async () => {
    record(log, 'a', subject.wait({ timeout: 0 }))
    expect(vi.getTimerCount()).toBe(0)
    await drain()
    expect([log, subject.waiting()]).toEqual([['a! TimeoutError'], 0])
    record(log, 'b', subject.wait())
    await serve(subject)
    expect(log).toEqual(['a! TimeoutError', 'b'])
  })

  describe.each(means)('cancelled by $name', ({ make: arm, reason }) => {
    test.each([0, 1, 2])('waiter %i of three: the others are served in order', async (leaver) => {
      const labels = ['a', 'b', 'c']
      let cancel = (): void => {}
      for (const [index, label] of labels.entries()) {
        const armed = arm()
        if (index === leaver) cancel = armed.cancel
        record(log, label, subject.wait(index === leaver ? armed.options : undefined))
      }
      cancel()
      await drain()
      expect([log, subject.waiting()]).toEqual([[`${labels[leaver]}! ${reason}`], 2])
      await serve(subject)
      expect(log).toEqual([`${labels[leaver]}! ${reason}`, ...labels.filter((_, index) => index !== leaver)])
    })

    test('then granted, in one tick: the grant goes to the next', async () => {
      const { options, cancel } = arm()
      record(log, 'a', subject.wait(options))
      record(log, 'b', subject.wait())
      cancel()
      // A cancelled condition holds its lock for a moment: nothing can be granted until it has given it back.
      if (rechecks) await drain()
      subject.grant()
      await serve(subject)
      expect(log).toEqual([`a! ${reason}`, 'b'])
    })

    test('granted, then cancelled, in one tick: no grant is lost, and none is doubled', async () => {
      const { options, cancel } = arm()
      record(log, 'a', subject.wait(options))
      for (const label of ['b', 'c']) record(log, label, subject.wait())
      subject.grant()
      cancel()
      await drain()
      const winner = rechecks ? [`a! ${reason}`, 'b'] : ['a']
      expect(log).toEqual(serves === 'one' ? winner : ['a', 'b', 'c'])
    })

    test('granted, resumed, then cancelled: nothing happens', async () => {
      const { options, cancel } = arm()
      record(log, 'a', subject.wait(options))
      for (const label of ['b', 'c']) record(log, label, subject.wait())
      subject.grant()
      await drain()
      cancel()
      await drain()
      expect(log).toEqual(serves === 'one' ? ['a'] : ['a', 'b', 'c'])
      await serve(subject)
      expect(log).toEqual(['a', 'b', 'c'])
    })

    test('all cancelled: the next is served', async () => {
      const cancels = ['a', 'b', 'c'].map((label) => {
        const { options, cancel } = arm()
        record(log, label, subject.wait(options))
        return cancel
      })
      for (const cancel of cancels) cancel()
      await drain()
      expect(log.toSorted()).toEqual(['a', 'b', 'c'].map((label) => `${label}! ${reason}`))
      expect(subject.waiting()).toBe(0)
      record(log, 'd', subject.wait())
      await serve(subject)
      expect(log.at(-1)).toBe('d')
    })

    test.each(['cancelled', 'granted'])('%s: no listener and no timer is left', async (how) => {
      const armed = [arm(), arm(), arm()]
      for (const [index, { options }] of armed.entries()) record(log, String(index), subject.wait(options))
      if (how === 'cancelled') for (const { cancel } of armed) cancel()
      await serve(subject)
      expect(log).toHaveLength(3)
      expect(vi.getTimerCount()).toBe(0)
      expect(armed.map(({ signal }) => (signal ? listeners(signal) : 0))).toEqual([0, 0, 0])
    })

    test('cancelled twice, or after the end, is cancelled once', async () => {
      const { options, cancel } = arm()
      record(log, 'a', subject.wait(options))
      cancel()
      cancel()
      await drain()
      cancel()
      for (const wait of parked) expect(wait.cancel('too late')).toBe(false)
      await drain()
      expect(log).toEqual([`a! ${reason}`])
    })
  })

  test.each(['the last', 'the first'])(
    'granted inside abort(), before our listener ran: %s of that signal',
    async (which) => {
      const controller = new AbortController()
      const { signal } = controller
      signal.addEventListener('abort', () => subject.grant(), { once: true })
      const labels = which === 'the first' ? ['aborted', 'b', 'c'] : ['b', 'c', 'aborted']
      for (const label of labels) record(log, label, subject.wait(label === 'aborted' ? { signal } : undefined))
      controller.abort('stop')
      await serve(subject)
      expect(log.toSorted()).toEqual(['aborted! stop', 'b', 'c'])
      expect(listeners(signal)).toBe(0)
    },
  )

  test('an abort that another listener kept from ours: no grant goes to the aborted', async () => {
    const controller = new AbortController()
    const { signal } = controller
    signal.addEventListener('abort', (event) => event.stopImmediatePropagation(), { once: true })
    record(log, 'aborted', subject.wait({ signal }))
    record(log, 'b', subject.wait())
    controller.abort('stop')
    await serve(subject)
    expect(log.toSorted()).toEqual(['aborted! stop', 'b'])
    expect(listeners(signal)).toBe(0)
  })

  test('one signal for all: all reject, in one abort(), in the order in which they came', async () => {
    const controller = new AbortController()
    const { signal } = controller
    for (const label of ['a', 'b', 'c']) record(log, label, subject.wait({ signal }))
    expect(listeners(signal)).toBeLessThanOrEqual(2)
    controller.abort('stop')
    await drain()
    expect(log).toEqual(['a! stop', 'b! stop', 'c! stop'])
    expect([subject.waiting(), listeners(signal)]).toEqual([0, 0])
  })

  test('two signals, each for every other one', async () => {
    const controllers = [new AbortController(), new AbortController()] as const
    const signals = controllers.map((controller) => controller.signal)
    for (const [index, label] of ['a', 'b', 'c'].entries()) {
      const signal = signals[index % 2]
      record(log, label, subject.wait(signal && { signal }))
    }
    controllers[0].abort('stop')
    await serve(subject)
    expect(log.toSorted()).toEqual(['a! stop', 'b', 'c! stop'])
    expect(signals.map(listeners)).toEqual([0, 0])
  })
})

describe('one signal over the waits of every primitive', () => {
  test('one abort() rejects them all; one listener, and none after', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const subjects = rows.map(({ make }) => make())
    const waits = subjects.flatMap((subject) => [outcome(subject.wait({ signal })), outcome(subject.wait({ signal }))])
    expect(listeners(signal)).toBeLessThanOrEqual(2)
    controller.abort('stop')
    expect(listeners(signal)).toBe(0)
    for (const wait of waits) expect(await wait).toEqual({ state: 'rejected', reason: 'stop' })
    await drain()
    expect(subjects.map((subject) => subject.waiting())).toEqual(rows.map(() => 0))
  })

  test('an abort listener that grants them all: none that waits with the signal is granted, all others are', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const log: string[] = []
    // Not the conditions: the first grant tells all who wait with the signal, and theirs are held by those from then on.
    const direct = rows.filter(({ rechecks }) => !rechecks)
    const subjects = direct.map(({ make, name }) => ({ name, ...make() }))
    signal.addEventListener('abort', () => subjects.forEach((subject) => subject.grant()))
    for (const { name, wait } of subjects) {
      record(log, name, wait({ signal }))
      record(log, `${name}, free of it`, wait())
    }
    controller.abort('stop')
    for (const subject of subjects) await serve(subject)
    expect(log.toSorted()).toEqual(direct.flatMap(({ name }) => [`${name}! stop`, `${name}, free of it`]).toSorted())
  })

  test('a timer that fires and a signal that aborts in the same turn cancel each wait once', async () => {
    for (const { make } of rows) {
      const controller = new AbortController()
      const log: string[] = []
      const subject = make()
      record(log, 'a', subject.wait({ signal: controller.signal, timeout: 10 }))
      record(log, 'b', subject.wait())
      setTimeout(() => controller.abort('stop'), 10)
      vi.advanceTimersByTime(10)
      await serve(subject)
      expect(log).toEqual(['a! TimeoutError', 'b'])
      expect([listeners(controller.signal), vi.getTimerCount()]).toEqual([0, 0])
    }
  })
})
