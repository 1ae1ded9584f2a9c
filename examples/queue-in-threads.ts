/**
 * A boss and three workers, each in a thread of its own.
 *
 * The same as with one thread (queue.ts), and the same words: put(), `for await`, taskDone(), join(), shutdown(). But the
 * queue lies in shared memory, and what is put becomes bytes there, so the three could do real work at the same time.
 *
 * Look for: the queue never holds more than two, each task is done by one worker, and all go home once the queue is shut
 * down.
 */
import { Queue } from '@interlock/worker'
import { scenario } from './stage/scenario.ts'
import { ended, startThread } from './stage/threads.ts'
import type { Clerk } from './threads/clerk.ts'

const description =
  'A boss hands tasks to three workers, each in its own thread, over a bounded queue in shared memory.'

export default scenario(
  import.meta,
  description,
  async ({ print, sleep, ms }) => {
    const tasks = new Queue<string>({ maxsize: 2, name: 'tasks' })

    async function boss(): Promise<void> {
      for (let number = 1; number <= 9; number++) {
        await sleep(1)
        await tasks.put(`task ${number}`)
        print(`boss: has put task ${number},`, tasks)
      }
      await tasks.join()
      print('boss: all is done')
      tasks.shutdown()
    }

    async function worker(name: string): Promise<void> {
      const clerk: Clerk = { tasks: tasks.handle, name, ms: ms(5) }
      await using thread = startThread('clerk', clerk)
      thread.on('message', (text: string) => print(text))
      await ended(thread)
    }

    await Promise.all([worker('Ann'), worker('Bob'), worker('Cid'), boss()])
    print('the threads have ended:', tasks)
    tasks.free()
  },
  { threads: true },
)
