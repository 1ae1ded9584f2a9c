/** Any other host: the best that it has to offer, looked for when this package is loaded. */
import type { Frame } from '../frame.ts'
import type { Backend } from './backend.ts'
import { StackBackend } from './stack.ts'
import { type Storage, storageBackend } from './storage.ts'

interface AsyncContext {
  Variable: new () => { get(): Frame | undefined; run: Storage['run'] }
}

interface Host {
  AsyncContext?: AsyncContext
  AsyncLocalStorage?: new () => Storage
  process?: { getBuiltinModule?: (name: string) => { AsyncLocalStorage?: new () => Storage } | undefined }
}

export function createBackend(host: Host = globalThis): Backend {
  if (host.AsyncContext !== undefined) {
    const variable = new host.AsyncContext.Variable()
    return { current: () => variable.get(), run: (frame, fn, ...args) => variable.run(frame, fn, ...args) }
  }
  // Some edge runtimes have it as a global; a bundle for a browser may run in Node after all.
  const AsyncLocalStorage =
    host.AsyncLocalStorage ?? host.process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage
  return AsyncLocalStorage === undefined ? new StackBackend() : storageBackend(new AsyncLocalStorage())
}
