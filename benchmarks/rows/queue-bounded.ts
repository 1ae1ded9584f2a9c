import { queueRow } from '../queue-row.ts'

export const row = queueRow({
  id: 'queue-bounded',
  title: 'Queue(16), one producer and one consumer',
  work: 'Both run at once over a queue of 16, so that the producer has to wait for the consumer.',
  order: 80,
  shape: 'concurrent',
  bound: 16,
})
