/** Condition, Barrier and Queue across threads in this runtime, and threads that die at them. */
import { Barrier, Condition, Queue, Space } from '@interlock/worker'
import { equal, isPending, rejects, same, test } from '../../../../scripts/runtimes/conformance.js'
import { atRest, killed, until, withThreads } from './programs/threads.js'

test('Condition: notifyAll() wakes blocked and async waiters of other threads', () =>
  withThreads(2, async (a, b) => {
    const condition = new Condition()
    const memory = new SharedArrayBuffer(4)
    for (const thread of [a, b]) await thread.call('open', condition.handle)
    const waits = [
      a.call('waitFor', 'condition', memory, 1, true),
      b.call('waitFor', 'condition', memory, 1, false),
      condition.run(() => condition.waitFor(() => new Int32Array(memory)[0] >= 1)),
    ]
    await until(() => condition.waiting > 0)
    same(await isPending(Promise.race(waits)), true)
    await condition.run(() => {
      new Int32Array(memory)[0] = 1
      condition.notifyAll()
    })
    equal(await Promise.all(waits), [true, true, true])
    same(condition.locked, false)
  }))

test('Condition: without the lock, notify() is refused in every thread', () =>
  withThreads(1, async (thread) => {
    const condition = new Condition()
    await thread.call('open', condition.handle)
    await rejects(thread.call('do', 'condition', 'notify'), { code: 'ERR_NOT_ACQUIRED' })
    await rejects(thread.call('do', 'condition', 'wait'), { code: 'ERR_NOT_ACQUIRED' })
  }))

test('Barrier: nobody goes on before all threads are there, twice', () =>
  withThreads(2, async (a, b) => {
    const barrier = new Barrier(3)
    for (const thread of [a, b]) await thread.call('open', barrier.handle)
    for (let round = 0; round < 2; round++) {
      const waits = [a.call('do', 'barrier', 'waitSync'), b.call('do', 'barrier', 'wait')]
      await until(() => barrier.waiting === 2)
      same(await isPending(Promise.race(waits)), true)
      const places = await Promise.all([...waits, barrier.wait()])
      equal(
        places.toSorted((one, other) => one - other),
        [0, 1, 2],
      )
    }
  }))

test('Barrier: who dies while it waits breaks it for the rest', () =>
  withThreads(1, async (dying) => {
    const barrier = new Barrier(3, { space: new Space({ threads: 2, objects: 2 }) })
    await dying.call('open', barrier.handle)
    void dying.call('do', 'barrier', 'wait').catch(() => {})
    await until(() => barrier.waiting === 1)
    const waited = barrier.wait().catch((error) => error.code)
    await dying.kill()
    same(await waited, 'ERR_BROKEN_BARRIER')
    same(barrier.broken, true)
  }))

test('Queue: each item goes to one consumer, and all end when it is shut down', () =>
  withThreads(2, async (a, b) => {
    const queue = new Queue({ maxsize: 4 })
    for (const thread of [a, b]) await thread.call('open', queue.handle)
    const drained = [a.call('drain', 'queue'), b.call('drain', 'queue')]
    for (let item = 0; item < 100; item++) await queue.put({ item, text: 'é' })
    queue.shutdown()
    const items = (await Promise.all(drained)).flat()
    equal(
      items.toSorted((one, other) => one.item - other.item),
      Array.from({ length: 100 }, (_, item) => ({ item, text: 'é' })),
    )
    await rejects(queue.put(1), { code: 'ERR_QUEUE_SHUT_DOWN' })
  }))

test('Queue: a blocked consumer is woken by a put here, a blocked producer by a get', () =>
  withThreads(1, async (thread) => {
    const queue = new Queue({ maxsize: 1, codec: 'json' })
    await thread.call('open', queue.handle)
    const flag = new SharedArrayBuffer(4)
    const got = thread.call('announce', flag, 'queue', 'getSync')
    await until(() => new Int32Array(flag)[0] === 1)
    await queue.put(['a'])
    equal(await got, ['a'])
    await queue.put('b')
    new Int32Array(flag)[0] = 0
    const put = thread.call('announce', flag, 'queue', 'putSync', 'c')
    await until(() => new Int32Array(flag)[0] === 1)
    equal([await queue.get(), await put, await queue.get()], ['b', undefined, 'c'])
  }))

test('Queue: who dies at it takes no item with it that it had not taken', () =>
  withThreads(2, async (dying, living) => {
    const space = new Space({ threads: 3, objects: 4, memory: new SharedArrayBuffer(8192) })
    const queue = new Queue({ space, bytes: 256, maxsize: 8 })
    for (const thread of [dying, living]) await thread.call('open', queue.handle)
    const flag = new SharedArrayBuffer(4)
    const blocked = dying.call('announce', flag, 'queue', 'getSync', atRest({ timeout: 20 }))
    await until(() => new Int32Array(flag)[0] === 1)
    await killed(dying, blocked)
    await until(() => space.threads === 2)
    const drained = living.call('drain', 'queue')
    for (let item = 0; item < 20; item++) await queue.put(item)
    queue.shutdown()
    equal(
      await drained,
      Array.from({ length: 20 }, (_, item) => item),
    )
  }))
