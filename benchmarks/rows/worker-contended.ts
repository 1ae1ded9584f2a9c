import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-contended',
  title: 'two threads that want one lock all the time',
  work: 'Each takes the lock, adds one to a shared number and gives the lock back, as often as it can.',
  order: 202,
  group: 'contended',
  sides: 2,
  perOperation: 2,
  floor: { name: 'bare mutex (Drepper)', title: '× bare mutex' },
  native: ['pthread contended', 'futex contended'],
  standings: [
    { label: 'two threads, blocking', measure: 'ratio', bar: 1.4 },
    { label: 'two threads, async', measure: 'ratio', bar: 8.4, library: '@interlock/worker, async' },
  ],
})
