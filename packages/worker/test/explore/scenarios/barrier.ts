/** Barrier: nobody passes before all have come, each place is given once, and whoever dies or is turned away strands nobody. */
import { OBJECT } from '../../../src/layout.ts'
import { Aborter } from '../aborter.ts'
import { isBroken } from '../../../src/barrier/words.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import type { Shipped } from '../source.ts'
import { burying, wordOf } from './roles.ts'

type Barrier = InstanceType<Shipped['Barrier']>

/** How many have come, less those who left without passing; and how many have passed. */
const COME = 0
const PASSED = 1
/** How often each place has been given. */
const PLACE = 8

const barrierOf = ({ shipped, handles }: Thread): Barrier => shipped.Barrier.from(handles[0]!)

const come = (thread: Thread): void => void thread.note((ghost) => ghost.add(COME, 1))

const passed =
  (parties: number) =>
  (thread: Thread, place: number): void =>
    void thread.note((ghost) => {
      ghost.add(PASSED, 1)
      ghost.add(PLACE + place, 1)
      const phases = Math.ceil(ghost.get(PASSED) / parties)
      if (ghost.get(COME) < phases * parties) ghost.fail(`thread ${thread.index} passes, and not all have come`)
      if (place < 0 || place >= parties) ghost.fail(`thread ${thread.index} has place ${place}`)
    })

const pass = passed(2)

/** Ends in one of these ways. */
function turnedAway(thread: Thread, error: unknown, ...names: string[]): void {
  if (!names.includes((error as Error).name)) throw error
  thread.note((ghost) => ghost.add(COME, -1))
}

const blocking =
  (times = 1): Program =>
  (thread) => {
    const barrier = barrierOf(thread)
    return () => {
      for (let time = 0; time < times; time++) {
        come(thread)
        pass(thread, barrier.waitSync())
      }
    }
  }

const waiting =
  (tasks = 1): Program =>
  (thread) => {
    const barrier = barrierOf(thread)
    return () => {
      for (let task = 0; task < tasks; task++) {
        thread.task(function* () {
          come(thread)
          pass(thread, yield barrier.wait())
        })
      }
    }
  }

/** Blocks, and may be turned away. */
const risking: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => {
    come(thread)
    let place: number
    try {
      place = barrier.waitSync()
    } catch (error) {
      return turnedAway(thread, error, 'BrokenBarrierError')
    }
    pass(thread, place)
  }
}

const riskingAsync: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () =>
    thread.task(function* () {
      come(thread)
      let place: number
      try {
        place = yield barrier.wait()
      } catch (error) {
        return turnedAway(thread, error, 'BrokenBarrierError')
      }
      pass(thread, place)
    })
}

const timed: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => {
    come(thread)
    let place: number
    try {
      place = thread.within(10, () => barrier.waitSync({ timeout: 10 }))
    } catch (error) {
      return turnedAway(thread, error, 'TimeoutError')
    }
    pass(thread, place)
  }
}

const aborted: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => {
    const controller = new Aborter()
    thread.task(function* () {
      come(thread)
      let place: number
      try {
        place = yield barrier.wait({ signal: controller.signal as never })
      } catch (error) {
        return turnedAway(thread, error, 'AbortError')
      }
      pass(thread, place)
    })
    thread.task(function* () {
      yield thread.turn()
      controller.abort()
    })
  }
}

const resetting: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => barrier.reset()
}

const aborting: Program = (thread) => {
  const barrier = barrierOf(thread)
  return () => barrier.abort()
}

function end(ghost: Ghost): void {
  if (ghost.get(PLACE) !== ghost.get(PLACE + 1)) {
    ghost.fail(`place 0 has been given ${ghost.get(PLACE)} times, place 1 ${ghost.get(PLACE + 1)} times`)
  }
}

/** Fewer wait than a phase needs. */
const tooFew = (ghost: Ghost): boolean => ghost.get(COME) - ghost.get(PASSED) < 2

const broken = (machine: Machine): boolean => isBroken(machine.view[wordOf(machine, OBJECT.WORD)]!)

function barrierScenario(name: string, threads: readonly Program[], options: Partial<Scenario> = {}): Scenario {
  return {
    name: `Barrier(2): ${name}`,
    threads,
    objects: 2,
    make: (shipped, space) => [new shipped.Barrier(2, { space }), space],
    end,
    ...options,
  }
}

const remaining = { patient: tooFew, mayRemain: true } satisfies Partial<Scenario>

export const barrierScenarios: readonly Scenario[] = [
  barrierScenario('2 block', [blocking(), blocking()], { looks: 1 }),
  barrierScenario('2 block twice', [blocking(2), blocking(2)]),
  barrierScenario('1 blocks, 1 awaits', [blocking(), waiting()], { looks: 1 }),
  barrierScenario('1 blocks twice, 2 tasks await', [blocking(2), waiting(2)], {
    ...remaining,
    end: () => {},
  }),
  barrierScenario('4 come', [blocking(), blocking(), waiting(), waiting()]),
  barrierScenario('1 blocks, 1 in time', [blocking(), timed], remaining),
  barrierScenario('2 block, 1 in time', [blocking(), timed, blocking()], remaining),
  barrierScenario('1 blocks, 1 awaits, 1 is aborted', [blocking(), aborted, waiting()], remaining),
  barrierScenario('2 block, 1 resets', [risking, risking, resetting], remaining),
  barrierScenario('1 blocks, 1 awaits, 1 aborts it', [risking, riskingAsync, aborting]),
  barrierScenario('1 dies, 1 blocks, 1 buries', [risking, risking, burying(0)], {
    deaths: 1,
    mortal: [0],
    // It died before it had come, or after it had passed: nobody else comes. But if it broke, all have to know.
    patient: (_, machine) => !broken(machine),
    mayRemain: true,
    end: () => {},
  }),
  barrierScenario('1 dies, 1 blocks, 1 awaits, 1 buries', [risking, risking, riskingAsync, burying(0)], {
    deaths: 1,
    mortal: [0],
    patient: (_, machine) => !broken(machine),
    mayRemain: true,
    end: () => {},
  }),
]
