import { loopRow } from '../loop-row.ts'
import { PLAIN, runWorks } from '../loop-work.ts'

export const row = loopRow({
  id: 'loop-explore',
  title: 'a run under explore()',
  work: 'A program of three tasks with three steps each is run in 1000 of its orders. The floor: the same program, run as often on a loop of its own.',
  order: 410,
  size: 1000,
  works: runWorks,
  floor: PLAIN,
  label: 'a run under explore(), of a plain run',
})
