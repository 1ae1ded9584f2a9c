// What the four rows of the queue share: 100,000 numbers go through, and their sum is checked.
import { passageOf, type QueueShape } from './compile.ts'
import { entrants } from './entrants.ts'
import { AWAIT } from './floors.ts'
import type { Library, QueueWork } from './library.ts'
import { contest, linesOf, now } from './measure.ts'
import type { Row } from './row.ts'
import { timedTable } from './timed-table.ts'

export interface QueueRow {
  id: string
  title: string
  work: string
  order: number
  shape: QueueShape
  bound?: number
  bar?: number
}

export function queueRow({ id, title, work, order, shape, bound, bar }: QueueRow): Row {
  return {
    id,
    title,
    work,
    order,
    async run(bench) {
      const { able, absent } = entrants(bench, id, 'time', (library) => offered(library, shape, bound))
      const entries = await contest({
        ...bench,
        floor: AWAIT,
        size: bench.quick ? 20_000 : 100_000,
        // A queue that gets slower the longer it is has to face all of it: a burst is not scaled down.
        scalable: shape === 'concurrent',
        heatSize: 10_000,
        rounds: bench.quick ? 3 : 7,
        contestants: able.map(({ library, work: queue }) => {
          // The floor awaits in every row.
          const pass = passageOf(`${id}: ${library.name}`, queue, library.name === AWAIT ? 'burst' : shape, 'sum')
          return {
            name: library.name,
            kind: library.kind,
            async run(size) {
              const start = now()
              const sum = await pass(bound, size)
              const time = (now() - start) / size
              if (sum !== (size * (size - 1)) / 2) throw new Error(`gave back a sum of ${sum}`)
              return { time }
            },
          }
        }),
      })
      return [timedTable(title, 'ns an item', [...linesOf(entries, 'time', 'time', AWAIT), ...absent])]
    },
    standings: [
      {
        label: title,
        table: 'time',
        column: 'time',
        measure: 'ratio',
        unit: 'times',
        ...(bar === undefined ? {} : { bar }),
      },
    ],
  }
}

function offered({ queue, name }: Library, shape: QueueShape, bound: number | undefined): QueueWork | undefined {
  if (queue === undefined || !(bound === undefined ? queue.unbounded : queue.bounded)) return undefined
  if (shape === 'nowait' && name !== AWAIT && (queue.work.style !== 'text' || queue.work.getNow === undefined))
    return undefined
  return queue
}
