// What the two rows of the loop share: works that say how much they did, as so many nanoseconds each and so many a second.
import type { Kind } from './library.ts'
import { cellOf, contest, now } from './measure.ts'
import type { Row } from './row.ts'

export interface LoopWork {
  readonly name: string
  readonly kind: Kind
  /** Does it `size` times; answers how often it was really done. */
  readonly run: (size: number) => Promise<number> | number
}

export interface LoopRow {
  id: string
  title: string
  work: string
  order: number
  size: number
  works: readonly LoopWork[]
  /** The name of one of the works. */
  floor: string
  label: string
}

export function loopRow({ id, title, work, order, size, works, floor, label }: LoopRow): Row {
  return {
    id,
    title,
    work,
    order,
    async run(bench) {
      const entries = await contest({
        ...bench,
        floor,
        size,
        rounds: bench.quick ? 3 : 9,
        contestants: works.map(({ name, kind, run }) => ({
          name,
          kind,
          async run(count) {
            const start = now()
            const done = await run(count)
            const time = (now() - start) / count
            if (done !== count) throw new Error(`did it ${done} times, not ${count}`)
            return { time }
          },
        })),
      })
      const ground = entries.get(floor)?.samples['time']
      const lines = [...entries].map(([name, entry]) => ({
        name,
        kind: entry.kind,
        cells: { time: cellOf(entry, 'time', ground) },
      }))
      return [
        {
          key: 'time',
          title: `${title}, ns each`,
          columns: [
            { key: 'time', title: 'ns each', unit: 'ns', spread: true },
            { key: 'a second', title: 'a second', unit: 'a second', of: 'time' },
            { key: 'ratio', title: '× floor', unit: 'times', of: 'time', ratio: true, sorts: true },
          ],
          lines,
        },
      ]
    },
    standings: [{ label, table: 'time', column: 'time', measure: 'ratio', unit: 'times', library: '@interlock/loop' }],
  }
}
