/** Event and Barrier in this runtime. */
import { Barrier, Event } from '@interlock/core'
import { equal, isPending, rejects, same, test } from '../../../../scripts/runtimes/conformance.js'

test('set() wakes all who wait, even if clear() follows at once', async () => {
  const event = new Event()
  const waits = [event.wait(), event.wait(), event.wait()]
  same(await isPending(waits[0]), true)
  event.set()
  event.clear()
  equal(await Promise.all(waits), [undefined, undefined, undefined])
  same(await isPending(event.wait()), true)
})

test('an Event that is set makes nobody wait', async () => {
  const event = new Event()
  event.set()
  same(await isPending(event.wait()), false)
  await event.wait({ timeout: 0 })
  same(event.waiting, 0)
})

test('a barrier lets its parties go together, each with its place, again and again', async () => {
  const barrier = new Barrier(3)
  const [first, second] = [barrier.wait(), barrier.wait()]
  same(await isPending(first), true)
  equal(await Promise.all([first, second, barrier.wait()]), [0, 1, 2])
  equal(await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]), [0, 1, 2])
})

test('a party that is aborted leaves, and the barrier goes on filling', async () => {
  const barrier = new Barrier(2)
  const controller = new AbortController()
  const gone = barrier.wait({ signal: controller.signal })
  controller.abort('gone')
  await rejects(gone, 'gone')
  equal(await Promise.all([barrier.wait(), barrier.wait()]), [0, 1])
})

test('abort() breaks a barrier until reset()', async () => {
  const barrier = new Barrier(2)
  const waiting = barrier.wait()
  barrier.abort()
  await rejects(waiting, { name: 'BrokenBarrierError', code: 'ERR_BROKEN_BARRIER' })
  await rejects(barrier.wait(), { code: 'ERR_BROKEN_BARRIER' })
  barrier.reset()
  equal(await Promise.all([barrier.wait(), barrier.wait()]), [0, 1])
})
