/**
 * A database that can take two queries at a time.
 *
 * A hundred queries come in at once. Semaphore(2) lets two through; each of the others starts when one before it ends.
 *
 * Look for: exactly two queries start in each second, in the order in which they came. Then eight tasks of unequal
 * length: whoever ends first lets the next one in, and there are never more than two.
 */
import { Semaphore } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description =
  'A hundred queries go through a database that takes two at a time, then eight tasks of unequal length.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  class Database {
    readonly #limit = new Semaphore(2)
    readonly #starting: number[] = []

    async query(id: number): Promise<void> {
      using _ = await this.#limit.acquire()
      void this.#printStart(id)
      await sleep(1)
    }

    /** One line for all queries that start in the same moment. */
    async #printStart(id: number): Promise<void> {
      if (this.#starting.push(id) > 1) return
      await sleep(0)
      print(`start: ${this.#starting.splice(0).join(', ')}`)
    }
  }

  const database = new Database()
  const ids = Array.from({ length: 100 }, (_, index) => index + 1)
  await Promise.all(ids.map((id) => database.query(id)))

  const semaphore = new Semaphore(2)

  async function task(id: number, seconds: number): Promise<void> {
    await semaphore.run(async () => {
      print(`task ${id}: starts,`, semaphore)
      await sleep(seconds)
      print(`task ${id}: ends`)
    })
  }

  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((id) => task(id, 1 + (id % 3) / 2)))
  print('all done:', semaphore)
})
