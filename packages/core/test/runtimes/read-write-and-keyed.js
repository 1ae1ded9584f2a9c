/** ReadWriteLock and KeyedLock in this runtime. */
import { KeyedLock, ReadWriteLock } from '@interlock/core'
import { equal, isPending, same, test } from '../../../../scripts/runtimes/conformance.js'

test('readers hold it together, a writer alone', async () => {
  const lock = new ReadWriteLock()
  const readers = [await lock.read.acquire(), await lock.read.acquire()]
  const writer = lock.write.acquire()
  same(await isPending(writer), true)
  for (const reader of readers) reader.release()
  const permit = await writer
  same(lock.read.tryAcquire(), null)
  same(lock.write.tryAcquire(), null)
  permit.release()
  same(lock.read.tryAcquire()?.released, false)
})

test('a waiting writer holds later readers back', async () => {
  const lock = new ReadWriteLock()
  const order = []
  const reader = await lock.read.acquire()
  const writer = lock.write.run(() => order.push('writer'))
  const later = lock.read.run(() => order.push('later reader'))
  same(await isPending(later), true)
  reader.release()
  await Promise.all([writer, later])
  equal(order, ['writer', 'later reader'])
})

test('keys do not hold one another up', async () => {
  const locks = new KeyedLock()
  const a = await locks.acquire('a')
  const b = await locks.acquire('b')
  same(await isPending(locks.acquire('a')), true)
  equal([locks.size, locks.waiting('a'), locks.waiting('b')], [2, 1, 0])
  a.release()
  b.release()
  equal([locks.size, locks.locked('a'), locks.locked('b')], [1, true, false])
})

test('a key that nobody holds or waits for takes no room', async () => {
  const locks = new KeyedLock()
  const key = {}
  same(await locks.run(key, () => locks.size), 1)
  same(locks.size, 0)
})
