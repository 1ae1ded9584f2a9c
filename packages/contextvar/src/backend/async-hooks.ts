/** Node, Deno, Bun and workerd: AsyncLocalStorage, imported; but AsyncContext, where they have it. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Frame } from '../frame.ts'
import type { Backend } from './backend.ts'
import { type NativeHost, nativeBackend } from './native.ts'
import { storageBackend } from './storage.ts'

export const createBackend = (host: NativeHost = globalThis as NativeHost): Backend =>
  nativeBackend(host) ?? storageBackend(new AsyncLocalStorage<Frame>())
