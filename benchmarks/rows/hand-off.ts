import { guardRow } from '../guard-row.ts'

export const row = guardRow({
  id: 'hand-off',
  title: 'hand-off among 1000 tasks',
  work: '1000 tasks want one lock, 50 times each. The floor: 1000 tasks that await undefined, 50 times each.',
  order: 30,
  guard: 'lock',
  permits: 1,
  tasks: 1000,
  turns: { full: 50, quick: 20 },
  held: 'nothing',
  each: 'ns each',
  label: 'hand-off, 1000 tasks',
  bar: 5,
})
