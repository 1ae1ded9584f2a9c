/**
 * Spaces: each thread has a seat of its own and each object a place of its own; what the dead held is recovered once, by whoever lives; and who
 * still uses what has been freed harms nobody who came after.
 */
import { HEADER, OBJECT, OWNER, SEAT, SEAT_WORDS } from '../../../src/layout.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import { burying, expectNobodyAt, only, wordOf } from './roles.ts'

/** Who holds the lock that is there in the beginning, and the one that takes its place. */
const HOLDER = 0
const NEXT_HOLDER = 1
/** Which seats, and which places, have been given. */
const SEATS = 2
const PLACES = 3

interface Held {
  readonly abandoned: boolean
  release(): void
}

function hold(thread: Thread, permit: Held, which = HOLDER): void {
  thread.note((ghost, index) => {
    if (ghost.get(which) !== 0) ghost.fail(`two hold it: ${ghost.get(which) - 1} and ${index}`)
    ghost.set(which, index + 1)
  })
  thread.step()
  thread.note((ghost, _, machine) => {
    ghost.set(which, 0)
    // Whoever recovers the dead may have taken this thread's for theirs.
    if ((machine.view[wordOf(machine, OBJECT.WORD)]! & OWNER) === 0) ghost.fail('it was let go while it was held')
  })
  permit.release()
}

const blocking: Program = (thread) => {
  const lock = thread.shipped.Lock.from(thread.handles[0]!)
  return () => hold(thread, lock.acquireSync())
}

/** Its lock may be freed under it. */
const blockingUntilFreed: Program = (thread) => {
  const lock = thread.shipped.Lock.from(thread.handles[0]!)
  return () => {
    let permit: Held
    try {
      permit = lock.acquireSync()
    } catch (error) {
      return only('HandleError', error)
    }
    thread.step()
    permit.release()
  }
}

const waitingUntilFreed: Program = (thread) => {
  const lock = thread.shipped.Lock.from(thread.handles[0]!)
  return () =>
    thread.task(function* () {
      let permit: Held
      try {
        permit = yield lock.acquire()
      } catch (error) {
        return only('HandleError', error)
      }
      thread.step()
      permit.release()
    })
}

const joining: Program = (thread) => () => {
  const space = thread.shipped.Space.from(thread.handles.at(-1)!)
  const { id } = space.territory.seat
  thread.note((ghost) => {
    if ((ghost.get(SEATS) & (1 << id)) !== 0) ghost.fail(`seat ${id} is given twice`)
    ghost.set(SEATS, ghost.get(SEATS) | (1 << id))
  })
}

/** Takes the seat of the dead as soon as it is free, and uses the lock. */
const succeeding =
  (seat: number): Program =>
  (thread) =>
  () => {
    thread.until(HEADER + seat * SEAT_WORDS + SEAT.THREAD, (sits) => sits === 0)
    hold(thread, thread.shipped.Lock.from(thread.handles[0]!).acquireSync())
  }

const buryingAndUsing =
  (victim: number): Program =>
  (thread) => {
    const lock = thread.shipped.Lock.from(thread.handles[0]!)
    return () => {
      thread.awaitDeath(victim)
      lock.local.place.territory.bury(victim)
      hold(thread, lock.acquireSync())
    }
  }

const hangingHolder: Program = (thread) => {
  const permit = thread.shipped.Lock.from(thread.handles[0]!).tryAcquire()
  return () => {
    void permit
    thread.hang()
  }
}

const making: Program = (thread) => {
  const space = thread.shipped.Space.from(thread.handles.at(-1)!)
  return () => {
    const lock = new thread.shipped.Lock({ space })
    const { at } = lock.local.place
    thread.note((ghost, _, machine) => {
      const bit = 1 << ((at - wordOf(machine, 0)) / machine.stride)
      if ((ghost.get(PLACES) & bit) !== 0) ghost.fail(`the place at ${at} is given twice`)
      ghost.set(PLACES, ghost.get(PLACES) | bit)
    })
    lock.acquireSync().release()
  }
}

const freeing: Program = (thread) => {
  const lock = thread.shipped.Lock.from(thread.handles[0]!)
  return () => lock.free()
}

/** Frees the lock and makes another, which gets the same place: there is no other. */
const replacing: Program = (thread) => {
  const space = thread.shipped.Space.from(thread.handles.at(-1)!)
  const lock = thread.shipped.Lock.from(thread.handles[0]!)
  return () => {
    lock.free()
    const next = new thread.shipped.Lock({ space })
    hold(thread, next.acquireSync(), NEXT_HOLDER)
  }
}

/** The same by who holds the lock. */
const replacingHeld: Program = (thread) => {
  const space = thread.shipped.Space.from(thread.handles.at(-1)!)
  const lock = thread.shipped.Lock.from(thread.handles[0]!)
  return () => {
    if (lock.tryAcquire() === null) return
    lock.free()
    const next = new thread.shipped.Lock({ space })
    hold(thread, next.acquireSync(), NEXT_HOLDER)
  }
}

/** Uses the lock that is made in the place of the first. */
const usingNext: Program = (thread) => {
  const first = thread.handles[0]!
  const { at } = thread.shipped.Lock.from(first).local.place
  return () => {
    thread.until(at + OBJECT.TAG, (tag) => tag >>> 16 === 1 && (tag & 0xffff) !== 0)
    // Its maker makes its word before it tells anybody of it.
    thread.until(at + OBJECT.WORD, (word) => word >>> 16 === 1)
    const next = thread.shipped.Lock.from({ ...first, index: first.index + 2 ** 30 })
    hold(thread, next.acquireSync(), NEXT_HOLDER)
  }
}

/** Holds the lock, and leaves the space. */
const leaving: Program = (thread) => {
  const space = thread.shipped.Space.from(thread.handles.at(-1)!)
  const lock = thread.shipped.Lock.from(thread.handles[0]!)
  return () => {
    lock.acquireSync()
    thread.step()
    space.leave()
  }
}

/** Waits, and leaves the space meanwhile. */
const leavingWhileWaiting: Program = (thread) => {
  const space = thread.shipped.Space.from(thread.handles.at(-1)!)
  const lock = thread.shipped.Lock.from(thread.handles[0]!)
  return () => {
    thread.task(function* () {
      let permit: Held
      try {
        permit = yield lock.acquire()
      } catch (error) {
        return only('HandleError', error)
      }
      hold(thread, permit)
    })
    thread.task(function* () {
      yield thread.turn()
      space.leave()
    })
  }
}

function died(ghost: Ghost, thread: number): void {
  for (const which of [HOLDER, NEXT_HOLDER]) if (ghost.get(which) === thread + 1) ghost.set(which, 0)
}

const seatsGiven = (ghost: Ghost, machine: Machine): void => {
  for (const { index } of machine.threads) {
    if ((ghost.get(SEATS) & (1 << index)) === 0) ghost.fail(`seat ${index} is given to nobody`)
  }
}

function territoryScenario(name: string, threads: readonly Program[], options: Partial<Scenario> = {}): Scenario {
  return {
    name: `Space: ${name}`,
    threads,
    objects: 1,
    make: (shipped, space) => [new shipped.Lock({ space }), space],
    died,
    end: (ghost, machine) => void expectNobodyAt(ghost, machine),
    ...options,
  }
}

export const territoryScenarios: readonly Scenario[] = [
  territoryScenario('2 join', [joining, joining], { changes: true, end: seatsGiven }),
  territoryScenario('3 join', [joining, joining, joining], { changes: true, end: seatsGiven }),
  territoryScenario('2 make an object', [making, making], { changes: true, objects: 3 }),
  territoryScenario('1 blocks, 1 awaits, 1 frees', [blockingUntilFreed, waitingUntilFreed, freeing], {
    changes: true,
    end: () => {},
  }),
  territoryScenario('1 blocks, 1 frees and makes anew', [blockingUntilFreed, replacing], { changes: true }),
  territoryScenario('1 awaits, 1 frees and makes anew', [waitingUntilFreed, replacing], { changes: true }),
  territoryScenario('1 blocks, 1 frees and makes anew, 1 uses that', [blockingUntilFreed, replacing, usingNext], {
    changes: true,
  }),
  territoryScenario('1 blocks, who holds frees and makes anew', [blockingUntilFreed, replacingHeld], { changes: true }),
  territoryScenario('1 awaits, who holds frees and makes anew', [waitingUntilFreed, replacingHeld], { changes: true }),
  territoryScenario('1 leaves holding it, 1 blocks', [leaving, blocking]),
  territoryScenario('1 leaves waiting, 1 blocks', [leavingWhileWaiting, blocking]),
  territoryScenario('1 leaves holding it, 1 awaits, and the seat is taken anew', [leaving, blocking, succeeding(0)], {
    seats: 2,
    changes: true,
  }),
  territoryScenario('1 dies, 1 blocks, 2 bury', [blocking, blocking, burying(0), burying(0)], {
    deaths: 1,
    mortal: [0],
  }),
  territoryScenario('1 dies, who buries dies, 1 buries both', [hangingHolder, blocking, burying(0), burying(0, 2)], {
    deaths: 2,
    mortal: [0, 2],
    patient: () => true,
  }),
  territoryScenario('1 dies, 2 bury, and its seat is taken', [hangingHolder, burying(0), burying(0), succeeding(0)], {
    seats: 3,
    changes: true,
    deaths: 1,
    mortal: [0],
    patient: () => true,
  }),
  territoryScenario(
    '1 dies, 2 bury, its seat is taken, and 2 use it',
    [hangingHolder, buryingAndUsing(0), burying(0), succeeding(0)],
    {
      seats: 3,
      changes: true,
      deaths: 1,
      mortal: [0],
      patient: () => true,
    },
  ),
  territoryScenario('1 dies, 1 buries, 1 frees and makes anew', [blockingUntilFreed, burying(0), replacing], {
    changes: true,
    deaths: 1,
    mortal: [0],
  }),
]
