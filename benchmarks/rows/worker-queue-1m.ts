import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-queue-1m',
  title: 'items of 1 MB from one thread to another',
  work: 'One thread puts them, the other gets them: in memory of their own, or lent to a codec that borrows. The floors: as much written to and read from eight places by two threads; and by one, written into shared memory, or read into new.',
  order: 212,
  group: 'queue-1m',
  sides: 2,
  most: 2000,
  floor: { name: 'bare ring of 8', title: '× bare ring' },
  // 0.6 of the bandwidth of memory that goes from one core to another.
  standings: [
    { label: 'queue, 1 MB, borrowed', measure: 'ratio', bar: 1 / 0.6, library: '@interlock/worker, borrowed' },
    { label: 'queue, 1 MB', measure: 'ratio' },
  ],
})
