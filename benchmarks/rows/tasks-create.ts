import { jobsRow } from '../jobs-row.ts'
import { oneByOne } from '../task-loops.ts'

const bar = { measure: 'ratio', unit: 'times', bar: 3 } as const
const ours = { ...bar, library: '@interlock/tasks' }
const inside = { ...bar, library: '@interlock/tasks, inside a task' }

export const row = jobsRow({
  id: 'tasks-create',
  title: 'createTask() and await',
  work: 'A job is started and awaited, 10,000 times: one that returns at once, and one that awaits undefined first. The floor: an async call inside storage.run().',
  order: 300,
  loopOf: (what, { tasks }, shape) => tasks?.jobs && oneByOne(what, tasks.jobs, shape),
  standings: [
    { ...ours, label: 'createTask() + await, of run() + call', column: 'returns' },
    { ...inside, label: 'the same inside a task', column: 'returns' },
    { ...ours, label: 'createTask() + await, a job that awaits', column: 'awaits' },
    { ...inside, label: 'the same inside a task', column: 'awaits' },
  ],
})
