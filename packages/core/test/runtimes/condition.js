/** Condition in this runtime. */
import { Condition, Lock } from '@interlock/core'
import { drain, equal, isPending, rejects, same, test, throws } from '../../../../scripts/runtimes/conformance.js'

test('wait() gives the lock up, and holds it again when it resolves', async () => {
  const condition = new Condition()
  const permit = await condition.acquire()
  const waited = condition.wait()
  same(condition.locked, false)
  await condition.run(() => condition.notify())
  await waited
  equal([condition.locked, permit.released], [true, false])
  permit.release()
  same(condition.locked, false)
})

test('those notified go on one after another, each with the lock', async () => {
  const condition = new Condition()
  const log = []
  const work = (name) =>
    condition.run(async () => {
      await condition.wait()
      log.push(`${name} begins`)
      await drain()
      log.push(`${name} ends`)
    })
  const all = ['a', 'b', 'c'].map(work)
  await drain()
  same(condition.waiting, 3)
  await condition.run(() => condition.notifyAll())
  await Promise.all(all)
  equal(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

test('an aborted wait rejects once it holds the lock again', async () => {
  const lock = new Lock()
  const condition = new Condition(lock)
  const permit = await condition.acquire()
  const controller = new AbortController()
  const waited = condition.wait({ signal: controller.signal })
  const other = await lock.acquire()
  controller.abort('stop')
  same(await isPending(waited), true)
  other.release()
  await rejects(waited, 'stop')
  equal([lock.locked, permit.released], [true, false])
})

test('a waiter that is aborted after its notification passes it on', async () => {
  const condition = new Condition()
  const controller = new AbortController()
  const first = condition.run(() => condition.wait({ signal: controller.signal }))
  const second = condition.run(() => condition.wait())
  await drain()
  const notifier = await condition.acquire()
  condition.notify()
  controller.abort('late')
  notifier.release()
  await rejects(first, 'late')
  await second
  equal([condition.locked, condition.waiting], [false, 0])
})

test('a time-out of wait() leaves the lock held', async () => {
  const condition = new Condition()
  const permit = await condition.acquire()
  await rejects(condition.wait({ timeout: 5 }), { name: 'TimeoutError' })
  equal([condition.locked, permit.released], [true, false])
})

test('waitFor() resolves with what the predicate answers', async () => {
  const condition = new Condition()
  const jobs = []
  const job = condition.run(() => condition.waitFor(() => jobs[0]))
  await drain()
  await condition.run(() => condition.notify())
  same(await isPending(job), true)
  await condition.run(() => {
    jobs.push('paint')
    condition.notify()
  })
  same(await job, 'paint')
})

test('notify() and wait() without the lock are refused', async () => {
  const condition = new Condition()
  throws(() => condition.notify(), { code: 'ERR_NOT_ACQUIRED' })
  await rejects(condition.wait(), { code: 'ERR_NOT_ACQUIRED' })
})
