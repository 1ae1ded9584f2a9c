// What a row of the benchmark is, and what it gives back. A file in rows/ that exports `row` is a row.
import type { Kind, Library } from './library.ts'
import type { Random } from './random.ts'

export interface Row {
  /** As `--only` takes it. */
  id: string
  title: string
  /** What is timed, in a sentence. */
  work: string
  /** Rows run and print in this order. */
  order: number
  run(bench: Bench): Promise<Table[]>
  /** What of it is held against a bar or against the peers. */
  standings: Standing[]
}

/** What a run offers its rows. */
export interface Bench {
  quick: boolean
  random: Random
  libraries: readonly Library[]
  /** The ids of the rows of this run. */
  selected: readonly string[]
  /** The rows measured before this one. */
  results: readonly RowResult[]
  progress(text: string): void
}

export interface RowResult {
  id: string
  title: string
  work: string
  seconds: number
  tables: Table[]
}

export interface Table {
  /** Unique within its row. */
  key: string
  title: string
  columns: Column[]
  lines: Line[]
  notes?: string[]
}

export interface Column {
  key: string
  title: string
  unit: Unit
  /** Lines are sorted by the first column that says so. */
  sorts?: boolean
  /** Shows what a cell's `ratio` says, in place of its value. */
  ratio?: boolean
  /** The cells of another column, shown anew (a ratio beside its value). */
  of?: string
  /** Shows how far the middle half of the rounds lies apart. */
  spread?: boolean
}

/** `a second`: nanoseconds, shown as how many of it there are in a second. */
export type Unit = 'ns' | 'bytes' | 'times' | 'a second'

export interface Line {
  name: string
  kind: Kind
  cells: Record<string, Cell>
}

export type Cell = Measured | Absent

/** A median, with the quartiles round it. */
export interface Measured {
  value: number
  low: number
  high: number
  /** To the floor of the same rounds. */
  ratio?: Spread
  /** How many of what was timed in a sample. */
  size: number
  /** By round. null: this library sat the round out, because it is slow. */
  samples: (number | null)[]
  /** How many of them were taken while something else wanted the processor. */
  disturbed?: number
}

export interface Spread {
  value: number
  low: number
  high: number
}

export interface Absent {
  absent: string
  /** What a terminal shows for it. `-` unless told. */
  shown?: string
}

export interface Standing {
  label: string
  /** The table's and the column's key. */
  table: string
  column: string
  /** What is compared with the bar: nanoseconds or bytes, or the ratio to the floor. */
  measure: 'value' | 'ratio'
  unit: Unit
  /** Ours is to be no more than this. */
  bar?: number
  /** Ours. '@interlock/core' unless told. */
  library?: string
  /** False where the peers' figures say nothing of ours (a growth rate). */
  versusPeers?: boolean
}

export const isMeasured = (cell: Cell | undefined): cell is Measured => cell !== undefined && 'value' in cell
