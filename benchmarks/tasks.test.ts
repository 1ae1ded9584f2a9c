// Each library runs and cancels the jobs that the rows of tasks time.
import { describe, expect, it } from 'vitest'
import { loadLibraries } from './catalogue.ts'
import { floors } from './floors.ts'
import type { JobShape, Library, TaskWork } from './library.ts'
import { seeded } from './random.ts'
import { allAtOnce, oneByOne, sumOfIndexes } from './task-loops.ts'

const { libraries } = await loadLibraries()
const all = [...floors, ...libraries]

const withWork = <Work>(pick: (work: TaskWork) => Work | undefined): [string, Work][] =>
  all.flatMap(({ name, tasks }: Library): [string, Work][] => {
    const work = tasks && pick(tasks)
    return work === undefined ? [] : [[name, work]]
  })

const withJobs = withWork(({ jobs }) => jobs)
const shapes: JobShape[] = ['returns', 'awaits']

it('there are some, ours among them', () => {
  expect(withJobs.map(([name]) => name)).toContain('@interlock/tasks')
})

describe.each(shapes)('a job that %s', (shape) => {
  it.each(withJobs)('one after the other, each value had: %s', async (name, jobs) => {
    const loop = oneByOne(`test: ${name}`, jobs, shape)
    expect([await loop(1)(), await loop(50)(), await loop(50)()]).toEqual([0, 1225, 1225])
  })

  it.each(withJobs.filter(([, jobs]) => jobs.all !== undefined))(
    'all at once, each value had: %s',
    async (name, jobs) => {
      const ready = allAtOnce(`test: ${name}, all`, jobs, shape)?.(50)
      expect(await ready?.()).toBe(1225)
    },
  )
})

it('a job that is left out is missed', async () => {
  const short = { style: 'text', make: () => undefined, start: 'job()', all: '[1, 2]' } as const
  const sums = [await allAtOnce('test: short', short, 'returns')?.(50)(), sumOfIndexes(50)]
  expect(sums).toEqual([3, 1225])
})

describe('tasks that wait', () => {
  it.each(withWork(({ park }) => park))('are cancelled, all of them: %s', async (_, park) => {
    const parked = await park(30)
    expect(parked.empty?.() ?? false).toBe(false)
    parked.shuffle?.(seeded(7))
    expect(await parked.cancel()).toBe(30)
    expect(parked.empty?.() ?? true).toBe(true)
  })
})
