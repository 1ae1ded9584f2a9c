import { jobsRow } from '../jobs-row.ts'
import { allAtOnce } from '../task-loops.ts'

const bar = { measure: 'ratio', unit: 'times', bar: 3, library: '@interlock/tasks' } as const

export const row = jobsRow({
  id: 'tasks-gather',
  title: 'gather() of 10,000 jobs',
  work: '10,000 jobs at once, and their results in order. The floor: Promise.all() over the same functions, each called inside storage.run().',
  order: 310,
  loopOf: (what, { tasks, variant }, shape) =>
    variant || tasks?.jobs === undefined ? undefined : allAtOnce(what, tasks.jobs, shape),
  standings: [
    { ...bar, label: 'gather() of 10,000, of run() + calls', column: 'returns' },
    { ...bar, label: 'gather() of 10,000 jobs that await', column: 'awaits' },
  ],
})
