/** Lock across threads in this runtime. */
import { Abort, Lock } from '@interlock/worker'
import { equal, isPending, rejects, same, test, throws } from '../../../../scripts/runtimes/conformance.js'
import { until, withThreads } from './programs/threads.js'

test('no increment of three threads is lost, blocking and async', () =>
  withThreads(3, async (...threads) => {
    const lock = new Lock()
    const memory = new SharedArrayBuffer(4)
    for (const thread of threads) await thread.call('open', lock.handle)
    await Promise.all(threads.map((thread) => thread.call('add', 'lock', memory, 200)))
    same(new Int32Array(memory)[0], 600)
  }))

test('held there, it is locked here, and its release serves who waits here', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    await thread.call('open', lock.handle)
    equal(await thread.call('do', 'lock', 'acquireSync'), { abandoned: false })
    equal([lock.locked, lock.tryAcquire()], [true, null])
    const waited = lock.acquire()
    same(await isPending(waited), true)
    await thread.call('give', 'lock')
    const permit = await waited
    same(await thread.call('do', 'lock', 'tryAcquire'), null)
    permit.release()
    same(await thread.call('ask', 'lock', 'locked'), false)
  }))

test('a blocked thread is woken by a release here', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    await thread.call('open', lock.handle)
    const permit = await lock.acquire()
    const flag = new SharedArrayBuffer(4)
    const blocked = thread.call('announce', flag, 'lock', 'acquireSync')
    await until(() => new Int32Array(flag)[0] === 1)
    same(await isPending(blocked), true)
    permit.release()
    equal(await blocked, { abandoned: false })
  }))

test('a wait times out, blocking or not, and leaves nothing behind', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    await thread.call('open', lock.handle)
    const permit = await lock.acquire()
    await rejects(thread.call('do', 'lock', 'acquireSync', { timeout: 5 }), { name: 'TimeoutError' })
    await rejects(thread.call('do', 'lock', 'acquire', { timeout: 5 }), { name: 'TimeoutError' })
    permit.release()
    same(lock.locked, false)
  }))

test('an Abort ends a blocked wait in another thread, a signal an async one', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    const abort = new Abort()
    const permit = await lock.acquire()
    await thread.call('open', lock.handle)
    const flag = new SharedArrayBuffer(4)
    const blocked = thread.call('announce', flag, 'lock', 'acquireSync', { abort: abort.handle })
    await until(() => new Int32Array(flag)[0] === 1)
    const both = Promise.allSettled([blocked, lock.acquire({ signal: abort.signal })])
    abort.abort()
    equal(
      (await both).map(({ reason }) => reason?.name),
      ['AbortError', 'AbortError'],
    )
    permit.release()
    same(lock.locked, false)
  }))

test('release() is for the thread that holds it', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    await thread.call('open', lock.handle)
    const permit = await lock.acquire()
    await rejects(thread.call('do', 'lock', 'release'), { name: 'NotAcquiredError', code: 'ERR_NOT_ACQUIRED' })
    permit.release()
    throws(() => lock.release(), { code: 'ERR_NOT_ACQUIRED' })
  }))

test('a thread that a thread has made takes part', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    const memory = new SharedArrayBuffer(4)
    await thread.call('open', lock.handle)
    await thread.call('nested', 'open', lock.handle)
    await Promise.all([
      thread.call('add', 'lock', memory, 100),
      thread.call('nested', 'add', 'lock', memory, 100),
      (async () => {
        for (let time = 0; time < 100; time++) await lock.run(() => new Int32Array(memory)[0]++)
      })(),
    ])
    same(new Int32Array(memory)[0], 300)
  }))

test('freed, it is gone everywhere', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    await thread.call('open', lock.handle)
    const { handle } = lock
    await lock.acquire()
    const waited = thread.call('do', 'lock', 'acquire')
    lock.free()
    await rejects(waited, { code: 'ERR_HANDLE' })
    await rejects(thread.call('do', 'lock', 'tryAcquire'), { code: 'ERR_HANDLE' })
    await rejects(thread.call('open', handle), { code: 'ERR_HANDLE' })
    throws(() => Lock.from(handle), { code: 'ERR_HANDLE' })
  }))
