import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-hand-off-async',
  title: 'a permit to and fro between two threads that await it',
  work: 'Each thread gives the other a permit of a semaphore and awaits one: a round trip of two hand-overs.',
  order: 204,
  group: 'hand-off-async',
  sides: 2,
  most: 1e5,
  floor: { name: 'bare waitAsync and notify', title: '× bare waitAsync' },
  standings: [{ label: 'hand-off, two async waiters', measure: 'ratio', bar: 1.3 }],
})
