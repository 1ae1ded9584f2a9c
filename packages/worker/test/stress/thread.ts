/** A worker under stress: an actor, until it is stopped, terminated, or drawn to end by itself. */
import { parentPort, workerData } from 'node:worker_threads'
import { randomFrom } from '../random.ts'
import { Actor, type Handles } from './actor.ts'
import { Ledger, OBJECTS } from './ledger.ts'

export interface ThreadData {
  readonly handles: Handles
  readonly ledger: SharedArrayBuffer
  readonly slot: number
  readonly seed: number
  readonly tasks: number
  /** How likely it is to end by itself after an operation. */
  readonly mortality: number
}

const { handles, ledger: memory, slot, seed, tasks, mortality } = workerData as ThreadData
const ledger = new Ledger(memory)
// Registered before the package's own: what is held is given back by that.
process.once('exit', () => {
  ledger.setEnding(slot, true)
  ledger.clear(slot, OBJECTS, false)
})

const random = randomFrom(seed ^ 0x5bd1e995)
const actor = new Actor(handles, ledger, slot, seed, true)
parentPort!.on('message', () => {
  actor.stop()
  parentPort!.close()
})

try {
  await actor.run(tasks, () => {
    if (random() >= mortality) return
    ledger.setEnding(slot, true)
    if (random() < 0.5) process.exit(0)
    // Thrown where nothing catches it: the thread ends by it.
    setImmediate(() => {
      throw new Error('drawn to end')
    })
  })
} catch (error) {
  parentPort!.postMessage((error as Error).stack ?? String(error))
}
