import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-blocking',
  title: 'acquireSync() and release() of a free lock across threads',
  work: 'One thread takes a shared lock that nobody else wants and gives it back, blocking. Ours includes a permit for each hold.',
  order: 200,
  group: 'blocking',
  sides: 1,
  floor: { name: 'bare compareExchange + exchange', title: '× bare pair' },
  native: ['pthread free', 'futex free'],
  standings: [{ label: 'acquireSync() + release()', measure: 'ratio', bar: 1.6 }],
})
