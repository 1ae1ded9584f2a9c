/** A blocking acquire of what only this very thread could release: it would wait for ever, so it is refused at once, whatever its time-out. */
export class DeadlockError extends Error {
  readonly code: string = 'ERR_DEADLOCK'

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'DeadlockError', writable: true, configurable: true })
  }
}
