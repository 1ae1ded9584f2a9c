/** Comlink in this runtime. */
import * as Comlink from 'comlink'
import { HandleError, Lock } from '@interlock/worker'
import { expose, install, wrap } from '@interlock/worker/comlink'
import { equal, same, test, throws } from '../../../../scripts/runtimes/conformance.js'
import { startComlinkThread } from './programs/threads.js'

install(Comlink)

test('two threads take turns with a lock that they were handed as an argument', async () => {
  const threads = await Promise.all([startComlinkThread(), startComlinkThread()])
  try {
    const lock = new Lock()
    const memory = new SharedArrayBuffer(4)
    await Promise.all(threads.map(({ api }) => api.add(lock, memory, 100)))
    same(new Int32Array(memory)[0], 200)
  } finally {
    for (const thread of threads) await thread.kill()
  }
})

test('a property, a result and an error', async () => {
  const thread = await startComlinkThread()
  try {
    const { api } = thread
    const lock = await api.lock
    same(lock instanceof Lock, true)
    const permit = lock.tryAcquire()
    same(await api.lock.locked, true)
    permit.release()
    same((await api.same(lock)) instanceof Lock, true)
    const error = await api.fail().catch((caught) => caught)
    equal([error instanceof HandleError, error.code], [true, 'ERR_HANDLE'])
  } finally {
    await thread.kill()
  }
})

test('what is nested is refused', () => {
  const { port1, port2 } = new MessageChannel()
  expose({}, port2)
  throws(() => wrap(port1).work({ lock: new Lock() }), { name: 'TypeError' })
  port1.close()
})
