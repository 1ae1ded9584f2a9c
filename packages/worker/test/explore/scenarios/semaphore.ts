/** Semaphore: never more permits out than there are, none lost, no large request starved; what the dead held comes back. */
import { OBJECT } from '../../../src/layout.ts'
import { Aborter } from '../aborter.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import type { Shipped } from '../source.ts'
import { burying, expectNobodyAt, only, wordOf } from './roles.ts'

type Semaphore = InstanceType<Shipped['Semaphore']>
type Permit = { release(): void }

/** How many there are, how many are out, and how many each thread has. */
const TOTAL = 0
const OUT = 1
const OF = 8
/** How many bounded permits were acquired, less the releases that were no RangeError. */
const OPEN = 2

const semaphoreOf = ({ shipped, handles }: Thread): Semaphore => shipped.Semaphore.from(handles[0]!)
const boundedOf = ({ shipped, handles }: Thread): Semaphore => shipped.BoundedSemaphore.from(handles[0]!)

function hold(thread: Thread, permits: number, permit: Permit): void {
  thread.note((ghost, index) => {
    ghost.add(OUT, permits)
    ghost.add(OF + index, permits)
    if (ghost.get(OUT) > ghost.get(TOTAL)) ghost.fail(`${ghost.get(OUT)} permits are out, of ${ghost.get(TOTAL)}`)
  })
  thread.step()
  thread.note((ghost, index) => {
    ghost.add(OUT, -permits)
    ghost.add(OF + index, -permits)
  })
  permit.release()
}

const blocking =
  (permits = 1): Program =>
  (thread) => {
    const semaphore = semaphoreOf(thread)
    return () => hold(thread, permits, semaphore.acquireSync({ permits }))
  }

const waiting =
  (permits = 1, tasks = 1): Program =>
  (thread) => {
    const semaphore = semaphoreOf(thread)
    return () => {
      for (let task = 0; task < tasks; task++) {
        thread.task(function* () {
          hold(thread, permits, yield semaphore.acquire({ permits }))
        })
      }
    }
  }

const timed =
  (permits = 1): Program =>
  (thread) => {
    const semaphore = semaphoreOf(thread)
    return () => {
      let permit: Permit
      try {
        permit = thread.within(10, () => semaphore.acquireSync({ permits, timeout: 10 }))
      } catch (error) {
        return only('TimeoutError', error)
      }
      hold(thread, permits, permit)
    }
  }

/** A task that is aborted asks for `permits`, another behind it for one. */
const aborted =
  (permits: number): Program =>
  (thread) => {
    const semaphore = semaphoreOf(thread)
    return () => {
      const controller = new Aborter()
      thread.task(function* () {
        let permit: Permit
        try {
          permit = yield semaphore.acquire({ permits, signal: controller.signal as never })
        } catch (error) {
          return only('AbortError', error)
        }
        hold(thread, permits, permit)
      })
      thread.task(function* () {
        hold(thread, 1, yield semaphore.acquire())
      })
      thread.task(function* () {
        yield thread.turn()
        controller.abort()
      })
    }
  }

/** A task awaits a permit, and then the thread blocks for one. */
const both: Program = (thread) => {
  const semaphore = semaphoreOf(thread)
  return () => {
    thread.task(function* () {
      hold(thread, 1, yield semaphore.acquire())
    })
    hold(thread, 1, semaphore.acquireSync())
  }
}

const trying: Program = (thread) => {
  const semaphore = semaphoreOf(thread)
  return () => {
    const permit = semaphore.tryAcquire()
    if (permit !== null) hold(thread, 1, permit)
  }
}

/** Signals: permits from nowhere. */
const signalling =
  (permits = 1): Program =>
  (thread) => {
    const semaphore = semaphoreOf(thread)
    return () => {
      thread.note((ghost) => ghost.add(TOTAL, permits))
      semaphore.release(permits)
    }
  }

/** Takes them and never gives them back: it may only die. */
const hoarding =
  (permits: number): Program =>
  (thread) => {
    const semaphore = semaphoreOf(thread)
    const permit = semaphore.tryAcquire(permits)
    return () => {
      thread.note((ghost, index) => {
        ghost.add(OUT, permits)
        ghost.add(OF + index, permits)
      })
      void permit
      thread.hang()
    }
  }

function died(ghost: Ghost, thread: number): void {
  ghost.add(OUT, -ghost.get(OF + thread))
  ghost.set(OF + thread, 0)
}

function semaphoreScenario(
  name: string,
  value: number,
  threads: readonly Program[],
  options: Partial<Scenario> = {},
): Scenario {
  return {
    name: `Semaphore(${value}): ${name}`,
    threads,
    objects: 2,
    make: (shipped, space) => [new shipped.Semaphore(value, { space }), space],
    begin: (ghost) => ghost.set(TOTAL, value),
    died,
    /** Nothing is held, and all permits are there. */
    end(ghost: Ghost, machine: Machine) {
      expectNobodyAt(ghost, machine)
      const total = machine.view[wordOf(machine, OBJECT.OWN)]!
      let held = 0
      for (let seat = 0; seat < threads.length; seat++) held += machine.view[wordOf(machine, OBJECT.MASKS + 3 + seat)]!
      if (held !== 0) ghost.fail(`nobody holds any, and ${held} are counted as held`)
      if (total !== ghost.get(TOTAL)) ghost.fail(`${total} permits, of ${ghost.get(TOTAL)}`)
      if (ghost.get(OPEN) !== 0) ghost.fail(`${-ghost.get(OPEN)} more were given back than acquired`)
    },
    ...options,
  }
}

/** A permit of a bounded one, which another thread may give back before this one does. */
const robbed =
  (acquires: (semaphore: Semaphore) => Permit): Program =>
  (thread) => {
    const semaphore = boundedOf(thread)
    return () => {
      const permit = acquires(semaphore)
      thread.note((ghost) => ghost.add(OPEN, 1))
      giveBack(thread, () => permit.release())
    }
  }

/** Gives back one that it does not hold. */
const robbing: Program = (thread) => {
  const semaphore = boundedOf(thread)
  return () => giveBack(thread, () => semaphore.release())
}

/** Holds both permits and gives them back one by one; whether they are still its own is not counted. */
const givingBackTwo: Program = (thread) => {
  const semaphore = boundedOf(thread)
  const permits = [semaphore.tryAcquire(), semaphore.tryAcquire()]
  return () => {
    for (const permit of permits) unlessRefused(() => permit?.release())
  }
}

const blockingForTwo: Program = (thread) => {
  const semaphore = boundedOf(thread)
  return () => {
    const permit = semaphore.acquireSync({ permits: 2 })
    unlessRefused(() => permit.release())
  }
}

/** Gives back two, of which there may be one left by then: that one is free nonetheless. */
const robbingTwo: Program = (thread) => {
  const semaphore = boundedOf(thread)
  return () => void unlessRefused(() => semaphore.release(2))
}

function unlessRefused(release: () => void): boolean {
  try {
    release()
    return true
  } catch (error) {
    only('RangeError', error)
    return false
  }
}

function giveBack(thread: Thread, release: () => void): void {
  if (unlessRefused(release)) thread.note((ghost) => ghost.add(OPEN, -1))
}

/** Every permit that was acquired was given back once, by whomever; never more are free than in the beginning. */
const boundedScenario = (
  name: string,
  value: number,
  threads: readonly Program[],
  options: Partial<Scenario> = {},
): Scenario =>
  semaphoreScenario(name, value, threads, {
    name: `BoundedSemaphore(${value}): ${name}`,
    make: (shipped, space) => [new shipped.BoundedSemaphore(value, { space }), space],
    ...options,
  })

export const semaphoreScenarios: readonly Scenario[] = [
  semaphoreScenario('2 block', 1, [blocking(), blocking()], { looks: 1 }),
  semaphoreScenario('2 await', 1, [waiting(), waiting()]),
  semaphoreScenario('1 blocks, 1 awaits', 1, [blocking(), waiting()], { ticks: 1 }),
  semaphoreScenario('1 blocks for 2, 1 for 1', 2, [blocking(2), blocking(1)]),
  semaphoreScenario('1 awaits 2, 1 blocks for 1', 2, [waiting(2), blocking(1)]),
  semaphoreScenario('1 awaits, 1 signals', 0, [waiting(), signalling()]),
  semaphoreScenario('1 blocks for 2, 2 signal', 0, [blocking(2), signalling(), signalling()]),
  semaphoreScenario('1 blocks for 2, 1 for 1, 1 signals 3', 0, [blocking(2), blocking(1), signalling(3)]),
  semaphoreScenario('1 blocks for 2, 1 in time for 1', 2, [blocking(2), timed(1)], { ticks: 1 }),
  semaphoreScenario('1 blocks for 1, 1 in time for 2', 2, [blocking(1), timed(2)]),
  semaphoreScenario('1 blocks, 1 of 2 tasks is aborted', 2, [blocking(1), aborted(2)]),
  semaphoreScenario('2 tasks await, 1 signals 2', 0, [waiting(1, 2), signalling(2)]),
  semaphoreScenario('1 awaits and blocks, 1 signals 2', 0, [both, signalling(2)]),
  semaphoreScenario('1 blocks, 1 tries', 1, [blocking(), trying]),
  semaphoreScenario('1 dies, 1 blocks, 1 buries', 1, [blocking(), blocking(), burying(0)], {
    deaths: 1,
    mortal: [0],
  }),
  semaphoreScenario('1 of 2 dies, 1 blocks for 2, 1 buries', 2, [blocking(2), blocking(2), burying(0)], {
    deaths: 1,
    mortal: [0],
  }),
  semaphoreScenario('who hoards dies, 1 awaits 2, 1 buries', 2, [hoarding(1), waiting(2), burying(0)], {
    deaths: 1,
    mortal: [0],
    patient: () => true,
  }),
  semaphoreScenario(
    'who stands dies, 1 waits behind, 1 signals',
    1,
    [blocking(2), blocking(1), signalling(1), burying(0)],
    {
      deaths: 1,
      mortal: [0],
    },
  ),
  boundedScenario('1 blocks, 1 releases what it does not hold', 1, [
    robbed((semaphore) => semaphore.acquireSync()),
    robbing,
  ]),
  boundedScenario('2 block, 1 releases what it does not hold', 1, [
    robbed((semaphore) => semaphore.acquireSync()),
    robbed((semaphore) => semaphore.acquireSync()),
    robbing,
  ]),
  boundedScenario('2 block for 1 of 2, 1 releases what it does not hold', 2, [
    robbed((semaphore) => semaphore.acquireSync()),
    robbed((semaphore) => semaphore.acquireSync()),
    robbing,
  ]),
  // What is refused stays where it is: only that nobody is forgotten can be said in the end.
  boundedScenario(
    '1 blocks for 2, 1 gives back 2 one by one, 1 releases 2 that it does not hold',
    2,
    [blockingForTwo, givingBackTwo, robbingTwo],
    { end: () => {} },
  ),
]
