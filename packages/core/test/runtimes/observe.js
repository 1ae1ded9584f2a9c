/** observeWaits() in this runtime, which task libraries stand on. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Lock, Queue } from '@interlock/core'
import { observeWaits } from '@interlock/core/observe'
import { equal, rejects, same, test } from '../../../../scripts/runtimes/conformance.js'

test('a wait is seen when it parks and when it is woken', async () => {
  const seen = []
  const stop = observeWaits({
    parked: ({ operation, primitive }) => seen.push(`${operation} parked on ${primitive}`),
    woken: ({ operation }) => seen.push(`${operation} woken`),
  })
  const lock = new Lock()
  const first = await lock.acquire()
  const second = lock.acquire()
  first.release()
  await second
  stop()
  equal(seen, ['acquire parked on Lock <locked, waiting: 1>', 'acquire woken'])
})

test('cancel() ends a wait from outside, and nothing is lost', async () => {
  const waits = []
  const stop = observeWaits({ parked: (wait) => waits.push(wait) })
  const queue = new Queue()
  const get = queue.get()
  const reason = new Error('cancelled')
  same(waits[0].cancel(reason), true)
  same(waits[0].cancel(reason), false)
  stop()
  await rejects(get, reason)
  queue.putNowait('kept')
  same(queue.getNowait(), 'kept')
})

test("`parked` is called in the waiting task's async context, `woken` in that of whoever gave", async () => {
  const task = new AsyncLocalStorage()
  const seen = []
  const stop = observeWaits({
    parked: () => seen.push(`parked in ${task.getStore()}`),
    woken: () => seen.push(`woken in ${task.getStore()}`),
  })
  const lock = new Lock()
  const held = await lock.acquire()
  const waiting = task.run('a', async () => {
    await Promise.resolve()
    await lock.acquire()
    return task.getStore()
  })
  await task.run('b', async () => {
    await new Promise((resolve) => setTimeout(resolve))
    held.release()
  })
  stop()
  equal([await waiting, ...seen], ['a', 'parked in a', 'woken in b'])
})
