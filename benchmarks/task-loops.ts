// Loops over jobs that run as tasks, made from a library's source text as those of compile.ts are.
import { asynchronous, synchronous } from './compile.ts'
import type { JobShape, ProgramJobs, TextJobs } from './library.ts'

/** Makes ready for `count` jobs, of which each gives its index; what it answers runs them, and answers the sum of what they gave. */
export type JobLoop = (count: number) => () => Promise<number>

const jobText = (shape: JobShape, parameters: string | undefined): string =>
  `async (${parameters ?? ''}) => { ${shape === 'awaits' ? 'await undefined;' : ''} return index }`

/** One after the other: each is started when the one before it has ended. */
export function oneByOne(what: string, jobs: TextJobs | ProgramJobs, shape: JobShape): JobLoop {
  if (jobs.style === 'program') return (count) => () => jobs.start(count, shape)
  const { make, start, parameters, within = (work) => work() } = jobs
  const loop = asynchronous<[unknown, number], number>(
    `${what}, ${shape}`,
    'made, count',
    `let sum = 0;
    for (let index = 0; index < count; index++) {
      const job = ${jobText(shape, parameters)};
      sum += await ${start};
    }
    return sum;`,
  )
  return (count) => async () => within(() => loop(make(), count))
}

/** All at once; their functions are made before. `undefined` where the library cannot. */
export function allAtOnce(what: string, jobs: TextJobs | ProgramJobs, shape: JobShape): JobLoop | undefined {
  if (jobs.style === 'program') {
    const { all } = jobs
    return all && ((count) => () => all(count, shape))
  }
  const { make, all, parameters } = jobs
  if (all === undefined) return undefined
  const functions = synchronous<[number], unknown[]>(
    `${what}, ${shape}, jobs`,
    'count',
    `return Array.from({ length: count }, (_, index) => ${jobText(shape, parameters)})`,
  )
  const gather = asynchronous<[unknown, unknown[]], number>(
    `${what}, ${shape}`,
    'made, jobs',
    `let sum = 0; for (const value of await ${all}) sum += value; return sum;`,
  )
  return (count) => {
    const ready = functions(count)
    return () => gather(make(), ready)
  }
}

export const sumOfIndexes = (count: number): number => (count * (count - 1)) / 2
