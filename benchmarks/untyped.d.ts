// Peers that come without types, as far as they are used here.
declare module 'async-lock' {
  export default class AsyncLock {
    constructor(options?: { maxPending?: number })
    acquire<T>(key: string, task: () => T | PromiseLike<T>): Promise<T>
  }
}
