import { loopRow } from '../loop-row.ts'
import { GENERATOR, stepWorks } from '../loop-work.ts'

export const row = loopRow({
  id: 'loop-steps',
  title: 'a step of a task on the loop of generators',
  work: '100 tasks take 100,000 steps in turn: a bare yield each, a Future each that a callback sets, a Lock that goes from one to the next. The floor: the generators stepped by hand.',
  order: 400,
  size: 100_000,
  works: stepWorks,
  floor: GENERATOR,
  label: 'a step on the loop, of next()',
})
