/** Deno, whose workers are Web Workers that may block anywhere, and say when they end. */
import type { Host } from './host.ts'

export const host: Host = {
  threadId: 1 + Math.floor(Math.random() * (2 ** 31 - 2)),
  mayBlock: true,
  onEnd(fn) {
    globalThis.addEventListener('unload', fn)
  },
}
