/** Node, Deno, Bun and workerd: AsyncLocalStorage, imported. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Frame } from '../frame.ts'
import { storageBackend } from './storage.ts'
import type { Backend } from './backend.ts'

export const createBackend = (): Backend => storageBackend(new AsyncLocalStorage<Frame>())
