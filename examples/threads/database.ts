/** A thread of database-limiter-in-threads.ts: sends its queries all at once, and it is the limit that makes them wait. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Barrier, Semaphore, type Handle } from '@interlock/worker'

export interface Querying {
  readonly limit: Handle
  /** Where all threads meet before they begin. */
  readonly gate: Handle
  readonly ids: readonly number[]
  /** How long a query takes: milliseconds. */
  readonly ms: number
  /** How many queries are in, in all threads together. */
  readonly inside: SharedArrayBuffer
}

export interface Started {
  readonly id: number
  readonly inside: number
}

const { limit: handle, gate, ids, ms, inside } = workerData as Querying
const limit = Semaphore.from(handle)
const count = new Int32Array(inside)

async function query(id: number): Promise<void> {
  using _ = await limit.acquire()
  const started: Started = { id, inside: Atomics.add(count, 0, 1) + 1 }
  parentPort!.postMessage(started, [])
  await sleep(ms)
  Atomics.sub(count, 0, 1)
}

await Barrier.from(gate).wait()
await Promise.all(ids.map(query))
