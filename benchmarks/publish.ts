/**
 * `npm run bench:publish -- results/FILE.json...`: puts the figures of these runs into published.json, which the documentation draws. A later
 * file's rows take the place of an earlier one's, and of those published before; the samples are left out.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Machine } from './machine.ts'
import { isMeasured, type RowResult, type Table } from './row.ts'

interface Run {
  readonly date: string
  readonly quick: boolean
  readonly machine: Machine & { readonly loadBefore: number }
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly RowResult[]
}

/** A row, and the run that it comes from. */
export interface Published extends RowResult {
  readonly run: Pick<Run, 'date' | 'quick' | 'machine'> & { readonly disturbed: number }
}

export interface Publication {
  readonly versions: Readonly<Record<string, string>>
  readonly rows: readonly Published[]
}

export const publishedFile: string = fileURLToPath(new URL('published.json', import.meta.url))

const cellsOf = (tables: readonly Table[]) =>
  tables.flatMap(({ lines }) => lines.flatMap(({ cells }) => Object.values(cells))).filter(isMeasured)

/** The share of samples that had to share the processor. */
function disturbedOf({ tables }: RowResult): number {
  const counted = cellsOf(tables).filter(({ disturbed }) => disturbed !== undefined)
  const samples = counted.reduce((sum, cell) => sum + cell.samples.filter((sample) => sample !== null).length, 0)
  const disturbed = counted.reduce((sum, cell) => sum + (cell.disturbed ?? 0), 0)
  return samples === 0 ? 0 : disturbed / samples
}

export function publish(before: Publication, run: Run): Publication {
  const { date, quick, machine, versions } = run
  const rows = run.rows.map((row): Published => {
    const disturbed = disturbedOf(row)
    const tables = structuredClone(row.tables)
    for (const cell of cellsOf(tables)) cell.samples = []
    return Object.assign({}, row, { tables, run: { date, quick, machine, disturbed } })
  })
  const kept = before.rows.filter(({ id }) => !rows.some((row) => row.id === id))
  return { versions: { ...before.versions, ...versions }, rows: [...kept, ...rows] }
}

function main(files: readonly string[]): number {
  if (files.length === 0 || files[0]?.startsWith('-')) {
    console.log('npm run bench:publish -- FILE...   puts the rows of these results into benchmarks/published.json')
    return files[0] === '--help' ? 0 : 2
  }
  let all: Publication = existsSync(publishedFile)
    ? (JSON.parse(readFileSync(publishedFile, 'utf8')) as Publication)
    : { versions: {}, rows: [] }
  for (const file of files) all = publish(all, JSON.parse(readFileSync(file, 'utf8')) as Run)
  writeFileSync(publishedFile, `${JSON.stringify(all, null, 1)}\n`)
  console.log(`${all.rows.length} rows published: ${all.rows.map(({ id }) => id).join(', ')}`)
  return 0
}

if (process.argv[1]?.endsWith('publish.ts')) process.exitCode = main(process.argv.slice(2))
