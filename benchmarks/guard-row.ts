// What the rows of locks and semaphores share: tasks take, hold and give back.
import { turnsOf } from './compile.ts'
import { entrants } from './entrants.ts'
import { AWAIT } from './floors.ts'
import { contest, linesOf, now } from './measure.ts'
import type { Row } from './row.ts'
import { timedTable } from './timed-table.ts'

export interface GuardRow {
  id: string
  title: string
  work: string
  order: number
  guard: 'lock' | 'semaphore'
  permits: number
  tasks: number
  /** How often each task takes and gives back, in a full run and in a quick one. */
  turns: { full: number; quick: number }
  /** How long a permit is held. */
  held: 'nothing' | 'yield'
  /** The heading of the column. */
  each: string
  label: string
  bar: number
}

export function guardRow({
  id,
  title,
  work,
  order,
  guard,
  permits,
  tasks,
  turns,
  held,
  each,
  label,
  bar,
}: GuardRow): Row {
  return {
    id,
    title,
    work,
    order,
    async run(bench) {
      const { able, absent } = entrants(bench, id, 'time', (library) => library[guard])
      const entries = await contest({
        ...bench,
        floor: AWAIT,
        size: tasks * (bench.quick ? turns.quick : turns.full),
        scalable: turns.full > 1,
        ...(turns.full === 1 ? { heatSize: tasks / 10 } : {}),
        rounds: bench.quick ? 3 : 9,
        contestants: able.map(({ library, work: text }) => {
          const take = turnsOf(`${id}: ${library.name}`, text, held)
          return {
            name: library.name,
            kind: library.kind,
            async run(size) {
              // Many tasks of one turn each: a smaller run is of fewer tasks.
              const crowd = turns.full === 1 ? size : tasks
              const times = Math.max(1, Math.round(size / crowd))
              const start = now()
              await take(permits, crowd, times)
              return { time: (now() - start) / (crowd * times) }
            },
          }
        }),
      })
      return [timedTable(title, each, [...linesOf(entries, 'time', 'time', AWAIT), ...absent])]
    },
    standings: [{ label, table: 'time', column: 'time', measure: 'ratio', unit: 'times', bar }],
  }
}
