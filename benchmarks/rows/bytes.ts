import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { whyAbsent } from '../entrants.ts'
import { isOf, type Library } from '../library.ts'
import type { Cell, Line, Row } from '../row.ts'
import type { Asked, Holding } from '../waiter-memory.ts'

const CHILD = fileURLToPath(new URL('../waiter-memory.ts', import.meta.url))
// A listener for each waiter on one signal takes time by the square of their number.
const FEW = 5000

const holdings: { key: Holding; title: string }[] = [
  { key: 'bare', title: 'no signal' },
  { key: 'bare-shared', title: 'shared signal' },
  { key: 'bare-own', title: 'own signal' },
  { key: 'awaited', title: 'awaited' },
  { key: 'awaited-shared', title: 'shared' },
  { key: 'awaited-own', title: 'own' },
]

export const row: Row = {
  id: 'bytes',
  title: 'bytes for each pending waiter',
  work: 'Heap after a collection, before and after 100,000 waiters are parked, in a process of its own for each cell. The signals exist before.',
  order: 130,
  async run(bench) {
    const asked: { line: Line; ask: Asked }[] = []
    const lines: Line[] = []
    const shown = bench.quick ? holdings.slice(0, 3) : holdings
    const count = bench.quick ? 20_000 : 100_000
    for (const floor of ['promise', 'async-frame'] as const) {
      const line: Line = { name: floorNames[floor], kind: 'floor', cells: {} }
      lines.push(line)
      asked.push({ line, ask: { library: floor, holding: floor === 'promise' ? 'bare' : 'awaited', count } })
    }
    for (const library of bench.libraries) {
      if (library.variant || !isOf('primitives', library)) continue
      const line: Line = { name: library.name, kind: library.kind, cells: {} }
      lines.push(line)
      for (const { key } of shown) {
        const reason = whyNot(library, key)
        if (reason !== undefined) line.cells[key] = { absent: reason }
        else {
          const few = library.kind === 'peer' && key.endsWith('shared')
          asked.push({ line, ask: { library: library.name, holding: key, count: few ? FEW : count } })
        }
      }
    }
    await inPairs(asked, async ({ line, ask }, place) => {
      bench.progress(`${place + 1} of ${asked.length}: ${ask.library}, ${ask.holding}`)
      line.cells[ask.holding] = await measure(ask)
    })
    return [
      {
        key: 'bytes',
        title:
          'bytes for each pending waiter (the first three: nobody awaits it; the others: in an async function that does)',
        columns: shown.map(({ key, title }, place) => ({ key, title, unit: 'bytes', sorts: place === 0 })),
        lines,
      },
    ]
  },
  standings: [
    { label: 'bytes a waiter, no signal', table: 'bytes', column: 'bare', measure: 'value', unit: 'bytes', bar: 240 },
    { label: 'bytes a waiter, shared signal', table: 'bytes', column: 'bare-shared', measure: 'value', unit: 'bytes' },
    { label: 'bytes a waiter, own signal', table: 'bytes', column: 'bare-own', measure: 'value', unit: 'bytes' },
  ],
}

const floorNames = { promise: 'a promise and its resolve', 'async-frame': 'an async function that awaits' }

function whyNot(library: Library, holding: Holding): string | undefined {
  const { lock } = library
  if (lock === undefined) return whyAbsent(library, 'bytes')
  const absent = library.absent?.['bytes']
  if (absent !== undefined && !holding.startsWith('awaited')) return absent
  if (lock.style === 'program') return holding === 'bare' ? undefined : 'its tasks are fibers: see the first column'
  if (holding === 'bare' || holding === 'awaited') return undefined
  const withSignal = lock.style === 'held' ? lock.waitWith : lock.runWith
  return withSignal === undefined ? whyAbsent(library, 'abort-own') : undefined
}

/** Heap is not time: two processes at once disturb nothing. */
async function inPairs<T>(items: readonly T[], each: (item: T, place: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const place = next++
      // oxlint-disable-next-line no-await-in-loop -- two workers, one item each at a time
      await each(items[place] as T, place)
    }
  }
  await Promise.all([worker(), worker()])
}

async function measure(ask: Asked): Promise<Cell> {
  const answer = await askChild(ask)
  if (typeof answer === 'string') return { absent: `failed: ${answer}`, shown: 'failed' }
  // Once: the heap of a new process differs by less than a byte a waiter from run to run.
  return { value: answer, low: answer, high: answer, size: ask.count, samples: [answer] }
}

function askChild(ask: Asked): Promise<number | string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--expose-gc', CHILD, JSON.stringify(ask)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code) => {
      const bytes = Number(out)
      resolve(
        code === 0 && Number.isFinite(bytes) && out !== ''
          ? bytes
          : err.trim().split('\n').at(-1) || `exit code ${code}`,
      )
    })
  })
}
