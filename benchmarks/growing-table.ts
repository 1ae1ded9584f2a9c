// The table of a row that is measured at growing sizes: for each size, one column for each thing timed.
import { cellOf, type Entry, shortSize } from './measure.ts'
import { type Cell, type Column, isMeasured, type Line, type Table } from './row.ts'

export interface Part {
  /** As the samples name it. */
  timed: string
  title: string
  /** Kept for the standings and the JSON, not printed. */
  hidden?: boolean
}

export function growingTable(
  key: string,
  title: string,
  parts: readonly Part[],
  bySize: ReadonlyMap<number, ReadonlyMap<string, Entry | string>>,
  absent: readonly Line[],
): Table {
  const lines = new Map<string, Line>()
  const columns: Column[] = []
  const last = [...bySize.keys()].at(-1)
  for (const [size, entries] of bySize) {
    for (const { timed, title: heading, hidden } of parts) {
      const column = columnOf(size, timed)
      if (!hidden)
        columns.push({ key: column, title: `${shortSize(size)} ${heading}`, unit: 'ns', sorts: size === last })
      for (const [name, entry] of entries) {
        const kind = typeof entry === 'string' ? undefined : entry.kind
        const line = lines.get(name) ?? { name, kind: kind ?? 'peer', cells: {} }
        line.cells[column] =
          typeof entry === 'string' ? { absent: entry, shown: entry.split(',')[0] as string } : cellOf(entry, timed)
        lines.set(name, line)
      }
    }
  }
  return { key, title, columns, lines: [...lines.values(), ...absent] }
}

export const columnOf = (size: number, timed: string): string => `${shortSize(size)} ${timed}`

/** Adds to each line how many times as long a waiter takes at `large` as at `small`. */
export function addGrowth(table: Table, timed: string, small: number, large: number, shown: boolean): void {
  const key = `growth ${timed}`
  for (const line of table.lines) {
    const from = line.cells[columnOf(small, timed)]
    const to = line.cells[columnOf(large, timed)]
    if (isMeasured(from) && isMeasured(to)) line.cells[key] = growth(from.value, to.value, to.size)
  }
  if (shown) table.columns.push({ key, title: `${shortSize(large)} / ${shortSize(small)}`, unit: 'times' })
}

function growth(from: number, to: number, size: number): Cell {
  const value = to / from
  return { value, low: value, high: value, size, samples: [value] }
}
