/** Node and Bun. */
import { isMainThread, threadId } from 'node:worker_threads'
import type { Host } from './host.ts'

export const host: Host = {
  threadId,
  mayBlock: true,
  onEnd(fn) {
    // When the main thread ends, so does the process, and nobody is left to wait.
    if (!isMainThread) process.once('exit', fn)
  },
}
