// Aligned tables. Colour only where stdout is a terminal, and never under NO_COLOR.
import { styleText } from 'node:util'
import { type Cell, type Column, isMeasured, type Line, type Table, type Unit } from './row.ts'

export type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

const coloured = (): boolean => process.stdout.isTTY && !process.env['NO_COLOR']

export const paint: Paint = (style, text) => (coloured() ? styleText(style, text, { validateStream: false }) : text)

export function figure(value: number, unit: Unit): string {
  if (unit === 'bytes') return value.toFixed(0)
  if (unit === 'a second') return Math.round(1e9 / value).toLocaleString('en')
  if (unit === 'times') return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} ms`
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} µs`
  return value >= 100 ? value.toFixed(0) : value.toFixed(1)
}

export function printTable(table: Table): string {
  if (table.lines.length === 0) return paint('bold', table.title)
  const [shown, without] = apart(table)
  const heading = ['', ...table.columns.flatMap((column) => (column.spread ? [column.title, '±'] : [column.title]))]
  const body = shown.map((line) => [line.name, ...table.columns.flatMap((column) => texts(line, column))])
  const rows = aligned([heading, ...body])
  const styled = rows.map((row, place) => {
    if (place === 0) return paint('dim', row)
    const { kind } = shown[place - 1] as Line
    return kind === 'ours' ? paint(['bold', 'cyan'], row) : kind === 'floor' ? paint('dim', row) : row
  })
  if (without.length > 0) styled.push(...wrapped(without.map(({ name }) => name)).map((row) => paint('dim', row)))
  for (const note of table.notes ?? []) styled.push(paint('dim', note))
  return [paint('bold', table.title), ...styled].join('\n')
}

/** Sorted, and apart those that have nothing to show in any column. */
function apart({ columns, lines }: Table): [shown: Line[], without: Line[]] {
  const sorting = columns.filter(({ sorts }) => sorts)
  const weight = (line: Line): number => {
    for (const column of sorting) {
      const cell = line.cells[column.of ?? column.key]
      if (isMeasured(cell)) return column.ratio ? (cell.ratio?.value ?? Infinity) : cell.value
    }
    return Infinity
  }
  const shown = lines.filter(hasSome).toSorted((a, b) => weight(a) - weight(b))
  return [shown, lines.filter((line) => !hasSome(line))]
}

const hasSome = ({ cells }: Line): boolean =>
  Object.values(cells).some((cell) => isMeasured(cell) || cell.shown !== undefined)

function texts(line: Line, column: Column): string[] {
  const cell = line.cells[column.of ?? column.key]
  if (!isMeasured(cell)) return column.spread ? [shownFor(cell), ''] : [column.ratio ? '-' : shownFor(cell)]
  const of = column.ratio ? cell.ratio : cell
  if (of === undefined) return ['-']
  const text = figure(of.value, column.unit)
  return column.spread ? [text, `${Math.round(((cell.high - cell.low) / 2 / cell.value) * 100)}%`] : [text]
}

const shownFor = (cell: Cell | undefined): string =>
  cell !== undefined && !isMeasured(cell) ? (cell.shown ?? '-') : '-'

/** The first column to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[], left = 1): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [place, text] of row.entries()) widths[place] = Math.max(widths[place] ?? 0, text.length)
  return rows.map((row) =>
    row
      .map((text, place) => (place < left ? text.padEnd(widths[place] ?? 0) : text.padStart(widths[place] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

function wrapped(names: readonly string[]): string[] {
  const rows: string[] = []
  let row = '-  '
  for (const [place, name] of names.entries()) {
    const word = place === names.length - 1 ? name : `${name}, `
    if (row.length + word.length > 100) {
      rows.push(row.trimEnd())
      row = '   '
    }
    row += word
  }
  return [...rows, row]
}
