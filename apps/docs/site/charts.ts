/** The figures of the benchmarks as charts: each a table whose first figure is a bar, so that it is read as well as seen. */
import { readFileSync } from 'node:fs'
import { type Publication, type Published, publishedFile } from '../../../benchmarks/publish.ts'
import { type Cell, type Column, isMeasured, type Line, type Table, type Unit } from '../../../benchmarks/row.ts'
import { inRussian } from './figures.ru.ts'
import { escapeHtml } from './tree-nodes.ts'

type Language = 'en' | 'ru'

const words = {
  en: {
    kinds: { ours: 'ours', floor: 'floor', peer: 'peer' } as Record<string, string>,
    library: 'Library',
    measured: 'Measured on',
    cores: 'cores',
    less: 'Less is better.',
    quick: 'a quick, less exact run',
    disturbed: (share: string) => `${share} of the samples had to share the processor`,
    cut: 'longer than is drawn',
  },
  ru: {
    kinds: { ours: 'наше', floor: 'предел', peer: 'аналог' } as Record<string, string>,
    library: 'Библиотека',
    measured: 'Измерено на',
    cores: 'ядра',
    less: 'Чем меньше, тем лучше.',
    quick: 'быстрый, менее точный прогон',
    disturbed: (share: string) => `${share} замеров делили процессор с другими`,
    cut: 'длиннее, чем нарисовано',
  },
}

const unitsInRussian: Readonly<Record<string, string>> = {
  ns: 'нс',
  µs: 'мкс',
  ms: 'мс',
  s: 'с',
  B: 'Б',
  kB: 'кБ',
  MB: 'МБ',
}

const said = (text: string, language: Language): string => escapeHtml(language === 'ru' ? inRussian(text) : text)

const scales: Record<Unit, readonly [limit: number, divisor: number, name: string][]> = {
  ns: [
    [1e3, 1, 'ns'],
    [1e6, 1e3, 'µs'],
    [1e9, 1e6, 'ms'],
    [Number.POSITIVE_INFINITY, 1e9, 's'],
  ],
  bytes: [
    [1e4, 1, 'B'],
    [1e7, 1e3, 'kB'],
    [Number.POSITIVE_INFINITY, 1e6, 'MB'],
  ],
  times: [[Number.POSITIVE_INFINITY, 1, '×']],
  'a second': [[Number.POSITIVE_INFINITY, 1, '']],
}

export function figure(value: number, unit: Unit, language: Language): string {
  // What is kept is the time of one.
  if (unit === 'a second') return Math.round(1e9 / value).toLocaleString(language)
  const [, divisor, name] = scales[unit].find(([limit]) => Math.abs(value) < limit) ?? [0, 1, '']
  const scaled = value / divisor
  const digits = scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2
  const number = language === 'ru' ? scaled.toFixed(digits).replace('.', ',') : scaled.toFixed(digits)
  if (unit === 'times') return `${number}×`
  return `${number} ${language === 'ru' ? (unitsInRussian[name] ?? name) : name}`
}

const valueOf = (line: Line, column: Column): number | undefined => {
  const cell: Cell | undefined = line.cells[column.of ?? column.key]
  if (!isMeasured(cell)) return undefined
  return column.ratio ? cell.ratio?.value : cell.value
}

/** A bar is at most this many times as long as ours: one slow peer would leave nothing of all others. */
const LONGEST = 8

function drawTable(table: Table, of: string, language: Language): string {
  const say = words[language]
  const measured =
    table.columns.find((column) => column.sorts && !column.ratio) ??
    table.columns.find(({ ratio }) => !ratio) ??
    table.columns[0]
  if (measured === undefined) return ''
  const values = table.lines.map((line) => valueOf(line, measured) ?? 0)
  const ours = table.lines.findIndex(({ kind }) => kind === 'ours')
  const most = Math.min(Math.max(...values), (values[ours] || Math.max(...values)) * LONGEST)
  const others = table.columns.filter((column) => column !== measured)
  const lines = table.lines
    .map((line, index) => ({ line, value: values[index] ?? 0 }))
    .toSorted((one, other) => Number(one.value === 0) - Number(other.value === 0) || one.value - other.value)
    .map(({ line, value }) => {
      const cell = line.cells[measured.of ?? measured.key]
      const share = Math.min(1, value / most)
      const cut = value > most
      const bar = `<span class="figure${cut ? ' cut' : ''}" style="--share:${share.toFixed(4)}"${cut ? ` title="${say.cut}"` : ''}></span>`
      const own = isMeasured(cell) ? figure(value, measured.unit, language) : escapeHtml(cell?.shown ?? '–')
      const rest = others.map((column) => {
        const other = valueOf(line, column)
        return `<td>${other === undefined ? '–' : figure(other, column.unit, language)}</td>`
      })
      return `<tr class="${line.kind}"><th scope="row">${said(line.name, language)} <small>${say.kinds[line.kind] ?? ''}</small></th><td class="drawn">${isMeasured(cell) ? bar : ''}<span>${own}</span></td>${rest.join('')}</tr>`
    })
  const heads = [measured, ...others].map(({ title }) => `<th scope="col">${said(title, language)}</th>`)
  return `<div class="bench-scroll" tabindex="0" role="region" aria-label="${said(table.title, language)}"><table class="figures"><caption${table.title === of ? ' class="sr-only"' : ''}>${said(table.title, language)}</caption><thead><tr><th scope="col">${say.library}</th>${heads.join('')}</tr></thead><tbody>${lines.join('')}</tbody></table></div>`
}

function drawRow({ id, title, work, tables, run }: Published, language: Language, level: string): string {
  const say = words[language]
  const { cpu, cores, platform, node } = run.machine
  const doubts = [
    ...(run.quick ? [say.quick] : []),
    ...(run.disturbed > 0.02 ? [say.disturbed(`${Math.round(run.disturbed * 100)} %`)] : []),
  ]
  const machine = `${say.measured} ${cpu}, ${cores} ${say.cores}, ${platform}, Node ${node.replace('v', '')}, ${run.date.slice(0, 10)}${doubts.length > 0 ? ` (${doubts.join('; ')})` : ''}. ${say.less}`
  return `<section class="benchmark not-content"><${level} id="${id}">${said(title, language)}</${level}><p>${said(work, language)}</p>${tables.map((table) => drawTable(table, title, language)).join('')}<p class="machine">${escapeHtml(machine)}</p></section>`
}

/** `rows`: ids, apart by commas; `all`. */
export function drawCharts(rows: string, language: Language): string {
  const { rows: published } = JSON.parse(readFileSync(publishedFile, 'utf8')) as Publication
  if (rows === 'all') return published.map((row) => drawRow(row, language, 'h2')).join('')
  return rows
    .split(',')
    .map((id) => {
      const row = published.find((one) => one.id === id.trim())
      if (row === undefined) throw new Error(`no benchmark ${id}: ${published.map((one) => one.id).join(', ')}`)
      return drawRow(row, language, 'h3')
    })
    .join('')
}
