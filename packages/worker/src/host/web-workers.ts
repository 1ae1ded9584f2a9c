/** What is true of Web Workers wherever there are any. */

/** Web Workers have no threadId. */
export const randomThreadId = (): number => 1 + Math.floor(Math.random() * (2 ** 31 - 3))

export const isWebWorker = (worker: unknown): boolean => typeof Worker === 'function' && worker instanceof Worker
