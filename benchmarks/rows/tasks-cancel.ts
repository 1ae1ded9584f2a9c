import { entrants } from '../entrants.ts'
import { addGrowth, growingTable } from '../growing-table.ts'
import type { TaskWork } from '../library.ts'
import { contestBySize, now, type Sample } from '../measure.ts'
import type { Random } from '../random.ts'
import type { Row } from '../row.ts'

const ROUNDS = new Map([
  [1e3, 9],
  [1e4, 7],
  [1e5, 5],
])

const each = { table: 'time', measure: 'value', unit: 'ns', library: '@interlock/tasks' } as const
const growth = { ...each, unit: 'times', bar: 1.5, versusPeers: false } as const

export const row: Row = {
  id: 'tasks-cancel',
  title: 'cancelling tasks that wait for one lock',
  work: 'n tasks wait for a held lock. Starting them is timed, then cancelling each until the last has ended: ns for each task. The floor: async calls that wait for promises, rejected by an Error each.',
  order: 320,
  async run(bench) {
    const { able, absent } = entrants(bench, row.id, '1e3 start', ({ tasks }) => tasks?.park, 'tasks')
    const bySize = await contestBySize({
      ...bench,
      sizes: [1e3, 1e4, 1e5],
      roundsAt: (size) => (bench.quick ? (size < 1e5 ? 3 : 1) : (ROUNDS.get(size) ?? 5)),
      limit: bench.quick ? 3e9 : 6e9,
      contestants: able.map(({ library: { name, kind }, work: park }) => ({
        name,
        kind,
        run: startAndCancel(park, bench.random),
      })),
    })
    const parts = [
      { timed: 'start', title: 'start' },
      { timed: 'cancel', title: 'cancel' },
      // A collection falls into the one or the other, as it happens.
      { timed: 'both', title: 'both', hidden: true },
    ]
    const table = growingTable('time', `${row.title}, ns for each task`, parts, bySize, absent)
    addGrowth(table, 'cancel', 1e4, 1e5, false)
    addGrowth(table, 'both', 1e4, 1e5, true)
    return [table]
  },
  standings: [
    { ...each, label: 'start and cancel 1e5 tasks, each', column: '1e5 both' },
    { ...growth, label: 'cancel at 1e5, of the cost at 1e4', column: 'growth cancel' },
    { ...growth, label: 'start and cancel at 1e5, of the cost at 1e4', column: 'growth both' },
  ],
}

function startAndCancel(park: NonNullable<TaskWork['park']>, random: Random): (size: number) => Promise<Sample> {
  return async (size) => {
    const start = now()
    const parked = await park(size)
    const started = now()
    parked.shuffle?.(random)
    const before = now()
    const cancelled = await parked.cancel()
    const end = now()
    if (cancelled !== size) throw new Error(`${cancelled} of ${size} tasks ended cancelled`)
    if (parked.empty?.() === false) throw new Error('the lock was left with waiters')
    const times = { start: (started - start) / size, cancel: (end - before) / size }
    return { ...times, both: times.start + times.cancel }
  }
}
