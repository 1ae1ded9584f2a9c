/** Lock in this runtime. */
import { Lock, NotAcquiredError } from '@interlock/core'
import { equal, isPending, rejects, same, sleep, test, throws } from '../../../../scripts/runtimes/conformance.js'

const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')

test('a free lock is taken before acquire() returns', async () => {
  const lock = new Lock()
  const acquired = lock.acquire()
  same(lock.locked, true)
  same(lock.tryAcquire(), null)
  ;(await acquired).release()
  same(lock.locked, false)
})

test('100 waiters are served first come, first served', async () => {
  const lock = new Lock()
  const order = []
  const turns = Array.from({ length: 100 }, (_, at) => lock.run(() => order.push(at)))
  same(lock.waiting, 99)
  await Promise.all(turns)
  equal(
    order,
    turns.map((_, at) => at),
  )
})

test('a release hands the lock over: it stays locked, and nobody barges in', async () => {
  const lock = new Lock()
  const first = await lock.acquire()
  const second = lock.acquire()
  first.release()
  same(lock.locked, true)
  same(lock.tryAcquire(), null)
  ;(await second).release()
  same(lock.locked, false)
})

test('critical sections do not overlap, across timers', async () => {
  const lock = new Lock()
  const log = []
  const work = async (name) => {
    const permit = await lock.acquire()
    log.push(`${name} begins`)
    await sleep(2)
    log.push(`${name} ends`)
    permit.release()
  }
  await Promise.all(['a', 'b', 'c'].map(work))
  equal(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

test('an abort rejects a waiter with the reason itself, and the next is served', async () => {
  const lock = new Lock()
  const held = await lock.acquire()
  const controller = new AbortController()
  const aborted = lock.acquire({ signal: controller.signal })
  const next = lock.acquire()
  const reason = new Error('enough')
  controller.abort(reason)
  await rejects(aborted, reason)
  same(lock.waiting, 1)
  held.release()
  ;(await next).release()
  same(lock.locked, false)
})

test('an abort without a reason is an AbortError', async () => {
  const lock = new Lock()
  await lock.acquire()
  const controller = new AbortController()
  const aborted = lock.acquire({ signal: controller.signal })
  controller.abort()
  await rejects(aborted, { name: 'AbortError' })
})

test('a signal that has aborted refuses a free lock', async () => {
  const lock = new Lock()
  const reason = new Error('before')
  await rejects(lock.acquire({ signal: AbortSignal.abort(reason) }), reason)
  same(lock.locked, false)
})

test('a grant wins over an abort that comes after it', async () => {
  const lock = new Lock()
  const held = await lock.acquire()
  const controller = new AbortController()
  const waiting = lock.acquire({ signal: controller.signal })
  held.release()
  controller.abort()
  const permit = await waiting
  same(permit.released, false)
  same(lock.locked, true)
})

test('a listener that releases the lock during an abort does not grant it to an aborted waiter', async () => {
  const lock = new Lock()
  const held = await lock.acquire()
  const controller = new AbortController()
  controller.signal.addEventListener('abort', () => held.release())
  const aborted = lock.acquire({ signal: controller.signal })
  controller.abort('stop')
  await rejects(aborted, 'stop')
  same(lock.locked, false)
})

test('AbortSignal.timeout() and AbortSignal.any() end a wait', async () => {
  const lock = new Lock()
  await lock.acquire()
  await rejects(lock.acquire({ signal: AbortSignal.timeout(5) }), { name: 'TimeoutError' })
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, new AbortController().signal])
  const aborted = lock.acquire({ signal })
  controller.abort('any')
  await rejects(aborted, 'any')
  same(lock.waiting, 0)
})

test('a time-out rejects with a DOMException named TimeoutError, and the waiter is gone', async () => {
  const lock = new Lock()
  const held = await lock.acquire()
  const error = await lock.acquire({ timeout: 5 }).catch((reason) => reason)
  equal([error instanceof DOMException, error.name], [true, 'TimeoutError'])
  same(lock.waiting, 0)
  held.release()
  same(lock.locked, false)
})

test('a time-out that was not needed does not keep the process alive', async () => {
  const lock = new Lock()
  const held = await lock.acquire()
  const waiting = lock.acquire({ timeout: 2 ** 31 - 1 })
  held.release()
  // If its timer were still there, this program would not end.
  same((await waiting).released, false)
})

test('timeout 0 takes what is free, and waits for nothing', async () => {
  const lock = new Lock()
  same((await lock.acquire({ timeout: 0 })).released, false)
  await rejects(lock.acquire({ timeout: 0 }), { name: 'TimeoutError' })
})

test('a permit ends its own hold, once', async () => {
  const lock = new Lock()
  const first = await lock.acquire()
  first.release()
  const second = await lock.acquire()
  first.release()
  equal([first.released, second.released, lock.locked], [true, false, true])
})

test('a permit is disposed of by the symbol that `using` looks for', async () => {
  const lock = new Lock()
  const permit = await lock.acquire()
  permit[dispose]()
  equal([permit.released, lock.locked], [true, false])
})

test('release() of a lock that nobody holds is a NotAcquiredError', () => {
  const lock = new Lock()
  throws(() => lock.release(), { name: 'NotAcquiredError', code: 'ERR_NOT_ACQUIRED' })
  throws(() => lock.release(), { constructor: NotAcquiredError })
})

test('run() gives the lock back when its function throws', async () => {
  const lock = new Lock()
  const error = new Error('inside')
  const body = () => {
    throw error
  }
  await rejects(lock.run(body), error)
  same(lock.locked, false)
})

test('wrong input is refused by a rejection, and nothing has changed', async () => {
  const lock = new Lock()
  await rejects(lock.acquire({ timeout: -1 }), { name: 'RangeError' })
  await rejects(lock.acquire({ timeout: NaN }), { name: 'RangeError' })
  await rejects(lock.acquire({ timeout: '5' }), { name: 'TypeError' })
  await rejects(lock.acquire({ signal: {} }), { name: 'TypeError' })
  same(lock.locked, false)
})

test('a waiter that nobody ends stays pending', async () => {
  const lock = new Lock()
  await lock.acquire()
  same(await isPending(lock.acquire()), true)
})
