import { contextRow } from '../context-row.ts'

export const row = contextRow({
  id: 'contextvar-run',
  title: 'Context.run() of a function',
  work: 'In a Context a function is run in another one, 100,000 times, beside run() of a storage.',
  order: 240,
  part: 'run',
  standings: [{ label: 'Context.run(), of storage.run()', column: 'one', measure: 'ratio', unit: 'times' }],
})
