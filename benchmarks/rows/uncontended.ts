import { guardRow } from '../guard-row.ts'

export const row = guardRow({
  id: 'uncontended',
  title: 'acquire() and release() of a free lock',
  work: 'One task takes a lock that nobody else wants and gives it back. Ours includes a permit for each hold.',
  order: 10,
  guard: 'lock',
  permits: 1,
  tasks: 1,
  turns: { full: 100_000, quick: 50_000 },
  held: 'nothing',
  each: 'ns each',
  label: 'acquire() + release()',
  bar: 2,
})
