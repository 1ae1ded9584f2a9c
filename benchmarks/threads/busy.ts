// A thread of the row of the busy waiter. Three of them want one lock: one that holds it, one that awaits it and is busy with something else for
// a second, and one that blocks.
/* oxlint-disable no-await-in-loop -- one round after the other */
import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'

export type Role = 'holder' | 'busy' | 'waiter'

export interface BusyGiven {
  name: string
  role: Role
  shared: never
  /** When it was given back, and when it was acquired: nanoseconds. */
  times: BigInt64Array
}

/** A lock across threads: acquired in whatever way, it answers what gives it back. */
export interface BusyContestant {
  readonly name: string
  readonly kind: 'ours' | 'peer'
  share(): unknown
  join(shared: never): Promise<{
    acquire(): Promise<() => void>
    /** As it waits best for a thread that has nothing else to do. */
    wait(): Promise<() => void> | (() => void)
  }>
}

export const contestants: readonly BusyContestant[] = [
  {
    name: '@interlock/worker',
    kind: 'ours',
    async share() {
      const { Lock, Space } = await import('@interlock/worker')
      return new Lock({ space: new Space() }).handle
    },
    async join(handle: import('@interlock/worker').Handle) {
      const lock = (await import('@interlock/worker')).Lock.from(handle)
      const giving = (permit: { release(): void }) => () => permit.release()
      return { acquire: async () => giving(await lock.acquire()), wait: () => giving(lock.acquireSync()) }
    },
  },
  {
    name: 'multithreading',
    kind: 'peer',
    share: () => new SharedArrayBuffer(4),
    async join(word: SharedArrayBuffer) {
      const { Mutex } = await import('multithreading')
      const mutex = new Mutex(undefined, word)
      const giving = (guard: { dispose(): void }) => () => guard.dispose()
      return { acquire: async () => giving(await mutex.lock()), wait: () => giving(mutex.blockingLock()) }
    },
  },
  {
    name: 'navigator.locks',
    kind: 'peer',
    share: () => `bench ${Math.random()}`,
    join: async (name: string) => {
      const { locks } = navigator as unknown as {
        locks: { request(name: string, fn: () => Promise<void>): Promise<void> }
      }
      const acquire = (): Promise<() => void> =>
        new Promise((resolve) => {
          void locks.request(name, () => new Promise<void>((release) => resolve(release)))
        })
      return { acquire, wait: acquire }
    },
  },
]

export const BUSY_FOR = 1000

const given = workerData as BusyGiven | null
if (given !== null && 'role' in given) await take(given)

async function take({ name, role, shared, times }: BusyGiven): Promise<void> {
  const port = parentPort!
  // Not every lock's waiting keeps its thread alive.
  setInterval(() => {}, 1e6)
  const say = (what: string): void => port.postMessage(what)
  const contestant = contestants.find((one) => one.name === name)!
  const lock = await contestant.join(shared)
  say('ready')
  for (;;) {
    await once(port, 'message')
    if (role === 'holder') {
      const release = await lock.acquire()
      say('holds')
      await once(port, 'message')
      Atomics.store(times, 0, process.hrtime.bigint())
      release()
    } else if (role === 'busy') {
      const acquired = lock.acquire()
      // One turn, in which what waits for another thread's answer is sent.
      await new Promise((resolve) => setTimeout(resolve, 20))
      say('waits')
      for (const until = performance.now() + BUSY_FOR; performance.now() < until;);
      ;(await acquired)()
    } else {
      say('waits')
      const release = await lock.wait()
      Atomics.store(times, 1, process.hrtime.bigint())
      release()
    }
    say('done')
  }
}
