import { contextRow } from '../context-row.ts'

export const row = contextRow({
  id: 'contextvar-set-reset',
  title: 'set() and reset() of a variable',
  work: 'A variable is set and put back 100,000 times, beside enterWith() of the new value and of the one before.',
  order: 220,
  part: 'setReset',
  standings: [{ label: 'set() and reset(), of enterWith() twice', column: 'one', measure: 'ratio', unit: 'times' }],
})
