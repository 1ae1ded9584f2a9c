/** What is taken for a death, and what is not: a Web Lock that is given back, and nothing else. */
import { Lock, Queue } from '@interlock/worker'
import { equal, same, test } from '../../../../scripts/runtimes/conformance.js'
import { startThread, startUncertified, until, withThreads } from '../runtimes/programs/threads.js'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Whether the lock stays with its holder for so long, though somebody asks for it again and again. */
async function staysHeld(lock, ms) {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(5)) {
    if (lock.tryAcquire() !== null) return false
  }
  return true
}

test('a thread that joins, takes and is busy in its very first turn is not taken for dead; and is not forgotten', async () => {
  const lock = new Lock()
  const thread = startUncertified()
  try {
    const flag = new SharedArrayBuffer(4)
    const busy = thread.call('seize', lock.handle, flag, 400)
    await until(() => new Int32Array(flag)[0] === 1)
    same(await staysHeld(lock, 300), true)
    await busy
    // Now it has a turn in which it hears of its Web Lock.
    await thread.call('threadId')
    same(await staysHeld(lock, 300), true)
  } finally {
    await thread.kill()
  }
  same((await lock.acquire()).abandoned, true)
})

test('a thread that is busy for long is not taken for dead', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    await thread.call('open', lock.handle)
    await thread.call('do', 'lock', 'acquire')
    const busy = thread.call('spin', 2500)
    same(await staysHeld(lock, 2400), true)
    await busy
    await thread.call('give', 'lock')
    same(lock.tryAcquire()?.abandoned, false)
  }))

test('of two that die at once, both are noticed', async () => {
  const locks = [new Lock(), new Lock()]
  const threads = await Promise.all([startThread(), startThread()])
  await Promise.all(
    threads.map(async (thread, index) => {
      await thread.call('open', locks[index].handle)
      await thread.call('do', 'lock', 'acquire')
    }),
  )
  for (const thread of threads) void thread.kill()
  const permits = await Promise.all(locks.map((lock) => lock.acquire()))
  equal(
    permits.map(({ abandoned }) => abandoned),
    [true, true],
  )
})

test('without the page, the threads watch over each other', () =>
  withThreads(1, async (dying) => {
    const living = await startThread()
    try {
      // Made by a thread, and the page is never told of it.
      const lock = await living.call('make', 'lock')
      await dying.call('open', lock)
      await dying.call('do', 'lock', 'acquire')
      const next = living.call('do', 'lock', 'acquire')
      await dying.kill()
      equal(await next, { abandoned: true })
    } finally {
      await living.kill()
    }
  }))

test('a space that is gone is watched no longer', () =>
  withThreads(1, async (thread) => {
    const asked = async () => {
      const { pending } = await navigator.locks.query()
      return pending.filter(({ name }) => name.startsWith(`interlock:${thread.threadId}:`)).length
    }
    same(await asked(), 0)
    // A queue has a space of its own.
    const queue = new Queue()
    await thread.call('open', queue.handle)
    await until(async () => (await asked()) === 1)
    queue.free()
    await until(async () => (await asked()) === 0)
    same(await asked(), 0)
  }))
