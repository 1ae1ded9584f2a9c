/** A handle that is none, of another kind or version, or of memory that is not a space's; and whatever is done with an object that has been freed, or in a space that this thread has left. */
export class HandleError extends Error {
  readonly code: string = 'ERR_HANDLE'

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'HandleError', writable: true, configurable: true })
  }
}
