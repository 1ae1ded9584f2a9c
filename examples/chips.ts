/**
 * Four friends and one pack of chips.
 *
 * reserve() takes the lock and chips() gives it back: two methods, so no block can hold it. This is asyncio's own style,
 * acquire() and release(), and it asks for care: who reserves must take chips.
 *
 * Look for: whoever has had chips goes to the end of the line, so all four go round in order, four times.
 */
import { Lock } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description = 'Four friends share a pack of chips, in order: acquire() in one method, release() in another.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  class PackOfChips {
    readonly #lock = new Lock()

    async reserve(name: string): Promise<void> {
      await this.#lock.acquire()
      print(`${name} put a hand in`)
    }

    chips(name: string): void {
      print(`${name} took chips`)
      this.#lock.release()
    }
  }

  const pack = new PackOfChips()

  async function eat(name: string): Promise<void> {
    for (let round = 1; round <= 4; round++) {
      await pack.reserve(name)
      await sleep(0.5)
      pack.chips(name)
    }
  }

  await Promise.all(['Andrey', 'Alex', 'Artem', 'Igor'].map((name) => eat(name)))
})
