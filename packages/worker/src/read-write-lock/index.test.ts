import { describe, expect, test } from 'vitest'
import { outcome } from '../../../core/test/microtasks.ts'
import { spawn } from '../../test/threads.ts'
import { Abort, DeadlockError, HandleError, NotAcquiredError, ReadWriteLock, supervise } from '../index.ts'

describe('within a thread', () => {
  test('many read, one writes, in the order in which they came', async () => {
    const lock = new ReadWriteLock({ name: 'rw' })
    const first = await lock.read.acquire()
    const second = lock.read.acquireSync()
    expect([lock.read.locked, lock.write.locked]).toEqual([true, false])
    expect(lock.write.tryAcquire()).toBe(null)
    const writing = lock.write.acquire()
    const late = lock.read.acquire()
    // Behind the writer.
    expect(lock.read.tryAcquire()).toBe(null)
    expect(String(lock)).toBe('ReadWriteLock "rw" <reading, waiting: 2>')
    first.release()
    expect(await outcome(writing)).toEqual({ state: 'pending' })
    second.release()
    const writer = await writing
    expect(await outcome(late)).toEqual({ state: 'pending' })
    expect(String(lock)).toBe('ReadWriteLock "rw" <writing, waiting: 1>')
    expect([lock.read.locked, lock.write.locked]).toEqual([false, true])
    writer.release()
    const reader = await late
    reader.release()
    reader.release()
    expect(String(lock)).toBe('ReadWriteLock "rw" <unlocked>')
    expect(String(lock.read)).toBe('ReadWriteLock.read "rw" <unlocked>')
  })

  test('read.release() ends the latest read of this thread', () => {
    const { read } = new ReadWriteLock()
    expect(() => read.release()).toThrow(NotAcquiredError)
    const first = read.acquireSync()
    const second = read.acquireSync()
    read.release()
    expect([first.released, second.released]).toEqual([false, true])
    read.release()
    expect(first.released).toBe(true)
    expect(() => read.release()).toThrow(NotAcquiredError)
  })

  test('write.release() of what is not held is NotAcquiredError', () => {
    const { read, write } = new ReadWriteLock()
    expect(() => write.release()).toThrow(NotAcquiredError)
    const permit = read.acquireSync()
    expect(() => write.release()).toThrow(NotAcquiredError)
    permit.release()
    expect(write.runSync(() => write.locked)).toBe(true)
    expect(write.locked).toBe(false)
  })

  test('what would block for itself is a DeadlockError', () => {
    const { read, write } = new ReadWriteLock()
    const writer = write.acquireSync()
    expect(() => read.acquireSync()).toThrow(DeadlockError)
    expect(() => write.acquireSync({ timeout: 5 })).toThrow(DeadlockError)
    writer.release()
    const reader = read.acquireSync()
    expect(() => write.acquireSync()).toThrow(DeadlockError)
    reader.release()
    write.acquireSync().release()
  })

  test('a thread that reads may block for one more read, though a writer waits for the first', async () => {
    const { read, write } = new ReadWriteLock()
    const reader = read.acquireSync()
    const writing = write.acquire()
    const nested = read.acquireSync()
    reader.release()
    expect(await outcome(writing)).toEqual({ state: 'pending' })
    nested.release()
    ;(await writing).release()
  })

  test('a writer that gives up lets in the readers behind it', async () => {
    const { read, write } = new ReadWriteLock()
    const reader = read.acquireSync()
    const controller = new AbortController()
    const writing = write.acquire({ signal: controller.signal })
    const reading = read.acquire()
    expect(await outcome(reading)).toEqual({ state: 'pending' })
    controller.abort('enough')
    expect(await outcome(writing)).toEqual({ state: 'rejected', reason: 'enough' })
    ;(await reading).release()
    reader.release()
    write.acquireSync().release()
  })

  test('freed: every use is a HandleError', async () => {
    const lock = new ReadWriteLock()
    const permit = lock.read.acquireSync()
    const writing = lock.write.acquire()
    lock.free()
    await expect(writing).rejects.toThrow(HandleError)
    for (const side of [lock.read, lock.write]) {
      expect(() => side.locked).toThrow(HandleError)
      expect(() => side.tryAcquire()).toThrow(HandleError)
      expect(() => side.acquireSync()).toThrow(HandleError)
      expect(() => side.release()).toThrow(HandleError)
      await expect(side.acquire()).rejects.toThrow(HandleError)
    }
    permit.release()
  })

  test.each([[{ timeout: -1 }], [null], [{ signal: AbortSignal.abort() }], [{ abort: 1 }]])(
    'blocking with %o is refused',
    (options) => {
      const { read, write } = new ReadWriteLock()
      expect(() => read.acquireSync(options as never)).toThrow(Error)
      expect(() => write.acquireSync(options as never)).toThrow(Error)
      expect([read.locked, write.locked]).toEqual([false, false])
    },
  )
})

describe('across threads', () => {
  test('readers together, a writer alone, nobody starved', async () => {
    const lock = new ReadWriteLock()
    const memory = new SharedArrayBuffer(16)
    const threads = ['sync', 'async', 'sync'].map((how, seed) =>
      spawn(
        async ({ ReadWriteLock: R }, { handle, memory: shared, how: way, seed: start }) => {
          const there = R.from(handle)
          const words = new Int32Array(shared)
          for (let n = 0; n < 300; n++) {
            const writes = (n + start) % 4 === 0
            const side = writes ? there.write : there.read
            // oxlint-disable-next-line no-await-in-loop
            const permit = way === 'sync' ? side.acquireSync() : await side.acquire()
            if (writes) {
              if (Atomics.add(words, 0, 1) !== 0 || Atomics.load(words, 1) !== 0) Atomics.add(words, 2, 1)
              words[3]!++
              Atomics.sub(words, 0, 1)
            } else {
              Atomics.add(words, 1, 1)
              if (Atomics.load(words, 0) !== 0) Atomics.add(words, 2, 1)
              Atomics.sub(words, 1, 1)
            }
            permit.release()
          }
        },
        { handle: lock.handle, memory, how, seed },
      ),
    )
    await Promise.all(threads.map(({ result }) => result))
    expect([...new Int32Array(memory)]).toEqual([0, 0, 0, 225])
    expect(String(lock)).toBe('ReadWriteLock <unlocked>')
  })

  test('a blocked writer hears an abort and a time-out, and then readers may enter again', async () => {
    const lock = new ReadWriteLock()
    const abort = new Abort()
    const reader = lock.read.acquireSync()
    const { result, said } = spawn(
      ({ Abort: A, ReadWriteLock: R }, [theLock, theAbort], say) =>
        [{ timeout: 10 }, { abort: A.from(theAbort) }].map((options) => {
          say('waits')
          try {
            R.from(theLock).write.acquireSync(options)
            return 'wrote'
          } catch (error) {
            return (error as Error).name
          }
        }),
      [lock.handle, abort.handle] as const,
    )
    await said()
    await said()
    abort.abort()
    expect(await result).toEqual(['TimeoutError', 'AbortError'])
    lock.read.tryAcquire()!.release()
    reader.release()
  })

  test.each(['read', 'write'] as const)('a dead writer: the next to %s is told, and only that one', async (side) => {
    const lock = new ReadWriteLock()
    const writer = spawn(({ ReadWriteLock: R }, handle, say) => {
      R.from(handle).write.acquireSync()
      say('writes')
      return new Promise(() => setInterval(() => {}, 1e6))
    }, lock.handle)
    supervise(writer.worker)
    await writer.said()
    const waiting = lock[side].acquire()
    await writer.worker.terminate()
    const permit = await waiting
    expect(permit.abandoned).toBe(true)
    permit.release()
    expect(lock.read.acquireSync().abandoned).toBe(false)
    lock.read.release()
    expect(lock.write.acquireSync().abandoned).toBe(false)
    lock.write.release()
  })

  test('a dead reader: the writer goes on, and nothing was abandoned', async () => {
    const lock = new ReadWriteLock()
    const reader = spawn(({ ReadWriteLock: R }, handle, say) => {
      R.from(handle).read.acquireSync()
      say('reads')
      return new Promise(() => setInterval(() => {}, 1e6))
    }, lock.handle)
    supervise(reader.worker)
    await reader.said()
    expect(lock.read.locked).toBe(true)
    const writing = lock.write.acquire()
    await reader.worker.terminate()
    const permit = await writing
    expect(permit.abandoned).toBe(false)
    permit.release()
  })
})
