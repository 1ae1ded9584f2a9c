/**
 * The signal of a scope, and whether anybody listens to it: who does is told of a cancellation by the signal, and is not to be told again at his
 * next wait.
 */
const listenersOf = new WeakMap<AbortSignal, Set<unknown>>()

/** Elsewhere fetch() and its like are the host's own, and listen without a word: there whoever has been given a signal counts as listening. */
const host = globalThis as { process?: { versions?: { node?: string } }; Bun?: unknown; Deno?: unknown }
const listenersShow = host.process?.versions?.node !== undefined && host.Bun === undefined && host.Deno === undefined

export function newController(): AbortController {
  const controller = new AbortController()
  if (listenersShow) {
    listenersOf.set(controller.signal, new Set())
    Object.assign(controller.signal, watched)
  }
  return controller
}

export function isHeard(signal: AbortSignal): boolean {
  const listeners = listenersOf.get(signal)
  return listeners === undefined || listeners.size > 0 || signal.onabort !== null
}

const { prototype } = EventTarget

const watched = {
  addEventListener(this: AbortSignal, ...args: Parameters<EventTarget['addEventListener']>): void {
    const [type, listener] = args
    if (type === 'abort' && listener !== null) listenersOf.get(this)?.add(listener)
    prototype.addEventListener.apply(this, args)
  },
  removeEventListener(this: AbortSignal, ...args: Parameters<EventTarget['removeEventListener']>): void {
    const [type, listener] = args
    if (type === 'abort') listenersOf.get(this)?.delete(listener)
    prototype.removeEventListener.apply(this, args)
  },
}
