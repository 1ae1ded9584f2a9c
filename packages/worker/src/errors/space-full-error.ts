/** More threads, objects or bytes than the space was made for. The message says how to make room. */
export class SpaceFullError extends Error {
  readonly code: string = 'ERR_SPACE_FULL'

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'SpaceFullError', writable: true, configurable: true })
  }
}
