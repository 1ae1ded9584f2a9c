// The last table: each row's figure of ours against its bar and against the best of the peers.
import { isMeasured, type Line, type Measured, type Row, type RowResult, type Standing, type Unit } from './row.ts'
import { times } from './statistics.ts'
import { aligned, figure, paint } from './terminal.ts'

// Closer than this, two medians of one run are the same.
const LEVEL = 0.03

export interface Judged {
  row: string
  label: string
  unit: Unit
  measure: 'value' | 'ratio'
  ours: number | null
  bar: number | null
  met: boolean | null
  /** The one that takes least. `factor`: how many times as much as ours it takes. */
  bestPeer: { name: string; figure: number; factor: number } | null
  ahead: 'yes' | 'level' | 'no' | null
}

export function judge(rows: readonly Row[], results: readonly RowResult[]): Judged[] {
  return rows.flatMap((row) => {
    const result = results.find(({ id }) => id === row.id)
    return result === undefined
      ? []
      : row.standings.filter((one) => wasTried(one, result)).map((one) => judgeOne(row.id, one, result))
  })
}

/** A quick run leaves columns out. */
const wasTried = ({ table, column }: Standing, { tables }: RowResult): boolean =>
  tables.some(({ key, lines }) => key === table && lines.some(({ cells }) => column in cells))

function judgeOne(row: string, standing: Standing, { tables }: RowResult): Judged {
  const { label, unit, measure, bar } = standing
  const lines = tables.find(({ key }) => key === standing.table)?.lines ?? []
  const cellOf = ({ cells }: Line): Measured | undefined => {
    const cell = cells[standing.column]
    return isMeasured(cell) ? cell : undefined
  }
  const ourName = standing.library ?? '@interlock/core'
  const ourLine = lines.find(({ name }) => name === ourName)
  const ours = ourLine && cellOf(ourLine)
  const judged: Judged = {
    row,
    label,
    unit,
    measure,
    ours: null,
    bar: bar ?? null,
    met: null,
    bestPeer: null,
    ahead: null,
  }
  if (ours === undefined) return judged
  const figureOf = (cell: Measured): number => (measure === 'ratio' ? (cell.ratio?.value ?? Number.NaN) : cell.value)
  judged.ours = figureOf(ours)
  if (bar !== undefined) judged.met = judged.ours <= bar
  if (standing.versusPeers === false) return judged
  for (const line of lines) {
    const cell = line.kind === 'peer' ? cellOf(line) : undefined
    if (cell === undefined) continue
    const factor = times(ours, cell)
    if (judged.bestPeer === null || factor < judged.bestPeer.factor) {
      judged.bestPeer = { name: line.name, figure: figureOf(cell), factor }
    }
  }
  const factor = judged.bestPeer?.factor
  if (factor === undefined) judged.ahead = null
  else if (factor > 1 + LEVEL) judged.ahead = 'yes'
  else judged.ahead = factor < 1 - LEVEL ? 'no' : 'level'
  return judged
}

export function printStandings(standings: readonly Judged[]): string {
  const heading = ['', 'ours', 'bar', 'met?', 'best peer', 'ahead of every peer?']
  const body = standings.map(({ label, ours, bar, met, bestPeer, ahead, ...of }) => [
    label,
    ours === null ? 'not measured' : withUnit(ours, of),
    bar === null ? '-' : withUnit(bar, of),
    met === null ? '-' : met ? 'yes' : 'NO',
    bestPeer === null ? '-' : `${bestPeer.name} ${withUnit(bestPeer.figure, of)}`,
    ahead === null || bestPeer === null
      ? '-'
      : ahead === 'yes'
        ? `yes, ×${figure(bestPeer.factor, 'times')}`
        : `${ahead === 'no' ? 'NO' : 'level'}, ×${figure(bestPeer.factor, 'times')}`,
  ])
  const rows = aligned([heading, ...body])
  const styled = rows.map((row, place) => {
    if (place === 0) return paint('dim', row)
    const { met, ahead } = standings[place - 1] as Judged
    return met === false || ahead === 'no' ? paint('red', row) : met === true ? paint('green', row) : row
  })
  return [paint('bold', 'Bars, and the peers'), ...styled, '', ...inWords(standings)].join('\n')
}

const withUnit = (value: number, { unit, measure }: Pick<Judged, 'unit' | 'measure'>): string => {
  if (unit === 'ns') return value < 1e4 ? `${figure(value, unit)} ns` : figure(value, unit)
  if (unit === 'bytes') return `${figure(value, unit)} B`
  return measure === 'ratio' ? `${figure(value, unit)} ×` : `${figure(value, unit)} ×`
}

function inWords(standings: readonly Judged[]): string[] {
  const say = (what: string, those: readonly Judged[]): string[] =>
    those.length === 0 ? [] : [`${what} ${those.map(({ row, label }) => `${row} (${label})`).join('; ')}`]
  const judged = standings.filter(({ met }) => met !== null)
  const met = judged.filter((one) => one.met)
  return [
    ...(judged.length === 0 ? [] : [`${met.length} of ${judged.length} bars are met.`]),
    ...say(
      'Not met:',
      judged.filter((one) => !one.met),
    ),
    ...say(
      'Behind a peer:',
      standings.filter(({ ahead }) => ahead === 'no'),
    ),
    ...say(
      'Level with a peer:',
      standings.filter(({ ahead }) => ahead === 'level'),
    ),
    ...say(
      'Ours was not measured:',
      standings.filter(({ ours }) => ours === null),
    ),
  ]
}
