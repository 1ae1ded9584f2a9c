// What the rows of aborting share: n waiters of one held lock are parked, each with a signal; then their signals abort, or the lock is
// handed on.
import { parkOf } from './compile.ts'
import { entrants } from './entrants.ts'
import { abortToken, BareAbortable } from './floors.ts'
import { addGrowth, growingTable } from './growing-table.ts'
import type { HeldGuard, Library, LimitGuard, ProgramGuard, Token } from './library.ts'
import { contestBySize, now, type Sample } from './measure.ts'
import { type Random, shuffled } from './random.ts'
import type { Row, Standing } from './row.ts'

export type AbortMode = 'shared' | 'own' | 'live'

export interface AbortRow {
  id: string
  title: string
  work: string
  order: number
  mode: AbortMode
  /** What the second of the two parts is called. */
  ending: string
  standings: Standing[]
}

const ROUNDS = new Map([
  [1e3, 9],
  [1e4, 5],
  [1e5, 3],
])

const bare: HeldGuard = {
  style: 'held',
  make: () => new BareAbortable(),
  wait: 'lock.acquire()',
  give: 'lock.release()',
  waitWith: 'lock.acquireWith(signal)',
}

export function abortRow({ id, title, work, order, mode, ending, standings }: AbortRow): Row {
  return {
    id,
    title,
    work,
    order,
    async run(bench) {
      const { able, absent } = entrants(bench, id, '1e3 enqueue', (library) => cancellable(library, mode))
      const floor = {
        name: 'bare promises',
        kind: 'floor' as const,
        run: sampler(`${id}: bare`, bare, mode, bench.random),
      }
      const bySize = await contestBySize({
        ...bench,
        // As many signals take longer to make than all else.
        sizes: bench.quick && mode === 'own' ? [1e3, 1e4] : [1e3, 1e4, 1e5],
        roundsAt: (size) => (bench.quick ? (size < 1e5 ? 2 : 1) : (ROUNDS.get(size) ?? 3)),
        limit: bench.quick ? 0.1e9 : 2e9,
        contestants: [
          floor,
          ...able.map(({ library, work: guard }) => ({
            name: nameFor(library, guard),
            kind: library.kind,
            run: sampler(`${id}: ${library.name}`, guard, mode, bench.random),
          })),
        ],
      })
      const parts = [
        { timed: 'enqueue', title: 'enqueue' },
        { timed: 'end', title: ending },
        { timed: 'both', title: 'both', hidden: true },
      ]
      const table = growingTable('time', `${title}, ns for each waiter`, parts, bySize, absent)
      addGrowth(table, 'end', 1e3, 1e5, false)
      addGrowth(table, 'both', 1e3, 1e5, true)
      return [table]
    },
    standings,
  }
}

function cancellable({ kind, lock }: Library, mode: AbortMode): HeldGuard | LimitGuard | ProgramGuard | undefined {
  if (kind === 'floor' || lock === undefined) return undefined
  if (lock.style === 'program') return mode === 'shared' ? lock : undefined
  const withSignal = lock.style === 'held' ? lock.waitWith : lock.runWith
  if (withSignal !== undefined) return lock
  return mode === 'shared' && lock.cancelAll !== undefined ? lock : undefined
}

/** A library that is cancelled otherwise than by a signal says so in its name. */
function nameFor({ name }: Library, guard: HeldGuard | LimitGuard | ProgramGuard): string {
  if (guard.style === 'program') return `${name} (interrupts)`
  if (guard.style === 'held' && guard.token !== undefined) return `${name} (own token)`
  const withSignal = guard.style === 'held' ? guard.waitWith : guard.runWith
  return withSignal === undefined ? `${name} (cancels all)` : name
}

// The reason is made once and has no stack.
const REASON = new Error('aborted')
REASON.stack = ''

function sampler(
  what: string,
  guard: HeldGuard | LimitGuard | ProgramGuard,
  mode: AbortMode,
  random: Random,
): (size: number) => Promise<Sample> {
  if (guard.style === 'program') {
    return async (size) => {
      const start = now()
      const parked = await guard.park(size)
      const filled = now()
      await parked.cancel()
      return sampleOf(start, filled, now(), size)
    }
  }
  const withSignal = guard.style === 'held' ? guard.waitWith : guard.runWith
  const makeToken = guard.style === 'held' && guard.token !== undefined ? guard.token : abortToken
  const park = parkOf(what, guard, withSignal === undefined ? 'none' : mode === 'own' ? 'own' : 'shared')
  return async (size) => {
    const tokens: Token[] = Array.from({ length: mode === 'own' ? size : 1 }, makeToken)
    const inOrder = shuffled(tokens, random)
    const start = now()
    const crowd = await park(size, tokens)
    const filled = now()
    if (mode === 'live') crowd.drain()
    else if (withSignal === undefined) crowd.cancel()
    else for (const token of inOrder) token.abort(REASON)
    await crowd.settled
    const end = now()
    const [ended, other] = mode === 'live' ? [crowd.passed, crowd.rejected] : [crowd.rejected, crowd.passed]
    if (ended !== size || other !== 0) throw new Error(`${ended} of ${size} waiters ended as they should`)
    return sampleOf(start, filled, end, size)
  }
}

const sampleOf = (start: number, filled: number, end: number, size: number): Sample => ({
  enqueue: (filled - start) / size,
  end: (end - filled) / size,
  both: (end - start) / size,
})
