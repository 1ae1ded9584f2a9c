// The one command. It measures the rows, prints a table for each, then the bars, and writes all figures to results/.
// It answers 0 whatever the figures: a benchmark is no test.
import { mkdirSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadLibraries, loadRows } from './catalogue.ts'
import { describeMachine, load, type Machine, versionsOf } from './machine.ts'
import { HELP, type Options, readOptions, UsageError } from './options.ts'
import { progressOn } from './progress.ts'
import { seeded } from './random.ts'
import { isMeasured, type Row, type RowResult } from './row.ts'
import { judge, printStandings } from './standings.ts'
import { aligned, figure, paint, printTable } from './terminal.ts'

async function main(): Promise<void> {
  const rows = await loadRows()
  const options = readOptions(process.argv.slice(2), rows)
  if (options.help) console.log(HELP)
  else if (options.list) console.log(listOf(rows))
  else await measure(options)
}

function listOf(rows: readonly Row[]): string {
  return aligned(
    rows.map(({ id, title, standings }) => [
      id,
      title,
      standings
        .filter(({ bar }) => bar !== undefined)
        .map(
          ({ bar, unit }) =>
            `${figure(bar as number, unit)}${unit === 'times' ? ' ×' : unit === 'bytes' ? ' B' : ' ns'}`,
        )
        .join(', '),
    ]),
    3,
  ).join('\n')
}

async function measure({ rows, quick, seed }: Options): Promise<void> {
  const started = new Date()
  const { libraries, failures } = await loadLibraries()
  for (const { file, reason } of failures)
    console.error(`adapters/${file} cannot be loaded, and is not measured: ${reason}`)
  const machine = describeMachine()
  const loadBefore = load()
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, V8 ${machine.v8}, seed ${seed}${quick ? ', quick' : ''}`,
  )
  warnOfLoad(loadBefore, machine)

  const random = seeded(seed)
  const progress = progressOn(rows.length)
  const selected = rows.map(({ id }) => id)
  const results: RowResult[] = []
  for (const row of rows) {
    progress.begin(row.title)
    const start = performance.now()
    // oxlint-disable-next-line no-await-in-loop -- a row at a time: they would disturb each other
    const tables = await row.run({ quick, random, libraries, selected, results, progress: progress.step })
    progress.end()
    const { id, title, work } = row
    const seconds = Math.round((performance.now() - start) / 10) / 100
    results.push({ id, title, work, seconds, tables })
    console.log(`\n${paint('dim', `${id}: ${work}`)}\n${tables.map(printTable).join('\n\n')}`)
  }

  const bars = judge(rows, results)
  if (bars.length > 0) console.log(`\n${printStandings(bars)}`)
  console.log(paint('dim', `\n${disturbance(results)}`))
  const figures = {
    schema: 1,
    date: started.toISOString(),
    seconds: Math.round((Date.now() - started.getTime()) / 1000),
    quick,
    seed,
    machine: { ...machine, loadBefore },
    versions: versionsOf(libraries),
    notLoaded: failures,
    rows: results,
    bars,
  }
  const file = write(figures, started, machine, quick)
  console.log(paint('dim', `${figures.seconds} s. All figures: ${relative(process.cwd(), file)}`))
}

function warnOfLoad(busy: number, { cores }: Machine): void {
  // This process keeps one core busy by itself.
  if (busy > Math.max(1.5, cores * 0.75))
    console.log(paint('yellow', `The load is ${busy}: something else runs, do not trust the figures.`))
}

/** How far the processor was ours. */
function disturbance(results: readonly RowResult[]): string {
  const shares = results.flatMap(({ id, tables }) => {
    const cells = tables.flatMap(({ lines }) => lines.flatMap((line) => Object.values(line.cells)))
    const counted = cells.filter(isMeasured).filter(({ disturbed }) => disturbed !== undefined)
    const samples = counted.reduce((sum, cell) => sum + cell.samples.filter((sample) => sample !== null).length, 0)
    const disturbed = counted.reduce((sum, cell) => sum + (cell.disturbed ?? 0), 0)
    return samples === 0 || disturbed === 0 ? [] : [`${id} ${Math.ceil((disturbed / samples) * 100)}%`]
  })
  if (shares.length === 0) return 'No sample had to share the processor with something else.'
  return `Samples that had to share the processor with something else, though they were tried again: ${shares.join(', ')}`
}

function write(figures: unknown, started: Date, { cpu, node }: Machine, quick: boolean): string {
  const folder = new URL('results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const stamp = started.toISOString().slice(0, 19).replaceAll(':', '')
  const slug = cpu.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  const file = fileURLToPath(new URL(`${stamp}-node-${node}-${slug}${quick ? '-quick' : ''}.json`, folder))
  writeFileSync(file, `${JSON.stringify(figures, null, 1)}\n`)
  return file
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
