/** Semaphore and BoundedSemaphore in this runtime. */
import { BoundedSemaphore, Semaphore } from '@interlock/core'
import { equal, isPending, rejects, same, sleep, test, throws } from '../../../../scripts/runtimes/conformance.js'

test('lets as many in as it has permits', async () => {
  const semaphore = new Semaphore(2)
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await sleep(1)
    inside--
  }
  await Promise.all(Array.from({ length: 8 }, () => semaphore.run(work)))
  equal([most, inside, semaphore.value], [2, 0, 2])
})

test('a weight is taken as a whole or not at all, and given back by its permit', async () => {
  const semaphore = new Semaphore(3)
  const permit = await semaphore.acquire({ permits: 2 })
  same(semaphore.tryAcquire(2), null)
  same(semaphore.value, 1)
  permit.release()
  permit.release()
  same(semaphore.value, 3)
})

test('a large request at the head is not starved by small ones behind it', async () => {
  const semaphore = new Semaphore(2)
  const order = []
  const one = await semaphore.acquire()
  const two = await semaphore.acquire()
  const large = semaphore.acquire({ permits: 2 }).then((permit) => order.push('large') && permit.release())
  const small = semaphore.acquire().then((permit) => order.push('small') && permit.release())
  one.release()
  same(await isPending(small), true)
  two.release()
  await Promise.all([large, small])
  equal(order, ['large', 'small'])
})

test('a large request that is aborted lets those behind it in', async () => {
  const semaphore = new Semaphore(1)
  const controller = new AbortController()
  const large = semaphore.acquire({ permits: 2, signal: controller.signal })
  const small = semaphore.acquire()
  same(await isPending(small), true)
  controller.abort('too long')
  await rejects(large, 'too long')
  same((await small).released, false)
})

test('a BoundedSemaphore refuses a release too many, and changes nothing', () => {
  const semaphore = new BoundedSemaphore(2)
  throws(() => semaphore.release(), { name: 'RangeError' })
  same(semaphore.value, 2)
  semaphore.tryAcquire()?.release()
  same(semaphore.value, 2)
})

test('a BoundedSemaphore refuses at once what it could never give', async () => {
  await rejects(new BoundedSemaphore(2).acquire({ permits: 3 }), { name: 'RangeError' })
})
