/**
 * What to do about threads that die: say so, once it is certain. What they held then goes on to the next.
 *
 * A death is certified, never guessed from time: by the exit event on Node and Bun, by a Web Lock that the thread held for life in browsers, by
 * the word of the program where there is neither.
 */
import { host } from '#host'
import { mistyped } from '@interlock/core/internal'
import { joinedTerritories } from '../territory.ts'

const supervised = new WeakSet<object>()

/** This thread's number, for declareDead() in another: on Node and Bun the threadId of node:worker_threads, elsewhere a random one. */
export const threadId: number = host.threadId

/**
 * Sees to it that what `worker` holds goes on to the next when it dies, however it dies. Answers `worker`.
 *
 * Call it in the thread that made the worker, right away, and let that thread have joined the spaces that matter (it has, where it made the
 * objects; `Space.from()` joins others). That thread must not be blocked for ever by what a dead worker holds: it is the one that hears of
 * the death. In browsers no call is needed. On Deno nothing certifies a death: use declareDead().
 *
 * @throws TypeError when `worker` is no Worker, or has ended already.
 *
 * @example
 * ```ts check
 * import { Worker } from 'node:worker_threads'
 * import { Lock, supervise } from '@interlock/worker'
 *
 * const lock = new Lock()
 * const worker = supervise(new Worker('', { eval: true }))
 * worker.postMessage(lock.handle)
 * ```
 */
export function supervise<W>(worker: W): W {
  checkWorker(worker)
  if (supervised.has(worker)) return worker
  host.onDeath(worker, bury)
  supervised.add(worker)
  return worker
}

/**
 * Ends `worker`, waits until its death is certain, and recovers what it held.
 *
 * @throws TypeError, as a rejection, when `worker` is no Worker.
 */
export async function terminate(worker: unknown): Promise<void> {
  checkWorker(worker)
  const thread = await host.end(worker)
  if (thread !== undefined) bury(thread)
}

/**
 * "I know that this thread runs no more": recovers what it held. The caller's word is the certificate. Said of a thread that lives, two may hold
 * one lock.
 *
 * Use it where nothing certifies a death, as on Deno, with the `threadId` that the thread told of itself.
 *
 * @throws TypeError unless it is the number of another thread.
 */
export function declareDead(thread: number): void {
  if (!Number.isSafeInteger(thread) || thread < 0) throw mistyped('threadId', 'a whole number from 0', thread)
  if (thread === threadId) throw mistyped('threadId', "another thread's, not this one's own", thread)
  bury(thread)
}

function checkWorker(worker: unknown): asserts worker is object {
  if (!host.isWorker(worker)) throw mistyped('worker', 'a Worker', worker)
}

function bury(thread: number): void {
  for (const territory of joinedTerritories()) territory.bury(thread)
}
