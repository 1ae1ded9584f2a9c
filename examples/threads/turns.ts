/** A thread of comlink.ts: exposes an object by Comlink. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import * as Comlink from 'comlink'
import type { Lock } from '@interlock/worker'
import { expose, install } from '@interlock/worker/comlink'

const api = {
  /** Takes `turns` turns with the lock, of `ms` milliseconds each. */
  async work(lock: Lock, turns: number, ms: number, say: (text: string) => void | Promise<void>): Promise<number> {
    for (let turn = 1; turn <= turns; turn++) {
      using _ = await lock.acquire()
      await say(`begins turn ${turn}`)
      await sleep(ms)
      await say(`ends turn ${turn}`)
    }
    return turns
  },
}

export type Api = typeof api

install(Comlink)
expose(api, parentPort!)
