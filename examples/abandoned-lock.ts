/**
 * A thread dies with the lock.
 *
 * It moves money between two accounts under a lock, takes it from the one, and hangs before it gives it to the other. It is
 * terminated there, in the middle of its critical section. A lock that nobody can release any more would hold up the others
 * for ever. Here terminate() waits until the death is certain, and the next one has the lock.
 *
 * Look for: the next one is told that the lock was abandoned, so that it does not trust what it finds, and repairs it. The
 * one after that is told nothing, for all is well again.
 */
import { once } from 'node:events'
import { Lock, terminate } from '@interlock/worker'
import { scenario } from './stage/scenario.ts'
import { ended, startThread } from './stage/threads.ts'
import type { Transfer } from './threads/transfer.ts'

const description = 'A thread is terminated in its critical section: the next gets the lock, and is told to look twice.'

export default scenario(
  import.meta,
  description,
  async ({ print, sleep }) => {
    const lock = new Lock({ name: 'accounts' })
    const accounts = new SharedArrayBuffer(8)
    const balance = new Int32Array(accounts)
    balance[0] = 100
    const transfer: Transfer = { lock: lock.handle, accounts, amount: 30, hangs: false, total: 100 }

    {
      await using first = startThread('transfer', { ...transfer, hangs: true })
      for (let said = 0; said < 2; said++) print(`the first: ${(await once(first, 'message'))[0]}`)
      await sleep(1)
      print('it hangs, with', lock)
      await terminate(first)
      print('it is terminated:', lock)
    }

    for (const name of ['the second', 'the third']) {
      await using thread = startThread('transfer', transfer)
      thread.on('message', (text: string) => print(`${name}: ${text}`))
      await ended(thread)
    }
    print(`in the end: ${balance.join(' and ')},`, lock)
  },
  { threads: true },
)
