/** Hearing of a signal: one listener a signal, however many listen, as Node walks the whole list to remove one. */
const listening = new WeakMap<AbortSignal, Set<() => void>>()

/** Calls `fn` when `signal` aborts, unless the function that it answers is called before. */
export function onAbort(signal: AbortSignal | undefined, fn: () => void): () => void {
  if (signal === undefined) return () => {}
  // A function of our own: a set takes each once, and `fn` may come twice.
  const listener = (): void => fn()
  let listeners = listening.get(signal)
  if (listeners === undefined) {
    listeners = new Set()
    listening.set(signal, listeners)
    signal.addEventListener('abort', hear)
  }
  listeners.add(listener)
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) forget(signal)
  }
}

function hear(this: AbortSignal): void {
  const listeners = listening.get(this)
  forget(this)
  for (const listener of listeners ?? []) listener()
}

function forget(signal: AbortSignal): void {
  listening.delete(signal)
  signal.removeEventListener('abort', hear)
}
