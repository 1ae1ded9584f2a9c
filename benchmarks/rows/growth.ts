import { parkOf } from '../compile.ts'
import { entrants } from '../entrants.ts'
import { AWAIT } from '../floors.ts'
import { growingTable } from '../growing-table.ts'
import type { Guard } from '../library.ts'
import { contestBySize, now, type Sample } from '../measure.ts'
import type { Row } from '../row.ts'

const ROUNDS = new Map([
  [1e3, 9],
  [1e4, 5],
  [1e5, 3],
  [1e6, 3],
])

export const row: Row = {
  id: 'growth',
  title: 'filling and draining a line of waiters',
  work: 'A lock is held, n waiters are added (fill), then it is handed from one to the next (drain): ns for each waiter.',
  order: 120,
  async run(bench) {
    const { able, absent } = entrants(bench, row.id, '1e3 fill', (library) =>
      library.name === AWAIT ? undefined : library.lock,
    )
    const bySize = await contestBySize({
      ...bench,
      sizes: bench.quick ? [1e3, 1e4, 1e5] : [1e3, 1e4, 1e5, 1e6],
      roundsAt: (size) => (bench.quick ? (size < 1e5 ? 2 : 1) : (ROUNDS.get(size) ?? 3)),
      limit: bench.quick ? 0.05e9 : 2e9,
      contestants: able.map(({ library, work }) => ({
        name: library.name,
        kind: library.kind,
        run: fillAndDrain(`${row.id}: ${library.name}`, work),
      })),
    })
    const parts = [
      { timed: 'fill', title: 'fill' },
      { timed: 'drain', title: 'drain' },
      // A collection falls into the one or the other, as it happens.
      { timed: 'both', title: 'both', hidden: true },
    ]
    return [growingTable('time', `${row.title}, ns for each waiter`, parts, bySize, absent)]
  },
  standings: [
    { label: 'fill and drain 1e5 waiters, each', table: 'time', column: '1e5 both', measure: 'value', unit: 'ns' },
    { label: 'fill and drain 1e6 waiters, each', table: 'time', column: '1e6 both', measure: 'value', unit: 'ns' },
  ],
}

function fillAndDrain(what: string, guard: Guard): (size: number) => Promise<Sample> {
  if (guard.style === 'program') {
    return async (size) => {
      const start = now()
      const parked = await guard.park(size)
      const filled = now()
      await parked.drain()
      return sampleOf(start, filled, now(), size)
    }
  }
  const park = parkOf(what, guard, 'none')
  return async (size) => {
    const start = now()
    const crowd = await park(size)
    const filled = now()
    crowd.drain()
    await crowd.settled
    const drained = now()
    if (crowd.passed !== size) throw new Error(`${crowd.passed} of ${size} waiters got the lock`)
    return sampleOf(start, filled, drained, size)
  }
}

const sampleOf = (start: number, filled: number, drained: number, size: number): Sample => ({
  fill: (filled - start) / size,
  drain: (drained - filled) / size,
  both: (drained - start) / size,
})
