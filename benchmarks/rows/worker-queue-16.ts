import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-queue-16',
  title: 'items of 16 bytes from one thread to another',
  work: 'One thread puts them, the other gets them, each as fast as it can.',
  order: 210,
  group: 'queue-16',
  sides: 2,
  most: 1e6,
  floor: { name: 'postMessage', title: '× postMessage' },
  standings: [{ label: 'queue, 16 bytes', measure: 'ratio', bar: 0.2 }],
})
