import PQueue from 'p-queue'
import type { Guard, Library } from '../library.ts'

const guard: Guard = {
  style: 'limit',
  make: (permits) => new PQueue({ concurrency: permits }),
  run: 'lock.add(task)',
  runWith: 'lock.add(task, { signal })',
}

export const libraries: Library[] = [
  {
    name: 'p-queue',
    package: 'p-queue',
    kind: 'peer',
    lock: guard,
    semaphore: guard,
    size: {
      lock: "export { default } from 'p-queue'",
      all: "export * from 'p-queue'; export { default } from 'p-queue'",
    },
    absent: { 'try-acquire': 'runs callbacks only', queue: 'its queue is of callbacks' },
  },
]
