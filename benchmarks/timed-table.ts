// The table of a row that times one thing: nanoseconds, how far the rounds lie apart, and the ratio to `await undefined`.
import type { Line, Table } from './row.ts'

export function timedTable(title: string, each: string, lines: Line[]): Table {
  return {
    key: 'time',
    title,
    columns: [
      { key: 'time', title: each, unit: 'ns', spread: true },
      { key: 'ratio', title: '× await', unit: 'times', of: 'time', ratio: true, sorts: true },
    ],
    lines,
  }
}
