/** What keep-alive.js runs. */
import { Abort, Event, Lock, Space } from '@interlock/worker'

const programs = {
  /** Nothing else keeps it alive: the timer that sets the event is unref()ed. */
  wait() {
    const event = new Event()
    const timer = setTimeout(() => event.set(), 50)
    if (globalThis.Deno === undefined) timer.unref()
    else Deno.unrefTimer(timer)
    void event.wait().then(() => console.log('served'))
  },

  unref() {
    Space.default.unref()
    void new Event().wait().then(() => console.log('served'))
  },

  async nothing() {
    const lock = new Lock()
    await lock.acquire()
    await lock.acquire({ timeout: 5 }).catch(() => {})
    void new Abort().signal.aborted
    console.log('done')
  },
}

await programs[process.argv[2]]()
