/** A thread of queue-in-threads.ts: does tasks until there are no more. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Queue, type Handle } from '@interlock/worker'

export interface Clerk {
  readonly tasks: Handle
  readonly name: string
  /** How long a task takes: milliseconds. */
  readonly ms: number
}

const { tasks: handle, name, ms } = workerData as Clerk
const tasks = Queue.from<string>(handle)

const say = (text: string): void => parentPort!.postMessage(`${name}: ${text}`, [])

for await (const task of tasks) {
  say(`starts ${task}`)
  await sleep(ms)
  say(`ends ${task}`)
  tasks.taskDone()
}
say('goes home')
