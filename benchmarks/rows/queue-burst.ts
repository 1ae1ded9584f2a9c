import { queueRow } from '../queue-row.ts'

export const row = queueRow({
  id: 'queue-burst',
  title: 'Queue, burst of 100,000 then drain',
  work: '100,000 times await put(), then 100,000 times await get(). Where put is synchronous it is not awaited.',
  order: 50,
  shape: 'burst',
  bar: 5.5,
})
