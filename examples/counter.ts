/**
 * Four threads and one number.
 *
 * Each thread adds one to it, so many times: it reads the number, thinks for a moment and writes it back. In one thread of
 * asyncio's nothing could come between; here three others do. With a Lock of @interlock/worker round the three steps, the
 * others wait, blocked, for as long as it takes.
 *
 * Look for: without the lock increments are lost, and nothing says so. With it the sum is exact.
 */
import { Barrier, Lock } from '@interlock/worker'
import { scenario } from './stage/scenario.ts'
import { ended, startThread } from './stage/threads.ts'
import type { Counting } from './threads/counter.ts'

const description = 'Four threads add to one number: without a lock the sum is wrong, with one it is exact.'

const THREADS = 4
const TIMES = 5000

export default scenario(
  import.meta,
  description,
  async ({ print }) => {
    async function count(lock?: Lock): Promise<number> {
      const memory = new SharedArrayBuffer(4)
      const gate = new Barrier(THREADS)
      const counting: Counting = { memory, times: TIMES, gate: gate.handle, ...(lock && { lock: lock.handle }) }
      await using threads = new AsyncDisposableStack()
      const all = Array.from({ length: THREADS }, () => threads.use(startThread('counter', counting)))
      await Promise.all(all.map(ended))
      gate.free()
      return new Int32Array(memory)[0]!
    }

    const expected = THREADS * TIMES
    let sum: number
    // On a machine with a single core it takes some luck to be wrong.
    do sum = await count()
    while (sum === expected)
    print(`without a lock: ${sum} of ${expected}, ${expected - sum} increments are lost`)

    const lock = new Lock({ name: 'counter' })
    sum = await count(lock)
    print(`with the lock:  ${sum} of ${expected}, and`, lock)
  },
  { threads: true },
)
