// What a task is beside: an async call in a context, which is as much as AsyncLocalStorage gives, and a bare async call.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Library, ParkedTasks } from './library.ts'

export const RUN = 'storage.run() + async call'

const storage = new AsyncLocalStorage<object>()
const store = {}

/** Async calls that wait for promises. Cancelling them is rejecting the promises, with an Error each. */
function park(count: number): ParkedTasks {
  const rejects: ((error: Error) => void)[] = []
  const wait = (): Promise<void> =>
    new Promise((_resolve, reject) => {
      rejects.push(reject)
    })
  const job = async (): Promise<void> => {
    await wait()
  }
  const calls = Array.from({ length: count }, () => storage.run(store, job))
  return {
    async cancel() {
      for (const reject of rejects.splice(0)) reject(new Error('cancelled'))
      const ends = await Promise.allSettled(calls)
      return ends.filter(({ status }) => status === 'rejected').length
    },
  }
}

export const taskFloors: Library[] = [
  {
    name: RUN,
    package: '',
    kind: 'floor',
    tasks: {
      jobs: {
        style: 'text',
        make: () => ({ storage, store }),
        start: 'made.storage.run(made.store, job)',
        all: 'Promise.all(jobs.map((job) => made.storage.run(made.store, job)))',
      },
      park,
    },
  },
  {
    name: 'async call',
    package: '',
    kind: 'floor',
    tasks: {
      jobs: { style: 'text', make: () => undefined, start: 'job()', all: 'Promise.all(jobs.map((job) => job()))' },
    },
  },
]
