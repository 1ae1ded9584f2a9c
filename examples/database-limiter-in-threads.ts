/**
 * A database that can take two queries at a time, asked by four threads.
 *
 * Each thread sends five queries at once, and none knows of the other threads. They share the Semaphore: its handle came
 * with the thread's start, and Semaphore.from() made it the thread's own.
 *
 * Look for: never more than two are in, in the whole process.
 */
import { Barrier, Semaphore } from '@interlock/worker'
import { scenario } from './stage/scenario.ts'
import { ended, startThread } from './stage/threads.ts'
import type { Querying, Started } from './threads/database.ts'

const description = 'Four threads query a database that takes two at a time: the limit holds for the whole process.'

export default scenario(
  import.meta,
  description,
  async ({ print, ms }) => {
    const limit = new Semaphore(2, { name: 'database' })
    const gate = new Barrier(4)
    const inside = new SharedArrayBuffer(4)
    let most = 0

    async function thread(number: number): Promise<void> {
      const ids = [1, 2, 3, 4, 5].map((id) => number * 10 + id)
      // A query takes a second, and never less than a moment.
      const querying: Querying = { limit: limit.handle, gate: gate.handle, ids, ms: Math.max(2, ms(1)), inside }
      await using worker = startThread('database', querying)
      worker.on('message', ({ id, inside: now }: Started) => {
        most = Math.max(most, now)
        print(`thread ${number}: query ${id} starts, inside: ${now}`)
      })
      await ended(worker)
      print(`thread ${number}: all its queries are answered`)
    }

    await Promise.all([1, 2, 3, 4].map(thread))
    print(`at most ${most} were in at a time:`, limit)
  },
  { threads: true },
)
