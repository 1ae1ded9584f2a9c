/** Threads that die, in this runtime. */
import { Lock, Semaphore, Space } from '@interlock/worker'
import { equal, isPending, same, test } from '../../../../scripts/runtimes/conformance.js'
import { atRest, killed, startThread, until, withThreads } from './programs/threads.js'

test('who held a lock: the next one has it, and is told that it was abandoned', () =>
  withThreads(2, async (dying, living) => {
    const lock = new Lock()
    for (const thread of [dying, living]) await thread.call('open', lock.handle)
    await dying.call('do', 'lock', 'acquireSync')
    const next = living.call('do', 'lock', 'acquire')
    same(await isPending(next), true)
    await dying.kill()
    equal(await next, { abandoned: true })
    await living.call('give', 'lock')
    const permit = await lock.acquire()
    same(permit.abandoned, false)
    permit.release()
  }))

test('its permits come back', () =>
  withThreads(1, async (dying) => {
    const semaphore = new Semaphore(3)
    await dying.call('open', semaphore.handle)
    await dying.call('do', 'semaphore', 'acquire', { permits: 2 })
    same(semaphore.value, 1)
    const all = semaphore.acquire({ permits: 3 })
    await dying.kill()
    const permit = await all
    equal([semaphore.value, permit.abandoned], [0, false])
    permit.release()
    same(semaphore.value, 3)
  }))

test('its seat is given to another', async () => {
  const space = new Space({ threads: 2, objects: 4 })
  const lock = new Lock({ space })
  for (let time = 0; time < 3; time++) {
    const thread = await startThread()
    await thread.call('open', lock.handle)
    await thread.call('do', 'lock', 'acquire')
    await thread.kill()
    const permit = await lock.acquire()
    same(permit.abandoned, true)
    permit.release()
    await until(() => space.threads === 1)
  }
})

test('who was blocked and waiting: nobody notices', () =>
  withThreads(2, async (dying, living) => {
    const space = new Space({ threads: 3, objects: 2 })
    const lock = new Lock({ space })
    for (const thread of [dying, living]) await thread.call('open', lock.handle)
    const permit = await lock.acquire()
    const flag = new SharedArrayBuffer(4)
    const blocked = dying.call('announce', flag, 'lock', 'acquireSync', atRest({ timeout: 20 }))
    await until(() => new Int32Array(flag)[0] === 1)
    const next = living.call('do', 'lock', 'acquire')
    await killed(dying, blocked)
    // A page hears of the death later: until then it may be given the lock, and take it with it.
    await until(() => space.threads === 2)
    permit.release()
    equal(await next, { abandoned: false })
    await living.call('give', 'lock')
    await until(() => !lock.locked)
    same(lock.tryAcquire()?.abandoned, false)
  }))

test('who was busy while it held a lock', () =>
  withThreads(1, async (dying) => {
    const lock = new Lock()
    await dying.call('open', lock.handle)
    await dying.call('do', 'lock', 'acquire')
    const busy = dying.call('spin', atRest(20) ?? 60_000)
    const next = lock.acquire()
    await killed(dying, busy)
    same((await next).abandoned, true)
  }))

test('who never came back from the turn in which it joined', () =>
  withThreads(1, async (dying) => {
    const lock = new Lock({ space: new Space({ threads: 2, objects: 2 }) })
    const flag = new SharedArrayBuffer(4)
    const busy = dying.call('seize', lock.handle, flag, atRest(20) ?? 60_000)
    await until(() => new Int32Array(flag)[0] === 1)
    const next = lock.acquire()
    // Until then its host has not heard of it, perhaps, and nothing can certify its death.
    await new Promise((resolve) => setTimeout(resolve, 100))
    await killed(dying, busy)
    same((await next).abandoned, true)
  }))

// On Node and Bun the exit event certifies it, which comes to the thread that made it.
test('a thread that a thread has made', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    await thread.call('open', lock.handle)
    await thread.call('nested', 'open', lock.handle)
    await thread.call('nested', 'do', 'lock', 'acquire')
    same(lock.locked, true)
    await thread.call('killNested')
    same((await lock.acquire()).abandoned, true)
  }))
