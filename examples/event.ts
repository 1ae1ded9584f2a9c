/**
 * An event: some wait for it, somebody sets it.
 *
 * Look for: the waiter goes on in the second in which the event is set; who waits after that goes on at once. Then the
 * fan-out: three tasks need a list that a fourth is still fetching, and all go together when it is there.
 */
import { Event } from '@interlock/core'
import { scenario } from './stage/scenario.ts'

const description = 'Tasks wait for an event, one task sets it, and all who wait go on.'

export default scenario(import.meta, description, async ({ print, sleep }) => {
  const event = new Event()

  async function waiter(): Promise<void> {
    print('waiter: waits for', event)
    await event.wait()
    print('waiter: goes on,', event)
  }

  async function setter(): Promise<void> {
    await sleep(1)
    print('setter: sets', event)
    event.set()
  }

  await Promise.all([waiter(), setter()])
  await event.wait()
  print('a wait() after set() did not have to wait')

  const fetched = new Event({ name: 'APIs fetched' })
  let apis: string[] = []

  async function fetchApis(): Promise<void> {
    print('fetching the list of APIs')
    await sleep(2)
    apis = ['users', 'orders', 'prices']
    print(`fetched: ${apis.join(', ')};`, fetched)
    fetched.set()
  }

  async function background(task: number): Promise<void> {
    print(`task ${task}: waits for the list`)
    await fetched.wait()
    print(`task ${task}: calls ${apis[task - 1]}`)
    await sleep(1)
    print(`task ${task}: done`)
  }

  await Promise.all([background(1), background(2), background(3), fetchApis()])
})
