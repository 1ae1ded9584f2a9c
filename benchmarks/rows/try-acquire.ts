import { tryTurnsOf, turnsOf } from '../compile.ts'
import { entrants } from '../entrants.ts'
import { AWAIT, floors } from '../floors.ts'
import type { Guard, HeldGuard } from '../library.ts'
import { contest, type Contestant, linesOf, now } from '../measure.ts'
import type { Row } from '../row.ts'
import { timedTable } from '../timed-table.ts'

const synchronous = (guard: Guard | undefined): HeldGuard | undefined =>
  guard?.style === 'held' && guard.tryTake !== undefined ? guard : undefined

export const row: Row = {
  id: 'try-acquire',
  title: 'tryAcquire() and release() of a free lock',
  work: 'The same without a promise, in a synchronous loop: 100,000 times, a permit for each hold included.',
  order: 20,
  async run(bench) {
    const { able, absent } = entrants(bench, row.id, 'time', ({ lock }) => synchronous(lock))
    const awaiting = turnsOf(`${row.id}: ${AWAIT}`, floors[0]?.lock as HeldGuard, 'nothing')
    const ground: Contestant = {
      name: AWAIT,
      kind: 'floor',
      async run(size) {
        const start = now()
        await awaiting(1, 1, size)
        return { time: (now() - start) / size }
      },
    }
    const others = able.map(({ library, work }): Contestant => {
      const turns = tryTurnsOf(`${row.id}: ${library.name}`, work)
      return {
        name: library.name,
        kind: library.kind,
        async run(size) {
          const start = now()
          turns(size)
          return { time: (now() - start) / size }
        },
      }
    })
    const entries = await contest({
      ...bench,
      floor: AWAIT,
      size: bench.quick ? 20_000 : 100_000,
      rounds: bench.quick ? 3 : 9,
      contestants: [ground, ...others],
    })
    return [timedTable(row.title, 'ns each', [...linesOf(entries, 'time', 'time', AWAIT), ...absent])]
  },
  standings: [
    { label: 'tryAcquire() + release()', table: 'time', column: 'time', measure: 'ratio', unit: 'times', bar: 0.9 },
  ],
}
