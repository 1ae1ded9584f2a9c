import { contextRow } from '../context-row.ts'

export const row = contextRow({
  id: 'contextvar-set',
  title: 'set() of a variable',
  work: 'A variable is set 100,000 times in a Context, beside enterWith(). With 100 set, all are set in turn.',
  order: 210,
  part: 'set',
  standings: [
    {
      label: 'set(), 100 variables, of one',
      column: 'growth',
      measure: 'value',
      unit: 'times',
      bar: 2,
      versusPeers: false,
    },
  ],
})
