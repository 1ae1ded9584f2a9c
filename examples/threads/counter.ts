/** A thread of counter.ts: adds one to a number that it shares with others. */
import { workerData } from 'node:worker_threads'
import { Barrier, Lock, type Handle } from '@interlock/worker'

export interface Counting {
  readonly memory: SharedArrayBuffer
  readonly times: number
  /** Where all threads meet before they begin. */
  readonly gate: Handle
  /** Without one, each adds as it likes. */
  readonly lock?: Handle
}

const { memory, times, gate, lock: handle } = workerData as Counting
const cell = new Int32Array(memory)
const lock = handle === undefined ? undefined : Lock.from(handle)

/** Reads, thinks for a moment, and writes: what another thread has written in that moment is lost. */
function increment(): void {
  const seen = cell[0]!
  for (let thought = 0; thought < 100; thought++) Math.random()
  cell[0] = seen + 1
}

Barrier.from(gate).waitSync()
for (let time = 0; time < times; time++) {
  if (lock === undefined) increment()
  else lock.runSync(increment)
}
