// A thread of a contestant: says when it is ready, and then does as much as it is told, from the moment that both sides have been let go.
import { parentPort, workerData } from 'node:worker_threads'
import { type Group, GROUPS } from './contestants.ts'

export interface Given {
  group: Group
  name: string
  side: 0 | 1
  shared: unknown
  gate: Int32Array
  port: MessagePort
}

const { group, name, side, shared, gate, port } = workerData as Given
const contestant = GROUPS[group].find((one) => one.name === name)
if (contestant === undefined) throw new Error(`no contestant is named ${name}`)
const work = await contestant.join(shared as never, side, port)

parentPort?.on('message', ({ n, round }: { n: number; round: number }) => {
  void (async () => {
    parentPort?.postMessage({ waits: true })
    Atomics.wait(gate, 0, round)
    const begun = process.hrtime.bigint()
    await work(n)
    parentPort?.postMessage({ begun, ended: process.hrtime.bigint() })
  })()
})
parentPort?.postMessage({ ready: true })
