import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-queue-1m',
  title: 'items of 1 MB from one thread to another',
  work: 'One thread puts them, the other gets them: in memory of their own, or lent to a codec that borrows. The floors write as much into shared memory, or read it into new memory, in one thread.',
  order: 212,
  group: 'queue-1m',
  sides: 2,
  most: 2000,
  floor: { name: 'a copy of the memory', title: '× a copy' },
  // 0.6 of its bandwidth.
  standings: [
    { label: 'queue, 1 MB, borrowed', measure: 'ratio', bar: 1 / 0.6, library: '@interlock/worker, borrowed' },
    { label: 'queue, 1 MB', measure: 'ratio' },
  ],
})
