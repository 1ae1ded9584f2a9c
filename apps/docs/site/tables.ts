/**
 * What Markdown cannot say of a table. It wants a head over every one: an empty head is taken away again, and the first cell of each row
 * heads the row instead. An empty corner is no heading.
 */
export interface Hast {
  type: string
  tagName?: string
  value?: string
  properties?: Record<string, unknown>
  children?: Hast[]
}

const isEmpty = (node: Hast): boolean =>
  node.type === 'text' ? (node.value ?? '').trim() === '' : node.type !== 'raw' && (node.children ?? []).every(isEmpty)

const elements = (node: Hast, ...names: string[]): Hast[] =>
  (node.children ?? []).filter(({ tagName }) => tagName !== undefined && names.includes(tagName))

function headRows(body: Hast): void {
  for (const row of elements(body, 'tr')) {
    const [first] = elements(row, 'td')
    if (first === undefined || isEmpty(first)) continue
    first.tagName = 'th'
    first.properties = { ...first.properties, scope: 'row' }
  }
}

function change(table: Hast): void {
  const [head] = elements(table, 'thead')
  const cells = head === undefined ? [] : elements(head, 'tr').flatMap((row) => elements(row, 'th'))
  if (cells.length === 0) return
  if (cells.every(isEmpty)) {
    table.children = (table.children ?? []).filter((child) => child !== head)
    elements(table, 'tbody').forEach(headRows)
    return
  }
  if (cells[0] !== undefined && isEmpty(cells[0])) elements(table, 'tbody').forEach(headRows)
  for (const cell of cells) if (isEmpty(cell)) cell.tagName = 'td'
}

function visit(node: Hast): void {
  if (node.tagName === 'table') change(node)
  else node.children?.forEach(visit)
}

export const tables = (): ((tree: Hast) => void) => visit
