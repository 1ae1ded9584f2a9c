/**
 * Condition: what every Condition promises (core's suite), and what is of threads: its place beside its lock, blocking waits, notifications that
 * go round, and waiters that die.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conditionSuite } from '../../../core/test/condition-suite.ts'
import { drain, outcome } from '../../../core/test/microtasks.ts'
import { keepPulse } from '../../test/keep-pulse.ts'
import { spawn } from '../../test/threads.ts'
import {
  Abort,
  Condition,
  DeadlockError,
  Event,
  HandleError,
  Lock,
  NotAcquiredError,
  Space,
  SpaceFullError,
  terminate,
} from '../index.ts'

let stopPulse: () => Promise<void>
beforeAll(() => {
  stopPulse = keepPulse()
})
afterAll(() => stopPulse())

conditionSuite('across threads, within one', { Condition, Lock })

const named = (name: string): unknown =>
  expect.toSatisfy((error: unknown) => error instanceof DOMException && error.name === name, `a ${name}`)

/** Until `count` wait, in whatever threads. */
async function untilWaiting(condition: Condition, count: number): Promise<void> {
  while (condition.waiting !== count) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('beside its lock', () => {
  test('it finds its lock by its handle', () => {
    const lock = new Lock()
    const condition = new Condition(lock, { name: 'changed' })
    const same = Condition.from(structuredClone(condition.handle), { name: 'here' })
    expect([condition.handle.kind, same.name, String(same)]).toEqual([
      'condition',
      'here',
      'Condition "here" <unlocked>',
    ])
    const permit = lock.acquireSync()
    expect([same.locked, same.lock.locked, same.tryAcquire()]).toEqual([true, true, null])
    expect(same.lock.handle).toEqual(lock.handle)
    permit.release()
    expect(same.locked).toBe(false)
  })

  test("it lies in its lock's space, and is not to be told another", () => {
    const space = new Space({ objects: 5 })
    const lock = new Lock({ space })
    expect(new Condition(lock).handle.memory).toBe(space.handle.memory)
    expect(new Condition(lock, { space }).handle.memory).toBe(space.handle.memory)
    expect(() => new Condition(lock, { space: new Space({ objects: 4 }) })).toThrow(RangeError)
    expect(() => new Condition(lock, { space: Space.default })).toThrow("space must be the lock's own, got another one")
    const both = new Condition(undefined, { space })
    expect([both.handle.memory, both.lock.handle.memory]).toEqual([space.handle.memory, space.handle.memory])
  })

  test.each([
    [{ space: 1 }, 'space must be a Space, got 1'],
    [{ space: null }, 'space must be a Space, got null'],
    [{ name: 1 }, 'name must be a string, got 1'],
    [null, 'options must be an object, got null'],
    ['name', 'options must be an object'],
  ])('to make one with %o is a TypeError, with a lock or without', (options, message) => {
    const space = new Space({ objects: 2 })
    const lock = new Lock({ space })
    for (const over of [undefined, lock]) {
      expect(() => new Condition(over, options as never)).toThrow(TypeError)
      expect(() => new Condition(over, options as never)).toThrow(message)
    }
    // No place was used up.
    expect(new Condition(lock).locked).toBe(false)
  })

  test('over a lock that has been freed it is a HandleError', () => {
    const lock = new Lock()
    const condition = new Condition(lock)
    const { handle } = condition
    lock.free()
    expect(() => new Condition(lock)).toThrow(HandleError)
    expect(() => Condition.from(handle)).toThrow('whose lock has been freed')
    expect(() => condition.notify()).toThrow(HandleError)
  })

  test('where there is no room for both, none is taken', () => {
    const space = new Space({ objects: 3 })
    const first = new Condition(undefined, { space })
    expect(() => new Condition(undefined, { space })).toThrow(SpaceFullError)
    const lock = new Lock({ space })
    expect(() => new Condition(lock)).toThrow(expect.objectContaining({ code: 'ERR_SPACE_FULL' }))
    expect(() => new Condition(lock)).toThrow('new Space({ objects: 6 })')
    first.free()
    new Condition(lock).free()
  })

  test('the default space may have room for one of them alone: then both are in the next', () => {
    for (let made = 0; made < 2100; made++) {
      const condition = new Condition()
      expect(condition.lock.handle.memory).toBe(condition.handle.memory)
      // An odd number of others, so that one is left.
      if (made === 0) void new Lock()
    }
  })
})

describe('free()', () => {
  test('frees the lock that was made with it, in whatever thread', async () => {
    const condition = new Condition()
    const { lock } = condition
    await spawn(({ Condition: C }, handle) => C.from(handle).free(), condition.handle).result
    expect(() => condition.locked).toThrow(HandleError)
    expect(() => lock.locked).toThrow(HandleError)
    expect(() => condition.free()).toThrow(HandleError)
  })

  test('leaves alone a lock that it was given', () => {
    const lock = new Lock()
    new Condition(lock).free()
    expect(lock.locked).toBe(false)
  })

  test('does not mind that its lock has been freed', () => {
    const condition = new Condition()
    condition.lock.free()
    condition.free()
    expect(() => condition.handle).toThrow(HandleError)
  })

  test('whoever waits gets HandleError: with the lock held if that is still there, whether blocked or not', async () => {
    const lock = new Lock()
    const condition = new Condition(lock)
    const blocked = spawn(({ Condition: C }, handle) => {
      const there = C.from(handle)
      const permit = there.acquireSync()
      try {
        there.waitSync()
      } catch (error) {
        return [(error as { code: string }).code, permit.released, there.lock.locked]
      }
    }, condition.handle)
    await untilWaiting(condition, 1)
    const permit = await lock.acquire()
    const waited = condition.wait()
    condition.free()
    await expect(waited).rejects.toThrow(HandleError)
    expect(permit.released).toBe(false)
    permit.release()
    expect(await blocked.result).toEqual(['ERR_HANDLE', false, true])
  })

  test('so do they when the lock is freed, and with it who could notify them', async () => {
    const condition = new Condition()
    const permit = condition.acquireSync()
    const waited = condition.wait()
    condition.lock.free()
    await expect(waited).rejects.toThrow(HandleError)
    expect(permit.released).toBe(true)
  })

  test('every later use is a HandleError', async () => {
    const condition = new Condition()
    condition.free()
    for (const use of [
      () => condition.handle,
      () => condition.waiting,
      () => condition.notify(),
      () => condition.notifyAll(),
      () => condition.waitSync(),
      () => condition.waitForSync(() => false),
      () => condition.acquireSync(),
      () => condition.release(),
    ])
      expect(use).toThrow(HandleError)
    await expect(condition.wait()).rejects.toThrow(HandleError)
    await expect(condition.waitFor(() => false)).rejects.toThrow(HandleError)
  })
})

describe('blocking', () => {
  test('without the lock it is NotAcquiredError; held by another thread is not held', async () => {
    const condition = new Condition()
    expect(() => condition.waitSync()).toThrow(NotAcquiredError)
    expect(() => condition.waitForSync(() => false)).toThrow(NotAcquiredError)
    const holder = spawn(
      ({ Condition: C, Event: E }, [there, over], say) => {
        C.from(there).runSync(() => {
          say('held')
          E.from(over).waitSync()
        })
      },
      [condition.handle, new Event().handle] as const,
    )
    await holder.said()
    expect(condition.locked).toBe(true)
    expect(() => condition.waitSync()).toThrow(NotAcquiredError)
    expect(() => condition.notify()).toThrow(expect.objectContaining({ code: 'ERR_NOT_ACQUIRED' }))
    expect(await outcome(condition.wait())).toMatchObject({ reason: { code: 'ERR_NOT_ACQUIRED' } })
    await terminate(holder.worker)
  })

  test('a blocking acquire by its own holder is a DeadlockError', () => {
    const condition = new Condition()
    const permit = condition.acquireSync()
    expect(() => condition.acquireSync({ timeout: 5 })).toThrow(DeadlockError)
    expect(() => condition.runSync(() => 1)).toThrow(DeadlockError)
    permit.release()
    expect(condition.runSync(() => condition.locked)).toBe(true)
  })

  test('timed out, it holds the lock again; timeout 0 does not give it up', () => {
    const condition = new Condition()
    const permit = condition.acquireSync()
    for (const timeout of [0, 5]) {
      expect(() => condition.waitSync({ timeout })).toThrow(named('TimeoutError'))
      expect(() => condition.waitForSync(() => false, { timeout })).toThrow(named('TimeoutError'))
      expect([permit.released, condition.waiting]).toEqual([false, 0])
    }
    expect(() => condition.waitSync({ timeout: 5 })).toThrow(': wait timed out after 5 ms')
    permit.release()
    expect(condition.locked).toBe(false)
  })

  test('an abort that was, is heard before the lock is given up', () => {
    const condition = new Condition()
    const abort = new Abort()
    abort.abort()
    const permit = condition.acquireSync()
    expect(() => condition.waitSync({ abort })).toThrow(named('AbortError'))
    expect(() => condition.waitForSync(() => true, { abort })).toThrow(named('AbortError'))
    expect(permit.released).toBe(false)
  })

  test('waitForSync() answers what the predicate does, and throws what it throws, with the lock held', () => {
    const condition = new Condition()
    expect(condition.waitForSync(() => 'at once')).toBe('at once')
    const permit = condition.acquireSync()
    const torn = (): never => {
      throw new Error('torn')
    }
    expect(() => condition.waitForSync(torn)).toThrow('torn')
    expect(permit.released).toBe(false)
  })

  test('wrong arguments are refused, and the lock is not given up', () => {
    const condition = new Condition()
    const permit = condition.acquireSync()
    const wrong: [unknown, typeof TypeError | typeof RangeError, string][] = [
      [{ timeout: -1 }, RangeError, 'timeout must be milliseconds from 0 to Infinity, got -1'],
      [{ timeout: NaN }, RangeError, 'timeout'],
      [{ timeout: '5' }, TypeError, 'timeout'],
      [{ timeout: null }, TypeError, 'timeout'],
      [{ abort: new AbortController().signal }, TypeError, 'abort must be an Abort'],
      [{ abort: null }, TypeError, 'abort'],
      [{ signal: new AbortController().signal }, TypeError, 'abort'],
      [null, TypeError, 'options'],
      [5, TypeError, 'options'],
      [new AbortController().signal, TypeError, 'options'],
    ]
    for (const [options, type, message] of wrong) {
      for (const wait of [
        () => condition.waitSync(options as never),
        () => condition.waitForSync(() => false, options as never),
        () => condition.waitForSync(() => true, options as never),
      ]) {
        expect(wait).toThrow(type)
        expect(wait).toThrow(message)
      }
      expect([permit.released, String(condition)]).toEqual([false, 'Condition <locked>'])
    }
    expect(() => condition.waitForSync(1 as never)).toThrow('predicate must be a function, got 1')
    expect(permit.released).toBe(false)
  })

  test('a blocked wait comes before the tasks of its thread, which could not go on; each is notified once', async () => {
    const condition = new Condition()
    const notifier = spawn(async ({ Condition: C }, handle, say) => {
      const there = C.from(handle)
      say('there')
      const untilWaiting_ = async (count: number): Promise<void> => {
        while (there.waiting !== count) await new Promise((resolve) => setTimeout(resolve, 1))
      }
      await untilWaiting_(3)
      there.runSync(() => there.notify())
      await untilWaiting_(2)
      there.runSync(() => there.notifyAll())
    }, condition.handle)
    await notifier.said()
    const order: string[] = []
    const tasks = ['a', 'b'].map((label) =>
      condition.run(async () => {
        await condition.wait()
        order.push(label)
      }),
    )
    await drain()
    expect(condition.waiting).toBe(2)
    condition.runSync(() => {
      condition.waitSync()
      order.push('blocked')
    })
    await Promise.all(tasks)
    expect(order).toEqual(['blocked', 'a', 'b'])
    expect([condition.waiting, condition.locked]).toEqual([0, false])
    await notifier.result
  })

  test('an acquire of the same thread, queued before, does not take the lock from under a blocked wait', async () => {
    const condition = new Condition()
    const notifier = spawn(async ({ Condition: C }, handle, say) => {
      const there = C.from(handle)
      say('there')
      while (there.waiting !== 1) await new Promise((resolve) => setTimeout(resolve, 1))
      there.runSync(() => there.notify())
    }, condition.handle)
    await notifier.said()
    const permit = condition.acquireSync()
    const queued = condition.run(() => 'served after')
    condition.waitSync()
    expect(permit.released).toBe(false)
    permit.release()
    expect(await queued).toBe('served after')
  })
})

describe('across threads', () => {
  test('an abort from another thread ends a blocked wait, which holds the lock again', async () => {
    const condition = new Condition()
    const abort = new Abort()
    const blocked = spawn(
      ({ Condition: C, Abort: A }, [there, how]) => {
        const over = C.from(there)
        const permit = over.acquireSync()
        try {
          over.waitForSync(() => false, { abort: A.from(how), timeout: 60_000 })
        } catch (error) {
          return [(error as Error).name, permit.released]
        }
      },
      [condition.handle, abort.handle] as const,
    )
    await untilWaiting(condition, 1)
    abort.abort()
    expect(await blocked.result).toEqual(['AbortError', false])
    expect(condition.waiting).toBe(0)
  })

  test('notifications go round from thread to thread', async () => {
    const condition = new Condition()
    const woken = new Int32Array(new SharedArrayBuffer(8))
    const threads = [0, 1].map((index) =>
      spawn(
        async ({ Condition: C }, { handle, index: me, memory }) => {
          const there = C.from(handle)
          const counts = new Int32Array(memory)
          const task = (): Promise<void> =>
            there.run(async () => {
              await there.wait()
              counts[me]!++
            })
          await Promise.all([task(), task(), task()])
        },
        { handle: condition.handle, index, memory: woken.buffer },
      ),
    )
    await untilWaiting(condition, 6)
    for (let round = 1; round <= 3; round++) {
      await condition.run(() => condition.notify(2))
      while (woken[0]! + woken[1]! < 2 * round) await new Promise((resolve) => setTimeout(resolve, 1))
      expect([...woken]).toEqual([round, round])
    }
    await Promise.all(threads.map(({ result }) => result))
    expect([condition.waiting, condition.locked]).toEqual([0, false])
  })

  test.each([1, 2, 3])(
    'items made by some and taken by others, blocking and not, in time and not: seed %i',
    async (seed) => {
      const condition = new Condition()
      const words = new Int32Array(new SharedArrayBuffer(16))
      const items = 400
      const consumers = ['sync', 'async', 'mixed'].map((how, index) =>
        spawn(
          async ({ Condition: C }, { handle, memory, how: way, seed: from }) => {
            const there = C.from(handle)
            const [ITEMS, TAKEN, OVER] = [0, 1, 2]
            const shared = new Int32Array(memory)
            let state = from
            const random = (): number => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff
            const ready = (): boolean => shared[ITEMS]! > 0 || shared[OVER] === 1
            const take = (): boolean => {
              if (!(shared[ITEMS]! > 0)) return false
              shared[ITEMS]!--
              shared[TAKEN]!++
              return true
            }
            const timeout = (): number => (random() < 0.5 ? random() * 3 : Infinity)
            const lenient = (error: unknown): void => {
              if ((error as Error).name !== 'TimeoutError') throw error
            }
            const once = async (sync: boolean): Promise<boolean> => {
              const permit = sync ? there.acquireSync() : await there.acquire()
              try {
                if (sync) there.waitForSync(ready, { timeout: timeout() })
                else await there.waitFor(ready, { timeout: timeout() })
                return take() || shared[OVER] === 0
              } catch (error) {
                lenient(error)
                return true
              } finally {
                permit.release()
              }
            }
            const run = async (): Promise<void> => {
              while (await once(way === 'sync'));
            }
            const occasionally = async (): Promise<void> => {
              for (let n = 0; shared[OVER] === 0; n++) {
                await new Promise((resolve) => setTimeout(resolve, 1))
                // Blocks only for a moment: who would notify it may be a task of this thread.
                const permit = there.tryAcquire()
                if (permit === null) continue
                try {
                  there.waitSync({ timeout: random() })
                  // A notification that is not used is passed on by hand.
                  there.notify()
                } catch (error) {
                  lenient(error)
                } finally {
                  permit.release()
                }
              }
            }
            await Promise.all(
              way === 'mixed' ? [run(), run(), occasionally()] : [run(), ...(way === 'async' ? [run()] : [])],
            )
          },
          { handle: condition.handle, memory: words.buffer, how, seed: seed * 1000 + index },
        ),
      )
      for (let made = 0; made < items; made += 1 + (made % 3)) {
        const some = Math.min(1 + (made % 3), items - made)
        await condition.run(() => {
          words[0]! += some
          condition.notify(some)
        })
        if (made % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      }
      while (Atomics.load(words, 1) < items) await new Promise((resolve) => setTimeout(resolve, 1))
      await condition.run(() => {
        words[2] = 1
        condition.notifyAll()
      })
      await Promise.all(consumers.map(({ result }) => result))
      expect([...words.subarray(0, 2)], `seed ${seed}`).toEqual([0, items])
      expect([condition.waiting, condition.locked]).toEqual([0, false])
    },
    30_000,
  )
})

describe('a thread that dies', () => {
  /** A thread that waits, blocked or not, and takes note of coming out of it. */
  const waiter = (handle: Condition['handle'], blocked: boolean, after: 'hold' | 'release') =>
    spawn(
      async ({ Condition: C }, { handle: there, blocked: sync, after: how }, say) => {
        const condition = C.from(there)
        const permit = condition.acquireSync()
        if (sync) condition.waitSync()
        else await condition.wait()
        say('woken')
        if (how === 'release') permit.release()
        return new Promise(() => setInterval(() => {}, 1000))
      },
      { handle, blocked, after },
    )

  test.each([true, false])('while it waits, blocked: %s: it waits no more', async (blocked) => {
    const condition = new Condition()
    const { worker } = waiter(condition.handle, blocked, 'hold')
    await untilWaiting(condition, 1)
    await terminate(worker)
    expect(condition.waiting).toBe(0)
    const waited = condition.run(() => condition.wait())
    await drain()
    await condition.run(() => condition.notify())
    await waited
  })

  test.each([
    [true, 0],
    [true, 1],
    [false, 0],
    [false, 1],
  ])(
    'notified perhaps, and waiting for the lock, blocked: %s, thread %i: the other is woken',
    async (blocked, dying) => {
      const condition = new Condition()
      const threads = []
      for (const count of [1, 2]) {
        threads.push(waiter(condition.handle, blocked, 'release'))
        await untilWaiting(condition, count)
      }
      const permit = await condition.acquire()
      // One of them: in one of the two cases it is the one that dies.
      condition.notify()
      expect(condition.waiting).toBe(1)
      await terminate(threads[dying]!.worker)
      expect(condition.waiting).toBe(0)
      permit.release()
      expect(await threads[1 - dying]!.said()).toBe('woken')
    },
  )

  test.each([true, false])(
    'woken, and holding the lock, blocked: %s: another is woken, and told that the lock was abandoned',
    async (blocked) => {
      const condition = new Condition()
      const thread = waiter(condition.handle, blocked, 'hold')
      await untilWaiting(condition, 1)
      const permit = await condition.acquire()
      condition.notify()
      const waited = condition.wait()
      expect(await thread.said()).toBe('woken')
      expect([condition.locked, permit.released]).toEqual([true, true])
      await terminate(thread.worker)
      await waited
      expect([permit.released, permit.abandoned]).toEqual([false, true])
      permit.release()
      expect(await condition.run(() => condition.waiting)).toBe(0)
    },
  )

  test('woken, and done: nobody else is woken', async () => {
    const condition = new Condition()
    const thread = waiter(condition.handle, true, 'release')
    await untilWaiting(condition, 1)
    await condition.run(() => condition.notify())
    await thread.said()
    await untilWaiting(condition, 0)
    const waited = outcome(condition.run(() => condition.wait()))
    await untilWaiting(condition, 1)
    await terminate(thread.worker)
    expect(await waited).toEqual({ state: 'pending' })
    await condition.run(() => condition.notifyAll())
  })
})
