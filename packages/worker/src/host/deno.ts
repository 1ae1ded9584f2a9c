/** Deno, whose workers are Web Workers that may block anywhere. Nothing there certifies a death: a thread may run on long after its end was reported. */
import type { Host } from './host.ts'
import { isWebWorker, randomThreadId } from './web-workers.ts'

export const host: Host = {
  threadId: randomThreadId(),
  mayBlock: true,
  onEnd(fn) {
    globalThis.addEventListener('unload', fn)
  },
  enter() {},
  leave() {},
  isWorker: isWebWorker,
  onDeath() {
    console.warn(
      '@interlock/worker: nothing on this runtime certifies the death of a thread, so supervise() does nothing. Call declareDead(threadId) when you know that it runs no more.',
    )
  },
  async end(worker) {
    ;(worker as Worker).terminate()
    throw new Error(
      'the worker was told to end, but nothing on this runtime certifies that it has: call declareDead(threadId) when you know that it runs no more',
    )
  },
}
