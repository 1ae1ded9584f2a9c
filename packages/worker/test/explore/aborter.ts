/**
 * An AbortController whose listeners are called within abort(), as the engine's are, but which lets through what they throw: the explorer gives a
 * thread up by throwing.
 */
type Listener = (() => void) | { handleEvent(): void }

export class Aborter {
  readonly signal = new Signal()

  abort(reason: unknown = new DOMException('This operation was aborted', 'AbortError')): void {
    if (this.signal.aborted) return
    this.signal.aborted = true
    this.signal.reason = reason
    for (const listener of this.signal.listeners) {
      if (typeof listener === 'function') listener()
      else listener.handleEvent()
    }
  }
}

class Signal {
  aborted = false
  reason: unknown
  readonly listeners = new Set<Listener>()

  addEventListener(_type: 'abort', listener: Listener): void {
    this.listeners.add(listener)
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    this.listeners.delete(listener)
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }
}
