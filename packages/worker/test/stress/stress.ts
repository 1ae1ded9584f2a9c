/**
 * Stress: real threads, which use all primitives at once, blocking, awaiting, with time-outs and aborts; some of which are terminated at any
 * moment, or end by themselves. What each holds is checked after every operation (`ledger.ts`).
 *
 * The seed draws what each thread does, not in which order the machine runs them: a failure comes again with it as a rule, and not always.
 */
import { Worker } from 'node:worker_threads'
import {
  Abort,
  Barrier,
  Condition,
  Event,
  HandleError,
  Lock,
  Queue,
  ReadWriteLock,
  Semaphore,
  Space,
  supervise,
  terminate,
} from '../../src/index.ts'
import { randomFrom } from '../random.ts'
import { Actor, type Handles } from './actor.ts'
import { KINDS, Ledger, LEDGER_BYTES, MODES, OBJECTS, OUTCOMES, PARTIES, PERMITS, SLOTS } from './ledger.ts'
import type { ThreadData } from './thread.ts'

export interface StressOptions {
  readonly seed: number
  readonly operations?: number
  readonly seconds?: number
  /** Workers at a time, from 1 to 5. */
  readonly workers?: number
  readonly progress?: (operations: number, deaths: number) => void
}

export interface Covered {
  readonly operations: number
  /** By kind, mode and outcome. */
  readonly table: readonly { readonly name: string; readonly counts: readonly number[] }[]
  readonly terminated: number
  readonly ended: number
  /** How many permits said that their lock had been abandoned. */
  readonly told: number
  readonly items: { readonly put: number; readonly got: number; readonly left: number }
  readonly milliseconds: number
}

/** Nothing has happened for so long: something is stuck. Milliseconds. */
const STUCK = 30_000
/** The main thread's own slot. */
const MAIN = SLOTS - 1
const TASKS = 4

/** @throws Error, of what was found, with the seed. */
export async function stress(options: StressOptions): Promise<Covered> {
  const { seed, operations = Infinity, seconds = Infinity, workers = 4, progress } = options
  const begun = performance.now()
  const random = randomFrom(seed)
  const ledger = new Ledger(new SharedArrayBuffer(LEDGER_BYTES))
  const space = new Space({ threads: 16, objects: 4096, memory: new SharedArrayBuffer(1 << 21) })
  const lock = new Lock({ space })
  const semaphore = new Semaphore(PERMITS, { space })
  const event = new Event({ space })
  const readWrite = new ReadWriteLock({ space })
  const conditionLock = new Lock({ space })
  const condition = new Condition(conditionLock, { space })
  const barrier = new Barrier(PARTIES, { space })
  const queue = new Queue<Uint8Array>({ space, bytes: 512, maxsize: 8, codec: 'bytes' })
  let failure: string | undefined
  let terminated = 0
  let ended = 0
  let stopping = false
  const running: (Worker | undefined)[] = []
  const fail = (what: string): void => void (failure ??= what)

  const handles: Handles = {
    lock: lock.handle,
    semaphore: semaphore.handle,
    event: event.handle,
    readWrite: readWrite.handle,
    condition: condition.handle,
    barrier: barrier.handle,
    queue: queue.handle,
    space: space.handle,
  }

  /** It died with its thread, or in the middle of being made or freed. */
  const freeAbort = (index: number): void => {
    try {
      Abort.from({ ...space.handle, kind: 'abort', index }).free()
    } catch (error) {
      if (!(error instanceof HandleError)) throw error
    }
  }

  const begin = (slot: number): void => {
    ledger.setEnding(slot, false)
    const data: ThreadData = {
      handles,
      ledger: ledger.memory,
      slot,
      seed: Math.floor(random() * 2 ** 31),
      tasks: TASKS,
      mortality: 0.0005,
    }
    const worker = new Worker(new URL('thread.ts', import.meta.url), {
      workerData: data,
      execArgv: ['--conditions=@interlock/source', '--no-warnings'],
      stderr: true,
    })
    running[slot] = worker
    worker.on('message', (what: string) => fail(`slot ${slot}: ${what}`))
    worker.on('error', (error: Error) => {
      if (error.message !== 'drawn to end') fail(`slot ${slot}: ${error.stack}`)
    })
    // Before supervise() hears of it: what the dead held is no violation of those who are given it next.
    worker.once('exit', () => {
      running[slot] = undefined
      ledger.clear(slot, OBJECTS, true)
      const index = ledger.abortOf(slot)
      if (index !== 0) freeAbort(index)
      ledger.setAbort(slot, 0)
      if (!stopping) {
        ended++
        begin(slot)
      }
    })
    supervise(worker)
  }
  for (let slot = 0; slot < workers; slot++) begin(slot)

  const own = new Actor(handles, ledger, MAIN, seed, false)
  const ownRun = own.run(TASKS, () => {}).catch((error: Error) => fail(`main: ${error.stack}`))

  let latest = 0
  let latestAt = performance.now()
  for (;;) {
    // The only thread that sets and clears the event.
    ledger.beginSetting()
    event.set()
    await turn(random)
    event.clear()
    ledger.hasCleared()
    await turn(random)
    const now = performance.now()
    const { operations: made } = ledger
    if (made !== latest) {
      latest = made
      latestAt = now
    } else if (now - latestAt > STUCK) fail(`nothing has happened for ${STUCK / 1000} s`)
    if (failure !== undefined || made >= operations || now - begun > seconds * 1000) break
    progress?.(made, terminated + ended)
    const victim = running[Math.floor(random() * workers)]
    if (victim !== undefined && random() < 0.02) {
      terminated++
      await terminate(victim)
    }
  }

  stopping = true
  own.stop()
  for (const worker of running) worker?.postMessage('stop')
  const done = (async () => {
    for (const worker of running) if (worker !== undefined && worker.threadId >= 0) await exitOf(worker)
    await ownRun
  })()
  // Whoever waits for it without an end is let go.
  const release = setInterval(() => {
    ledger.beginSetting()
    event.set()
  }, 5)
  const patience = setTimeout(() => fail('they do not end'), STUCK)
  await Promise.race([
    done,
    new Promise<void>((resolve) => void setInterval(() => failure !== undefined && resolve(), 200).unref()),
  ])
  clearInterval(release)
  clearTimeout(patience)
  if (failure !== undefined) {
    for (const worker of running) void worker?.terminate()
    own.stop()
    throw new Error(`seed ${seed}, after ${ledger.operations} operations: ${failure}`)
  }

  const left = queue.size
  for (let item = 0; item < left; item++) queue.getNowait()
  const { put, got } = ledger.items
  const problems = [
    space.threads === 1 ? '' : `${space.threads} seats are taken, and one thread is left`,
    semaphore.value === PERMITS ? '' : `${semaphore.value} permits are free, of ${PERMITS}`,
    lock.locked ? 'the lock is locked' : '',
    conditionLock.locked ? "the condition's lock is locked" : '',
    readWrite.read.locked || readWrite.write.locked ? 'the read-write lock is held' : '',
    barrier.waiting === 0 ? '' : `${barrier.waiting} wait at the barrier`,
    // Of who died between a put, or a get, and writing it down, the ledger knows nothing.
    Math.abs(put - got - left) <= (terminated + ended) * TASKS ? '' : `${put} items put, ${got} got, and ${left} left`,
  ].filter((problem) => problem !== '')
  if (problems.length > 0) throw new Error(`seed ${seed}, when all was over: ${problems.join('; ')}`)
  return {
    operations: ledger.operations,
    table: KINDS.flatMap((kind, index) =>
      MODES.map((mode, which) => ({
        name: `${kind}, ${mode}`,
        counts: OUTCOMES.map((_, outcome) => ledger.counted(index, which, outcome)),
      })),
    ),
    terminated,
    ended: ended - terminated,
    told: ledger.told,
    items: { put, got, left },
    milliseconds: performance.now() - begun,
  }
}

const turn = (random: () => number): Promise<void> =>
  new Promise((resolve) => {
    if (random() < 0.5) setImmediate(resolve)
    else setTimeout(resolve, random() * 4)
  })

/** Also by an error, which is the last that one may be drawn to. */
const exitOf = (worker: Worker): Promise<unknown> => new Promise((resolve) => worker.once('exit', resolve))
