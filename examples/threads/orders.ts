/** A thread of request-ids-in-threads.ts: counts orders for whoever calls, and logs what it does. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { ContextVar, logFields } from '@interlock/contextvar'
import { expose } from '@interlock/worker/comlink'

/** Of the same name as the server's: by that it travels. */
const requestId = new ContextVar<string>('requestId')

const ORDERS: Record<string, number> = { ann: 3, bob: 8, cid: 5 }

let write: (line: string) => void | Promise<void>

async function log(message: string): Promise<void> {
  await write(JSON.stringify({ ...logFields([requestId]), message }))
}

const api = {
  /** Where the lines of the log go. */
  logTo(to: typeof write): void {
    write = to
  },

  async countOrders(name: string, ms: number): Promise<number> {
    await log(`thread: counting the orders of ${name}`)
    await sleep(ms)
    await log(`thread: ${name} has ${ORDERS[name]}`)
    return ORDERS[name]!
  },
}

export type Api = typeof api

expose(api, parentPort!, { vars: [requestId] })
