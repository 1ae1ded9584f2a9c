import { describe, expect, test } from 'vitest'
import { drain, outcome } from '../../../core/test/microtasks.ts'
import { spawn } from '../../test/threads.ts'
import { Abort, BoundedSemaphore, HandleError, Lock, Semaphore, Space, supervise } from '../index.ts'

describe.each([
  ['Semaphore', Semaphore],
  ['BoundedSemaphore', BoundedSemaphore],
] as const)('%s', (kind, Class) => {
  test('takes, gives back, and says how many are free', async () => {
    const semaphore = new Class(3, { name: 's' })
    expect(semaphore.value).toBe(3)
    expect(semaphore.locked).toBe(false)
    const two = await semaphore.acquire({ permits: 2 })
    expect(semaphore.value).toBe(1)
    expect(two.abandoned).toBe(false)
    const one = semaphore.acquireSync()
    expect(semaphore.locked).toBe(true)
    expect(String(semaphore)).toBe(`${kind} "s" <locked>`)
    expect(semaphore.tryAcquire()).toBe(null)
    two.release()
    two.release()
    expect(two.released).toBe(true)
    expect(semaphore.value).toBe(2)
    one.release()
    expect(semaphore.value).toBe(3)
    expect(String(semaphore)).toBe(`${kind} "s" <value: 3>`)
    expect(await semaphore.run(() => semaphore.value, { permits: 2 })).toBe(1)
    expect(semaphore.runSync(() => semaphore.value, { permits: 3 })).toBe(0)
    expect(semaphore.value).toBe(3)
  })

  test('one permit unless told', () => {
    expect(new Class().value).toBe(1)
  })

  test('the handle is of its kind', () => {
    const semaphore = new Class(2)
    const same = Class.from(structuredClone(semaphore.handle), { name: 'same' })
    expect(same).toBeInstanceOf(Class)
    expect(same.name).toBe('same')
    const permit = same.tryAcquire(2)
    expect(semaphore.value).toBe(0)
    permit!.release()
    const other = Class === Semaphore ? BoundedSemaphore : Semaphore
    expect(() => other.from(semaphore.handle)).toThrow(HandleError)
    expect(() => Class.from(new Lock().handle)).toThrow(HandleError)
  })

  test('first come, first served among the tasks of a thread; a large request is not starved', async () => {
    const semaphore = new Class(3)
    const permit = semaphore.tryAcquire(3)!
    const order: string[] = []
    const wait = (label: string, permits: number): Promise<number> =>
      semaphore.run(() => drain().then(() => order.push(label)), { permits })
    const all = [wait('a', 1), wait('large', 3), wait('b', 1)]
    permit.release()
    expect(semaphore.tryAcquire()).toBe(null)
    await Promise.all(all)
    expect(order).toEqual(['a', 'large', 'b'])
    expect(semaphore.value).toBe(3)
  })

  test('a large request that gives up lets in those behind', async () => {
    const semaphore = new Class(3)
    semaphore.tryAcquire(2)
    const controller = new AbortController()
    const large = semaphore.acquire({ permits: 3, signal: controller.signal })
    const small = semaphore.acquire()
    expect(await outcome(small)).toEqual({ state: 'pending' })
    controller.abort(new Error('enough'))
    await expect(large).rejects.toThrow('enough')
    expect(await outcome(small)).toMatchObject({ state: 'fulfilled' })
    expect(semaphore.value).toBe(0)
  })

  test.each([
    [{ permits: 0 }, RangeError, 'permits must be a whole number from 1'],
    [{ permits: 1.5 }, RangeError, 'permits'],
    [{ permits: -1 }, RangeError, 'permits'],
    [{ permits: NaN }, RangeError, 'permits'],
    [{ permits: 2 ** 31 }, RangeError, 'permits'],
    [{ permits: '1' }, TypeError, 'permits'],
    [{ permits: null }, TypeError, 'permits'],
    [{ timeout: -1 }, RangeError, 'timeout'],
    [{ timeout: 'x' }, TypeError, 'timeout'],
    [null, TypeError, 'options'],
    [7, TypeError, 'options'],
  ])('wrong options %o change nothing', async (options, type, message) => {
    const semaphore = new Class(2)
    await expect(semaphore.acquire(options as never)).rejects.toThrow(type)
    await expect(semaphore.acquire(options as never)).rejects.toThrow(message)
    expect(() => semaphore.acquireSync(options as never)).toThrow(type)
    await expect(semaphore.run(() => 1, options as never)).rejects.toThrow(message)
    if (options !== null && typeof options === 'object' && 'permits' in options) {
      expect(() => semaphore.tryAcquire(options.permits as never)).toThrow(type)
      expect(() => semaphore.release(options.permits as never)).toThrow(type)
    }
    expect(semaphore.value).toBe(2)
  })

  test.each([
    [-1, RangeError],
    [1.5, RangeError],
    [NaN, RangeError],
    [2 ** 31, RangeError],
    ['1', TypeError],
    [null, TypeError],
  ])('a value of %o is refused', (value, type) => {
    const space = new Space({ objects: 1 })
    expect(() => new Class(value as never, { space })).toThrow(type)
    expect(() => new Class(value as never, { space })).toThrow(
      'value must be a whole number from 0 to 2147483647, got ',
    )
    // Nothing was taken in the space.
    expect(new Class(1, { space }).value).toBe(1)
  })

  test('blocked elsewhere: time-out, abort, and served in the end', async () => {
    const semaphore = new Class(1)
    const abort = new Abort()
    const permit = semaphore.acquireSync()
    const { result, said } = spawn(
      (library, { kind: its, handle, abort: theAbort }, say) => {
        const there = library[its].from(handle)
        const name = (options: object): string => {
          try {
            there.acquireSync(options).release()
            return 'acquired'
          } catch (error) {
            return (error as Error).name
          }
        }
        const first = [name({ timeout: 0 }), name({ timeout: 10 })]
        say('blocks')
        first.push(name({ abort: library.Abort.from(theAbort) }))
        say('again')
        return [...first, name({})]
      },
      { kind, handle: semaphore.handle, abort: abort.handle },
    )
    await said()
    abort.abort()
    await said()
    permit.release()
    expect(await result).toEqual(['TimeoutError', 'TimeoutError', 'AbortError', 'acquired'])
    expect(semaphore.value).toBe(1)
  })

  test('the permits of a dead thread come back, of one that waits nothing is missing', async () => {
    const semaphore = new Class(3)
    const holder = spawn(
      async (library, { kind: its, handle }, say) => {
        await library[its].from(handle).acquire({ permits: 2 })
        say('holds')
        return new Promise(() => setInterval(() => {}, 1e6))
      },
      { kind, handle: semaphore.handle },
    )
    supervise(holder.worker)
    await holder.said()
    expect(semaphore.value).toBe(1)
    const stander = spawn(
      (library, { kind: its, handle }, say) => {
        say('stands')
        library[its].from(handle).acquireSync({ permits: 3 })
      },
      { kind, handle: semaphore.handle },
    )
    supervise(stander.worker)
    await stander.said()
    const waiting = semaphore.acquire({ permits: 3 })
    await stander.worker.terminate()
    await holder.worker.terminate()
    const permit = await waiting
    expect(semaphore.value).toBe(0)
    permit.release()
    expect(semaphore.value).toBe(3)
  })

  test('never more inside than permits, across threads, and none is lost', async () => {
    const semaphore = new Class(3)
    const memory = new SharedArrayBuffer(8)
    const threads = ['sync', 'async', 'sync'].map((how, seed) =>
      spawn(
        async (library, { kind: its, handle, memory: shared, how: way, seed: start }) => {
          const there = library[its].from(handle)
          const words = new Int32Array(shared)
          let random = start + 1
          for (let n = 0; n < 400; n++) {
            random = (Math.imul(random, 1103515245) + 12345) >>> 0
            const permits = 1 + ((random >>> 16) % 3)
            // oxlint-disable-next-line no-await-in-loop
            const permit = way === 'sync' ? there.acquireSync({ permits }) : await there.acquire({ permits })
            const inside = Atomics.add(words, 0, permits) + permits
            if (inside > 3) Atomics.store(words, 1, inside)
            Atomics.sub(words, 0, permits)
            permit.release()
          }
        },
        { kind, handle: semaphore.handle, memory, how, seed },
      ),
    )
    await Promise.all(threads.map(({ result }) => result))
    expect(new Int32Array(memory)[1]).toBe(0)
    expect(semaphore.value).toBe(3)
  })

  test('freed: every use is a HandleError', async () => {
    const semaphore = new Class(1)
    const permit = semaphore.tryAcquire()!
    const waiting = semaphore.acquire()
    semaphore.free()
    await expect(waiting).rejects.toThrow(HandleError)
    expect(() => semaphore.value).toThrow(HandleError)
    expect(() => semaphore.locked).toThrow(HandleError)
    expect(() => semaphore.release()).toThrow(HandleError)
    expect(() => semaphore.tryAcquire()).toThrow(HandleError)
    await expect(semaphore.acquire()).rejects.toThrow(HandleError)
    expect(() => permit.release()).toThrow(HandleError)
    expect(permit.released).toBe(true)
  })
})

describe('release() of a Semaphore', () => {
  test('first gives back what this thread holds, and then makes permits from nowhere', () => {
    const semaphore = new Semaphore(2)
    semaphore.acquireSync()
    semaphore.release(2)
    expect(semaphore.value).toBe(3)
    semaphore.release()
    expect(semaphore.value).toBe(4)
  })

  test('is a signal for one that waits elsewhere', async () => {
    const semaphore = new Semaphore(0)
    const { result } = spawn(({ Semaphore: S }, handle) => {
      const there = S.from(handle)
      there.acquireSync()
      // Asked here: when the thread ends, its permit comes back.
      return there.value
    }, semaphore.handle)
    semaphore.release()
    expect(await result).toBe(0)
  })

  test('not beyond what there can be', () => {
    const semaphore = new Semaphore(2 ** 31 - 2)
    semaphore.release()
    expect(() => semaphore.release()).toThrow(RangeError)
    expect(semaphore.value).toBe(2 ** 31 - 1)
  })
})

describe('release() of a BoundedSemaphore', () => {
  test('one too many is a RangeError, and changes nothing', () => {
    const slots = new BoundedSemaphore(2, { name: 'slots' })
    expect(() => slots.release()).toThrow(RangeError)
    expect(() => slots.release()).toThrow(
      'permits must be few enough that BoundedSemaphore "slots" <value: 2> stays within its bound of 2, got 1',
    )
    slots.acquireSync()
    expect(() => slots.release(2)).toThrow(RangeError)
    expect(slots.value).toBe(1)
    slots.release()
    expect(slots.value).toBe(2)
  })

  test('of more than the bound: acquire() is a RangeError at once', async () => {
    const slots = new BoundedSemaphore(2)
    await expect(slots.acquire({ permits: 3 })).rejects.toThrow(RangeError)
    expect(() => slots.acquireSync({ permits: 3 })).toThrow(RangeError)
    expect(() => slots.tryAcquire(3)).toThrow(RangeError)
  })

  test('by a thread that holds nothing, gives back what another holds', async () => {
    const slots = new BoundedSemaphore(2)
    slots.acquireSync({ permits: 2 })
    const { result } = spawn(({ BoundedSemaphore: B }, handle) => {
      B.from(handle).release()
      return B.from(handle).value
    }, slots.handle)
    expect(await result).toBe(1)
    slots.release()
    expect(slots.value).toBe(2)
    expect(() => slots.release()).toThrow(RangeError)
  })
})
