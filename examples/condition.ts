/**
 * A condition: a lock, and word that what it guards has changed.
 *
 * A consumer looks at the basket under the lock; when it is not as he needs it, wait() gives the lock up, so that the
 * producer can get at the basket, and has it again when it returns.
 *
 * Look for: notifyAll() wakes both consumers, and they come back one after the other, each with the lock. Then
 * waitFor(): Bob wants three apples, so he looks again after every notification and goes back to wait until it is true.
 */
import { Condition } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description = 'Consumers wait, under a lock, until a producer tells them that something has changed.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  const changed = new Condition()
  let apples = 0

  async function consumer(name: string): Promise<void> {
    using _ = await changed.acquire()
    print(`${name}: waits`)
    await changed.wait()
    print(`${name}: was notified and holds the lock,`, changed)
    await sleep(0.5)
    print(`${name}: gives the lock back`)
  }

  async function producer(): Promise<void> {
    await sleep(1)
    using _ = await changed.acquire()
    print('producer: notifies all')
    changed.notifyAll()
    await sleep(0.5)
    print('producer: gives the lock back')
  }

  await Promise.all([consumer('Ann'), consumer('Bob'), producer()])

  async function eater(name: string, wants: number): Promise<void> {
    using _ = await changed.acquire()
    print(`${name}: wants ${wants}, there are ${apples}`)
    await changed.waitFor(() => {
      print(`${name}: looks, ${apples} of ${wants}`)
      return apples >= wants
    })
    apples -= wants
    print(`${name}: takes ${wants}, leaves ${apples}`)
  }

  async function picker(): Promise<void> {
    for (let apple = 1; apple <= 4; apple++) {
      await sleep(1)
      using _ = await changed.acquire()
      apples += 1
      print(`picker: puts one in, there are ${apples}`)
      changed.notifyAll()
    }
  }

  await Promise.all([eater('Bob', 3), eater('Ann', 1), picker()])
})
