/** The other primitives across threads in this runtime. */
import { BoundedSemaphore, Event, ReadWriteLock, Semaphore, Space } from '@interlock/worker'
import { equal, isPending, rejects, same, test, throws } from '../../../../scripts/runtimes/conformance.js'
import { until, withThreads } from './programs/threads.js'

test('Semaphore: as many are in as it has permits, in all threads together', () =>
  withThreads(2, async (a, b) => {
    const semaphore = new Semaphore(3)
    for (const thread of [a, b]) await thread.call('open', semaphore.handle)
    await a.call('do', 'semaphore', 'acquireSync', { permits: 2 })
    const permit = await semaphore.acquire()
    equal([semaphore.value, await b.call('do', 'semaphore', 'tryAcquire')], [0, null])
    const waited = b.call('do', 'semaphore', 'acquire', { permits: 2 })
    same(await isPending(waited), true)
    permit.release()
    same(await isPending(waited), true)
    await a.call('give', 'semaphore')
    await waited
    same(semaphore.value, 1)
  }))

test('Semaphore: a blocked thread is served, and a time-out is told', () =>
  withThreads(1, async (thread) => {
    const semaphore = new Semaphore(1)
    await thread.call('open', semaphore.handle)
    const permit = await semaphore.acquire()
    await rejects(thread.call('do', 'semaphore', 'acquireSync', { timeout: 5 }), { name: 'TimeoutError' })
    const flag = new SharedArrayBuffer(4)
    const blocked = thread.call('announce', flag, 'semaphore', 'acquireSync')
    await until(() => new Int32Array(flag)[0] === 1)
    permit.release()
    equal(await blocked, { abandoned: false })
    same(semaphore.value, 0)
  }))

test('BoundedSemaphore: one release too many is refused, whichever thread makes it', () =>
  withThreads(1, async (thread) => {
    const semaphore = new BoundedSemaphore(1)
    await thread.call('open', semaphore.handle)
    await rejects(thread.call('do', 'bounded-semaphore', 'release'), { name: 'RangeError' })
    throws(() => semaphore.release(), { name: 'RangeError' })
    same(semaphore.value, 1)
  }))

test('Event: set() wakes all who wait, blocked ones too', () =>
  withThreads(2, async (a, b) => {
    const event = new Event()
    for (const thread of [a, b]) await thread.call('open', event.handle)
    const flag = new SharedArrayBuffer(4)
    const waits = [a.call('announce', flag, 'event', 'waitSync'), b.call('do', 'event', 'wait'), event.wait()]
    await until(() => new Int32Array(flag)[0] === 1)
    same(await isPending(Promise.race(waits)), true)
    event.set()
    equal(await Promise.all(waits), [undefined, undefined, undefined])
    same(await a.call('ask', 'event', 'isSet'), true)
    await b.call('do', 'event', 'clear')
    same(event.isSet, false)
  }))

test('ReadWriteLock: several threads read, one writes', () =>
  withThreads(2, async (a, b) => {
    const lock = new ReadWriteLock()
    for (const thread of [a, b]) await thread.call('open', lock.handle)
    await a.call('do', 'read-write-lock.read', 'acquireSync')
    const reading = await lock.read.acquire()
    const writing = b.call('do', 'read-write-lock.write', 'acquire')
    same(await isPending(writing), true)
    reading.release()
    same(await isPending(writing), true)
    await a.call('give', 'read-write-lock.read')
    await writing
    equal([lock.read.tryAcquire(), lock.write.locked], [null, true])
    await b.call('give', 'read-write-lock.write')
    same(lock.write.locked, false)
  }))

test('Space: one of your own, joined by a thread', () =>
  withThreads(1, async (thread) => {
    const space = new Space({ threads: 2, objects: 4 })
    const event = new Event({ space })
    await thread.call('open', event.handle)
    same(space.threads, 2)
    await thread.call('open', space.handle)
    await thread.call('do', 'space', 'leave')
    same(space.threads, 1)
    await rejects(thread.call('do', 'event', 'set'), { code: 'ERR_HANDLE' })
  }))
