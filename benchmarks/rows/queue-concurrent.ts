import { queueRow } from '../queue-row.ts'

export const row = queueRow({
  id: 'queue-concurrent',
  title: 'Queue, one producer and one consumer',
  work: 'Both run at once over an unbounded queue. Where put is synchronous its producer awaits undefined after each.',
  order: 70,
  shape: 'concurrent',
})
