import { contextRow } from '../context-row.ts'

export const row = contextRow({
  id: 'contextvar-copy',
  title: 'copyContext()',
  work: 'A copy of the Context is made 100,000 times, and kept, beside AsyncLocalStorage.snapshot().',
  order: 230,
  part: 'copy',
  standings: [{ label: 'copyContext(), of snapshot()', column: 'one', measure: 'ratio', unit: 'times' }],
})
