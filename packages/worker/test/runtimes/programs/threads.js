/** Threads for the cases, made by what this runtime makes threads with: node:worker_threads, or Web Workers. */
import { declareDead, supervise, terminate } from '@interlock/worker'
import { wrap } from '@interlock/worker/comlink'

const { deno, node } = globalThis.process?.versions ?? {}

/** Deno has both. */
const isWeb = node === undefined || deno !== undefined

/** How a death becomes known here: by the exit event, by a Web Lock, or because the program says so. */
export const certificate = deno !== undefined ? 'declared' : isWeb ? 'lock' : 'exit'

/** What a call in a thread was rejected with, as far as it can be told. */
class Failure extends Error {}

class Thread {
  worker
  #calls = new Map()
  #ids = 0
  threadId

  constructor(worker) {
    this.worker = worker
    const hear = ({ id, value, error }) => {
      const call = this.#calls.get(id)
      this.#calls.delete(id)
      if (error === undefined) call?.resolve(value)
      else call?.reject(Object.assign(new Failure(error.message), error))
    }
    if (isWeb) {
      worker.addEventListener('message', ({ data }) => hear(data))
      worker.addEventListener('error', (event) => console.error(`A thread failed: ${event.message}`))
    } else worker.on('message', hear)
  }

  call(command, ...args) {
    const id = ++this.#ids
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    this.worker.postMessage({ id, command, args })
    return new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }))
  }

  /** Ends it, whatever it does. On Deno it must be doing nothing. */
  async kill() {
    if (certificate !== 'declared') return await terminate(this.worker)
    this.worker.terminate()
    declareDead(this.threadId)
  }
}

async function startWorker(file) {
  const url = new URL(file, import.meta.url)
  if (isWeb) return new Worker(url, { type: 'module' })
  const threads = await import('node:worker_threads')
  return supervise(new threads.Worker(url))
}

export async function startThread() {
  const thread = new Thread(await startWorker('thread.js'))
  thread.threadId = await thread.call('threadId')
  if (certificate === 'lock') await until(() => isCertified(thread.threadId))
  return thread
}

/** A Web Worker that has not even begun: what it is told first comes before it has heard of its Web Lock. */
export function startUncertified() {
  return new Thread(new Worker(new URL('thread.js', import.meta.url), { type: 'module' }))
}

/** Whether the death of a Web Worker will be noticed: not yet in its first milliseconds. */
async function isCertified(threadId) {
  const { held } = await navigator.locks.query()
  return held.some(({ name }) => name.startsWith(`interlock:${threadId}:`))
}

/** One that is spoken to by Comlink. */
export async function startComlinkThread() {
  const worker = await startWorker('comlink-thread.js')
  const api = wrap(worker)
  const threadId = await api.threadId
  const kill = async () => {
    if (certificate !== 'declared') return await terminate(worker)
    worker.terminate()
    declareDead(threadId)
  }
  return { api, kill }
}

/** Runs `body` with so many threads, and ends them afterwards, however it ends. */
export async function withThreads(count, body) {
  const threads = await Promise.all(Array.from({ length: count }, startThread))
  try {
    return await body(...threads)
  } finally {
    await Promise.all(threads.map((thread) => thread.kill()))
  }
}

/**
 * Ends a thread in the middle of `doing`. Where nobody can know when it has stopped, on Deno, not before that is done: what makes it short is
 * put round with atRest().
 */
export async function killed(thread, doing) {
  if (certificate === 'declared') await doing.catch(() => {})
  else doing.catch(() => {})
  await thread.kill()
}

export const atRest = (short) => (certificate === 'declared' ? short : undefined)

/** Resolves once `asked()` answers true. */
export async function until(asked) {
  while (!(await asked())) await new Promise((resolve) => setTimeout(resolve, 2))
}
