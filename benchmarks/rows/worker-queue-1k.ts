import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-queue-1k',
  title: 'items of 1024 bytes from one thread to another',
  work: 'One thread puts them, the other gets them, each as fast as it can.',
  order: 211,
  group: 'queue-1k',
  sides: 2,
  most: 1e6,
  floor: { name: 'postMessage', title: '× postMessage' },
  standings: [{ label: 'queue, 1024 bytes', measure: 'ratio' }],
})
