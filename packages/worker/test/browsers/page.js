/** What a page's own thread may do: wait, but never block. */
import * as library from '@interlock/worker'
import { equal, same, test, throws } from '../../../../scripts/runtimes/conformance.js'
import { withThreads } from '../runtimes/programs/threads.js'

const { Barrier, BoundedSemaphore, Condition, Event, Lock, Queue, ReadWriteLock, Semaphore, declareDead, supervise } =
  library

test('the page is isolated', () => {
  equal([crossOriginIsolated, typeof SharedArrayBuffer], [true, 'function'])
})

const blocking = () => [
  ['acquireSync', 'acquire', new Lock()],
  ['runSync', 'acquire', new Lock(), () => {}],
  ['acquireSync', 'acquire', new Semaphore(1)],
  ['acquireSync', 'acquire', new BoundedSemaphore(1)],
  ['waitSync', 'wait', new Event()],
  ['acquireSync', 'acquire', new Condition()],
  ['waitSync', 'wait', new Condition()],
  ['waitForSync', 'waitFor', new Condition(), () => true],
  ['waitSync', 'wait', new Barrier(1)],
  ['acquireSync', 'acquire', new ReadWriteLock().read],
  ['acquireSync', 'acquire', new ReadWriteLock().write],
  ['getSync', 'get', new Queue()],
  ['putSync', 'put', new Queue(), 1],
]

test('what blocks is refused, and the error names what waits instead', () => {
  for (const [method, instead, object, ...args] of blocking()) {
    let error
    try {
      object[method](...args)
    } catch (caught) {
      error = caught
    }
    const what = `${object[Symbol.toStringTag]}.${method}`
    equal([what, error?.name, error?.message.includes(`await ${instead}()`)], [what, 'TypeError', true])
  }
})

test('what is free can be had without blocking', async () => {
  const lock = new Lock()
  const permit = lock.tryAcquire()
  same(lock.locked, true)
  permit.release()
  await lock.run(() => {})
  const queue = new Queue()
  queue.putNowait({ a: 1 })
  equal(queue.getNowait(), { a: 1 })
})

test('supervise() is not needed, and does no harm', () =>
  withThreads(1, (thread) => {
    same(supervise(thread.worker), thread.worker)
    throws(() => supervise({}), { name: 'TypeError' })
    throws(() => declareDead(library.threadId), { name: 'TypeError' })
  }))

test('a thread that is declared dead is', () =>
  withThreads(1, async (thread) => {
    const lock = new Lock()
    await thread.call('open', lock.handle)
    await thread.call('do', 'lock', 'acquire')
    declareDead(thread.threadId)
    same(lock.tryAcquire()?.abandoned, true)
  }))
