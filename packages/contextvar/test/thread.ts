/** A thread of asynchrony.test.ts: sets and reads a variable of the same name as the main thread's. */
import { parentPort, workerData } from 'node:worker_threads'
import { Context, ContextVar } from '@interlock/contextvar'

const user = new ContextVar<string | number>('user', { default: 'nobody' })
const before = user.get()
const number = workerData as number

let right = 0
await new Context().run(async () => {
  for (let step = 0; step < 10; step++) {
    user.set(number + step)
    await new Promise((resolve) => setImmediate(resolve))
    if (user.get() === number + step) right++
  }
})
parentPort?.postMessage({ before, number, right }, [])
