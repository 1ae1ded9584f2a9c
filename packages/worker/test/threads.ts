/** Real threads for tests: a function that runs in a worker, with the library as that thread has it. */
import { Worker } from 'node:worker_threads'
import { bundle } from './bundle.ts'

export type Library = typeof import('../src/index.ts')

const library = await bundle(new URL('../src/index.ts', import.meta.url))

const program = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { library, source, data } = workerData
  const loaded = { exports: {} }
  ;(0, eval)(library)(loaded, require)
  const body = (0, eval)('(' + source + ')')
  Promise.resolve(body(loaded.exports, data, (said) => parentPort.postMessage({ said })))
    .then((result) => parentPort.postMessage({ result }))
`

export interface Thread<T> {
  readonly worker: Worker
  /** What the function answers; rejects when the thread dies before that. */
  readonly result: Promise<T>
  /** The next thing that it says. */
  said(): Promise<unknown>
}

/**
 * Runs `body` in a thread of its own. It is sent as source, so it may use nothing but its arguments: the library, `data` (which is cloned), and
 * `say`, by which it reports on its way.
 */
export function spawn<T, D>(
  body: (library: Library, data: D, say: (what: unknown) => void) => T | PromiseLike<T>,
  data: D,
): Thread<Awaited<T>> {
  const worker = new Worker(program, {
    eval: true,
    workerData: { library, source: String(body), data },
  })
  const heard: unknown[] = []
  const listeners: ((what: unknown) => void)[] = []
  const result = new Promise<Awaited<T>>((resolve, reject) => {
    worker.on('message', (message: { said: unknown } | { result: Awaited<T> }) => {
      if ('result' in message) resolve(message.result)
      else if (listeners.length > 0) listeners.shift()!(message.said)
      else heard.push(message.said)
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the thread has ended')))
  })
  // Not every test asks for it.
  result.catch(() => {})
  return {
    worker,
    result,
    said: () =>
      heard.length > 0
        ? Promise.resolve(heard.shift())
        : new Promise((resolve) => {
            listeners.push(resolve)
          }),
  }
}
