// What the rows of the loop time: steps of tasks on it, and the same on the host's own loop; and runs under explore().
import { EventLoop, explore, Future, gather, Lock, type Op } from '@interlock/loop'
import type { LoopWork } from './loop-row.ts'

/** 100 tasks take turns. */
const TASKS = 100

export const GENERATOR = 'generator.next()'

export const stepWorks: readonly LoopWork[] = [
  {
    name: GENERATOR,
    kind: 'floor',
    run(size) {
      let steps = 0
      function* task(): Generator<undefined, void, void> {
        for (let left = size / TASKS; left > 0; left--) {
          yield
          steps++
        }
      }
      const tasks = Array.from({ length: TASKS }, task)
      for (let turn = 0; turn <= size / TASKS; turn++) for (const one of tasks) one.next()
      return steps
    },
  },
  {
    name: 'await undefined',
    kind: 'floor',
    async run(size) {
      let steps = 0
      async function task(): Promise<void> {
        for (let left = size / TASKS; left > 0; left--) {
          // oxlint-disable-next-line typescript/await-thenable -- a turn of the microtask queue is what is timed
          await undefined
          steps++
        }
      }
      await Promise.all(Array.from({ length: TASKS }, task))
      return steps
    },
  },
  {
    name: '@interlock/loop',
    kind: 'ours',
    run(size) {
      let steps = 0
      function* task(): Op<void> {
        for (let left = size / TASKS; left > 0; left--) {
          yield
          steps++
        }
      }
      new EventLoop().runUntilComplete(gather(...Array.from({ length: TASKS }, task)))
      return steps
    },
  },
  {
    name: '@interlock/loop, a Future each',
    kind: 'ours',
    run(size) {
      let steps = 0
      const loop = new EventLoop()
      function* task(): Op<void> {
        for (let left = size / TASKS; left > 0; left--) {
          const future = new Future<void>(loop)
          loop.callSoon(() => future.setResult())
          yield* future
          steps++
        }
      }
      loop.runUntilComplete(gather(...Array.from({ length: TASKS }, task)))
      return steps
    },
  },
  {
    name: '@interlock/loop, a Lock handed over',
    kind: 'ours',
    run(size) {
      let steps = 0
      const lock = new Lock()
      function* task(): Op<void> {
        for (let left = size / TASKS; left > 0; left--) {
          yield* lock.acquire()
          steps++
          yield
          lock.release()
        }
      }
      new EventLoop().runUntilComplete(gather(...Array.from({ length: TASKS }, task)))
      return steps
    },
  },
]

export const PLAIN = 'runUntilComplete()'

/** Three tasks with three steps each, under a lock or without; `ran` hears of each run. */
function program(guarded: boolean, ran: () => void): () => Op<void> {
  return function* () {
    const lock = new Lock()
    let counter = 0
    function* task(): Op<void> {
      if (guarded) yield* lock.acquire()
      yield
      counter++
      yield
      if (guarded) lock.release()
    }
    yield* gather(task(), task(), task())
    if (counter !== 3) throw new Error(`counted ${counter}`)
    ran()
  }
}

const explored = (guarded: boolean, name: string): LoopWork => ({
  name,
  kind: 'ours',
  run(size) {
    let runs = 0
    const one = program(guarded, () => runs++)
    // There are some thousand orders: as often as it takes.
    for (let left = size; left > 0; left = size - runs) explore(one, { runs: left })
    return runs
  },
})

export const runWorks: readonly LoopWork[] = [
  {
    name: PLAIN,
    kind: 'floor',
    run(size) {
      let runs = 0
      const one = program(false, () => runs++)
      for (let left = size; left > 0; left--) new EventLoop().runUntilComplete(one())
      return runs
    },
  },
  explored(false, '@interlock/loop'),
  explored(true, '@interlock/loop, under a Lock'),
]
