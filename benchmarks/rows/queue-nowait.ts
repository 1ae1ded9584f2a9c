import { queueRow } from '../queue-row.ts'

export const row = queueRow({
  id: 'queue-nowait',
  title: 'Queue, the same through putNowait() and getNowait()',
  work: '100,000 times putNowait(), then 100,000 times getNowait(): no promise.',
  order: 60,
  shape: 'nowait',
})
