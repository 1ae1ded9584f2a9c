/**
 * Condition: what every Condition promises (`test/condition-suite.ts`), and the locks that core's can stand over: what a permit from before
 * the wait is good for over each, and how a foreign one may fail.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { conditionSuite } from '../../test/condition-suite.ts'
import { drain, outcome } from '../../test/microtasks.ts'
import { listeners } from '../../test/recording.ts'
import { refusal } from '../../test/wrong-input.ts'
import { Event, KeyedLock, ReadWriteLock } from '../index.ts'
import type { Lockable, Permit, WaitOptions } from '../index.ts'
import { NotAcquiredError } from '../errors/index.ts'
import { Lock } from '../lock/index.ts'
import { Condition } from './index.ts'

let condition: Condition
let controller: AbortController
let signal: AbortSignal
let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  condition = new Condition()
  controller = new AbortController()
  signal = controller.signal
  log = []
})
afterEach(() => {
  vi.useRealTimers()
})

/** Takes a lock that is known to be free. */
function take(lock: Lockable): Permit {
  const permit = lock.tryAcquire()
  if (permit === null) throw new Error('the lock was to be free')
  return permit
}

/** Takes the lock, notifies, and gives it back: a change made by another task. */
function change(n?: number): void {
  using _permit = take(condition)
  condition.notify(n)
}

conditionSuite<Lockable>('core', {
  Condition,
  Lock,
  moreLocks: [['a write lock', () => new ReadWriteLock().write]],
})

/** A lock that knows nothing of core: first come first served, its permits good for one hold each. */
class ForeignLock implements Lockable {
  #holder: object | null = null
  readonly #queue: ((permit: Permit) => void)[] = []

  get locked(): boolean {
    return this.#holder !== null
  }

  acquire(): Promise<Permit> {
    if (this.#holder === null) return Promise.resolve(this.#hold())
    return new Promise((resolve) => this.#queue.push(resolve))
  }

  tryAcquire(): Permit | null {
    return this.#holder === null ? this.#hold() : null
  }

  release(): void {
    if (this.#holder === null) throw new Error('not held')
    this.#holder = null
    this.#queue.shift()?.(this.#hold())
  }

  async run<T>(fn: () => T | PromiseLike<T>): Promise<T> {
    using _permit = await this.acquire()
    return await fn()
  }

  #hold(): Permit {
    const isHolder = (): boolean => this.#holder === permit
    const release = (): void => {
      if (isHolder()) this.release()
    }
    const permit: Permit = {
      get released() {
        return !isHolder()
      },
      release,
      [Symbol.dispose]: release,
    }
    this.#holder = permit
    return permit
  }
}

describe.each<[string, () => Lockable]>([
  ['a Lock', () => new Lock()],
  ['a Condition', () => new Condition()],
  ["another Condition's lock", () => new Condition(new Lock()).lock],
  ['a Condition over a Condition', () => new Condition(new Condition())],
  ['the write side of a ReadWriteLock', () => new ReadWriteLock().write],
  ['a foreign lock', () => new ForeignLock()],
])('over %s', (_title, lockOf) => {
  let lock: Lockable

  beforeEach(() => {
    lock = lockOf()
    condition = new Condition(lock)
  })

  /** Waits, writes down how it ended, and whether the lock was held then; gives it back as asyncio does. */
  const wait = async (label: string, options?: WaitOptions): Promise<void> => {
    take(condition)
    await condition.wait(options).then(
      () => log.push(`${label} ${lock.locked}`),
      (reason: unknown) => log.push(`${label}! ${String(reason)} ${lock.locked}`),
    )
    condition.release()
  }

  test('locked, acquire, tryAcquire, release and run are those of the lock', async () => {
    expect(condition.lock).toBe(lock)
    take(condition)
    expect([condition.locked, lock.locked, lock.tryAcquire()]).toEqual([true, true, null])
    condition.release()
    expect(lock.locked).toBe(false)
    expect(await condition.run(() => lock.locked)).toBe(true)
    const permit = await condition.acquire()
    permit.release()
    expect(lock.locked).toBe(false)
  })

  test('waits give it up, and return in order, each holding it', async () => {
    void wait('a')
    void wait('b')
    expect([lock.locked, condition.waiting]).toEqual([false, 2])
    change(2)
    await drain()
    expect(log).toEqual(['a true', 'b true'])
    expect(lock.locked).toBe(false)
  })

  test('an aborted wait rejects once it holds it again, and its notification goes to the next', async () => {
    void wait('a', { signal })
    void wait('b')
    take(condition)
    condition.notify()
    controller.abort('stop')
    await drain()
    expect(log).toEqual([])
    condition.release()
    await drain()
    expect(log).toEqual(['a! stop true', 'b true'])
    expect(lock.locked).toBe(false)
  })

  test('wait, notify and notifyAll without it are NotAcquiredErrors', async () => {
    expect(await outcome(condition.wait())).toMatchObject({ reason: { code: 'ERR_NOT_ACQUIRED' } })
    expect(() => condition.notify()).toThrow(NotAcquiredError)
    expect(() => condition.notifyAll()).toThrow(NotAcquiredError)
  })
})

describe.each<[string, () => Lockable]>([
  ['a Lock', () => new Lock()],
  ['a Condition', () => new Condition()],
  ["another Condition's lock", () => new Condition(new Lock()).lock],
  ['a Condition over a Condition', () => new Condition(new Condition())],
  ['the write side of a ReadWriteLock', () => new ReadWriteLock().write],
])('the permit from before, over %s', (_title, lockOf) => {
  let lock: Lockable

  beforeEach(() => {
    lock = lockOf()
    condition = new Condition(lock)
  })

  test('stays good', async () => {
    const permit = take(condition)
    const waited = condition.wait()
    change()
    await waited
    expect([permit.released, lock.locked]).toEqual([false, true])
    permit.release()
    expect([permit.released, lock.locked]).toEqual([true, false])
  })

  test('is given back by run(), though fn waited', async () => {
    const running = condition.run(() => condition.wait())
    await drain()
    change()
    await running
    expect(lock.locked).toBe(false)
  })
})

describe('the permit from before, over the read side of a ReadWriteLock', () => {
  test('stays good, whether other readers were there meanwhile or not', async () => {
    for (const others of [0, 1]) {
      const table = new ReadWriteLock()
      condition = new Condition(table.read)
      const permits = Array.from({ length: others }, () => take(table.read))
      const permit = take(condition)
      const waited = condition.wait({ timeout: 5 }).catch(() => {})
      vi.advanceTimersByTime(5)
      await waited
      expect([permit.released, table.read.locked]).toEqual([false, true])
      for (const other of permits) other.release()
      expect(table.read.locked).toBe(true)
      permit.release()
      expect([permit.released, table.read.locked]).toEqual([true, false])
    }
  })

  test('lets a writer in during the wait', async () => {
    const table = new ReadWriteLock()
    condition = new Condition(table.read)
    const reading = condition.run(() => condition.wait({ timeout: 5 }).catch(() => log.push('timed out')))
    await drain()
    await table.write.run(() => void log.push('written'))
    vi.advanceTimersByTime(5)
    await reading
    expect(log).toEqual(['written', 'timed out'])
    expect(String(table)).toBe('ReadWriteLock <unlocked>')
  })
})

describe('the permit from before, over a foreign lock', () => {
  test('is spent: release() ends the hold', async () => {
    condition = new Condition(new ForeignLock())
    const permit = take(condition)
    const waited = condition.wait()
    change()
    await waited
    permit.release()
    expect([permit.released, condition.locked]).toEqual([true, true])
    condition.release()
    expect(condition.locked).toBe(false)
  })
})

describe('run(), over a lock that cannot put a hold back', () => {
  const foreign = new Map<string, () => Lockable>([
    ['a foreign lock', () => new ForeignLock()],
    ['a Condition over a foreign lock', () => new Condition(new ForeignLock())],
  ])

  test.each([...foreign])('%s: gives the lock back though fn waited, more than once', async (_title, lockOf) => {
    condition = new Condition(lockOf())
    let turn = 0
    const running = condition.run(async () => {
      await condition.waitFor(() => turn === 1)
      await condition.waitFor(() => turn === 2)
      return turn
    })
    for (const next of [1, 2]) {
      await condition.run(() => {
        turn = next
        condition.notifyAll()
      })
      await drain()
    }
    expect(await running).toBe(2)
    expect(condition.locked).toBe(false)
  })

  test('two Conditions over one lock: each run() ends its own hold, and no other', async () => {
    const lock = new ForeignLock()
    const one = new Condition(lock)
    const other = new Condition(lock)
    const first = one.run(() => other.wait())
    const second = one.run(async () => {
      other.notify()
      await drain()
      log.push(`second still holds: ${lock.locked}`)
    })
    await Promise.all([first, second])
    expect(log).toEqual(['second still holds: true'])
    expect(lock.locked).toBe(false)
  })

  test('a lock that was taken past the Condition is not given back by it', async () => {
    const lock = new ForeignLock()
    condition = new Condition(lock)
    await condition.run(() => {})
    const direct = await lock.acquire()
    const waiting = condition.wait({ timeout: 5 }).catch(() => log.push('timed out'))
    vi.advanceTimersByTime(5)
    await waiting
    expect([lock.locked, direct.released]).toEqual([true, true])
    lock.release()
    expect(lock.locked).toBe(false)
  })
})

describe('over a foreign lock that fails', () => {
  test('its release() throws: the wait rejects with that, and leaves nothing behind', async () => {
    class Owned extends ForeignLock {
      override release(): void {
        throw new Error('not yours')
      }
    }
    const over = new Condition(new Owned())
    take(over)
    const waited = outcome(over.wait({ signal, timeout: 100 }))
    expect([over.waiting, listeners(signal), vi.getTimerCount()]).toEqual([0, 0, 0])
    expect(await waited).toMatchObject({ state: 'rejected', reason: { message: 'not yours' } })
  })

  class Failing extends ForeignLock {
    fails = false
    override acquire(): Promise<Permit> {
      return this.fails ? Promise.reject(new Error('gone')) : super.acquire()
    }
  }

  test('its acquire() rejects after a notification: the wait rejects with that, and the next is notified', async () => {
    const lock = new Failing()
    const over = new Condition(lock)
    take(over)
    const first = outcome(over.wait({ signal, timeout: 100 }))
    take(over)
    const second = outcome(over.wait())
    take(over)
    lock.fails = true
    over.notify()
    lock.fails = false
    over.release()
    expect(await first).toMatchObject({ state: 'rejected', reason: { message: 'gone' } })
    expect((await second).state).toBe('fulfilled')
    expect([over.waiting, listeners(signal), vi.getTimerCount()]).toEqual([0, 0, 0])
  })

  test('its acquire() throws: the wait rejects with that, and notify() goes on', async () => {
    class Throwing extends ForeignLock {
      fails = false
      override acquire(): Promise<Permit> {
        if (this.fails) throw new Error('gone')
        return super.acquire()
      }
    }
    const lock = new Throwing()
    const over = new Condition(lock)
    take(over)
    const waited = outcome(over.wait())
    take(over)
    lock.fails = true
    expect(() => over.notify()).not.toThrow()
    expect(await waited).toMatchObject({ state: 'rejected', reason: { message: 'gone' } })
  })
})

test('a foreign lock whose acquire() throws keeps no abort from the other waits of that signal', async () => {
  const lock = new ForeignLock()
  const over = new Condition(lock)
  take(over)
  const waited = outcome(over.wait({ signal }))
  take(over)
  const other = new Lock()
  take(other)
  const acquired = outcome(other.acquire({ signal }))
  lock.acquire = () => {
    throw new Error('gone')
  }
  controller.abort('stop')
  expect(await acquired).toEqual({ state: 'rejected', reason: 'stop' })
  expect((await waited).state).toBe('rejected')
})

test.each([
  ['an Event', new Event()],
  ['a KeyedLock, whose methods want a key', new KeyedLock()],
])('lock: %s is a TypeError', async (_title, lock) => {
  const type = 'TypeError'
  const message: unknown = expect.stringContaining('lock')
  expect(await refusal(() => new Condition(lock as never))).toEqual({ how: 'threw', type, message })
})
