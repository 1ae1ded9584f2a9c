// A task queue of one worker stands for a lock, of ten for Semaphore(10).
import fastq from 'fastq'
import type { Guard, Library } from '../library.ts'

const guard: Guard = {
  style: 'limit',
  make: (permits) => fastq.promise(async (task: () => unknown) => task(), permits),
  run: 'lock.push(task)',
}

export const libraries: Library[] = [
  {
    name: 'fastq',
    package: 'fastq',
    kind: 'peer',
    lock: guard,
    semaphore: guard,
    size: { lock: "export { default } from 'fastq'", all: "export { default } from 'fastq'" },
    absent: {
      'try-acquire': 'runs callbacks only',
      abort: 'cannot cancel one waiter',
      queue: 'its queue is of tasks for workers',
    },
  },
]
