/** Node and Bun: the exit event of a worker comes once its thread has been joined, and certifies its death. */
import { isMainThread, threadId, Worker } from 'node:worker_threads'
import type { Host } from './host.ts'

export const host: Host = {
  threadId,
  mayBlock: true,
  onEnd(fn) {
    // When the main thread ends, so does the process, and nobody is left to wait.
    if (!isMainThread) process.once('exit', fn)
  },
  enter() {},
  leave() {},
  isWorker(worker) {
    return worker instanceof Worker
  },
  onDeath(worker, died) {
    // Asked now: it is -1 by the time of the event.
    const { threadId: thread } = worker as Worker
    if (thread < 0) throw new TypeError('worker must not have ended: supervise() it when it is made')
    ;(worker as Worker).once('exit', () => died(thread))
  },
  async end(worker) {
    const { threadId: thread } = worker as Worker
    await (worker as Worker).terminate()
    return thread < 0 ? undefined : thread
  },
}
