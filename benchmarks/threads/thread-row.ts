// What the rows across threads share: a contest of threads, and a table.
import type { Bench, Line, Row, Standing, Table } from '../row.ts'
import { contestThreads, linesOf } from './contest.ts'
import type { Group } from './contestants.ts'
import { type NativeName, nativeLines } from './native.ts'

export interface ThreadRow {
  id: string
  title: string
  work: string
  order: number
  group: Group
  sides: 1 | 2
  /** The contestant that ratios refer to, and what the column is called. */
  floor: { name: string; title: string }
  /** Operations of both threads together for each operation of one. */
  perOperation?: number
  /** Operations a sample at most. */
  most?: number
  native?: readonly NativeName[]
  standings: Omit<Standing, 'table' | 'column' | 'unit'>[]
  /** More lines, when all others have been measured. */
  more?: (bench: Bench) => Promise<Line[]>
}

export function threadRow(row: ThreadRow): Row {
  const { id, title, work, order, group, sides, floor, perOperation = 1, most = 2e6, native = [] } = row
  return {
    id,
    title,
    work,
    order,
    async run(bench): Promise<Table[]> {
      const rounds = bench.quick ? 3 : 9
      const sample = bench.quick ? 30 : 150
      const results = await contestThreads({ ...bench, group, sides, rounds, sample, most })
      const lines = [
        ...linesOf(group, results, floor.name, perOperation),
        ...nativeLines(native, bench.quick ? 1 : 5, perOperation),
        ...((await row.more?.(bench)) ?? []),
      ]
      return [
        {
          key: 'time',
          title,
          columns: [
            { key: 'time', title: 'ns each', unit: 'ns', spread: true },
            { key: 'ratio', title: floor.title, unit: 'times', of: 'time', ratio: true, sorts: true },
          ],
          lines,
        },
      ]
    },
    standings: row.standings.map((standing) => ({
      library: '@interlock/worker',
      ...standing,
      table: 'time',
      column: 'time',
      unit: 'times',
    })),
  }
}
