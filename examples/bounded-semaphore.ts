/**
 * One release too many.
 *
 * Look for: the plain Semaphore takes it without a word, and from then on three are in where two were allowed. The
 * BoundedSemaphore throws, at the line that is wrong, and stays at two.
 */
import { BoundedSemaphore, Semaphore } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description = 'One release too many: a Semaphore lets a third one in, a BoundedSemaphore throws.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  async function threeWorkers(semaphore: Semaphore): Promise<void> {
    let inside = 0

    async function worker(): Promise<void> {
      using _ = await semaphore.acquire()
      inside += 1
      print(`in at the same time: ${inside}`)
      await sleep(1)
      inside -= 1
    }

    await Promise.all([worker(), worker(), worker()])
  }

  for (const semaphore of [new Semaphore(2), new BoundedSemaphore(2)]) {
    await semaphore.acquire()
    print('one permit taken: ', semaphore)
    semaphore.release()
    print('and given back:   ', semaphore)
    try {
      semaphore.release() // the bug
      print('and given back?   ', semaphore)
    } catch (error) {
      print(`and given back?    ${String(error)}`)
      print('nothing changed:  ', semaphore)
    }
    await threeWorkers(semaphore)
  }
})
