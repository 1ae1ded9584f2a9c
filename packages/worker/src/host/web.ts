/** Browsers, and any other runtime with Web Workers. */
import type { Host } from './host.ts'
import { certify } from './web-locks.ts'

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

/** Web Workers have no threadId. */
export const randomThreadId = (): number => 1 + Math.floor(Math.random() * (2 ** 31 - 3))

export const isWebWorker = (worker: unknown): boolean => typeof Worker === 'function' && worker instanceof Worker

const threadId = randomThreadId()
const blocks = mayBlock()

export const host: Host = {
  threadId,
  mayBlock: blocks,
  // The lock that certifies its death is given back then, too.
  onEnd() {},
  enter(space) {
    certify(space, threadId, blocks)
  },
  isWorker: isWebWorker,
  onDeath() {},
  async end(worker) {
    ;(worker as Worker).terminate()
    return undefined
  },
}
