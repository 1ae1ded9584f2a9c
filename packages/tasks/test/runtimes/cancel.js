/** Cancellation in this runtime: that cancel() finds the wait that a task is in, however deep, and that nothing is lost. */
import { Lock, Queue } from '@interlock/core'
import { CancelledError, createTask, currentTask, sleep } from '@interlock/tasks'
import { drain, equal, rejects, same, test } from '../../../../scripts/runtimes/conformance.js'

test('cancel() reaches lock.acquire() in a deep call, after awaits and timers, with no signal handed down', async () => {
  const lock = new Lock()
  const held = await lock.acquire()
  const deep = async (depth) => {
    await Promise.resolve()
    if (depth === 0) return await lock.acquire()
    await new Promise((resolve) => setTimeout(resolve))
    return await deep(depth - 1)
  }
  const task = createTask(() => deep(3))
  while (lock.waiting === 0) await drain()
  const reason = new Error('enough')
  same(task.cancel(reason), true)
  await rejects(task, { constructor: CancelledError, name: 'CancelledError', code: 'ERR_CANCELLED', cause: reason })
  equal([task.cancelled, task.done, task.cancel(), lock.waiting], [true, true, false, 0])
  held.release()
  same(lock.locked, false)
})

test('a get() that is cancelled takes nothing', async () => {
  const queue = new Queue()
  const task = createTask(() => queue.get())
  await drain()
  task.cancel()
  queue.putNowait('kept')
  await rejects(task, { name: 'CancelledError' })
  same(queue.getNowait(), 'kept')
})

test('a grant that came before the cancel wins', async () => {
  const lock = new Lock()
  const held = await lock.acquire()
  const task = createTask(async () => {
    const permit = await lock.acquire()
    permit.release()
    return 'had it'
  })
  await drain()
  held.release()
  task.cancel()
  same(await task, 'had it')
  same(lock.locked, false)
})

test('cancel() ends a sleep, and leaves no timer', async () => {
  const task = createTask(() => sleep(2 ** 30))
  await drain()
  task.cancel('stop')
  await rejects(task, { name: 'CancelledError', cause: 'stop' })
})

test('cancel() of a task that awaits another cancels that one', async () => {
  const inner = createTask(() => sleep(2 ** 30))
  const outer = createTask(async () => await inner)
  await drain()
  outer.cancel()
  await rejects(outer, { name: 'CancelledError' })
  equal([inner.cancelled, outer.cancelled], [true, true])
})

test('a cancel is delivered once: clean-up may wait', async () => {
  const log = []
  const task = createTask(async () => {
    try {
      await sleep(2 ** 30)
    } finally {
      await sleep(1)
      log.push('cleaned up')
    }
  })
  await drain()
  task.cancel()
  await rejects(task, { name: 'CancelledError' })
  equal(log, ['cleaned up'])
})

test('a task in no wait is cancelled at its next one', async () => {
  const log = []
  const gate = new Lock()
  await gate.acquire()
  const task = createTask(async () => {
    await new Promise((resolve) => setTimeout(resolve))
    log.push('goes on')
    await gate.acquire()
    log.push('not reached')
  })
  task.cancel()
  await rejects(task, { name: 'CancelledError' })
  equal([...log, gate.waiting], ['goes on', 0])
})

test("task.signal aborts with the CancelledError, for the host's own functions", async () => {
  let signal
  const task = createTask(async (own) => {
    signal = own
    await new Promise((_, reject) => own.addEventListener('abort', () => reject(own.reason)))
  })
  await drain()
  task.cancel('stop')
  await rejects(task, { name: 'CancelledError', cause: 'stop' })
  equal([signal === task.signal, signal.aborted, signal.reason instanceof CancelledError], [true, true, true])
})

test('currentTask() is the task across awaits, timers and calls, and undefined outside', async () => {
  const task = createTask(async () => {
    const own = currentTask()
    await new Promise((resolve) => setTimeout(resolve))
    const inner = createTask(async () => {
      await Promise.resolve()
      // In an array: a task that resolves to itself would never end.
      return [currentTask()]
    })
    const [seen] = await inner
    return [own === currentTask(), seen === inner, own === task]
  })
  equal(currentTask(), undefined)
  equal(await task, [true, true, true])
  equal(currentTask(), undefined)
})
