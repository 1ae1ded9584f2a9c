/**
 * A boss and three workers.
 *
 * The boss makes a task a second and a worker needs five for one: three workers cannot keep up. The queue has room for
 * two, so the boss waits in put() and the memory does not grow. join() waits until all that was put is done; shutdown()
 * ends the workers' loops, so that the program ends by itself.
 *
 * Look for: the queue never holds more than two, and nobody goes home before the last task is done. Then a PriorityQueue:
 * the fire alarm rings while Dan is busy and three jobs wait, and the fire is his next job.
 */
import { PriorityQueue, Queue } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description =
  'A boss makes tasks, three workers do them, the queue between them is bounded; an urgent job jumps another queue.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  const tasks = new Queue<string>(2)

  async function boss(): Promise<void> {
    for (let number = 1; number <= 9; number++) {
      await sleep(1)
      if (tasks.full) print(`boss: waits with task ${number},`, tasks)
      await tasks.put(`task ${number}`)
      print(`boss: has put task ${number},`, tasks)
    }
    await tasks.join()
    print('boss: all is done')
    tasks.shutdown()
  }

  async function worker(name: string): Promise<void> {
    for await (const task of tasks) {
      print(`${name}: starts ${task}`)
      await sleep(5)
      print(`${name}: ends ${task}`)
      tasks.taskDone()
    }
    print(`${name}: goes home`)
  }

  await Promise.all([worker('Ann'), worker('Bob'), worker('Cid'), boss()])

  const jobs = new PriorityQueue<[priority: number, job: string]>()

  async function caretaker(name: string): Promise<void> {
    for await (const [priority, job] of jobs) {
      print(`${name}: ${job} (priority ${priority})`)
      await sleep(2)
    }
    print(`${name}: goes home`)
  }

  async function house(): Promise<void> {
    for (const job of ['water the plants', 'tidy up', 'wind the clock']) await jobs.put([2, job])
    await sleep(1)
    print('the fire alarm rings,', jobs)
    await jobs.put([1, 'put out the fire'])
    jobs.shutdown() // nothing more is put; what is there is done
  }

  await Promise.all([caretaker('Dan'), house()])
})
