/** Queue, PriorityQueue and LifoQueue in this runtime. */
import { LifoQueue, PriorityQueue, Queue } from '@interlock/core'
import { equal, isPending, rejects, same, sleep, test, throws } from '../../../../scripts/runtimes/conformance.js'

test('items leave in the order in which they came', async () => {
  const queue = new Queue()
  for (const item of [1, 2, 3]) queue.putNowait(item)
  equal([await queue.get(), queue.getNowait(), await queue.get()], [1, 2, 3])
  throws(() => queue.getNowait(), { name: 'QueueEmptyError', code: 'ERR_QUEUE_EMPTY' })
})

test('an item goes straight to the first who waits for one', async () => {
  const queue = new Queue()
  const [first, second] = [queue.get(), queue.get()]
  queue.putNowait('a')
  same(queue.size, 0)
  queue.putNowait('b')
  equal(await Promise.all([first, second]), ['a', 'b'])
})

test('a put waits while the queue is full, and has the slot that a get frees', async () => {
  const queue = new Queue(1)
  await queue.put('a')
  const put = queue.put('b')
  same(await isPending(put), true)
  throws(() => queue.putNowait('c'), { name: 'QueueFullError', code: 'ERR_QUEUE_FULL' })
  same(queue.getNowait(), 'a')
  same(queue.full, true)
  await put
  same(queue.getNowait(), 'b')
})

test('an aborted get takes nothing, an aborted put puts nothing', async () => {
  const queue = new Queue(1)
  const controller = new AbortController()
  const { signal } = controller
  const get = queue.get({ signal })
  controller.abort('stop')
  await rejects(get, 'stop')
  queue.putNowait('a')
  await rejects(queue.put('b', { timeout: 5 }), { name: 'TimeoutError' })
  same(queue.getNowait(), 'a')
  same(queue.empty, true)
})

test('join() waits until every item has had its taskDone()', async () => {
  const queue = new Queue()
  queue.putNowait(1)
  queue.putNowait(2)
  const joined = queue.join()
  queue.getNowait()
  queue.taskDone()
  same(await isPending(joined), true)
  queue.getNowait()
  queue.taskDone()
  await joined
  throws(() => queue.taskDone(), { name: 'RangeError' })
})

test('workers drain a queue that is shut down, and their loops end', async () => {
  const queue = new Queue(2)
  const seen = []
  const worker = async () => {
    for await (const item of queue) {
      await sleep(1)
      seen.push(item)
    }
  }
  const workers = [worker(), worker(), worker()]
  for (let item = 0; item < 7; item++) await queue.put(item)
  queue.shutdown()
  await Promise.all(workers)
  equal(
    seen.toSorted((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6],
  )
  await rejects(queue.get(), { name: 'QueueShutDownError', code: 'ERR_QUEUE_SHUT_DOWN' })
})

test('shutdown() turns away those who wait; an immediate one drops the items', async () => {
  const waiting = new Queue()
  const get = waiting.get()
  waiting.shutdown()
  await rejects(get, { code: 'ERR_QUEUE_SHUT_DOWN' })
  const full = new Queue(1)
  full.putNowait(1)
  const put = full.put(2)
  const joined = full.join()
  full.shutdown(true)
  await rejects(put, { code: 'ERR_QUEUE_SHUT_DOWN' })
  await joined
  same(full.size, 0)
})

test('leaving a for await loop early loses no item', async () => {
  const queue = new Queue()
  for (const item of [1, 2, 3]) queue.putNowait(item)
  for await (const item of queue) if (item === 1) break
  equal([queue.getNowait(), queue.getNowait()], [2, 3])
})

test('a PriorityQueue gives the smallest first, and equals in the order in which they came', () => {
  const queue = new PriorityQueue(0, { compare: (a, b) => a.rank - b.rank })
  const names = ['b1', 'a1', 'b2', 'a2', 'c1', 'a3']
  for (const name of names) queue.putNowait({ name, rank: name.codePointAt(0) })
  equal(
    names.map(() => queue.getNowait().name),
    ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'],
  )
})

test('a LifoQueue gives the newest first', () => {
  const queue = new LifoQueue()
  for (const item of [1, 2, 3]) queue.putNowait(item)
  equal([queue.getNowait(), queue.getNowait(), queue.getNowait()], [3, 2, 1])
})
