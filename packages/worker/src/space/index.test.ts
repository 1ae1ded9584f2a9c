import { describe, expect, test } from 'vitest'
import { spawn } from '../../test/threads.ts'
import { Event, HandleError, Lock, Semaphore, Space, SpaceFullError } from '../index.ts'

describe('a space', () => {
  test('counts its threads, and gives a seat back when one ends', async () => {
    const space = new Space({ threads: 2, objects: 2 })
    expect(space.threads).toBe(0)
    const event = new Event({ space })
    expect(space.threads).toBe(1)
    const { worker, said } = spawn(async ({ Event: E }, handle, say) => {
      const there = E.from(handle)
      say('joined')
      await there.wait()
    }, event.handle)
    await said()
    expect(space.threads).toBe(2)
    const third = spawn(({ Event: E }, handle) => {
      try {
        E.from(handle)
      } catch (error) {
        return [(error as { code: string }).code, (error as Error).message]
      }
    }, event.handle)
    expect(await third.result).toEqual(['ERR_SPACE_FULL', expect.stringContaining('new Space({ threads: 4 })')])
    event.set()
    await new Promise((resolve) => worker.once('exit', resolve))
    // It ended well, and said so itself.
    expect(space.threads).toBe(1)
  })

  test('is joined by its handle', async () => {
    const space = new Space()
    const { result } = spawn(({ Lock: L, Space: S }, handle) => {
      const there = S.from(handle)
      const lock = new L({ space: there })
      return [there.threads, lock.handle.memory.byteLength] as const
    }, space.handle)
    expect(await result).toEqual([1, space.handle.memory.byteLength])
    expect(Space.from(space.handle).handle).toEqual(space.handle)
    expect(() => Space.from(new Lock().handle)).toThrow(HandleError)
    expect(() => Space.from(null as never)).toThrow(HandleError)
    expect(() => Lock.from(space.handle)).toThrow(HandleError)
  })

  test('is full with as many objects as it was made for, until one is freed', () => {
    const space = new Space({ objects: 2 })
    const lock = new Lock({ space })
    expect(new Lock({ space }).locked).toBe(false)
    expect(() => new Lock({ space })).toThrow(SpaceFullError)
    expect(() => new Lock({ space })).toThrow('new Space({ objects: 4 })')
    for (let n = 0; n < 100; n++) {
      const last = n === 0 ? lock : undefined
      last?.free()
      new Semaphore(1, { space }).free()
    }
  })

  test('the default one is followed by another when it is full', () => {
    const made = Array.from({ length: 1100 }, () => new Lock())
    expect(new Set(made.map(({ handle }) => handle.memory)).size).toBeGreaterThan(1)
    for (const lock of made) {
      lock.acquireSync().release()
      lock.free()
    }
  })

  test('lives in memory that is given, at an offset, of WebAssembly too', async () => {
    const { buffer } = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true })
    new Uint8Array(buffer as unknown as SharedArrayBuffer).fill(0xff)
    const memory = buffer as unknown as SharedArrayBuffer
    const space = new Space({ memory, byteOffset: 4096, threads: 4, objects: 8 })
    const lock = new Lock({ space })
    expect(lock.handle.memory).toBe(memory)
    const { result } = spawn(({ Lock: L }, handle) => L.from(handle).runSync(() => 'held'), lock.handle)
    expect(await result).toBe('held')
    expect(() => new Space({ memory, byteOffset: 4096, threads: 4, objects: 8 })).toThrow(RangeError)
    expect(() => new Space({ memory, byteOffset: 4096, threads: 4, objects: 8 })).toThrow('must not hold a space')
    expect(new Uint8Array(memory, 0, 4096).every((byte) => byte === 0xff)).toBe(true)
  })

  test.each([
    [{ threads: 0 }, RangeError, 'threads must be a whole number from 1 to 1024, got 0'],
    [{ threads: 1025 }, RangeError, 'threads'],
    [{ threads: 1.5 }, RangeError, 'threads'],
    [{ threads: '4' }, TypeError, 'threads'],
    [{ objects: 0 }, RangeError, 'objects'],
    [{ objects: null }, TypeError, 'objects'],
    [{ memory: new ArrayBuffer(1e6) }, TypeError, 'memory must be a SharedArrayBuffer'],
    [{ memory: 5 }, TypeError, 'memory'],
    [{ memory: new SharedArrayBuffer(64) }, RangeError, 'memory must have'],
    [{ memory: new SharedArrayBuffer(1 << 20), byteOffset: 4 }, RangeError, 'byteOffset must be a multiple of 64'],
    [{ memory: new SharedArrayBuffer(1 << 20), byteOffset: -64 }, RangeError, 'byteOffset'],
    [{ memory: new SharedArrayBuffer(1 << 20), byteOffset: '0' }, TypeError, 'byteOffset'],
    [{ byteOffset: 64 }, TypeError, 'byteOffset'],
    [null, TypeError, 'options'],
    [5, TypeError, 'options'],
  ])('cannot be made with %o', (options, type, message) => {
    expect(() => new Space(options as never)).toThrow(type)
    expect(() => new Space(options as never)).toThrow(message)
  })

  test('of 1024 threads works as one of 32', () => {
    const space = new Space({ threads: 1024, objects: 3 })
    const lock = new Lock({ space })
    lock.acquireSync().release()
    const semaphore = new Semaphore(2, { space })
    semaphore.acquireSync({ permits: 2 }).release()
    expect(semaphore.value).toBe(2)
  })
})

describe('leave()', () => {
  test('gives back what this thread holds, and ends what waits here', async () => {
    const space = new Space()
    const lock = new Lock({ space })
    const semaphore = new Semaphore(2, { space })
    const waiter = spawn(async ({ Lock: L }, handle, say) => {
      const there = L.from(handle)
      say('there')
      return (await there.acquire()).abandoned
    }, lock.handle)
    await waiter.said()
    const permit = lock.tryAcquire() ?? (await lock.acquire())
    semaphore.acquireSync({ permits: 2 })
    const waiting = lock.acquire()
    const { handle } = lock
    const { handle: permits } = semaphore
    space.leave()
    space.leave()
    await expect(waiting).rejects.toThrow(HandleError)
    expect(() => lock.tryAcquire()).toThrow(HandleError)
    expect(() => lock.release()).toThrow(HandleError)
    expect(permit.released).toBe(true)
    permit.release()
    await waiter.result
    // Anew.
    expect(Semaphore.from(permits).value).toBe(2)
    const again = Lock.from(handle)
    ;(await again.acquire()).release()
  })
})

describe('unref() and ref()', () => {
  test('say whether waits keep their thread alive', async () => {
    const event = new Event()
    const run = (keeps: boolean): Promise<unknown> =>
      new Promise((resolve) => {
        const { worker } = spawn(
          ({ Event: E, Space: S }, { handle, space, keeps: keep }, say) => {
            const there = S.from(space)
            if (keep) there.unref().ref()
            else there.unref()
            void E.from(handle)
              .wait()
              .then(() => say('woken'))
          },
          { handle: event.handle, space: { ...Space.default.handle, memory: event.handle.memory, index: 0 }, keeps },
        )
        const woken: unknown[] = []
        worker.on('message', ({ said }: { said?: unknown }) => {
          if (said !== undefined) woken.push(said)
        })
        worker.once('exit', () => resolve(woken))
        if (keeps) setTimeout(() => event.set(), 300)
      })
    expect(await run(false)).toEqual([])
    expect(await run(true)).toEqual(['woken'])
  })
})
