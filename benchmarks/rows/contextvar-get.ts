import { contextRow } from '../context-row.ts'

export const row = contextRow({
  id: 'contextvar-get',
  title: 'get() of a variable',
  work: 'A variable is read 100,000 times in a Context, beside getStore() inside run(). With 100 set, all are read in turn.',
  order: 200,
  part: 'get',
  standings: [{ label: 'get(), of getStore()', column: 'one', measure: 'ratio', unit: 'times', bar: 1.3 }],
})
