import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { columnOf } from '../growing-table.ts'
import { type Bench, type Cell, isMeasured, type Line, type Row, type RowResult, type Table } from '../row.ts'
import { spreadOf } from '../statistics.ts'

const SCRIPT = fileURLToPath(new URL('../asyncio_bench.py', import.meta.url))

/** What the script prints. */
interface Report {
  python: string
  implementation: string
  results: Result[]
}

interface Result {
  row: string
  size: number | null
  samples: number[]
  floors: number[]
  skipped?: string
}

/** What is compared: a row's own work, and what its size counts. */
interface Compared {
  library: string
  counted: string
  /** The column of our figure. */
  column: (size: number | null) => string
}

const ofSize = (size: number | null): string => (size === null ? 'time' : columnOf(size, 'both'))

const waits: Compared = { library: '@interlock/core', counted: 'waiters', column: ofSize }
const bytes: Compared = { ...waits, column: () => 'awaited' }
const variables: Compared = {
  library: '@interlock/contextvar',
  counted: 'set',
  column: (size) => (size === 1 ? 'one' : 'many'),
}
const tasks: Compared = {
  library: '@interlock/tasks',
  counted: 'tasks',
  column: (size) => (size === null ? 'returns' : ofSize(size)),
}

function compared(id: string): Compared {
  if (id.startsWith('contextvar-')) return variables
  if (id.startsWith('tasks-')) return tasks
  return id === 'bytes' ? bytes : waits
}

export const row: Row = {
  id: 'asyncio',
  title: "the same work on CPython's asyncio",
  work: 'Its floor is `await asyncio.sleep(0)`, one turn of its event loop, in the same shape of work. Tasks, and their making, are in its figures where waiters are counted.',
  // It shows what the rows before it measured.
  order: 900,
  async run(bench) {
    const report = await runPython(bench)
    if (typeof report === 'string') return [tableOf('asyncio', report, [], [])]
    const named = `${report.implementation} ${report.python}`
    const lines = report.results.map((result) => ({
      ofWaits: [waits, bytes].includes(compared(result.row)),
      line: lineOf(result, bench.results),
    }))
    const ofWaits = lines.filter((one) => one.ofWaits).map(({ line }) => line)
    const others = lines.filter((one) => !one.ofWaits).map(({ line }) => line)
    const floors = [
      { key: 'ratio', title: '× sleep(0)', unit: 'times', of: 'asyncio', ratio: true },
      { key: 'our-ratio', title: '× await', unit: 'times', of: 'ours', ratio: true },
    ] as const
    const tables = [
      tableOf('asyncio', `${named}, waits, ns each (bytes: each task that waits)`, ofWaits, floors),
      tableOf('tasks', `${named}, contextvars and tasks, ns each`, others, [
        { key: 'factor', title: '× ours', unit: 'times' },
      ]),
    ]
    return tables.filter(({ lines: { length } }) => length > 0)
  },
  standings: [],
}

const tableOf = (key: string, title: string, lines: Line[], more: readonly Table['columns'][number][]): Table => ({
  key,
  title,
  columns: [{ key: 'asyncio', title: 'asyncio', unit: 'ns' }, { key: 'ours', title: 'Interlock', unit: 'ns' }, ...more],
  lines,
})

/** A sentence where it cannot be run. */
async function runPython({ quick, selected }: Bench): Promise<Report | string> {
  const others = selected.filter((id) => id !== row.id)
  try {
    const { stdout } = await promisify(execFile)('python3', [SCRIPT, ...(quick ? ['--quick'] : []), ...others])
    return JSON.parse(stdout) as Report
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return 'There is no python3 here: not measured.'
    return `asyncio could not be measured: ${error instanceof Error ? error.message : String(error)}`
  }
}

function lineOf({ row: id, size, samples, floors, skipped }: Result, results: readonly RowResult[]): Line {
  const cells: Record<string, Cell> = {}
  if (samples.length === 0) {
    cells['asyncio'] = {
      absent: skipped ?? 'not measured',
      shown: skipped?.startsWith('>') ? (skipped.split(',')[0] as string) : '-',
    }
  } else {
    const ratios = samples.flatMap((sample, round) => (floors[round] === undefined ? [] : [sample / floors[round]]))
    cells['asyncio'] = {
      ...spreadOf(samples),
      size: size ?? 1,
      samples,
      ...(ratios.length === 0 ? {} : { ratio: spreadOf(ratios) }),
    }
  }
  const { library, counted, column } = compared(id)
  const lines = results.find((result) => result.id === id)?.tables[0]?.lines
  // Our figure for the same work, when this run has it.
  const ours = lines?.find(({ name }) => name === library)?.cells[column(size)]
  if (ours !== undefined) cells['ours'] = ours
  if (isMeasured(ours) && isMeasured(cells['asyncio'])) {
    const value = cells['asyncio'].value / ours.value
    cells['factor'] = { value, low: value, high: value, size: 1, samples: [value] }
  }
  return { name: size === null ? id : `${id}, ${size.toLocaleString('en')} ${counted}`, kind: 'peer', cells }
}
