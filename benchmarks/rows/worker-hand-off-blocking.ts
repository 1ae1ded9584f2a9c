import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-hand-off-blocking',
  title: 'a permit to and fro between two blocked threads',
  work: 'Each thread gives the other a permit of a semaphore and blocks until it is given one: a round trip of two hand-overs.',
  order: 203,
  group: 'hand-off-blocking',
  sides: 2,
  most: 1e5,
  floor: { name: 'bare wait and notify', title: '× bare wait/notify' },
  native: ['futex hand-off'],
  standings: [{ label: 'hand-off, two blocked threads', measure: 'ratio', bar: 1.3 }],
})
