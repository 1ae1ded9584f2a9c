/**
 * Barrier: nobody passes before all have come, each place of a round is given once, and whoever waits learns how its round has ended.
 */
import { OBJECT } from '../../../src/layout.ts'
import { Aborter } from '../aborter.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import type { Shipped } from '../source.ts'
import { burying, only, wordOf } from './roles.ts'

type Barrier = InstanceType<Shipped['Barrier']>

/** How many have begun to come, and how many have gone on, whatever the round; how many gave up. */
const COME = 0
const PASSED = 1
const LEFT = 2
const BROKEN = 3
/** How often each place has been given: round by round, where the rounds can be told. */
const PLACES = 4
const PARTIES = 30

const barrierOf = ({ shipped, handles }: Thread): Barrier => shipped.Barrier.from(handles[0]!)

const come = (thread: Thread): void => void thread.note((ghost) => ghost.add(COME, 1))

const left = (thread: Thread): void => void thread.note((ghost) => ghost.add(LEFT, 1))

/** Went on, at `place`. Of the round `round`, if each takes part in each. */
const passed = (thread: Thread, place: number, round?: number): void =>
  void thread.note((ghost) => {
    const parties = ghost.get(PARTIES)
    ghost.add(PASSED, 1)
    if (place < 0 || place >= parties) ghost.fail(`place ${place} of ${parties}`)
    const at = PLACES + (round ?? 0) * parties + place
    ghost.add(at, 1)
    if (round !== undefined && ghost.get(at) > 1) ghost.fail(`place ${place} is given twice`)
    // Each round takes all parties, and those who gave up are none.
    const whole = Math.ceil(ghost.get(PASSED) / parties) * parties
    if (ghost.get(COME) - ghost.get(LEFT) < whole) {
      ghost.fail(`${ghost.get(PASSED)} have passed, and ${ghost.get(COME) - ghost.get(LEFT)} have come`)
    }
  })

const blocking =
  (rounds = 1, mixed = false): Program =>
  (thread) => {
    const barrier = barrierOf(thread)
    return () => {
      for (let round = 0; round < rounds; round++) {
        come(thread)
        passed(thread, barrier.waitSync(), mixed ? undefined : round)
      }
    }
  }

function* visit(thread: Thread, barrier: Barrier, rounds: number, mixed: boolean): Generator<unknown, void, never> {
  for (let round = 0; round < rounds; round++) {
    come(thread)
    passed(thread, yield barrier.wait(), mixed ? undefined : round)
  }
}

const awaiting =
  (tasks = 1, rounds = 1, mixed = false): Program =>
  (thread) => {
    const barrier = barrierOf(thread)
    return () => {
      for (let task = 0; task < tasks; task++) thread.task(() => visit(thread, barrier, rounds, mixed))
    }
  }

/** Gives up in time, and comes again. */
const inTime: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => {
    come(thread)
    try {
      return passed(
        thread,
        thread.within(10, () => barrier.waitSync({ timeout: 10 })),
        0,
      )
    } catch (error) {
      only('TimeoutError', error)
      left(thread)
    }
    come(thread)
    passed(thread, barrier.waitSync(), 0)
  }
}

/** One task is aborted, and comes again; `others` wait beside. */
const aborted =
  (others = 0): Program =>
  (thread) => {
    const barrier = barrierOf(thread)
    return () => {
      const controller = new Aborter()
      thread.task(function* () {
        come(thread)
        try {
          return passed(thread, yield barrier.wait({ signal: controller.signal as never }), 0)
        } catch (error) {
          only('AbortError', error)
          left(thread)
        }
        come(thread)
        passed(thread, yield barrier.wait(), 0)
      })
      for (let other = 0; other < others; other++) thread.task(() => visit(thread, barrier, 1, false))
      thread.task(function* () {
        yield thread.turn()
        controller.abort()
      })
    }
  }

/** A task waits, and then the thread blocks beside it. */
const both: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => {
    thread.task(() => visit(thread, barrier, 1, false))
    thread.task(function* () {
      yield thread.turn()
      come(thread)
      passed(thread, barrier.waitSync(), 0)
    })
  }
}

/** Comes once somebody waits in `seat`. */
const after =
  (seat: number): Program =>
  (thread) => {
    const cell = barrierOf(thread).local.place.at + OBJECT.MASKS + 3 + seat
    const block = blocking()(thread)
    return () => {
      // Of the kind WAITING.
      thread.until(cell, (value) => (value & 0x3bfff) === 1)
      block()
    }
  }

/** Turned away, it does not come again. */
const turnedAway: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => {
    come(thread)
    let place: number
    try {
      place = barrier.waitSync()
    } catch (error) {
      only('BrokenBarrierError', error)
      thread.note((ghost) => {
        ghost.add(BROKEN, 1)
        if (ghost.get(PASSED) > 0) ghost.fail('one passed, another of its round was turned away')
      })
      return
    }
    passed(thread, place, 0)
    thread.note((ghost) => {
      if (ghost.get(BROKEN) > 0) ghost.fail('one was turned away, another of its round passed')
    })
  }
}

/** Turned away, it comes again. */
const persistent: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => {
    for (;;) {
      come(thread)
      try {
        return passed(thread, barrier.waitSync(), 0)
      } catch (error) {
        only('BrokenBarrierError', error)
        left(thread)
      }
    }
  }
}

/** Comes once the thread in seat 0 waits. */
const following: Program = (thread) => {
  const barrier = barrierOf(thread)
  const cell = barrier.local.place.at + OBJECT.MASKS + 3
  const turned = turnedAway(thread)
  return () => {
    thread.until(cell, (value) => (value & 0x3ffff) === 1 || ((value >>> 15) & 7) > 2)
    turned()
  }
}

const resetting: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => barrier.reset()
}

const breaking: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => barrier.abort()
}

/** The barrier is whole, nobody is there, and each place has been given as often as each other. */
function end(ghost: Ghost, machine: Machine): void {
  for (let seat = 0; seat < machine.threads.length; seat++) {
    const cell = machine.view[wordOf(machine, OBJECT.MASKS + 3 + seat)]!
    if ((cell & 0x3fff) !== 0)
      ghost.fail(`nobody waits any more, and the cell of seat ${seat} is 0x${cell.toString(16)}`)
  }
  const parties = ghost.get(PARTIES)
  const rounds = (PARTIES - PLACES) / parties
  for (let round = 0; round < Math.floor(rounds); round++) {
    const given = Array.from({ length: parties }, (_, place) => ghost.get(PLACES + round * parties + place))
    if (given.some((times) => times !== given[0])) ghost.fail(`the places were given ${given.join(', ')} times`)
  }
}

type Options = Omit<Scenario, 'name' | 'threads' | 'make'>

const barrierScenario = (
  name: string,
  parties: number,
  threads: readonly Program[],
  options: Options = {},
): Scenario => ({
  name: `Barrier of ${parties}: ${name}`,
  threads,
  objects: 2,
  make: (shipped, space) => [new shipped.Barrier(parties, { space }), space],
  begin: (ghost) => ghost.set(PARTIES, parties),
  end,
  ...options,
})

const DEATHS = 29

const stateOf = (machine: Machine): number => machine.view[wordOf(machine, OBJECT.WORD)]!

export const barrierPlaceScenarios: readonly Scenario[] = [
  barrierScenario('2 block', 2, [blocking(), blocking()], { looks: 1 }),
  barrierScenario('2 block twice', 2, [blocking(2), blocking(2)]),
  barrierScenario('2 block three times', 2, [blocking(3), blocking(3)]),
  barrierScenario('2 await twice', 2, [awaiting(1, 2), awaiting(1, 2)]),
  barrierScenario('1 blocks, 1 awaits, twice', 2, [blocking(2), awaiting(1, 2)], { looks: 1 }),
  barrierScenario('3 block', 3, [blocking(), blocking(), blocking()]),
  barrierScenario('1 blocks, 2 tasks await, twice', 3, [blocking(2), awaiting(2, 2)]),
  barrierScenario('1 blocks, 1 awaits and blocks', 3, [blocking(), both]),
  barrierScenario('1 blocks, 1 in time', 2, [blocking(), inTime]),
  barrierScenario('1 awaits, 1 is aborted', 2, [awaiting(), aborted()]),
  barrierScenario('2 block, 1 in time', 3, [blocking(), blocking(), inTime]),
  barrierScenario('1 in time, 2 follow one another', 3, [inTime, after(0), after(1)]),
  barrierScenario('1 blocks, 1 of 2 tasks is aborted', 3, [blocking(), aborted(1)]),
  barrierScenario('2 tasks await, 1 of 2 tasks is aborted', 4, [awaiting(2), aborted(1)]),
  barrierScenario(
    '1 awaits once, 1 blocks once, 1 blocks twice',
    2,
    [awaiting(1, 1, true), blocking(1, true), blocking(2, true)],
    {
      // The two others may have gone on together.
      patient: (ghost) => ghost.get(PASSED) === 2,
      mayRemain: true,
      end: () => {},
    },
  ),
  barrierScenario('2 block, 1 aborts it', 2, [turnedAway, turnedAway, breaking]),
  barrierScenario('2 come until they pass, 1 resets it', 2, [persistent, persistent, resetting]),
  barrierScenario('1 dies, 1 blocks, 1 buries', 2, [blocking(), turnedAway, burying(0)], {
    deaths: 1,
    mortal: [0],
    // It died before it had come, or after all had.
    patient: (_, machine) => (stateOf(machine) & 2) === 0,
    mayRemain: true,
    end: () => {},
  }),
  barrierScenario('1 dies, 2 block, 1 buries', 3, [blocking(), turnedAway, turnedAway, burying(0)], {
    deaths: 1,
    mortal: [0],
    patient: (_, machine) => (stateOf(machine) & 2) === 0,
    mayRemain: true,
    end: () => {},
  }),
  barrierScenario('1 waits and dies, 1 blocks, 1 buries', 3, [turnedAway, following, burying(0)], {
    deaths: 1,
    mortal: [0],
    died: (ghost) => ghost.set(DEATHS, 1),
    // Nobody has died, or before it had come: then who follows it has not come either.
    patient: (ghost) => ghost.get(DEATHS) === 0 || ghost.get(COME) < 2,
    mayRemain: true,
    end: () => {},
  }),
]
