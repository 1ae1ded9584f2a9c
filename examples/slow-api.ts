/**
 * A slow API that may serve one request at a time.
 *
 * The calculation must never run twice at once. Each request takes the lock, calculates, and gives the lock back in a
 * `finally`: a calculation that fails holds nobody up.
 *
 * Look for: request 2 fails, and request 3 still gets its turn.
 */
import { Lock } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description = 'A slow statistics API serves one request at a time, also when one of them fails.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  const db = {
    busy: false,
    async calculateStats(request: number): Promise<string> {
      if (this.busy) throw new Error('the database calculates already')
      this.busy = true
      print(`request ${request}: calculating`)
      await sleep(2)
      this.busy = false
      if (request === 2) throw new Error('the database lost the connection')
      return `${request * 100} users`
    },
  }
  const lock = new Lock({ name: 'statistics' })

  async function getStats(request: number): Promise<string> {
    await lock.acquire()
    try {
      return await db.calculateStats(request)
    } finally {
      lock.release()
    }
  }

  async function handle(request: number): Promise<void> {
    print(`request ${request}: came in`)
    try {
      print(`request ${request}: 200 OK, ${await getStats(request)}`)
    } catch (error) {
      print(`request ${request}: 500, ${String(error)}`)
    }
  }

  await Promise.all([1, 2, 3].map((request) => handle(request)))
  print(lock)
})
