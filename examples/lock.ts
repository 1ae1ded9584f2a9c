/**
 * Two workers want one lock.
 *
 * Look for: the second worker asks while the first one works, and the lock says so (`waiting: 1`). It gets the lock in
 * the moment that the first one gives it back. Their work never overlaps.
 */
import { Lock } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description = 'Two workers want one lock: their work never overlaps.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  const lock = new Lock()

  async function worker(name: string): Promise<void> {
    print(`${name} worker wants the lock`)
    using _ = await lock.acquire() // given back at the end of the block, however it ends
    print(`${name} worker has it:`, lock)
    await sleep(1)
    print(`${name} worker is done:`, lock)
  }

  await Promise.all([worker('first'), worker('second')])
  print('nobody has it:', lock)
})
