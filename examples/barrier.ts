/**
 * A barrier: nobody goes on before all are there.
 *
 * Look for: the tasks arrive second by second and pass together, in the second of the last one. The barrier is at once
 * ready for the next round, in which they arrive the other way round. wait() answers with the place in the order of
 * arrival: the usual way to choose the one who does a job that is to be done once.
 */
import { Barrier } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description = 'All tasks reach the point before any of them goes on, twice on one barrier.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  const barrier = new Barrier(3)

  async function task(name: string, ...rounds: number[]): Promise<void> {
    for (const [round, seconds] of rounds.entries()) {
      await sleep(seconds)
      print(`round ${round + 1}: ${name} arrives,`, barrier)
      const place = await barrier.wait()
      print(`round ${round + 1}: ${name} goes on${place === 0 ? ', and was the first to come' : ''}`)
    }
  }

  await Promise.all([task('Ann', 1, 3), task('Bob', 2, 2), task('Cid', 3, 1)])
})
