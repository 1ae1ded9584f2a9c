/** Condition: as many as were notified go on, whoever is cancelled or dies meanwhile; and each holds the lock when it does. */
import { OBJECT, OWNER } from '../../../src/layout.ts'
import { Aborter } from '../aborter.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import type { Shipped } from '../source.ts'
import { burying, only, wordOf } from './roles.ts'

type Condition = InstanceType<Shipped['Condition']>

/** Who holds the lock. */
const HOLDER = 0
/** What the condition is about: how many there are to be had. */
const GOODS = 1

const conditionOf = ({ shipped, handles }: Thread): Condition => shipped.Condition.from(handles[0]!)

const enter = (thread: Thread): void =>
  void thread.note((ghost, index) => {
    if (ghost.get(HOLDER) !== 0) ghost.fail(`two hold the lock: ${ghost.get(HOLDER) - 1} and ${index}`)
    ghost.set(HOLDER, index + 1)
  })
const leave = (thread: Thread): void => void thread.note((ghost) => ghost.set(HOLDER, 0))
const there = (thread: Thread): boolean => thread.note((ghost) => ghost.get(GOODS)) > 0
const take = (thread: Thread): void => void thread.note((ghost) => ghost.add(GOODS, -1))

/** Waits for one, and takes it. */
const blocking: Program = (thread) => {
  const condition = conditionOf(thread)
  return () => {
    condition.acquireSync()
    enter(thread)
    while (!there(thread)) {
      leave(thread)
      condition.waitSync()
      enter(thread)
    }
    take(thread)
    leave(thread)
    condition.release()
  }
}

const timed: Program = (thread) => {
  const condition = conditionOf(thread)
  return () => {
    condition.acquireSync()
    enter(thread)
    try {
      while (!there(thread)) {
        leave(thread)
        try {
          thread.within(10, () => condition.waitSync({ timeout: 10 }))
        } finally {
          enter(thread)
        }
      }
      take(thread)
    } catch (error) {
      only('TimeoutError', error)
    }
    leave(thread)
    condition.release()
  }
}

const waiting =
  (tasks = 1): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    return () => {
      for (let task = 0; task < tasks; task++) {
        thread.task(function* () {
          yield condition.acquire()
          enter(thread)
          while (!there(thread)) {
            leave(thread)
            yield condition.wait()
            enter(thread)
          }
          take(thread)
          leave(thread)
          condition.release()
        })
      }
    }
  }

/** One task waits with a signal, which another aborts; `others` wait beside. */
const aborted =
  (others = 0): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    const others_ = waiting(others)(thread)
    return () => {
      const controller = new Aborter()
      thread.task(function* () {
        yield condition.acquire()
        enter(thread)
        try {
          while (!there(thread)) {
            leave(thread)
            try {
              yield condition.wait({ signal: controller.signal as never })
            } finally {
              enter(thread)
            }
          }
          take(thread)
        } catch (error) {
          only('AbortError', error)
        }
        leave(thread)
        condition.release()
      })
      others_()
      thread.task(function* () {
        yield thread.turn()
        controller.abort()
      })
    }
  }

/** Brings `goods`, one after another, and notifies one each time. */
const bringing =
  (goods = 1): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    return () => {
      for (let good = 0; good < goods; good++) {
        condition.acquireSync()
        enter(thread)
        thread.note((ghost) => ghost.add(GOODS, 1))
        condition.notify()
        leave(thread)
        condition.release()
      }
    }
  }

/** Brings `goods` at once, and notifies as many, or all. */
const bringingAtOnce =
  (goods: number, all = false): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    return () =>
      thread.task(function* () {
        yield condition.acquire()
        enter(thread)
        thread.note((ghost) => ghost.add(GOODS, goods))
        if (all) condition.notifyAll()
        else condition.notify(goods)
        leave(thread)
        condition.release()
      })
  }

function died(ghost: Ghost, thread: number): void {
  if (ghost.get(HOLDER) === thread + 1) ghost.set(HOLDER, 0)
}

/** Nobody waits, nobody is notified, and nobody is at the lock. */
function end(ghost: Ghost, machine: Machine): void {
  for (let seat = 0; seat < machine.threads.length; seat++) {
    const cell = machine.view[wordOf(machine, OBJECT.MASKS + 3 + seat, CONDITION)]!
    if (cell !== 0) ghost.fail(`nobody waits any more, and the cell of seat ${seat} is 0x${cell.toString(16)}`)
  }
  const word = machine.view[wordOf(machine, OBJECT.WORD, LOCK)]!
  if ((word & OWNER) !== 0) ghost.fail(`all have left, and seat ${(word & OWNER) - 1} has the lock`)
}

const LOCK = 0
const CONDITION = 1

function conditionScenario(name: string, threads: readonly Program[], options: Partial<Scenario> = {}): Scenario {
  return {
    name: `Condition: ${name}`,
    threads,
    objects: 2,
    make(shipped, space) {
      const lock = new shipped.Lock({ space })
      return [new shipped.Condition(lock, { space }), space]
    },
    died,
    end,
    ...options,
  }
}

/** Nothing is there, and nobody will bring it: who waits waits rightly. */
const empty = (ghost: Ghost): boolean => ghost.get(GOODS) === 0

export const conditionScenarios: readonly Scenario[] = [
  conditionScenario('1 blocks, 1 brings', [blocking, bringing()], { looks: 1 }),
  conditionScenario('1 awaits, 1 brings', [waiting(), bringing()], { looks: 1 }),
  conditionScenario('2 tasks await, 1 brings 2 at once', [waiting(2), bringingAtOnce(2)]),
  conditionScenario('1 blocks, 1 awaits, 1 brings 2', [blocking, waiting(), bringing(2)]),
  conditionScenario('2 block, 1 brings 2 for all', [blocking, blocking, bringingAtOnce(2, true)]),
  conditionScenario('1 blocks in time, 1 brings', [timed, bringing()], { patient: empty }),
  conditionScenario('1 blocks in time, 1 blocks, 1 brings', [timed, blocking, bringing()], {
    // The one who was in time may have taken it: then the other waits rightly.
    patient: empty,
    mayRemain: true,
    end: (ghost, machine) => (empty(ghost) ? undefined : end(ghost, machine)),
  }),
  conditionScenario('1 is aborted, 1 brings', [aborted(), bringing()]),
  conditionScenario('1 of 2 tasks is aborted, 1 brings', [aborted(1), bringing()], {
    patient: empty,
    mayRemain: true,
    end: () => {},
  }),
  conditionScenario('1 is aborted, 1 blocks, 1 brings', [aborted(), blocking, bringing()], {
    patient: empty,
    mayRemain: true,
    end: () => {},
  }),
  conditionScenario('1 dies, 1 blocks, 1 brings 2, 1 buries', [blocking, blocking, bringing(2), burying(0)], {
    deaths: 1,
    mortal: [0],
    end: () => {},
  }),
  conditionScenario('1 dies, 1 awaits, 1 brings 2, 1 buries', [waiting(), waiting(), bringing(2), burying(0)], {
    deaths: 1,
    mortal: [0],
    end: () => {},
  }),
]
