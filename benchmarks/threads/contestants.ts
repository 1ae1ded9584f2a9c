/* oxlint-disable unicorn/prefer-add-event-listener -- a port is started by it */
// What the rows across threads compare. Each contestant is made ready in the main thread, where `share()` answers what its threads are given, and in
// each of its threads, where `join()` answers the work to be timed. Both sides of a pair are of the same contestant.
import type { Kind } from '../library.ts'

export interface ThreadContestant {
  readonly name: string
  readonly kind: Kind
  /** Plain data for the threads. */
  share(): unknown
  /** In the thread of side 0 or 1: does `n` operations. */
  join(shared: never, side: 0 | 1, port: MessagePort): Promise<Work> | Work
}

export type Work = (n: number) => void | Promise<void>

export type Group =
  | 'blocking'
  | 'async'
  | 'contended'
  | 'hand-off-blocking'
  | 'hand-off-async'
  | 'queue-16'
  | 'queue-1k'
  | 'queue-1m'

const words = (): Int32Array => new Int32Array(new SharedArrayBuffer(1024))

/** A word of each on a line of its own. */
const LOCK = 0
const COUNT = 32
const BELL = [64, 96] as const

const pause: () => void = (Atomics as { pause?: () => void }).pause ?? ((): void => {})

// Drepper's second mutex ("Futexes are tricky", 2011), with a spin: 0 free, 1 locked, 2 locked and somebody sleeps.
function lockBare(view: Int32Array): void {
  let state = Atomics.compareExchange(view, LOCK, 0, 1)
  if (state === 0) return
  for (let spins = 0; spins < 40; spins++) {
    if (Atomics.load(view, LOCK) === 0 && Atomics.compareExchange(view, LOCK, 0, 1) === 0) return
    pause()
  }
  if (state !== 2) state = Atomics.exchange(view, LOCK, 2)
  while (state !== 0) {
    Atomics.wait(view, LOCK, 2)
    state = Atomics.exchange(view, LOCK, 2)
  }
}

function unlockBare(view: Int32Array): void {
  if (Atomics.exchange(view, LOCK, 0) === 2) Atomics.notify(view, LOCK, 1)
}

const bareContended: ThreadContestant = {
  name: 'bare mutex (Drepper)',
  kind: 'floor',
  share: words,
  join: (view: Int32Array) => (n) => {
    for (let i = 0; i < n; i++) {
      lockBare(view)
      view[COUNT]!++
      unlockBare(view)
    }
  },
}

const ours = () => import('@interlock/worker')

interface SharedLock {
  handle: import('@interlock/worker').Handle
  view: Int32Array
}

const shareLock = async (): Promise<SharedLock> => {
  const { Lock, Space } = await ours()
  return { handle: new Lock({ space: new Space() }).handle, view: words() }
}

const oursBlocking: ThreadContestant = {
  name: '@interlock/worker',
  kind: 'ours',
  share: shareLock,
  async join({ handle, view }: SharedLock) {
    const lock = (await ours()).Lock.from(handle)
    return (n) => {
      for (let i = 0; i < n; i++) {
        const permit = lock.acquireSync()
        view[COUNT]!++
        permit.release()
      }
    }
  },
}

const oursAsync: ThreadContestant = {
  name: '@interlock/worker, async',
  kind: 'ours',
  share: shareLock,
  async join({ handle, view }: SharedLock) {
    const lock = (await ours()).Lock.from(handle)
    return async (n) => {
      for (let i = 0; i < n; i++) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other is what is timed
        const permit = await lock.acquire()
        view[COUNT]!++
        permit.release()
      }
    }
  },
}

const webLocks: ThreadContestant = {
  name: 'navigator.locks',
  kind: 'peer',
  share: () => ({ name: `bench ${Math.random()}`, view: words() }),
  join: ({ name, view }: { name: string; view: Int32Array }) => {
    const { locks } = navigator as unknown as { locks: { request(name: string, fn: () => void): Promise<void> } }
    return async (n) => {
      for (let i = 0; i < n; i++) {
        // oxlint-disable-next-line no-await-in-loop
        await locks.request(name, () => {
          view[COUNT]!++
        })
      }
    }
  },
}

// One thread: a free lock.

const barePair: ThreadContestant = {
  name: 'bare compareExchange + exchange',
  kind: 'floor',
  share: words,
  join: (view: Int32Array) => (n) => {
    for (let i = 0; i < n; i++) {
      Atomics.compareExchange(view, LOCK, 0, 1)
      Atomics.exchange(view, LOCK, 0)
    }
  },
}

const free = (contestant: ThreadContestant): ThreadContestant => ({ ...contestant })

const coreAlone: ThreadContestant = {
  name: '@interlock/core',
  kind: 'floor',
  share: () => null,
  async join() {
    const lock = new (await import('@interlock/core')).Lock()
    return async (n) => {
      for (let i = 0; i < n; i++) {
        // oxlint-disable-next-line no-await-in-loop
        const permit = await lock.acquire()
        permit.release()
      }
    }
  },
}

/** core's Lock and one and a half bare pairs: what a lock across threads that is awaited may cost. */
const coreAndPairs: ThreadContestant = {
  name: '@interlock/core + 1.5 bare pairs',
  kind: 'floor',
  share: words,
  async join(view: Int32Array) {
    const lock = new (await import('@interlock/core')).Lock()
    return async (n) => {
      for (let i = 0; i < n; i++) {
        Atomics.compareExchange(view, LOCK, 0, 1)
        // oxlint-disable-next-line no-await-in-loop
        const permit = await lock.acquire()
        Atomics.exchange(view, LOCK, 0)
        permit.release()
        if ((i & 1) === 0) {
          Atomics.compareExchange(view, LOCK, 0, 1)
          Atomics.exchange(view, LOCK, 0)
        }
      }
    }
  },
}

const multithreadingContended = (how: 'blocking' | 'async'): ThreadContestant => ({
  name: how === 'blocking' ? 'multithreading' : 'multithreading, async',
  kind: 'peer',
  share: () => ({ word: new SharedArrayBuffer(4), view: words() }),
  async join({ word, view }: { word: SharedArrayBuffer; view: Int32Array }) {
    const { Mutex } = await import('multithreading')
    const mutex = new Mutex(undefined, word)
    return how === 'blocking'
      ? (n) => {
          for (let i = 0; i < n; i++) {
            const guard = mutex.blockingLock()
            view[COUNT]!++
            guard.dispose()
          }
        }
      : async (n) => {
          for (let i = 0; i < n; i++) {
            // oxlint-disable-next-line no-await-in-loop
            const guard = await mutex.lock()
            view[COUNT]!++
            guard.dispose()
          }
        }
  },
})

const multithreadingFree = (how: 'blocking' | 'async'): ThreadContestant => ({
  name: 'multithreading',
  kind: 'peer',
  share: () => null,
  async join() {
    const { Mutex } = await import('multithreading')
    const mutex = new Mutex(new Int32Array(new SharedArrayBuffer(8)))
    return how === 'blocking'
      ? (n) => {
          for (let i = 0; i < n; i++) mutex.blockingLock().dispose()
        }
      : async (n) => {
          for (let i = 0; i < n; i++) {
            // oxlint-disable-next-line no-await-in-loop
            const guard = await mutex.lock()
            guard.dispose()
          }
        }
  },
})

// Two threads: a word to and fro. An operation is a hand-over, of which a round trip has two.

const bareHandOff: ThreadContestant = {
  name: 'bare wait and notify',
  kind: 'floor',
  share: words,
  join: (view: Int32Array, side) => {
    let turn = 0
    return (n) => {
      for (let i = 0; i < n; i++) {
        turn++
        if (side === 0) say(view, BELL[1], turn)
        hear(view, BELL[side], turn)
        if (side === 1) say(view, BELL[0], turn)
      }
    }
  },
}

function say(view: Int32Array, at: number, what: number): void {
  Atomics.store(view, at, what)
  Atomics.notify(view, at)
}

function hear(view: Int32Array, at: number, what: number): void {
  for (let heard = Atomics.load(view, at); heard !== what; heard = Atomics.load(view, at)) Atomics.wait(view, at, heard)
}

const bareHandOffAsync: ThreadContestant = {
  name: 'bare waitAsync and notify',
  kind: 'floor',
  share: words,
  join: (view: Int32Array, side) => {
    let turn = 0
    const heardOf = async (at: number, what: number): Promise<void> => {
      for (let heard = Atomics.load(view, at); heard !== what; heard = Atomics.load(view, at)) {
        // oxlint-disable-next-line no-await-in-loop
        await Atomics.waitAsync(view, at, heard).value
      }
    }
    return async (n) => {
      // Nothing else keeps a thread alive that only waits.
      const alive = setInterval(() => {}, 1000)
      for (let i = 0; i < n; i++) {
        turn++
        if (side === 0) say(view, BELL[1], turn)
        // oxlint-disable-next-line no-await-in-loop
        await heardOf(BELL[side], turn)
        if (side === 1) say(view, BELL[0], turn)
      }
      clearInterval(alive)
    }
  },
}

const shareSemaphores = async () => {
  const { Semaphore, Space } = await ours()
  const space = new Space()
  return [new Semaphore(0, { space }).handle, new Semaphore(0, { space }).handle]
}

const oursHandOff = (how: 'blocking' | 'async'): ThreadContestant => ({
  name: '@interlock/worker',
  kind: 'ours',
  share: shareSemaphores,
  async join(handles: import('@interlock/worker').Handle[], side) {
    const { Semaphore } = await ours()
    const [to, from] = [Semaphore.from(handles[1 - side]!), Semaphore.from(handles[side]!)]
    // Each gives the other a permit that it does not hold: a signal, and its permit is used up.
    return how === 'blocking'
      ? (n) => {
          for (let i = 0; i < n; i++) {
            if (side === 0) to.release()
            from.acquireSync()
            if (side === 1) to.release()
          }
        }
      : async (n) => {
          for (let i = 0; i < n; i++) {
            if (side === 0) to.release()
            // oxlint-disable-next-line no-await-in-loop
            await from.acquire()
            if (side === 1) to.release()
          }
        }
  },
})

const postMessageHandOff: ThreadContestant = {
  name: 'postMessage',
  kind: 'peer',
  share: () => null,
  join: (_, side, port) => async (n) => {
    let done = (): void => {}
    let left = n
    const finished = new Promise<void>((resolve) => (done = resolve))
    port.onmessage = () => {
      left--
      if (side === 1 || left > 0) port.postMessage(0)
      if (left === 0) done()
    }
    if (side === 0) port.postMessage(0)
    await finished
    port.onmessage = null
  },
}

const comlinkHandOff: ThreadContestant = {
  name: 'Comlink',
  kind: 'peer',
  share: () => null,
  async join(_, side, port) {
    const { expose, wrap } = await import('comlink')
    if (side === 1) {
      let calls = 0
      let served = (): void => {}
      const call = (): void => {
        calls++
        served()
      }
      expose({ call }, port)
      return (n) => {
        const until = calls + n
        return new Promise<void>((resolve) => {
          served = () => {
            if (calls >= until) resolve()
          }
          served()
        })
      }
    }
    const there = wrap<{ call(): void }>(port)
    return async (n) => {
      // oxlint-disable-next-line no-await-in-loop
      for (let i = 0; i < n; i++) await there.call()
    }
  },
}

// Two threads: items from side 0 to side 1.

const item = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(7)

const oursQueue = (bytes: number): ThreadContestant => ({
  name: '@interlock/worker',
  kind: 'ours',
  async share() {
    const { Queue } = await ours()
    return new Queue({ bytes: Math.max(1 << 18, 8 * bytes), codec: 'bytes' }).handle
  },
  async join(handle: import('@interlock/worker').Handle, side) {
    const { Queue } = await ours()
    const queue = Queue.from<Uint8Array>(handle, { codec: 'bytes' })
    const what = item(bytes)
    return (n) => {
      if (side === 0) for (let i = 0; i < n; i++) queue.putSync(what)
      else {
        for (let i = 0; i < n; i++) if (queue.getSync().length !== bytes) throw new Error('an item was torn')
      }
    }
  },
})

/** The consumer copies each item into memory that it uses again. */
const oursQueueBorrowed = (bytes: number): ThreadContestant => ({
  ...oursQueue(bytes),
  name: '@interlock/worker, borrowed',
  async share() {
    const { Queue } = await ours()
    return new Queue({ bytes: 8 * bytes, codec: borrowing(bytes) }).handle
  },
  async join(handle: import('@interlock/worker').Handle, side) {
    const { Queue } = await ours()
    const queue = Queue.from<Uint8Array>(handle, { codec: borrowing(bytes) })
    const what = item(bytes)
    return (n) => {
      if (side === 0) for (let i = 0; i < n; i++) queue.putSync(what)
      else for (let i = 0; i < n; i++) if (queue.getSync().length !== bytes) throw new Error('an item was torn')
    }
  },
})

const borrowing = (bytes: number): import('@interlock/worker').OwnCodec<Uint8Array> => ({
  borrows: true,
  encode: (what) => what,
  decode(lent) {
    if (lent[bytes - 1] !== 7) throw new Error('an item was torn')
    return lent
  },
})

const oursQueueAsync = (bytes: number): ThreadContestant => ({
  ...oursQueue(bytes),
  name: '@interlock/worker, async',
  async join(handle: import('@interlock/worker').Handle, side) {
    const { Queue } = await ours()
    const queue = Queue.from<Uint8Array>(handle, { codec: 'bytes' })
    const what = item(bytes)
    return async (n) => {
      for (let i = 0; i < n; i++) {
        // oxlint-disable-next-line no-await-in-loop
        if (side === 0) await queue.put(what)
        // oxlint-disable-next-line no-await-in-loop
        else if ((await queue.get()).length !== bytes) throw new Error('an item was torn')
      }
    }
  },
})

const postMessageQueue = (bytes: number): ThreadContestant => ({
  name: 'postMessage',
  kind: 'floor',
  share: () => null,
  join: (_, side, port) => {
    const what = item(bytes)
    return async (n) => {
      // In batches, each answered: without that all would lie in memory at once.
      const batch = Math.min(n, bytes > 1e5 ? 8 : 1000)
      await new Promise<void>((resolve) => {
        let seen = 0
        if (side === 1) {
          port.onmessage = ({ data }: MessageEvent<Uint8Array>) => {
            if (data.length !== bytes) throw new Error('an item was torn')
            seen++
            if (seen % batch === 0 || seen === n) port.postMessage(seen)
            if (seen === n) resolve()
          }
          return
        }
        const send = (): void => {
          for (let i = 0; i < batch && seen < n; i++, seen++) port.postMessage(what)
        }
        port.onmessage = ({ data }: MessageEvent<number>) => {
          if (data === n) resolve()
          else send()
        }
        send()
      })
      port.onmessage = null
    }
  },
})

/** One thread writes into shared memory, as fast as it can. */
const memoryCopy = (bytes: number): ThreadContestant => ({
  name: 'a copy of the memory',
  kind: 'floor',
  share: () => new SharedArrayBuffer(8 * bytes),
  join: (memory: SharedArrayBuffer, side) => {
    const shared = new Uint8Array(memory)
    const what = item(bytes)
    return (n) => {
      if (side === 0) for (let i = 0; i < n; i++) shared.set(what, (i % 8) * bytes)
    }
  },
})

/** What handing items over costs at least: one thread writes them into eight places, the other reads them from there, into memory that it has. */
const bareRing = (bytes: number): ThreadContestant => ({
  name: 'bare ring of 8',
  kind: 'floor',
  share: () => ({ memory: new SharedArrayBuffer(8 * bytes), counts: words() }),
  join: ({ memory, counts }: { memory: SharedArrayBuffer; counts: Int32Array }, side) => {
    const shared = new Uint8Array(memory)
    const what = item(bytes)
    const [puts, gets] = BELL
    let index = 0
    return (n) => {
      for (const end = index + n; index < end; index++) {
        const at = (index % 8) * bytes
        if (side === 0) {
          for (let got: number; index - (got = Atomics.load(counts, gets)) >= 8;) Atomics.wait(counts, gets, got)
          shared.set(what, at)
          Atomics.store(counts, puts, index + 1)
          Atomics.notify(counts, puts)
        } else {
          for (let put: number; (put = Atomics.load(counts, puts)) <= index;) Atomics.wait(counts, puts, put)
          what.set(shared.subarray(at, at + bytes))
          if (what[bytes - 1] !== 7) throw new Error('an item was torn')
          Atomics.store(counts, gets, index + 1)
          Atomics.notify(counts, gets)
        }
      }
    }
  },
})

/** One thread copies out of shared memory, into new memory each time. */
const newCopy = (bytes: number): ThreadContestant => ({
  name: 'a copy into new memory',
  kind: 'floor',
  share: () => new SharedArrayBuffer(8 * bytes),
  join: (memory: SharedArrayBuffer, side) => {
    const shared = new Uint8Array(memory).fill(7)
    return (n) => {
      if (side === 1) return
      for (let i = 0; i < n; i++) {
        const at = (i % 8) * bytes
        if (shared.slice(at, at + bytes)[bytes - 1] !== 7) throw new Error('an item was torn')
      }
    }
  },
})

export const GROUPS: Record<Group, readonly ThreadContestant[]> = {
  blocking: [barePair, free({ ...oursBlocking }), multithreadingFree('blocking')],
  async: [coreAlone, coreAndPairs, { ...oursAsync, name: '@interlock/worker' }, multithreadingFree('async'), webLocks],
  contended: [
    bareContended,
    oursBlocking,
    oursAsync,
    multithreadingContended('blocking'),
    multithreadingContended('async'),
    webLocks,
  ],
  'hand-off-blocking': [bareHandOff, oursHandOff('blocking')],
  'hand-off-async': [bareHandOffAsync, oursHandOff('async'), postMessageHandOff, comlinkHandOff],
  'queue-16': [postMessageQueue(16), oursQueue(16), oursQueueAsync(16)],
  'queue-1k': [postMessageQueue(1024), oursQueue(1024), oursQueueAsync(1024)],
  'queue-1m': [
    memoryCopy(1 << 20),
    bareRing(1 << 20),
    newCopy(1 << 20),
    postMessageQueue(1 << 20),
    oursQueue(1 << 20),
    oursQueueBorrowed(1 << 20),
  ],
}
