/** Lock: at most one holds it, nobody who waits is forgotten, and the death of a holder is told to exactly one. */
import { ORPHANED } from '../../../src/layout.ts'
import { Aborter } from '../aborter.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import type { Shipped } from '../source.ts'
import { burying, expectNobodyAt, only } from './roles.ts'

const HOLDER = 0
/** Deaths of holders, and how many of them somebody has been told. */
const OWED = 1
const TOLD = 2

type Lock = InstanceType<Shipped['Lock']>
type Permit = { readonly abandoned: boolean; release(): void }

function enter(ghost: Ghost, thread: number, abandoned: boolean): void {
  const holder = ghost.get(HOLDER)
  if (holder !== 0) ghost.fail(`two hold it: ${holder - 1} and ${thread}`)
  if (abandoned) ghost.add(TOLD, 1)
  else if (ghost.get(OWED) > ghost.get(TOLD)) ghost.fail(`thread ${thread} is not told that the holder died`)
  ghost.set(HOLDER, thread + 1)
}

function died(ghost: Ghost, thread: number): void {
  if (ghost.get(HOLDER) !== thread + 1) return
  ghost.set(HOLDER, 0)
  ghost.add(OWED, 1)
}

/** All have what they wanted, or gave up: nothing is held, nobody is announced. */
function end(ghost: Ghost, machine: Machine): void {
  const word = expectNobodyAt(ghost, machine)
  if (ghost.get(OWED) > ghost.get(TOLD) + ((word & ORPHANED) !== 0 ? 1 : 0)) ghost.fail('a death is forgotten')
}

/** Holds it for a step. */
function hold(thread: Thread, permit: Permit): void {
  thread.note((ghost, index) => enter(ghost, index, permit.abandoned))
  thread.step()
  thread.note((ghost) => ghost.set(HOLDER, 0))
  permit.release()
}

const lockOf = ({ shipped, handles }: Thread): Lock => shipped.Lock.from(handles[0]!)

const blocking: Program = (thread) => {
  const lock = lockOf(thread)
  return () => hold(thread, lock.acquireSync())
}

const times =
  (rounds: number): Program =>
  (thread) => {
    const lock = lockOf(thread)
    return () => {
      for (let round = 0; round < rounds; round++) hold(thread, lock.acquireSync())
    }
  }

const timed: Program = (thread) => {
  const lock = lockOf(thread)
  return () => {
    let permit: Permit
    try {
      permit = thread.within(10, () => lock.acquireSync({ timeout: 10 }))
    } catch (error) {
      return only('TimeoutError', error)
    }
    hold(thread, permit)
  }
}

const trying: Program = (thread) => {
  const lock = lockOf(thread)
  return () => {
    const permit = lock.tryAcquire()
    if (permit !== null) hold(thread, permit)
  }
}

/** `tasks` of one thread, each of which awaits it. */
const waiting =
  (tasks = 1): Program =>
  (thread) => {
    const lock = lockOf(thread)
    return () => {
      for (let task = 0; task < tasks; task++) {
        thread.task(function* () {
          hold(thread, yield lock.acquire())
        })
      }
    }
  }

/** One that holds it over a turn of its event loop. */
const slow: Program = (thread) => {
  const lock = lockOf(thread)
  return () =>
    thread.task(function* () {
      const permit: Permit = yield lock.acquire()
      thread.note((ghost, index) => enter(ghost, index, permit.abandoned))
      yield thread.turn()
      thread.note((ghost) => ghost.set(HOLDER, 0))
      permit.release()
    })
}

const waitingInTime: Program = (thread) => {
  const lock = lockOf(thread)
  return () =>
    thread.task(function* () {
      let permit: Permit
      try {
        permit = yield lock.acquire({ timeout: 10 })
      } catch (error) {
        return only('TimeoutError', error)
      }
      hold(thread, permit)
    })
}

/** One of this thread's tasks waits with a signal, which another of them aborts; `others` wait beside. */
const aborted =
  (others = 0): Program =>
  (thread) => {
    const lock = lockOf(thread)
    return () => {
      const controller = new Aborter()
      thread.task(function* () {
        let permit: Permit
        try {
          permit = yield lock.acquire({ signal: controller.signal as never })
        } catch (error) {
          return only('AbortError', error)
        }
        hold(thread, permit)
      })
      for (let other = 0; other < others; other++) {
        thread.task(function* () {
          hold(thread, yield lock.acquire())
        })
      }
      thread.task(function* () {
        yield thread.turn()
        controller.abort()
      })
    }
  }

/** A task awaits it, and then the thread blocks for it. */
const both: Program = (thread) => {
  const lock = lockOf(thread)
  return () => {
    thread.task(function* () {
      hold(thread, yield lock.acquire())
    })
    thread.task(function* () {
      yield thread.turn()
      // It may be this thread's already: then it would block for itself.
      try {
        hold(thread, lock.acquireSync())
      } catch (error) {
        only('DeadlockError', error)
      }
    })
  }
}

/** Blocks with an Abort, which another thread aborts. */
const abortable: Program = (thread) => {
  const lock = lockOf(thread)
  const abort = thread.shipped.Abort.from(thread.handles[1]!)
  return () => {
    let permit: Permit
    try {
      permit = lock.acquireSync({ abort })
    } catch (error) {
      return only('AbortError', error)
    }
    hold(thread, permit)
  }
}

const aborting: Program = (thread) => {
  const abort = thread.shipped.Abort.from(thread.handles[1]!)
  return () => abort.abort()
}

type Options = Omit<Scenario, 'name' | 'threads' | 'make'>

export function lockScenario(name: string, threads: readonly Program[], options: Options = {}): Scenario {
  return {
    name: `Lock: ${name}`,
    threads,
    objects: 2,
    make(shipped, space) {
      return [new shipped.Lock({ space }), new shipped.Abort({ space }), space]
    },
    died,
    end,
    ...options,
  }
}

export const lockScenarios: readonly Scenario[] = [
  lockScenario('2 block', [blocking, blocking], { ticks: 1, looks: 1 }),
  lockScenario('2 block twice', [times(2), times(2)]),
  lockScenario('1 blocks, 1 awaits', [blocking, waiting()], { ticks: 1, looks: 1 }),
  lockScenario('2 await', [waiting(), waiting()], { ticks: 1, looks: 1 }),
  lockScenario('1 blocks, 1 in time', [blocking, timed], { ticks: 1, looks: 1 }),
  lockScenario('1 blocks twice, 1 in time', [times(2), timed]),
  lockScenario('1 awaits, 1 awaits in time', [waiting(), waitingInTime], { ticks: 1 }),
  lockScenario('1 blocks, 1 is aborted', [blocking, aborted()], { ticks: 1 }),
  lockScenario('1 blocks, 2 tasks await', [blocking, waiting(2)]),
  lockScenario('1 blocks, 1 of 2 tasks is aborted', [blocking, aborted(1)]),
  lockScenario('1 blocks, 1 awaits and blocks', [blocking, both]),
  lockScenario('1 blocks, 1 tries', [blocking, trying], { ticks: 1 }),
  lockScenario('1 blocks until another aborts it', [slow, abortable, aborting]),
  lockScenario('1 dies, 1 blocks, 1 buries', [blocking, blocking, burying(0)], { deaths: 1, mortal: [0] }),
  lockScenario('1 dies, 1 awaits, 1 buries', [waiting(), waiting(), burying(0)], { deaths: 1, mortal: [0] }),
  lockScenario('1 dies, 1 in time, 1 buries', [blocking, timed, burying(0)], { deaths: 1, mortal: [0] }),
  lockScenario('1 dies, 1 is aborted, 1 awaits, 1 buries', [blocking, aborted(), waiting(), burying(0)], {
    deaths: 1,
    mortal: [0],
  }),
  lockScenario('3 block', [blocking, blocking, blocking]),
  lockScenario('2 block, 1 in time', [blocking, timed, blocking]),
  lockScenario('2 await, 1 is aborted', [waiting(), aborted(), waiting()]),
]
