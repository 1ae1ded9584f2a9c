// What the rows of contextvar share: one thing done with a variable, while one variable is set and while 100 are, beside AsyncLocalStorage
// used bare.
import { type ContextLoop, contextLoopOf, type ContextPart, expectedOf } from './context-loops.ts'
import { entrants } from './entrants.ts'
import { STORAGE } from './context-floors.ts'
import { cellOf, contest, type Contestant, type Entry, now } from './measure.ts'
import { isMeasured, type Line, type Row, type Standing } from './row.ts'
import { ratios, spreadOf } from './statistics.ts'

export interface ContextRow {
  id: string
  title: string
  work: string
  order: number
  part: ContextPart
  standings: Omit<Standing, 'table' | 'library'>[]
}

const CROWD = 100

const nameOf = (library: string, variables: number): string => `${library}, ${variables}`

export function contextRow({ id, title, work, order, part, standings }: ContextRow): Row {
  return {
    id,
    title,
    work,
    order,
    async run(bench) {
      const { able, absent } = entrants(
        bench,
        id,
        'one',
        ({ context }) => (context?.[part] === undefined ? undefined : context),
        'context',
      )
      const entries = await contest({
        ...bench,
        floor: nameOf(STORAGE, 1),
        size: bench.quick ? 20_000 : 100_000,
        rounds: bench.quick ? 3 : 9,
        contestants: able.flatMap(({ library: { name, kind }, work: context }) =>
          [1, CROWD].map((variables): Contestant => {
            const loop = contextLoopOf(`${id}: ${name}`, context, part, variables) as ContextLoop
            const expected = new Map<number, number>()
            return {
              name: nameOf(name, variables),
              kind,
              async run(size) {
                const start = now()
                const got = loop(size)
                const time = (now() - start) / size
                // Not each time anew: it takes longer than the loop.
                if (!expected.has(size)) expected.set(size, expectedOf(part, variables, size))
                if (got !== expected.get(size)) throw new Error(`got ${got}, not ${expected.get(size)}`)
                return { time }
              },
            }
          }),
        ),
      })
      const lines = able.map(({ library: { name, kind } }) => lineOf(name, kind, entries))
      return [
        {
          key: 'time',
          title: `${title}, ns each`,
          columns: [
            { key: 'one', title: '1 variable set', unit: 'ns', spread: true },
            { key: 'ratio', title: '× storage', unit: 'times', of: 'one', ratio: true, sorts: true },
            { key: 'many', title: `${CROWD} set`, unit: 'ns', spread: true },
            { key: 'growth', title: `${CROWD} / 1`, unit: 'times' },
          ],
          lines: [...lines, ...absent],
        },
      ]
    },
    standings: standings.map((standing) => ({ ...standing, table: 'time', library: '@interlock/contextvar' })),
  }
}

function lineOf(name: string, kind: Line['kind'], entries: ReadonlyMap<string, Entry>): Line {
  const one = entries.get(nameOf(name, 1)) as Entry
  const many = entries.get(nameOf(name, CROWD)) as Entry
  const cells: Line['cells'] = {
    one: cellOf(one, 'time', entries.get(nameOf(STORAGE, 1))?.samples['time']),
    many: cellOf(many, 'time'),
  }
  if (isMeasured(cells['one']) && isMeasured(cells['many'])) {
    const growth = ratios(cells['many'].samples, cells['one'].samples)
    cells['growth'] = { ...spreadOf(growth), size: cells['many'].size, samples: growth }
  }
  return { name, kind, cells }
}
