import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { columnOf } from '../growing-table.ts'
import type { Bench, Cell, Line, Row, RowResult } from '../row.ts'
import { spreadOf } from '../statistics.ts'

const SCRIPT = fileURLToPath(new URL('../asyncio_bench.py', import.meta.url))

/** What the script prints. */
interface Report {
  python: string
  implementation: string
  results: {
    row: string
    size: number | null
    samples: number[]
    floors: number[]
    skipped?: string
  }[]
}

export const row: Row = {
  id: 'asyncio',
  title: "the same work on CPython's asyncio",
  work: 'Its floor is `await asyncio.sleep(0)`, one turn of its event loop, in the same shape of work. Tasks, and their making, are in its figures where waiters are counted.',
  order: 150,
  async run(bench) {
    const report = await runPython(bench)
    const columns = [
      { key: 'asyncio', title: 'asyncio', unit: 'ns' },
      { key: 'ratio', title: '× sleep(0)', unit: 'times', of: 'asyncio', ratio: true },
      { key: 'ours', title: '@interlock/core', unit: 'ns' },
      { key: 'our-ratio', title: '× await', unit: 'times', of: 'ours', ratio: true },
    ] as const
    const title =
      typeof report === 'string'
        ? report
        : `${report.implementation} ${report.python}, ns each (bytes: each task that waits)`
    const lines = typeof report === 'string' ? [] : report.results.map((result) => lineOf(result, bench.results))
    return [{ key: 'asyncio', title, columns: [...columns], lines }]
  },
  standings: [],
}

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

function lineOf(
  { row: id, size, samples, floors, skipped }: Report['results'][number],
  results: readonly RowResult[],
): Line {
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
  const ours = oursOf(id, size, results)
  if (ours !== undefined) cells['ours'] = ours
  return { name: size === null ? id : `${id}, ${size.toLocaleString('en')} waiters`, kind: 'peer', cells }
}

/** Our figure for the same work, when this run has it. */
function oursOf(id: string, size: number | null, results: readonly RowResult[]): Cell | undefined {
  const lines = results.find((result) => result.id === id)?.tables[0]?.lines
  const cells = lines?.find(({ name }) => name === '@interlock/core')?.cells
  if (cells === undefined) return undefined
  if (size === null) return cells[id === 'bytes' ? 'awaited' : 'time']
  return cells[columnOf(size, 'both')]
}
