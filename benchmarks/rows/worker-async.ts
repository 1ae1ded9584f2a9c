import { threadRow } from '../threads/thread-row.ts'

export const row = threadRow({
  id: 'worker-async',
  title: 'await acquire() and release() of a free lock across threads',
  work: "One task takes a shared lock that nobody else wants and gives it back. The floor is core's own Lock, and one and a half bare pairs.",
  order: 201,
  group: 'async',
  sides: 1,
  floor: { name: '@interlock/core + 1.5 bare pairs', title: '× core + 1.5 pairs' },
  standings: [{ label: 'await acquire() + release()', measure: 'ratio', bar: 1 }],
})
