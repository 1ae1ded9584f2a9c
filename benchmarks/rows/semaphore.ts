import { guardRow } from '../guard-row.ts'

export const row = guardRow({
  id: 'semaphore',
  title: 'Semaphore(10), 10,000 tasks',
  work: '10,000 tasks share 10 permits; each holds one over an await. The floor: 10,000 tasks with two awaits of undefined.',
  order: 40,
  guard: 'semaphore',
  permits: 10,
  tasks: 10_000,
  turns: { full: 1, quick: 1 },
  held: 'yield',
  each: 'ns a task',
  label: 'Semaphore(10), 10,000 tasks',
  bar: 3.5,
})
