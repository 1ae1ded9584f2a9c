/** The threads of a scenario: programs in examples/threads. */
import { Worker } from 'node:worker_threads'
import { supervise, terminate } from '@interlock/worker'

/** A worker that ends with the block that it is declared in by `await using`. */
export type Thread = Worker & AsyncDisposable

/** Starts examples/threads/<name>.ts with `data` as its workerData. What it holds when it dies goes on to the next. */
export function startThread(name: string, data?: unknown): Thread {
  const worker = new Worker(new URL(`../threads/${name}.ts`, import.meta.url), {
    workerData: data,
    // As this program runs: on the sources of the packages, or on the packages as built. The tests resolve the sources by another way.
    execArgv: 'VITEST' in process.env ? ['--conditions=@interlock/source'] : process.execArgv,
  })
  return Object.assign(supervise(worker), { [Symbol.asyncDispose]: () => terminate(worker) })
}

/** Resolves when the thread has come to its end, and rejects with what it failed with. */
export async function ended(thread: Worker): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    thread.once('error', reject)
    thread.once('exit', () => resolve())
  })
}
