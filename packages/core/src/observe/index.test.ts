/** observeWaits: what is seen of every kind of wait, and what may be done to it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { drain, outcome } from '../../test/microtasks.ts'
import { listeners } from '../../test/recording.ts'
import { unhandled } from '../../test/unhandled.ts'
import { notAFunction, refusal, refused, wrongOptions } from '../../test/wrong-input.ts'
import { Barrier } from '../barrier/index.ts'
import { BoundedSemaphore } from '../bounded-semaphore/index.ts'
import { Condition } from '../condition/index.ts'
import { Event } from '../event/index.ts'
import { KeyedLock } from '../keyed-lock/index.ts'
import { LifoQueue } from '../lifo-queue/index.ts'
import { Lock } from '../lock/index.ts'
import { PriorityQueue } from '../priority-queue/index.ts'
import { Queue } from '../queue/index.ts'
import { ReadWriteLock } from '../read-write-lock/index.ts'
import { Semaphore } from '../semaphore/index.ts'
import { watch as listening } from '../watch.ts'
import { observeWaits, type Wait, type WaitObserver } from './index.ts'

type Options = { signal?: AbortSignal; timeout?: number }

/** A primitive that is busy, one call that must wait on it, and what lets that call go on. */
interface Busy {
  primitive?: object
  operation: Wait['operation']
  start(options?: Options): Promise<unknown>
  wake(): void
  /** Whether the primitive is as new: nobody waits, and a call that need not wait succeeds. */
  sound(): boolean
}

interface LockLike {
  acquire(options?: Options): Promise<unknown>
  tryAcquire(): unknown
  release(): void
  locked: boolean
}

const lockLike = (lock: LockLike, primitive: object = lock): Busy => {
  lock.tryAcquire()
  return {
    primitive,
    operation: 'acquire',
    start: (options) => lock.acquire(options),
    wake: () => lock.release(),
    sound: () => {
      lock.release()
      return !lock.locked && lock.tryAcquire() !== null
    },
  }
}

const getting = (queue: Queue<number>): Busy => ({
  primitive: queue,
  operation: 'get',
  start: (options) => queue.get(options),
  wake: () => queue.putNowait(1),
  sound: () => {
    queue.putNowait(2)
    return queue.size === 1 && queue.getNowait() === 2
  },
})

const putting = (queue: Queue<number>): Busy => {
  queue.putNowait(1)
  return {
    primitive: queue,
    operation: 'put',
    start: (options) => queue.put(2, options),
    wake: () => void queue.getNowait(),
    sound: () => queue.getNowait() === 1 && queue.empty,
  }
}

const condition = (call: 'wait' | 'waitFor'): Busy => {
  const subject = new Condition()
  let ready = false
  return {
    primitive: subject,
    operation: 'wait',
    start: (options) => {
      subject.tryAcquire()
      return call === 'wait' ? subject.wait(options) : subject.waitFor(() => ready, options)
    },
    wake: () => {
      ready = true
      const permit = subject.tryAcquire()!
      subject.notify()
      permit.release()
    },
    // However it ended, the lock is held again.
    sound: () => {
      if (subject.waiting > 0 || !subject.locked) return false
      subject.release()
      return !subject.locked
    },
  }
}

const kinds: Record<string, () => Busy> = {
  'Lock.acquire': () => lockLike(new Lock()),
  'Lock.run': () => {
    const lock = new Lock()
    return { ...lockLike(lock), start: (options) => lock.run(() => 1, options) }
  },
  'Semaphore.acquire': () => lockLike(new Semaphore(1)),
  'BoundedSemaphore.acquire': () => lockLike(new BoundedSemaphore(1)),
  'Event.wait': () => {
    const event = new Event()
    return {
      primitive: event,
      operation: 'wait',
      start: (options) => event.wait(options),
      wake: () => event.set(),
      sound: () => event.waiting === 0,
    }
  },
  'Condition.wait': () => condition('wait'),
  'Condition.waitFor': () => condition('waitFor'),
  'Condition.acquire': () => {
    const subject = new Condition()
    return lockLike(subject, subject.lock)
  },
  'Barrier.wait': () => {
    const barrier = new Barrier(2)
    return {
      primitive: barrier,
      operation: 'wait',
      start: (options) => barrier.wait(options),
      wake: () => void barrier.wait(),
      sound: () => barrier.waiting === 0 && !barrier.broken,
    }
  },
  'Queue.get': () => getting(new Queue(1)),
  'Queue.put': () => putting(new Queue(1)),
  'Queue.items().next': () => {
    const queue = new Queue<number>()
    return { ...getting(queue), start: (options) => queue.items(options).next() }
  },
  'Queue.join': () => {
    const queue = new Queue<number>()
    queue.putNowait(1)
    queue.getNowait()
    return {
      primitive: queue,
      operation: 'join',
      start: (options) => queue.join(options),
      wake: () => queue.taskDone(),
      sound: () => queue.empty,
    }
  },
  'PriorityQueue.get': () => getting(new PriorityQueue(1)),
  'PriorityQueue.put': () => putting(new PriorityQueue(1)),
  'LifoQueue.get': () => getting(new LifoQueue(1)),
  'LifoQueue.put': () => putting(new LifoQueue(1)),
  'ReadWriteLock.write.acquire': () => {
    const lock = new ReadWriteLock()
    return lockLike(lock.write, lock)
  },
  'ReadWriteLock.read.acquire': () => {
    const lock = new ReadWriteLock()
    return {
      ...lockLike(lock.write, lock),
      start: (options) => lock.read.acquire(options),
    }
  },
  'KeyedLock.acquire': () => {
    const keyed = new KeyedLock<string>()
    keyed.tryAcquire('key')
    return {
      operation: 'acquire',
      start: (options) => keyed.acquire('key', options),
      wake: () => keyed.release('key'),
      sound: () => {
        keyed.release('key')
        return keyed.size === 0
      },
    }
  },
}

/** Watches until the test ends, and writes down what it sees. */
function watch(extra: WaitObserver = {}) {
  const log: string[] = []
  const waits: Wait[] = []
  const reasons: unknown[] = []
  const stop = observeWaits({
    parked(wait) {
      log.push('parked')
      waits.push(wait)
      extra.parked?.(wait)
    },
    woken(wait, note) {
      log.push('woken')
      expect(waits).toContain(wait)
      extra.woken?.(wait, note)
    },
    cancelled(wait, reason, note) {
      log.push('cancelled')
      expect(waits).toContain(wait)
      reasons.push(reason)
      extra.cancelled?.(wait, reason, note)
    },
  })
  endings.push(stop)
  return { log, waits, reasons, stop }
}
const endings: (() => void)[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  for (const stop of endings.splice(0)) stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe.each(Object.entries(kinds))('%s', (_, create) => {
  test('parks inside the call, and is woken when it is let go', async () => {
    const busy = create()
    const { log, waits, reasons } = watch()
    const promise = busy.start()
    // waitFor() may look at its predicate a microtask later.
    if (log.length === 0) await drain()
    expect(log).toEqual(['parked'])
    expect(waits[0]!.operation).toBe(busy.operation)
    expect(typeof waits[0]!.primitive).toBe('object')
    if (busy.primitive !== undefined) expect(waits[0]!.primitive).toBe(busy.primitive)
    await drain()
    busy.wake()
    await drain()
    expect(log).toEqual(['parked', 'woken'])
    expect(reasons).toEqual([])
    expect(await outcome(promise)).toMatchObject({ state: 'fulfilled' })
    expect(waits[0]!.cancel('too late')).toBe(false)
    await drain()
    expect(log).toEqual(['parked', 'woken'])
  })

  test('is seen to be cancelled by its signal, with the reason', async () => {
    const busy = create()
    const { log, waits, reasons } = watch()
    const controller = new AbortController()
    const ended = outcome(busy.start({ signal: controller.signal }))
    await drain()
    const reason = new Error('enough')
    const promise = ended
    controller.abort(reason)
    await drain()
    expect(log).toEqual(['parked', 'cancelled'])
    expect(reasons[0]).toBe(reason)
    expect(waits[0]!.cancel('again')).toBe(false)
    await promise
  })

  test('is seen to be cancelled when it times out', async () => {
    const busy = create()
    const { log, reasons } = watch()
    const promise = busy.start({ timeout: 10 })
    promise.catch(() => {})
    await drain()
    vi.advanceTimersByTime(11)
    const seen = await outcome(promise)
    expect(log).toEqual(['parked', 'cancelled'])
    expect(reasons[0]).toMatchObject({ name: 'TimeoutError' })
    expect(seen).toEqual({ state: 'rejected', reason: reasons[0] })
  })

  test('cancel(reason) ends it with that reason, once; no entry, timer or listener is left, and nothing is lost', async () => {
    const busy = create()
    const { log, waits, reasons } = watch()
    const { signal } = new AbortController()
    const promise = busy.start({ signal, timeout: 1000 })
    promise.catch(() => {})
    await drain()
    expect(listeners(signal)).toBe(1)
    const reason = { why: 'the task is cancelled' }
    expect(waits[0]!.cancel(reason)).toBe(true)
    expect(listeners(signal)).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    const seen = await outcome(promise)
    expect(waits[0]!.cancel('again')).toBe(false)
    expect(seen).toEqual({ state: 'rejected', reason })
    expect(seen.state === 'rejected' && seen.reason).toBe(reason)
    expect(log).toEqual(['parked', 'cancelled'])
    expect(reasons[0]).toBe(reason)
    expect(busy.sound()).toBe(true)
  })

  test.each([undefined, null, 0, ''])('cancel(%o) rejects with just that', async (reason) => {
    const busy = create()
    const { waits } = watch()
    const promise = busy.start()
    promise.catch(() => {})
    await drain()
    expect(waits[0]!.cancel(reason)).toBe(true)
    expect(await outcome(promise)).toEqual({ state: 'rejected', reason })
  })

  test('may be cancelled from parked() itself', async () => {
    const busy = create()
    const { log } = watch({ parked: (wait) => expect(wait.cancel('at once')).toBe(true) })
    const promise = busy.start({ timeout: 1000 })
    expect(await outcome(promise)).toEqual({ state: 'rejected', reason: 'at once' })
    expect(log).toEqual(['parked', 'cancelled'])
    expect(busy.sound()).toBe(true)
  })

  test('cancelled by an observer, and awaited by nobody, it is no unhandled rejection', async () => {
    const reported = await unhandled(async () => {
      const { waits } = watch()
      void create().start()
      await drain()
      expect(waits[0]!.cancel(new Error('the task is cancelled'))).toBe(true)
    })
    expect(reported).toEqual([])
  })

  test('is not seen when nobody observed as it parked', async () => {
    const busy = create()
    const { stop, log } = watch()
    stop()
    const promise = busy.start()
    await drain()
    const late = watch()
    busy.wake()
    await outcome(promise)
    expect([...log, ...late.log]).toEqual([])
  })

  test('an observer that throws, whenever, breaks nothing, and its errors are reported', async () => {
    const reported: unknown[] = []
    const queueing = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((callback) => {
      try {
        callback()
      } catch (error) {
        reported.push(error)
      }
    })
    try {
      const fail = (when: string) => (): never => {
        throw new Error(when)
      }
      endings.push(observeWaits({ parked: fail('parked'), woken: fail('woken'), cancelled: fail('cancelled') }))
      const { log } = watch()
      const first = create()
      const woken = first.start()
      await drain()
      first.wake()
      expect(await outcome(woken)).toMatchObject({ state: 'fulfilled' })
      const second = create()
      const controller = new AbortController()
      const cancelled = second.start({ signal: controller.signal })
      cancelled.catch(() => {})
      await drain()
      controller.abort('enough')
      expect(await outcome(cancelled)).toEqual({ state: 'rejected', reason: 'enough' })
      expect(second.sound()).toBe(true)
      expect(log).toEqual(['parked', 'woken', 'parked', 'cancelled'])
      expect(reported.map((error) => (error as Error).message)).toEqual(['parked', 'woken', 'parked', 'cancelled'])
    } finally {
      queueing.mockRestore()
    }
  })
})

describe('observeWaits', () => {
  test('sees nothing of what need not wait, nor of what is refused', async () => {
    const { log } = watch()
    const lock = new Lock()
    const queue = new Queue<number>(1)
    await lock.acquire({ timeout: 1000 })
    await queue.put(1, { timeout: 1000 })
    await queue.get({ timeout: 1000 })
    await new Barrier(1).wait({ timeout: 1000 })
    expect(lock.tryAcquire()).toBeNull()
    await outcome(lock.acquire({ timeout: 0 }))
    await outcome(queue.join({ timeout: 0 }))
    await outcome(lock.acquire({ signal: AbortSignal.abort('before') }))
    await outcome(lock.acquire({ timeout: -1 }))
    expect(log).toEqual([])
  })

  test('parked() is called in the async context of the task that waits, woken() in that of who wakes it', async () => {
    const task = new AsyncLocalStorage<string>()
    const seen: string[] = []
    endings.push(
      observeWaits({
        parked: () => seen.push(`${task.getStore()} parks`),
        woken: () => seen.push(`${task.getStore()} wakes`),
      }),
    )
    const lock = new Lock()
    lock.tryAcquire()
    const acquiring = task.run('one', () => lock.acquire())
    task.run('another', () => lock.release())
    await acquiring
    expect(seen).toEqual(['one parks', 'another wakes'])
  })

  test('withdraw() ends a wait and serves nobody; what it answers serves those behind, once all are withdrawn', async () => {
    const { log, waits } = watch()
    const semaphore = new Semaphore(1)
    const [large, small, behind] = [3, 1, 1].map((permits) => outcome(semaphore.acquire({ permits })))
    const reason = new Error('the task is cancelled')
    const serve = [waits[0]!, waits[1]!].map((wait) => wait.withdraw(reason))
    expect([log, semaphore.value, semaphore.waiting]).toEqual([
      ['parked', 'parked', 'parked', 'cancelled', 'cancelled'],
      1,
      1,
    ])
    expect(waits[0]!.withdraw('again')).toBeUndefined()
    for (const go of serve) go?.()
    expect(log.at(-1)).toBe('woken')
    expect([await large, await small]).toEqual([
      { state: 'rejected', reason },
      { state: 'rejected', reason },
    ])
    expect(await behind).toMatchObject({ state: 'fulfilled' })
  })

  test('who has ended his observing hears no more, not even of a wait that he saw park', async () => {
    const first = watch()
    const second = watch()
    const event = new Event()
    const waiting = event.wait()
    first.stop()
    event.set()
    await waiting
    expect([first.log, second.log]).toEqual([['parked'], ['parked', 'woken']])
  })

  test('each observer is given back what it answered when the wait parked', async () => {
    const given: unknown[] = []
    const noting = (note: string): WaitObserver => ({
      parked: () => note,
      woken: (_, own) => given.push(`woken ${own}`),
      cancelled: (_, reason, own) => given.push(`cancelled ${own}: ${reason}`),
    })
    endings.push(observeWaits(noting('a')), observeWaits({}), observeWaits(noting('b')))
    const event = new Event()
    const woken = event.wait()
    event.set()
    await woken
    event.clear()
    const controller = new AbortController()
    const cancelled = outcome(event.wait({ signal: controller.signal }))
    controller.abort('enough')
    await cancelled
    expect(given).toEqual(['woken a', 'woken b', 'cancelled a: enough', 'cancelled b: enough'])
  })

  test('several observers each see every wait, in the order in which they came', async () => {
    const log: string[] = []
    const named = (name: string): WaitObserver => ({
      parked: () => log.push(`${name} parked`),
      woken: () => log.push(`${name} woken`),
    })
    endings.push(observeWaits(named('first')), observeWaits(named('second')))
    const lock = new Lock()
    lock.tryAcquire()
    const promise = lock.acquire()
    lock.release()
    await promise
    expect(log).toEqual(['first parked', 'second parked', 'first woken', 'second woken'])
  })

  test('several observers are shown one and the same wait', () => {
    const first = watch()
    const second = watch()
    const lock = new Lock()
    lock.tryAcquire()
    const promise = lock.acquire()
    expect(first.waits[0]).toBe(second.waits[0])
    expect(first.waits[0]!.cancel('by one')).toBe(true)
    expect(second.waits[0]!.cancel('by the other')).toBe(false)
    expect(second.reasons).toEqual(['by one'])
    return expect(promise).rejects.toBe('by one')
  })

  test('ends for whom it is ended, once and for good; others go on', async () => {
    const first = watch()
    const second = watch()
    first.stop()
    first.stop()
    const lock = new Lock()
    lock.tryAcquire()
    const promise = lock.acquire()
    lock.release()
    await promise
    expect(first.log).toEqual([])
    expect(second.log).toEqual(['parked', 'woken'])
  })

  test('one observer given twice is told twice, and ending one leaves the other', () => {
    let parked = 0
    const observer: WaitObserver = { parked: () => void parked++ }
    const [stop, stopToo] = [observeWaits(observer), observeWaits(observer)]
    const lock = new Lock()
    lock.tryAcquire()
    const controller = new AbortController()
    const { signal } = controller
    const waiting = [outcome(lock.acquire({ signal }))]
    expect(parked).toBe(2)
    stop()
    stop()
    waiting.push(outcome(lock.acquire({ signal })))
    expect(parked).toBe(3)
    stopToo()
    waiting.push(outcome(lock.acquire({ signal })))
    expect(parked).toBe(3)
    controller.abort()
    return Promise.all(waiting)
  })

  test('a wait that parked while it was observed can be cancelled after the observer has gone', async () => {
    const { waits, stop } = watch()
    const lock = new Lock()
    lock.tryAcquire()
    const promise = outcome(lock.acquire())
    stop()
    expect(waits[0]!.cancel('later')).toBe(true)
    expect(await promise).toEqual({ state: 'rejected', reason: 'later' })
    expect(lock.waiting).toBe(0)
  })

  test('an observer is told nothing after it was ended', async () => {
    const { log, stop } = watch()
    const lock = new Lock()
    lock.tryAcquire()
    const promise = lock.acquire()
    stop()
    lock.release()
    await promise
    expect(log).toEqual(['parked'])
  })

  test('costs nothing once the last observer has gone: waiters see that nobody listens', () => {
    expect(listening.listener).toBeUndefined()
    const [stop, stopToo] = [observeWaits({}), observeWaits({})]
    expect(listening.listener).toBeDefined()
    stop()
    expect(listening.listener).toBeDefined()
    stopToo()
    expect(listening.listener).toBeUndefined()
  })

  test('an observer that comes while a wait is on hears nothing of it', async () => {
    const early = watch()
    const lock = new Lock()
    lock.tryAcquire()
    const promise = lock.acquire()
    const late = watch()
    lock.release()
    await promise
    expect([early.log, late.log]).toEqual([['parked', 'woken'], []])
  })

  test('may be ended from within what it is told', async () => {
    const lock = new Lock()
    lock.tryAcquire()
    let seen = 0
    const stop = observeWaits({
      parked: () => {
        seen++
        stop()
      },
    })
    const waiting = [lock.acquire(), lock.acquire()]
    expect(seen).toBe(1)
    for (const promise of waiting) {
      lock.release()
      await promise
    }
  })

  test('an observer with no members, or with undefined ones, is fine', async () => {
    endings.push(observeWaits({}), observeWaits({ parked: undefined } as unknown as WaitObserver))
    const lock = new Lock()
    lock.tryAcquire()
    const promise = lock.acquire()
    lock.release()
    expect((await promise).released).toBe(false)
  })

  test('the observer’s own `this` is kept', () => {
    const observer = {
      seen: 0,
      parked() {
        this.seen++
      },
    }
    endings.push(observeWaits(observer))
    const lock = new Lock()
    lock.tryAcquire()
    const promise = outcome(lock.acquire({ timeout: 5 }))
    vi.advanceTimersByTime(5)
    expect(observer.seen).toBe(1)
    return promise
  })

  test('String(wait.primitive) says what is waited for, and that somebody waits', () => {
    const printed: string[] = []
    endings.push(observeWaits({ parked: (wait) => printed.push(`${wait.operation} ${String(wait.primitive)}`) }))
    const lock = new Lock({ name: 'db' })
    lock.tryAcquire()
    const acquiring = outcome(lock.acquire({ timeout: 5 }))
    const keyed = new KeyedLock<string>({ name: 'accounts' })
    keyed.tryAcquire('alice')
    const keyedAcquiring = outcome(keyed.acquire('alice', { timeout: 5 }))
    vi.advanceTimersByTime(5)
    expect(printed[0]).toBe('acquire Lock "db" <locked, waiting: 1>')
    expect(printed[1]).toBe('acquire Lock "accounts[alice]" <locked, waiting: 1>')
    return Promise.all([acquiring, keyedAcquiring])
  })

  test('getters and putters that a shutdown turns away, and parties that a barrier does, are cancelled with that error', async () => {
    const { log, reasons } = watch()
    const empty = new Queue<number>()
    const full = new Queue<number>(1)
    full.putNowait(1)
    const barrier = new Barrier(2)
    const ends = [empty.get(), full.put(2), barrier.wait()].map(outcome<unknown>)
    empty.shutdown()
    full.shutdown()
    barrier.abort()
    const seen = await Promise.all(ends)
    expect(log).toEqual(['parked', 'parked', 'parked', 'cancelled', 'cancelled', 'cancelled'])
    expect(seen).toEqual(reasons.map((reason) => ({ state: 'rejected', reason })))
    expect(reasons.map((reason) => (reason as Error).name)).toEqual([
      'QueueShutDownError',
      'QueueShutDownError',
      'BrokenBarrierError',
    ])
  })

  test('a putter whose item has no place in the order is cancelled with the error', async () => {
    const { log, reasons } = watch()
    const queue = new PriorityQueue<unknown>(2)
    queue.putNowait(1)
    queue.putNowait(2)
    const end = outcome(queue.put('x'))
    queue.getNowait()
    expect(log).toEqual(['parked', 'cancelled'])
    expect(await end).toEqual({ state: 'rejected', reason: reasons[0] })
  })

  test('cancelling a heavy request at the head lets in those behind it that fit', async () => {
    const { waits, log } = watch()
    const semaphore = new Semaphore(2)
    const held = semaphore.tryAcquire()!
    const heavy = outcome(semaphore.acquire({ permits: 2 }))
    const light = semaphore.acquire()
    expect(waits[0]!.cancel('too heavy')).toBe(true)
    expect(await heavy).toEqual({ state: 'rejected', reason: 'too heavy' })
    expect((await light).released).toBe(false)
    expect(log).toEqual(['parked', 'parked', 'cancelled', 'woken'])
    held.release()
  })

  test('cancelling a writer at the head lets in the readers behind it', async () => {
    const { waits } = watch()
    const lock = new ReadWriteLock()
    lock.read.tryAcquire()
    const writing = outcome(lock.write.acquire())
    const reading = lock.read.acquire()
    expect(waits[0]!.cancel('no writing')).toBe(true)
    expect((await reading).released).toBe(false)
    expect(await writing).toEqual({ state: 'rejected', reason: 'no writing' })
  })

  describe('bad input', () => {
    const missing = { title: 'undefined', value: undefined, type: 'TypeError', shown: 'undefined' } as const

    const wrongObservers = wrongOptions.filter(({ value }) => !(value instanceof AbortSignal))
    test.each([...wrongObservers, missing])('observer $title is refused', async (wrong) => {
      expect(await refusal(() => observeWaits(wrong.value as WaitObserver))).toEqual(
        refused('threw', wrong, 'observer'),
      )
    })

    test.each(['parked', 'woken', 'cancelled'])(
      '%s that is no function is refused, and nothing is observed',
      async (member) => {
        for (const wrong of notAFunction.filter(({ value }) => value !== undefined)) {
          let parked = 0
          const observer = { parked: () => void parked++, [member]: wrong.value } as WaitObserver
          expect(await refusal(() => observeWaits(observer))).toEqual(refused('threw', wrong, member))
          const lock = new Lock()
          lock.tryAcquire()
          const promise = lock.acquire()
          lock.release()
          await promise
          expect(parked).toBe(0)
        }
      },
    )
  })

  describe('what an observer does meanwhile', () => {
    test('releasing in woken() is a release like any other', async () => {
      const semaphore = new Semaphore(1)
      semaphore.tryAcquire()
      const permits = [0, 1, 2].map(() => semaphore.acquire())
      endings.push(observeWaits({}))
      const more = semaphore.acquire()
      let extra = 1
      endings.push(observeWaits({ woken: () => void (extra-- > 0 && semaphore.release()) }))
      const last = semaphore.acquire()
      for (let permit = 0; permit < 4; permit++) semaphore.release()
      await Promise.all([...permits, more])
      expect(await outcome(last)).toEqual({ state: 'pending' })
      semaphore.release()
      await last
      expect(extra).toBe(0)
      expect(semaphore).toMatchObject({ value: 1, waiting: 0 })
    })

    test('putting in cancelled() gives the item to the next getter', async () => {
      const queue = new Queue<number>()
      const { waits } = watch({ cancelled: () => queue.putNowait(1) })
      const first = outcome(queue.get())
      const second = queue.get()
      waits[0]!.cancel('first')
      expect(await first).toEqual({ state: 'rejected', reason: 'first' })
      expect(await second).toBe(1)
      expect(queue.empty).toBe(true)
    })

    test('cancelling another wait of the same signal in cancelled() ends each once, with its own reason', async () => {
      const lock = new Lock()
      lock.tryAcquire()
      const controller = new AbortController()
      const { signal } = controller
      const { waits, log } = watch({
        cancelled: (wait) => void (wait === waits[0] && waits[2]!.cancel('by the observer')),
      })
      const ends = [0, 1, 2].map(() => outcome(lock.acquire({ signal })))
      controller.abort('by the signal')
      expect(await Promise.all(ends)).toEqual([
        { state: 'rejected', reason: 'by the signal' },
        { state: 'rejected', reason: 'by the signal' },
        { state: 'rejected', reason: 'by the observer' },
      ])
      expect(log).toEqual(['parked', 'parked', 'parked', 'cancelled', 'cancelled', 'cancelled'])
      expect(lock.waiting).toBe(0)
    })

    test('a new wait begun in cancelled() with the same, aborted signal is refused', async () => {
      const lock = new Lock()
      lock.tryAcquire()
      const controller = new AbortController()
      const { signal } = controller
      const again: Promise<unknown>[] = []
      watch({ cancelled: () => void again.push(outcome(lock.acquire({ signal }))) })
      const end = outcome(lock.acquire({ signal }))
      controller.abort('stop')
      expect(await Promise.all([end, ...again])).toEqual([
        { state: 'rejected', reason: 'stop' },
        { state: 'rejected', reason: 'stop' },
      ])
      expect(lock.waiting).toBe(0)
    })

    test('setting an Event while it wakes its waiters: each is woken once', async () => {
      const event = new Event()
      const { log } = watch({ woken: () => event.set() })
      const waiting = [event.wait(), event.wait()]
      event.set()
      await Promise.all(waiting)
      expect(log).toEqual(['parked', 'parked', 'woken', 'woken'])
    })
  })

  describe('Condition', () => {
    test('notify() is not seen to park: the waiter’s way back to the lock belongs to its own wait', async () => {
      const subject = new Condition()
      const { log, waits } = watch()
      subject.tryAcquire()
      const waiting = subject.wait()
      const permit = subject.tryAcquire()!
      expect(log).toEqual(['parked'])
      subject.notify()
      expect(log).toEqual(['parked'])
      await drain()
      expect(log).toEqual(['parked'])
      permit.release()
      await waiting
      expect(log).toEqual(['parked', 'woken'])
      expect(waits).toHaveLength(1)
    })

    test('notifyAll(), over a given lock, is not seen to park either', async () => {
      const subject = new Condition(new Lock())
      const { log } = watch()
      const waiting: Promise<void>[] = []
      for (let waiter = 0; waiter < 3; waiter++) {
        subject.tryAcquire()
        waiting.push(subject.wait())
      }
      subject.tryAcquire()
      expect(log).toEqual(['parked', 'parked', 'parked'])
      subject.notifyAll()
      expect(log).toHaveLength(3)
      for (const promise of waiting) {
        subject.release()
        await promise
      }
      expect(log.slice(3)).toEqual(['woken', 'woken', 'woken'])
    })

    test('an observer sees what others do while a waiter is on its way back to the lock', async () => {
      const subject = new Condition()
      const { log, waits } = watch()
      subject.tryAcquire()
      const waiting = subject.wait()
      subject.tryAcquire()
      subject.notify()
      const behind = subject.acquire()
      expect(log).toEqual(['parked', 'parked'])
      expect(waits[1]!.operation).toBe('acquire')
      subject.release()
      await waiting
      subject.release()
      await behind
      expect(log.slice(2)).toEqual(['woken', 'woken'])
    })

    test('cancel() of a wait rejects once it holds the lock again', async () => {
      const subject = new Condition()
      const { waits, log } = watch()
      subject.tryAcquire()
      const waiting = subject.wait()
      waiting.catch(() => {})
      const permit = subject.tryAcquire()!
      expect(waits[0]!.cancel('enough')).toBe(true)
      expect(await outcome(waiting)).toEqual({ state: 'pending' })
      expect(subject.waiting).toBe(0)
      permit.release()
      expect(await outcome(waiting)).toEqual({ state: 'rejected', reason: 'enough' })
      expect(subject.locked).toBe(true)
      expect(log).toEqual(['parked', 'cancelled'])
    })

    test('C10 cancel() of a wait that was notified passes the notification on', async () => {
      const subject = new Condition()
      const { waits } = watch()
      subject.tryAcquire()
      const first = outcome(subject.wait())
      subject.tryAcquire()
      const second = subject.wait()
      const permit = subject.tryAcquire()!
      subject.notify()
      expect(waits[0]!.cancel('enough')).toBe(true)
      permit.release()
      expect(await first).toEqual({ state: 'rejected', reason: 'enough' })
      expect(await outcome(second)).toEqual({ state: 'pending' })
      subject.release()
      await second
      expect(subject.locked).toBe(true)
      expect(subject.waiting).toBe(0)
    })
  })
})

describe('an observer that interferes while others are being served', () => {
  test('cannot cancel who has been taken out for a grant, and corrupts no queue', async () => {
    const event = new Event()
    const waits: Wait[] = []
    const late: boolean[] = []
    const stop = observeWaits({
      parked: (wait) => waits.push(wait),
      woken: (wait) => wait === waits[0] && late.push(waits[1]!.cancel('too late')),
    })
    const waiting = [outcome(event.wait()), outcome(event.wait())]
    event.set()
    stop()
    expect(late).toEqual([false])
    expect(await Promise.all(waiting)).toMatchObject([{ state: 'fulfilled' }, { state: 'fulfilled' }])
    expect(String(event)).toBe('Event <set>')
    event.clear()
    expect(event.waiting).toBe(0)
  })

  test('whoever it makes wait meanwhile is of the next round', async () => {
    const barrier = new Barrier(3)
    let extra: Promise<number> | undefined
    const stop = observeWaits({ woken: () => void (extra ??= barrier.wait()) })
    const round = await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()])
    stop()
    expect(round).toEqual([0, 1, 2])
    expect(await outcome(extra!)).toEqual({ state: 'pending' })
    expect(String(barrier)).toBe('Barrier <filling, 1/3>')
  })

  test('a barrier that it breaks while a wait begins turns that wait away', async () => {
    const barrier = new Barrier(2)
    const other = new AbortController()
    const stop = observeWaits({ cancelled: () => barrier.abort() })
    let late: Promise<unknown> | undefined
    other.signal.addEventListener('abort', () => {
      late = outcome(barrier.wait())
    })
    const early = outcome(barrier.wait({ signal: other.signal }))
    other.abort('enough')
    stop()
    expect(await early).toEqual({ state: 'rejected', reason: 'enough' })
    expect(await late).toMatchObject({ state: 'rejected', reason: { code: 'ERR_BROKEN_BARRIER' } })
    expect(barrier.waiting).toBe(0)
  })
})
