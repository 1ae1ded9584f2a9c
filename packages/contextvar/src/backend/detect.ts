/** Any other host: the best that it has to offer, looked for when this package is loaded. */
import type { Backend } from './backend.ts'
import { type NativeHost, nativeBackend } from './native.ts'
import { StackBackend } from './stack.ts'
import { type Storage, storageBackend } from './storage.ts'

interface Host extends NativeHost {
  AsyncLocalStorage?: new () => Storage
  process?: { getBuiltinModule?: (name: string) => { AsyncLocalStorage?: new () => Storage } | undefined }
}

export function createBackend(host: Host = globalThis): Backend {
  const native = nativeBackend(host)
  if (native !== undefined) return native
  // Some edge runtimes have it as a global; a bundle for a browser may run in Node after all.
  const AsyncLocalStorage =
    host.AsyncLocalStorage ?? host.process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage
  return AsyncLocalStorage === undefined ? new StackBackend() : storageBackend(new AsyncLocalStorage())
}
