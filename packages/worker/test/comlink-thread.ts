/** A thread of comlink/index.test.ts: exposes an object, by Comlink's own expose() or by ours. */
import { parentPort, workerData } from 'node:worker_threads'
import * as Comlink from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { Context, ContextVar } from '@interlock/contextvar'
import { Abort, HandleError, Lock, Space } from '@interlock/worker'
import { expose, install } from '@interlock/worker/comlink'

export interface Setup {
  readonly vars: boolean
  readonly limit?: number
  /** Without Comlink's node-adapter. */
  readonly bare?: boolean
}

export const requestId: ContextVar<string> = new ContextVar('requestId')
export const tenant: ContextVar<unknown> = new ContextVar('tenant')
const secret = new ContextVar<string>('secret')

class Tally {
  count = 0
  readonly lock: Lock
  constructor(lock: Lock) {
    this.lock = lock
  }
  increment(): number {
    return this.lock.runSync(() => ++this.count)
  }
}

const made = new Lock({ name: 'made by the thread' })

const api = {
  lock: made,
  kept: undefined as unknown,
  Tally,

  describe(value: unknown): string {
    return String(value)
  },
  describeKept(): string {
    return String(api.kept)
  },
  hold(lock: Lock): void {
    lock.acquireSync()
  },
  letGo(lock: Lock): void {
    lock.release()
  },
  async add(lock: Lock, memory: SharedArrayBuffer, times: number): Promise<void> {
    const cell = new Int32Array(memory)
    for (let time = 0; time < times; time++) {
      if (time % 2 === 0) lock.runSync(() => cell[0]!++)
      else await lock.run(() => cell[0]!++)
    }
  },
  same<T>(value: T): T {
    return value
  },
  async waitFor(abort: Abort): Promise<string> {
    const { signal } = abort
    if (!signal.aborted) await new Promise((heard) => signal.addEventListener('abort', heard, { once: true }))
    return (signal.reason as Error).name
  },
  threads(space: Space): number {
    return space.threads
  },
  nested(): unknown {
    return [{ lock: made }]
  },
  async nestedLater(): Promise<unknown> {
    await Promise.resolve()
    return { deep: new Map([['lock', made]]) }
  },
  permit(): unknown {
    using permit = made.acquireSync()
    return permit
  },
  unclonable(): unknown {
    return { fn() {} }
  },
  fail(name: string): void {
    if (name === 'HandleError') Lock.from({} as never)
    if (name === 'NotAcquiredError') made.release()
    if (name === 'subclass')
      throw new (class MyError extends HandleError {
        override readonly name = 'MyError'
      })('mine')
    if (name === 'text') throw 'text'
    throw new RangeError(name)
  },
  async timeOut(lock: Lock): Promise<void> {
    await lock.acquire({ timeout: 0 })
  },
  async read(): Promise<unknown> {
    const atOnce = requestId.get('unset')
    await new Promise((resolve) => setImmediate(resolve))
    return { atOnce, requestId: requestId.get('unset'), tenant: tenant.get('unset'), secret: secret.get('unset') }
  },
  get id(): string {
    return requestId.get('unset')
  },
  setId(id: string): void {
    requestId.set(id)
  },
}

export type Api = typeof api

const { vars, limit, bare = false } = workerData as Setup
const endpoint = nodeEndpoint(parentPort!)
install(Comlink)
if (vars)
  new Context().run(() =>
    expose(api, bare ? parentPort! : endpoint, { vars: [requestId, tenant], ...(limit !== undefined && { limit }) }),
  )
else Comlink.expose(api, endpoint)
