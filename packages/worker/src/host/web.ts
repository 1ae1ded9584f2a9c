/** Browsers, and any other runtime with Web Workers. */
import type { Host } from './host.ts'
import { isWebWorker, randomThreadId } from './web-workers.ts'
import { Certificate } from './web-locks.ts'

function mayBlock(): boolean {
  // Not isolated: nothing of this package works, and whoever makes a space is told why.
  if (typeof SharedArrayBuffer === 'undefined') return false
  try {
    // Never waits, as the value is another; but throws where waiting is forbidden.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)
    return true
  } catch {
    return false
  }
}

const threadId = randomThreadId()
const blocks = mayBlock()

const certificate = new Certificate(threadId, blocks)
// A page ends with all its workers: its own thread needs none before it shares something.
if ('WorkerGlobalScope' in globalThis) certificate.ask()

export const host: Host = {
  threadId,
  mayBlock: blocks,
  // The lock that certifies its death is given back then, too.
  onEnd() {},
  enter(space, seat) {
    certificate.enter(space, seat)
  },
  leave(space) {
    certificate.leave(space)
  },
  isWorker: isWebWorker,
  onDeath() {},
  async end(worker) {
    ;(worker as Worker).terminate()
    return undefined
  },
}
