/** What came out, counted; the table of it, the failures by name, and the file that the docs are made from. */
import type { Outcome } from './run.ts'

/** What one program reported on one runtime. */
export interface Run {
  readonly runtime: string
  readonly package: string
  readonly program: string
  readonly outcomes: readonly Outcome[]
}

export interface Column {
  readonly id: string
  readonly kind: string
  readonly version: string
}

export interface Failure {
  readonly run: Run
  readonly outcome: Outcome
}

const isSame = (one: Run, other: Run): boolean => one.package === other.package && one.program === other.program

/** One of each program. */
const programsOf = (runs: readonly Run[]): Run[] =>
  runs.filter((run, at) => runs.findIndex((other) => isSame(run, other)) === at)

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]

/** A program has the same cases everywhere: one that only some runtimes reported has failed on the others. */
export function completed(runs: readonly Run[]): Run[] {
  return runs.map((run) => {
    const names = unique(
      runs.filter((other) => isSame(run, other)).flatMap(({ outcomes }) => outcomes.map(({ name }) => name)),
    )
    const outcomes = names.map(
      (name) => run.outcomes.find((outcome) => outcome.name === name) ?? { name, error: 'Not run' },
    )
    return { ...run, outcomes }
  })
}

export const failuresOf = (runs: readonly Run[]): Failure[] =>
  runs.flatMap((run) => run.outcomes.filter(({ error }) => error !== undefined).map((outcome) => ({ run, outcome })))

export function countOf(runs: readonly Run[]): { passed: number; failed: number } {
  const failed = failuresOf(runs).length
  return { passed: runs.flatMap(({ outcomes }) => outcomes).length - failed, failed }
}

/** Runtimes as columns, programs as rows. */
export function tableOf(columns: readonly Column[], runs: readonly Run[]): string {
  const counted = (chosen: readonly Run[]): string => {
    if (chosen.length === 0) return '-'
    const { passed, failed } = countOf(chosen)
    return `${passed}/${passed + failed}`
  }
  const rowOf = (title: string, chosen: readonly Run[]): string[] => [
    title,
    ...columns.map(({ id }) => counted(chosen.filter(({ runtime }) => runtime === id))),
  ]
  const rows = [
    ['', ...columns.map(({ id }) => id)],
    ['', ...columns.map(({ version }) => version)],
  ]
  for (const name of unique(runs.map((run) => run.package))) {
    const ofPackage = runs.filter((run) => run.package === name)
    rows.push(rowOf(name, ofPackage))
    for (const program of unique(ofPackage.map((run) => run.program))) {
      const ofProgram = ofPackage.filter((run) => run.program === program)
      rows.push(rowOf(`  ${program}`, ofProgram))
    }
  }
  rows.push(rowOf('all', runs))
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n')
}

/** Every failing case by name, with its error. Cases that were not reached at all are counted. */
export function failuresText(runs: readonly Run[]): string {
  return runs
    .flatMap((run) => {
      const failures = failuresOf([run])
      const told = failures.filter(({ outcome }) => outcome.error !== 'Not run')
      const lines = told.map(
        ({ outcome }) => `${titleOf(run)}: ${outcome.name}\n${(outcome.error ?? '').replaceAll(/^/gm, '    ')}`,
      )
      const unreached = failures.length - told.length
      return unreached === 0 ? lines : [...lines, `${titleOf(run)}: ${unreached} of its cases were not run`]
    })
    .join('\n')
}

const titleOf = (run: Run): string => `FAILED  ${run.runtime}  ${run.package}/${run.program}`

/** As JSON.stringify prints it, so that a difference between two runs is a line. */
export interface Compatibility {
  readonly date: string
  readonly platform: string
  readonly runtimes: readonly (Column & { readonly passed: number; readonly failed: number })[]
  readonly packages: readonly {
    readonly name: string
    readonly version: string
    readonly programs: readonly {
      readonly name: string
      /** `failed`: the error, by the runtime's id. A case passed on the runtimes that are not in it. */
      readonly cases: readonly { readonly name: string; readonly failed: Readonly<Record<string, string>> }[]
    }[]
  }[]
}

export function compatibilityOf(
  columns: readonly Column[],
  packages: readonly { readonly folder: string; readonly name: string; readonly version: string }[],
  runs: readonly Run[],
  date: Date,
): Compatibility {
  return {
    date: date.toISOString().slice(0, 10),
    platform: `${process.platform}-${process.arch}`,
    runtimes: columns.map((column) => ({
      id: column.id,
      kind: column.kind,
      version: column.version,
      ...countOf(runs.filter(({ runtime }) => runtime === column.id)),
    })),
    packages: packages
      .filter(({ folder }) => runs.some((run) => run.package === folder))
      .map(({ folder, name, version }) => ({
        name,
        version,
        programs: programsOf(runs.filter((run) => run.package === folder)).map((first) => ({
          name: first.program,
          cases: first.outcomes.map((outcome) => ({
            name: outcome.name,
            failed: errorsOf(
              runs.filter((run) => isSame(run, first)),
              outcome.name,
            ),
          })),
        })),
      })),
  }
}

/** The first line alone: the rest names places on the machine that it ran on. */
function errorsOf(runs: readonly Run[], name: string): Record<string, string> {
  return Object.fromEntries(
    runs.flatMap(({ runtime, outcomes }) => {
      const error = outcomes.find((outcome) => outcome.name === name)?.error
      return error === undefined ? [] : [[runtime, error.split('\n')[0] ?? error]]
    }),
  )
}
