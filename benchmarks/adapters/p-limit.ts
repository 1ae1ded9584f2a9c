import pLimit from 'p-limit'
import type { Guard, Library } from '../library.ts'

const guard: Guard = {
  style: 'limit',
  make: (permits) => pLimit({ concurrency: permits, rejectOnClear: true }),
  run: 'lock(task)',
  cancelAll: 'lock.clearQueue()',
}

export const libraries: Library[] = [
  {
    name: 'p-limit',
    package: 'p-limit',
    kind: 'peer',
    lock: guard,
    semaphore: guard,
    size: {
      lock: "export { default } from 'p-limit'",
      all: "export * from 'p-limit'; export { default } from 'p-limit'",
    },
    absent: {
      'try-acquire': 'runs callbacks only',
      'abort-own': 'cannot cancel one waiter',
      'abort-live': 'takes no signal',
      queue: 'its queue is of callbacks',
    },
  },
]
