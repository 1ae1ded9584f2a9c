// Ours, as people use it, and what they would write without it. The first task of a process has core's waits observed from then on:
// rows of core come first.
import { Lock } from '@interlock/core'
import { createTask, gather, type Task, type TaskGroup, taskGroup, wait } from '@interlock/tasks'
import type { Library, ParkedTasks, TextJobs } from '../library.ts'
import { shuffled } from '../random.ts'

const jobs: TextJobs = {
  style: 'text',
  make: () => ({ createTask, gather }),
  start: 'made.createTask(job)',
  all: 'made.gather(...jobs)',
}

/** A lock that is held, and a job that waits for it deep down. */
async function held(): Promise<{ lock: Lock; job: () => Promise<void> }> {
  const lock = new Lock()
  await lock.acquire()
  const save = async (): Promise<void> => {
    using _ = await lock.acquire()
  }
  return {
    lock,
    job: async () => {
      await save()
    },
  }
}

async function park(count: number): Promise<ParkedTasks> {
  const { lock, job } = await held()
  const tasks = Array.from({ length: count }, () => createTask(job))
  return { cancel: () => cancelEach(tasks), empty: () => lock.waiting === 0 }
}

async function parkForRandomOrder(count: number): Promise<ParkedTasks> {
  const { lock, job } = await held()
  let tasks = Array.from({ length: count }, () => createTask(job))
  return {
    shuffle(random) {
      tasks = shuffled(tasks, random)
    },
    cancel: () => cancelEach(tasks),
    empty: () => lock.waiting === 0,
  }
}

async function cancelEach(tasks: readonly Task<void>[]): Promise<number> {
  for (const task of tasks) task.cancel()
  await wait(tasks)
  return cancelledOf(tasks)
}

const cancelledOf = (tasks: readonly Task<void>[]): number => tasks.filter(({ cancelled }) => cancelled).length

async function parkGroup(count: number): Promise<ParkedTasks> {
  const { lock, job } = await held()
  let group: TaskGroup | undefined
  let tasks: Task<void>[] = []
  const ended = taskGroup((its) => {
    group = its
    tasks = Array.from({ length: count }, () => its.spawn(job))
  })
  return {
    async cancel() {
      group?.cancel()
      await ended
      return cancelledOf(tasks)
    },
    empty: () => lock.waiting === 0,
  }
}

/** Without tasks: a controller for each, whose signal is handed down. */
async function parkControllers(count: number): Promise<ParkedTasks> {
  const lock = new Lock()
  await lock.acquire()
  const save = async (signal: AbortSignal): Promise<void> => {
    using _ = await lock.acquire({ signal })
  }
  const job = async (signal: AbortSignal): Promise<void> => {
    await save(signal)
  }
  const controllers: AbortController[] = []
  const calls: Promise<void>[] = []
  for (let index = 0; index < count; index++) {
    const controller = new AbortController()
    controllers.push(controller)
    calls.push(job(controller.signal))
  }
  return {
    async cancel() {
      for (const controller of controllers) controller.abort()
      const ends = await Promise.allSettled(calls)
      return ends.filter(({ status }) => status === 'rejected').length
    },
    empty: () => lock.waiting === 0,
  }
}

const library = { package: '@interlock/tasks', kind: 'ours' } as const

export const libraries: Library[] = [
  { ...library, name: '@interlock/tasks', tasks: { jobs, park } },
  {
    // Awaiting a task is a wait there, which a cancellation is passed on by.
    ...library,
    name: '@interlock/tasks, inside a task',
    variant: true,
    tasks: { jobs: { ...jobs, within: (loop) => createTask(loop) } },
  },
  {
    ...library,
    name: '@interlock/tasks, jobs take the signal',
    variant: true,
    tasks: { jobs: { ...jobs, parameters: 'signal' } },
  },
  { ...library, name: '@interlock/tasks, in random order', variant: true, tasks: { park: parkForRandomOrder } },
  { ...library, name: '@interlock/tasks, group.cancel()', variant: true, tasks: { park: parkGroup } },
  {
    name: '@interlock/core, an AbortController each',
    package: '@interlock/core',
    kind: 'ours',
    variant: true,
    tasks: { park: parkControllers },
  },
]
