/** A thread that is spoken to by Comlink. */
import * as Comlink from 'comlink'
import { Lock, threadId } from '@interlock/worker'
import { expose, install } from '@interlock/worker/comlink'

const { deno, node } = globalThis.process?.versions ?? {}

install(Comlink)

const api = {
  threadId,
  lock: new Lock(),

  async add(lock, memory, times) {
    const cell = new Int32Array(memory)
    for (let time = 0; time < times; time++) {
      if (time % 2 === 0) lock.runSync(() => cell[0]++)
      else await lock.run(() => cell[0]++)
    }
  },

  same: (value) => value,

  fail() {
    Lock.from({})
  },
}

if (node === undefined || deno !== undefined) expose(api)
else {
  const { parentPort } = await import('node:worker_threads')
  expose(api, parentPort)
}
