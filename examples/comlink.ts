/**
 * Comlink, and a lock among the arguments.
 *
 * Two threads expose an object by Comlink. The main thread calls a method of both, and hands each the same Lock, as it
 * would hand it to a function of its own. install() has taught Comlink to carry it; without it, what arrives is a lifeless
 * copy, or an error. (In a page it is the same, with `new Worker(…)` of the browser's.)
 *
 * Look for: no turn begins before the one before it has ended, though neither thread knows of the other. And a lock nested
 * in an object is refused, because Comlink does not look into objects.
 */
import * as Comlink from 'comlink'
import { Lock } from '@interlock/worker'
import { install, wrap } from '@interlock/worker/comlink'
import { scenario } from './stage/scenario.ts'
import { startThread } from './stage/threads.ts'
import type { Api } from './threads/turns.ts'

const description = 'One lock is handed to two threads, as an argument of a Comlink call: they take turns.'

export default scenario(
  import.meta,
  description,
  async ({ print, ms }) => {
    install(Comlink)
    const lock = new Lock({ name: 'turn' })

    async function thread(name: string): Promise<number> {
      await using worker = startThread('turns')
      const api = wrap<Api>(worker)
      return await api.work(
        lock,
        4,
        ms(1),
        Comlink.proxy((text: string) => print(`${name}: ${text}`)),
      )
    }

    const turns = await Promise.all([thread('Ann'), thread('Bob')])
    print(`${turns[0] + turns[1]} turns were taken:`, lock)

    const { port1 } = new MessageChannel()
    const api = Comlink.wrap<(job: { lock: Lock }) => void>(port1)
    try {
      await api({ lock })
    } catch (error) {
      print(String(error))
    } finally {
      port1.close()
    }
  },
  { threads: true },
)
