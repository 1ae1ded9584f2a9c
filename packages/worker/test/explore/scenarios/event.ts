/** Event: whoever waited when it was set is woken, though it is cleared at once; nobody else is forgotten either. */
import { OBJECT } from '../../../src/layout.ts'
import { Aborter } from '../aborter.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import type { Shipped } from '../source.ts'
import { burying, only, wordOf } from './roles.ts'

type Event = InstanceType<Shipped['Event']>

/** How often somebody has begun to set it. */
const SETS = 0

const eventOf = ({ shipped, handles }: Thread): Event => shipped.Event.from(handles[0]!)

const woken = (thread: Thread): void =>
  void thread.note((ghost) => {
    if (ghost.get(SETS) === 0) ghost.fail(`thread ${thread.index} is woken, and nobody has set it`)
  })

const blocking: Program = (thread) => {
  const event = eventOf(thread)
  return () => {
    event.waitSync()
    woken(thread)
  }
}

const timed: Program = (thread) => {
  const event = eventOf(thread)
  return () => {
    try {
      thread.within(10, () => event.waitSync({ timeout: 10 }))
    } catch (error) {
      return only('TimeoutError', error)
    }
    woken(thread)
  }
}

const waiting =
  (tasks = 1): Program =>
  (thread) => {
    const event = eventOf(thread)
    return () => {
      for (let task = 0; task < tasks; task++) {
        thread.task(function* () {
          yield event.wait()
          woken(thread)
        })
      }
    }
  }

const aborted: Program = (thread) => {
  const event = eventOf(thread)
  return () => {
    const controller = new Aborter()
    thread.task(function* () {
      try {
        yield event.wait({ signal: controller.signal as never })
      } catch (error) {
        return only('AbortError', error)
      }
      woken(thread)
    })
    thread.task(function* () {
      yield event.wait()
      woken(thread)
    })
    thread.task(function* () {
      yield thread.turn()
      controller.abort()
    })
  }
}

const setting: Program = (thread) => {
  const event = eventOf(thread)
  return () => {
    thread.note((ghost) => ghost.add(SETS, 1))
    event.set()
  }
}

const resetting: Program = (thread) => {
  const event = eventOf(thread)
  return () => {
    thread.note((ghost) => ghost.add(SETS, 1))
    event.set()
    event.clear()
    event.set()
  }
}

/** Sets it once all `others` are in the mask, and clears it at once: they are woken all the same. */
const pulsing =
  (others: number): Program =>
  (thread) => {
    const event = eventOf(thread)
    const mask = event.local.place.at + OBJECT.MASKS
    return () => {
      thread.until(mask, (bits) => bits === others)
      thread.note((ghost) => ghost.add(SETS, 1))
      event.set()
      event.clear()
    }
  }

const isSet = (machine: Machine): boolean => (machine.view[wordOf(machine, OBJECT.WORD)]! & 1) !== 0

function end(ghost: Ghost, machine: Machine): void {
  const mask = machine.view[wordOf(machine, OBJECT.MASKS)]!
  if (mask !== 0) ghost.fail(`nobody waits any more, and in the mask is ${mask.toString(2)}`)
}

function eventScenario(name: string, threads: readonly Program[], options: Partial<Scenario> = {}): Scenario {
  return {
    name: `Event: ${name}`,
    threads,
    objects: 2,
    make: (shipped, space) => [new shipped.Event({ space }), space],
    end,
    ...options,
  }
}

export const eventScenarios: readonly Scenario[] = [
  eventScenario('1 blocks, 1 sets', [blocking, setting], { looks: 1 }),
  eventScenario('1 awaits, 1 sets', [waiting(), setting], { looks: 1 }),
  eventScenario('1 blocks, 2 tasks await, 1 sets and clears and sets', [blocking, waiting(2), resetting]),
  eventScenario('1 blocks in time, 1 sets', [timed, setting], { patient: () => true }),
  eventScenario('1 of 2 tasks is aborted, 1 sets', [aborted, setting]),
  eventScenario('1 blocks, 1 sets and clears at once', [blocking, pulsing(0b1)]),
  eventScenario('1 blocks, 1 awaits, 1 sets and clears at once', [blocking, waiting(), pulsing(0b11)]),
  eventScenario('1 blocks, 1 awaits, 2 set', [blocking, waiting(), setting, setting]),
  eventScenario('2 wait, 1 of them dies, 1 sets, 1 buries', [blocking, waiting(), setting, burying(0)], {
    deaths: 1,
    mortal: [0],
  }),
  eventScenario('1 blocks, 1 awaits, 1 dies while it sets, 1 buries', [blocking, waiting(), setting, burying(2)], {
    deaths: 1,
    mortal: [2],
    // If it died before it had set it, they go on waiting.
    patient: (_, machine) => !isSet(machine),
    mayRemain: true,
    end: (ghost, machine) => (isSet(machine) ? end(ghost, machine) : undefined),
  }),
]
