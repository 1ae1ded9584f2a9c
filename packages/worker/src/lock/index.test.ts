import { afterEach, describe, expect, test, vi } from 'vitest'
import { drain, outcome } from '../../../core/test/microtasks.ts'
import { spawn } from '../../test/threads.ts'
import { Abort, DeadlockError, HandleError, Lock, NotAcquiredError, Semaphore, Space, supervise } from '../index.ts'

const named = (name: string): unknown =>
  expect.toSatisfy(
    (error: unknown) => error instanceof DOMException && error.name === name,
    `a DOMException named ${name}`,
  )

afterEach(() => {
  vi.useRealTimers()
})

describe('its handle', () => {
  test('is plain data, and survives structured clone', () => {
    const lock = new Lock()
    const { handle } = lock
    expect(Object.keys(handle).toSorted()).toEqual(['index', 'interlock', 'kind', 'memory'])
    expect(handle.kind).toBe('lock')
    expect(handle.memory).toBeInstanceOf(SharedArrayBuffer)
    const same = Lock.from(structuredClone(handle))
    const permit = lock.tryAcquire()
    expect(same.locked).toBe(true)
    expect(same.tryAcquire()).toBe(null)
    permit!.release()
    expect(same.locked).toBe(false)
  })

  test('names are of each object in each thread', () => {
    const lock = new Lock({ name: 'here' })
    expect(lock.name).toBe('here')
    expect(Lock.from(lock.handle).name).toBe(undefined)
    expect(String(Lock.from(lock.handle, { name: 'there' }))).toBe('Lock "there" <unlocked>')
  })

  const { handle } = new Lock()
  test.each([
    ['null', null],
    ['undefined', undefined],
    ['a number', 1],
    ['an empty object', {}],
    ['a lock itself', new Lock()],
    ['another version', { ...handle, interlock: 99 }],
    ['another kind', new Semaphore().handle],
    ['a space', Space.default.handle],
    ['no shared memory', { ...handle, memory: new ArrayBuffer(1 << 20) }],
    ['memory of nobody', { ...handle, memory: new SharedArrayBuffer(1 << 20) }],
    ['memory of nobody, all ones', { ...handle, memory: new SharedArrayBuffer(4096), index: 3 }],
    ['an index between two objects', { ...handle, index: handle.index + 1 }],
    ['an index beyond the memory', { ...handle, index: 2 ** 29 }],
    ['a negative index', { ...handle, index: -1 }],
    ['an index that is no number', { ...handle, index: '0' }],
    ['another generation', { ...handle, index: handle.index + 2 ** 30 }],
    ['a free place', { ...handle, index: handle.index + 64 * 500 }],
  ])('%s is a HandleError, and touches nothing', (_, forged) => {
    const words = (): string => String(new Int32Array(handle.memory).slice(0, 2000))
    const before = words()
    expect(() => Lock.from(forged as never)).toThrow(HandleError)
    expect(() => Lock.from(forged as never)).toThrow(
      expect.objectContaining({ code: 'ERR_HANDLE', name: 'HandleError' }),
    )
    expect(words()).toBe(before)
  })
})

describe('freed', () => {
  test('every later use is a HandleError, in whatever thread', async () => {
    const lock = new Lock()
    const other = Lock.from(lock.handle)
    const { handle } = lock
    lock.free()
    expect(() => Lock.from(handle)).toThrow(HandleError)
    for (const it of [lock, other]) {
      expect(() => it.handle).toThrow(HandleError)
      expect(() => it.locked).toThrow(HandleError)
      expect(() => it.tryAcquire()).toThrow(HandleError)
      expect(() => it.acquireSync()).toThrow(HandleError)
      expect(() => it.release()).toThrow(HandleError)
      expect(() => it.free()).toThrow(HandleError)
      await expect(it.acquire()).rejects.toThrow(HandleError)
      await expect(it.run(() => 1)).rejects.toThrow(HandleError)
    }
  })

  test('whoever waits is told; a permit of it does nothing any more', async () => {
    const lock = new Lock()
    const permit = lock.tryAcquire()!
    const waiting = lock.acquire()
    const { result, said } = spawn(async ({ Lock: There }, given, say) => {
      const there = There.from(given)
      say('there')
      const sync = (() => {
        try {
          there.acquireSync()
        } catch (error) {
          return (error as { code: string }).code
        }
      })()
      return sync
    }, lock.handle)
    await said()
    lock.free()
    await expect(waiting).rejects.toThrow(HandleError)
    expect(await result).toBe('ERR_HANDLE')
    permit.release()
  })

  test("its place may be another object's; the stale handle stays bad", () => {
    const space = new Space({ objects: 1 })
    const first = new Lock({ space })
    const { handle } = first
    first.free()
    const second = new Lock({ space })
    const permit = second.tryAcquire()!
    expect(() => Lock.from(handle)).toThrow(HandleError)
    expect(() => first.release()).toThrow(HandleError)
    expect(second.locked).toBe(true)
    permit.release()
  })
})

describe('blocking', () => {
  test('takes a free one, and gives it back', () => {
    const lock = new Lock()
    const permit = lock.acquireSync()
    expect(lock.locked).toBe(true)
    expect(permit.released).toBe(false)
    permit.release()
    permit.release()
    expect(permit.released).toBe(true)
    expect(lock.locked).toBe(false)
    expect(lock.runSync(() => lock.locked)).toBe(true)
    expect(lock.locked).toBe(false)
    expect(() =>
      lock.runSync(() => {
        throw new Error('out')
      }),
    ).toThrow('out')
    expect(lock.locked).toBe(false)
  })

  test.each([undefined, { timeout: 0 }, { timeout: 1e6 }])(
    'what this very thread holds is a DeadlockError at once, whatever the time-out: %o',
    (options) => {
      const lock = new Lock({ name: 'mine' })
      const permit = lock.acquireSync()
      expect(() => lock.acquireSync(options)).toThrow(DeadlockError)
      expect(() => lock.runSync(() => 1, options)).toThrow(expect.objectContaining({ code: 'ERR_DEADLOCK' }))
      expect(permit.released).toBe(false)
      permit.release()
      lock.acquireSync(options).release()
    },
  )

  test('wrong options are refused, and change nothing', () => {
    const lock = new Lock()
    const wrong: [unknown, typeof TypeError | typeof RangeError, string][] = [
      [{ timeout: -1 }, RangeError, 'timeout must be milliseconds from 0 to Infinity, got -1'],
      [{ timeout: NaN }, RangeError, 'timeout'],
      [{ timeout: '5' }, TypeError, 'timeout'],
      [{ timeout: null }, TypeError, 'timeout'],
      [{ abort: new AbortController().signal }, TypeError, 'abort must be an Abort'],
      [{ abort: {} }, TypeError, 'abort'],
      [{ abort: null }, TypeError, 'abort'],
      [{ signal: new AbortController().signal }, TypeError, 'abort'],
      [null, TypeError, 'options'],
      [5, TypeError, 'options'],
      [new AbortController().signal, TypeError, 'options'],
    ]
    for (const [options, type, message] of wrong) {
      expect(() => lock.acquireSync(options as never)).toThrow(type)
      expect(() => lock.acquireSync(options as never)).toThrow(message)
      expect(() => lock.runSync(() => 1, options as never)).toThrow(type)
      expect(lock.locked).toBe(false)
    }
    expect(() => lock.runSync(1 as never)).toThrow('fn must be a function, got 1')
    expect(lock.locked).toBe(false)
  })

  test.each([
    [{ space: 1 }, 'space must be a Space, got 1'],
    [{ space: null }, 'space must be a Space, got null'],
    [{ name: 1 }, 'name must be a string, got 1'],
    [null, 'options must be an object, got null'],
    ['name', 'options must be an object'],
  ])('to make one with %o is a TypeError', (options, message) => {
    expect(() => new Lock(options as never)).toThrow(TypeError)
    expect(() => new Lock(options as never)).toThrow(message)
  })

  test('an abort that was, is heard before anything is taken', () => {
    const lock = new Lock()
    const abort = new Abort()
    abort.abort()
    expect(() => lock.acquireSync({ abort })).toThrow(named('AbortError'))
    expect(lock.locked).toBe(false)
  })

  test('held elsewhere: time-outs, an abort from this thread, and the lock in the end', async () => {
    const lock = new Lock()
    const abort = new Abort()
    const permit = lock.acquireSync()
    const { result, said } = spawn(
      ({ Abort: A, Lock: L }, [theLock, theAbort], say) => {
        const there = L.from(theLock)
        const name = (options: object): string => {
          try {
            there.acquireSync(options)
            return 'acquired'
          } catch (error) {
            return (error as Error).name
          }
        }
        const now = name({ timeout: 0 })
        const soon = name({ timeout: 15 })
        say('blocking')
        const aborted = name({ abort: A.from(theAbort), timeout: 60_000 })
        say('once more')
        const there2 = there.acquireSync()
        const { abandoned } = there2
        there2.release()
        return [now, soon, aborted, abandoned, there.locked]
      },
      [lock.handle, abort.handle] as const,
    )
    expect(await said()).toBe('blocking')
    abort.abort()
    expect(await said()).toBe('once more')
    permit.release()
    expect(await result).toEqual(['TimeoutError', 'TimeoutError', 'AbortError', false, false])
  })

  test('with tasks of the same thread waiting, it goes before them, and they follow', async () => {
    const lock = new Lock()
    const holder = spawn(async ({ Lock: L }, given, say) => {
      const permit = await L.from(given).acquire()
      say('held')
      await new Promise((resolve) => setTimeout(resolve, 30))
      permit.release()
    }, lock.handle)
    await holder.said()
    const order: string[] = []
    const tasks = [1, 2].map((task) => lock.run(() => order.push(`task ${task}`)))
    lock.runSync(() => order.push('blocking'))
    await Promise.all(tasks)
    expect(order).toEqual(['blocking', 'task 1', 'task 2'])
    await holder.result
  })
})

describe('release()', () => {
  test('is refused to a thread that does not hold it', async () => {
    const lock = new Lock({ name: 'l' })
    expect(() => lock.release()).toThrow(NotAcquiredError)
    const permit = lock.acquireSync()
    const { result } = spawn(({ Lock: L }, given) => {
      try {
        L.from(given).release()
      } catch (error) {
        return (error as { code: string }).code
      }
    }, lock.handle)
    expect(await result).toBe('ERR_NOT_ACQUIRED')
    expect(permit.released).toBe(false)
    lock.release()
    expect(permit.released).toBe(true)
  })
})

describe('across threads', () => {
  test('blocking and async, held by one at a time', async () => {
    const lock = new Lock()
    const counter = new SharedArrayBuffer(4)
    const increments = 1000
    const threads = ['sync', 'sync', 'async', 'mixed'].map((how) =>
      spawn(
        async ({ Lock: L }, { handle, memory, how: way, times }) => {
          const there = L.from(handle)
          const words = new Int32Array(memory)
          const loop = async (sync: boolean): Promise<void> => {
            for (let n = 0; n < times / 2; n++) {
              // oxlint-disable-next-line no-await-in-loop
              const permit = sync ? there.acquireSync() : await there.acquire()
              words[0]!++
              permit.release()
            }
          }
          if (way === 'sync') await loop(true).then(() => loop(true))
          else
            await Promise.all([loop(false), way === 'async' ? loop(false) : Promise.resolve().then(() => loop(false))])
        },
        { handle: lock.handle, memory: counter, how, times: increments },
      ),
    )
    await Promise.all(threads.map(({ result }) => result))
    expect(new Int32Array(counter)[0]).toBe(4 * increments)
    expect(lock.locked).toBe(false)
  })

  test('a pending wait keeps its thread alive, a lock does not', async () => {
    const lock = new Lock()
    const { worker, said } = spawn(async ({ Lock: L }, given, say) => {
      const there = L.from(given)
      say('waits')
      const permit = await there.acquire()
      permit.release()
      say('served')
    }, lock.handle)
    const permit = lock.acquireSync()
    await said()
    permit.release()
    expect(await said()).toBe('served')
    await new Promise((resolve) => worker.once('exit', resolve))
  })
})

describe('a thread that dies', () => {
  const ends = {
    'is terminated': () => new Promise(() => {}),
    throws: () => {
      throw new Error('of its own making')
    },
    exits: () => process.exit(0),
    'simply ends': () => {},
  }
  test.each(Object.entries(ends))('%s while it holds: the next is told, and only the next', async (how, end) => {
    const lock = new Lock()
    const thread = spawn(
      ({ Lock: L }, { handle, end: source }, say) => {
        L.from(handle).acquireSync()
        // Kept alive until it is ended.
        const alive = setInterval(() => {}, 1000)
        say('held')
        return new Promise((resolve, reject) => {
          setTimeout(() => {
            if (!source.includes('new Promise')) clearInterval(alive)
            try {
              // oxlint-disable-next-line no-eval -- a way to end, sent as source
              resolve((0, eval)(`(${source})`)())
            } catch (error) {
              setTimeout(() => {
                throw error
              })
              reject(error)
            }
          })
        })
      },
      { handle: lock.handle, end: String(end).replace(/^(\w+)\(/, 'function $1(') },
    )
    supervise(thread.worker)
    await thread.said()
    const waiting = lock.acquire()
    if (how === 'is terminated') void thread.worker.terminate()
    const permit = await waiting
    expect(permit.abandoned).toBe(true)
    permit.release()
    const next = await lock.acquire()
    expect(next.abandoned).toBe(false)
    next.release()
    expect(lock.locked).toBe(false)
  })

  test('while it waits, blocked or not: nobody notices', async () => {
    const lock = new Lock()
    const permit = lock.acquireSync()
    const threads = [true, false].map((blocked) =>
      spawn(
        ({ Lock: L }, { handle, blocked: sync }, say) => {
          const there = L.from(handle)
          if (!sync) void there.acquire()
          say('waits')
          if (sync) there.acquireSync()
          return new Promise(() => setInterval(() => {}, 1e6))
        },
        { handle: lock.handle, blocked },
      ),
    )
    for (const { worker } of threads) supervise(worker)
    await Promise.all(threads.map(({ said }) => said()))
    const waiting = lock.acquire()
    await Promise.all(threads.map(({ worker }) => worker.terminate()))
    permit.release()
    const next = await waiting
    expect(next.abandoned).toBe(false)
    next.release()
    await drain()
    expect(lock.locked).toBe(false)
    expect(await outcome(lock.acquire())).toMatchObject({ state: 'fulfilled' })
  })

  test('a blocked thread is served soon though one in front of it does not come for it', async () => {
    const lock = new Lock()
    const permit = lock.acquireSync()
    const busy = spawn(async ({ Lock: L }, given, say) => {
      const acquired = L.from(given).acquire()
      say('waits')
      const until = performance.now() + 1000
      while (performance.now() < until);
      ;(await acquired).release()
    }, lock.handle)
    await busy.said()
    const blocked = spawn(({ Lock: L }, given, say) => {
      const there = L.from(given)
      say('blocks')
      const acquired = there.acquireSync()
      const at = Date.now()
      acquired.release()
      return at
    }, lock.handle)
    await blocked.said()
    await new Promise((resolve) => setTimeout(resolve, 50))
    const released = Date.now()
    permit.release()
    // Far from the second that the other is busy for, on any machine.
    expect((await blocked.result) - released).toBeLessThan(500)
    await busy.result
  })
})
