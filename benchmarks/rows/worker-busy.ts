// The row of the busy waiter: a lock for which somebody stands first who does not come for it, and how long who stands behind has to wait.
/* oxlint-disable no-await-in-loop -- one round after the other */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Line, Row } from '../row.ts'
import { spreadOf } from '../statistics.ts'
import { reasonOf, withinReason } from '../threads/contest.ts'
import { BUSY_FOR, type BusyContestant, contestants, type Role } from '../threads/busy.ts'

const roles: readonly Role[] = ['holder', 'busy', 'waiter']

export const row: Row = {
  id: 'worker-busy',
  title: 'a lock for which a busy thread stands first',
  work: `A thread awaits a lock that another holds, and is then busy for ${BUSY_FOR / 1000} s. A third blocks for the lock (or awaits it, where it cannot block). From the release until the third has it.`,
  order: 205,
  async run(bench) {
    const lines: Line[] = []
    for (const contestant of contestants) {
      bench.progress(contestant.name)
      const { name, kind } = contestant
      try {
        const samples = await sample(contestant, bench.quick ? 1 : 5)
        lines.push({ name, kind, cells: { time: { ...spreadOf(samples), size: 1, samples } } })
      } catch (error) {
        lines.push({ name, kind, cells: { time: { absent: reasonOf(error) } } })
      }
    }
    return [
      {
        key: 'time',
        title: 'a lock for which a busy thread stands first',
        columns: [{ key: 'time', title: 'until served', unit: 'ns', spread: true, sorts: true }],
        lines,
      },
    ]
  },
  standings: [
    {
      label: 'a blocked thread behind a busy one',
      table: 'time',
      column: 'time',
      measure: 'value',
      unit: 'ns',
      bar: 10e6,
      library: '@interlock/worker',
    },
  ],
}

async function sample(contestant: BusyContestant, rounds: number): Promise<number[]> {
  const { name } = contestant
  const shared = await contestant.share()
  const times = new BigInt64Array(new SharedArrayBuffer(16))
  const start = (role: Role): Worker =>
    new Worker(new URL('../threads/busy.ts', import.meta.url), { workerData: { name, role, shared, times } })
  const [holder, busy, waiter] = roles.map(start) as [Worker, Worker, Worker]
  const threads = [holder, busy, waiter]
  try {
    await Promise.all(threads.map((thread) => once(thread, 'message')))
    const samples: number[] = []
    for (let round = 0; round < rounds; round++) {
      for (const thread of threads) {
        thread.postMessage('begin')
        await once(thread, 'message')
      }
      // For who waits to be there.
      await new Promise((resolve) => setTimeout(resolve, 100))
      const ended = Promise.all(threads.map((thread) => once(thread, 'message')))
      holder.postMessage('release')
      await withinReason(ended)
      samples.push(Number(Atomics.load(times, 1) - Atomics.load(times, 0)))
    }
    return samples
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}
