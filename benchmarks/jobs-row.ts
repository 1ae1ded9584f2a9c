// What the rows of starting tasks share: jobs that return at once, and jobs that await undefined first, beside async calls inside
// storage.run().
import { entrants } from './entrants.ts'
import type { Column, Line, Row, Standing } from './row.ts'
import type { JobShape, Library } from './library.ts'
import { cellOf, contest, now } from './measure.ts'
import { RUN } from './task-floors.ts'
import { type JobLoop, sumOfIndexes } from './task-loops.ts'

export interface JobsRow {
  id: string
  title: string
  work: string
  order: number
  /** `undefined` for a library that does not take part. */
  loopOf: (what: string, library: Library, shape: JobShape) => JobLoop | undefined
  standings: Omit<Standing, 'table'>[]
}

const JOBS = 10_000
const shapes: JobShape[] = ['returns', 'awaits']

export function jobsRow({ id, title, work, order, loopOf, standings }: JobsRow): Row {
  return {
    id,
    title,
    work,
    order,
    async run(bench) {
      const lines = new Map<string, Line>()
      for (const shape of shapes) {
        const { able, absent } = entrants(
          bench,
          id,
          shape,
          (library) => loopOf(`${id}: ${library.name}`, library, shape),
          'tasks',
        )
        // oxlint-disable-next-line no-await-in-loop -- a contest at a time: they would disturb each other
        const entries = await contest({
          ...bench,
          floor: RUN,
          size: JOBS,
          rounds: bench.quick ? 3 : 9,
          contestants: able.map(({ library: { name, kind }, work: loop }) => ({
            name,
            kind,
            async run(size) {
              const ready = loop(size)
              const start = now()
              const sum = await ready()
              const time = (now() - start) / size
              if (sum !== sumOfIndexes(size)) throw new Error(`gave back a sum of ${sum}`)
              return { time }
            },
          })),
        })
        const ground = entries.get(RUN)?.samples['time']
        const measured = [...entries].map(([name, entry]): Line => {
          return { name, kind: entry.kind, cells: { [shape]: cellOf(entry, 'time', ground) } }
        })
        for (const line of [...measured, ...absent]) {
          const { cells } = lines.get(line.name) ?? line
          lines.set(line.name, { ...line, cells: { ...cells, ...line.cells } })
        }
      }
      return [
        { key: 'time', title: `${title}, ns each`, columns: shapes.flatMap(columnsOf), lines: [...lines.values()] },
      ]
    },
    standings: standings.map((standing) => ({ ...standing, table: 'time' })),
  }
}

const columnsOf = (shape: JobShape, place: number): Column[] => [
  { key: shape, title: `job ${shape}`, unit: 'ns', spread: true },
  { key: `${shape} ratio`, title: '× run', unit: 'times', of: shape, ratio: true, sorts: place === 0 },
]
