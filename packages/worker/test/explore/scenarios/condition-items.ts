/**
 * Condition: one thread makes items and notifies, others wait for them. No item is left while somebody waits for one, no waiter wakes that nobody
 * notified, and whoever comes out of a wait has the lock.
 */
import { OBJECT } from '../../../src/layout.ts'
import { Aborter } from '../aborter.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import type { Shipped } from '../source.ts'
import { burying, expectNobodyAt, only, wordOf } from './roles.ts'

type Condition = InstanceType<Shipped['Condition']>

const HOLDER = 0
const ITEMS = 1
const NOTIFIED = 2
const WOKEN = 3
const DEATHS = 4

/** Where they lie: the lock, the condition beside it. */
const LOCK = 0
const CONDITION = 1

const conditionOf = ({ shipped, handles }: Thread): Condition => shipped.Condition.from(handles[0]!)

const enter = (thread: Thread): void =>
  void thread.note((ghost, index) => {
    const holder = ghost.get(HOLDER)
    if (holder !== 0) ghost.fail(`two hold the lock: ${holder - 1} and ${index}`)
    ghost.set(HOLDER, index + 1)
  })
const leave = (thread: Thread): void => void thread.note((ghost) => ghost.set(HOLDER, 0))

/** It comes out of a wait: by a notification of its own. One that died may have passed its own on twice over. */
const woken = (thread: Thread): void =>
  void thread.note((ghost) => {
    ghost.add(WOKEN, 1)
    const most = ghost.get(NOTIFIED) + ghost.get(DEATHS)
    if (ghost.get(WOKEN) > most) ghost.fail(`${ghost.get(WOKEN)} have been woken, by ${most} notifications`)
  })

/** Takes an item, if there is one. */
const take = (thread: Thread): boolean =>
  thread.note((ghost) => {
    if (ghost.get(ITEMS) === 0) return 0
    ghost.add(ITEMS, -1)
    return 1
  }) === 1

/** Blocks until it has taken an item. */
const consuming: Program = (thread) => {
  const condition = conditionOf(thread)
  return () => {
    condition.acquireSync()
    enter(thread)
    while (!take(thread)) {
      leave(thread)
      condition.waitSync()
      enter(thread)
      woken(thread)
      // It may die before it has taken what it was woken for.
      thread.step()
    }
    leave(thread)
    condition.release()
  }
}

/** The same, but it gives up in time: with the lock held, and having taken nothing. */
const consumingInTime: Program = (thread) => {
  const condition = conditionOf(thread)
  return () => {
    condition.acquireSync()
    enter(thread)
    while (!take(thread)) {
      leave(thread)
      try {
        thread.within(10, () => condition.waitSync({ timeout: 10 }))
      } catch (error) {
        only('TimeoutError', error)
        enter(thread)
        break
      }
      enter(thread)
      woken(thread)
    }
    leave(thread)
    condition.release()
  }
}

function* consume(thread: Thread, condition: Condition, signal?: unknown): Generator<unknown, void, never> {
  yield condition.acquire()
  enter(thread)
  while (!take(thread)) {
    leave(thread)
    try {
      yield condition.wait(signal === undefined ? undefined : { signal: signal as never })
    } catch (error) {
      only('AbortError', error)
      enter(thread)
      break
    }
    enter(thread)
    woken(thread)
  }
  leave(thread)
  condition.release()
}

const awaiting =
  (tasks = 1): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    return () => {
      for (let task = 0; task < tasks; task++) thread.task(() => consume(thread, condition))
    }
  }

/** One of its tasks is aborted by another one; `others` wait beside. */
const aborted =
  (others = 0): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    return () => {
      const controller = new Aborter()
      thread.task(() => consume(thread, condition, controller.signal))
      for (let other = 0; other < others; other++) thread.task(() => consume(thread, condition))
      thread.task(function* () {
        yield thread.turn()
        controller.abort()
      })
    }
  }

/** A task waits, and then the thread blocks beside it. */
const both: Program = (thread) => {
  const condition = conditionOf(thread)
  return () => {
    thread.task(() => consume(thread, condition))
    thread.task(function* () {
      yield thread.turn()
      try {
        condition.acquireSync()
      } catch (error) {
        // The other task has it.
        only('DeadlockError', error)
        thread.task(() => consume(thread, condition))
        return
      }
      enter(thread)
      while (!take(thread)) {
        leave(thread)
        condition.waitSync()
        enter(thread)
        woken(thread)
      }
      leave(thread)
      condition.release()
    })
  }
}

/** A task waits for the lock, which the thread then gives up only to block: that task could not go on with it. */
const queueing: Program = (thread) => {
  const condition = conditionOf(thread)
  return () => {
    condition.acquireSync()
    enter(thread)
    thread.task(() => consume(thread, condition))
    while (!take(thread)) {
      leave(thread)
      condition.waitSync()
      enter(thread)
      woken(thread)
    }
    leave(thread)
    condition.release()
  }
}

/** Blocks with an Abort, which another thread aborts. */
const abortable: Program = (thread) => {
  const condition = conditionOf(thread)
  const abort = thread.shipped.Abort.from(thread.handles[1]!)
  return () => {
    condition.acquireSync()
    enter(thread)
    while (!take(thread)) {
      leave(thread)
      try {
        condition.waitSync({ abort })
      } catch (error) {
        only('AbortError', error)
        enter(thread)
        break
      }
      enter(thread)
      woken(thread)
    }
    leave(thread)
    condition.release()
  }
}

const aborting: Program = (thread) => {
  const abort = thread.shipped.Abort.from(thread.handles[1]!)
  return () => abort.abort()
}

/** Makes `items`, and notifies of them: all at once, or one after another. */
const producing =
  (items: number, apart = false): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    return () => {
      for (let made = 0; made < items; made += apart ? 1 : items) {
        const some = apart ? 1 : items
        condition.acquireSync()
        enter(thread)
        thread.note((ghost) => {
          ghost.add(ITEMS, some)
          ghost.add(NOTIFIED, some)
        })
        condition.notify(some)
        leave(thread)
        condition.release()
      }
    }
  }

/** Once those in the seats 0 and 1 wait: makes one item and notifies of it, and buries who is in seat 1, before that or after. */
const producingAndBurying =
  (first: 'produces' | 'buries'): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    const cells = condition.local.place.at + OBJECT.MASKS + 3
    const produce = producing(1)(thread)
    const bury = burying(1)(thread)
    return () => {
      for (const seat of [0, 1]) thread.until(cells + seat, (value) => value !== 0)
      if (first === 'produces') produce()
      bury()
      if (first === 'buries') produce()
    }
  }

/** Makes `items` and notifies everybody. */
const announcing =
  (items: number, waiters: number): Program =>
  (thread) => {
    const condition = conditionOf(thread)
    return () => {
      condition.acquireSync()
      enter(thread)
      thread.note((ghost) => {
        ghost.add(ITEMS, items)
        ghost.add(NOTIFIED, waiters)
      })
      condition.notifyAll()
      leave(thread)
      condition.release()
    }
  }

const freeing: Program = (thread) => {
  const condition = conditionOf(thread)
  const cell = condition.local.place.at + OBJECT.MASKS + 3
  return () => {
    thread.until(cell, (value) => value !== 0)
    condition.free()
  }
}

const losing: Program = (thread) => {
  const condition = conditionOf(thread)
  return () => {
    try {
      condition.acquireSync()
      condition.waitSync()
    } catch (error) {
      only('HandleError', error)
      return
    }
    thread.note((ghost) => ghost.fail('a wait on what was freed came to a good end'))
  }
}

function died(ghost: Ghost, thread: number): void {
  ghost.add(DEATHS, 1)
  if (ghost.get(HOLDER) === thread + 1) ghost.set(HOLDER, 0)
}

const noItems = (ghost: Ghost): boolean => ghost.get(ITEMS) === 0

function end(ghost: Ghost, machine: Machine): void {
  expectNobodyAt(ghost, machine, LOCK)
  for (let seat = 0; seat < machine.threads.length; seat++) {
    const cell = machine.view[wordOf(machine, OBJECT.MASKS + 3 + seat, CONDITION)]!
    if (cell !== 0) ghost.fail(`nobody waits any more, and the cell of seat ${seat} is 0x${cell.toString(16)}`)
  }
}

type Options = Omit<Scenario, 'name' | 'threads' | 'make'>

const conditionScenario = (name: string, threads: readonly Program[], options: Options = {}): Scenario => ({
  name: `Condition: ${name}`,
  threads,
  objects: 3,
  make: (shipped, space) => [new shipped.Condition(undefined, { space }), new shipped.Abort({ space }), space],
  died,
  end,
  ...options,
})

/** Somebody gave up, or took what was another's: who waits then waits rightly, if nothing is left. */
const unlessItems: Options = { patient: noItems, mayRemain: true, end: () => {} }

export const conditionItemScenarios: readonly Scenario[] = [
  conditionScenario('1 blocks, 1 notifies', [consuming, producing(1)], { looks: 1 }),
  conditionScenario('1 awaits, 1 notifies', [awaiting(), producing(1)], { looks: 1 }),
  conditionScenario('2 block, 1 notifies both', [consuming, consuming, producing(2)]),
  conditionScenario('2 block, 1 notifies twice', [consuming, consuming, producing(2, true)]),
  conditionScenario('1 blocks, 1 awaits, 1 notifies all', [consuming, awaiting(), announcing(2, 2)]),
  conditionScenario('2 tasks await, 1 notifies both', [awaiting(2), producing(2)]),
  conditionScenario('2 tasks await, 1 notifies twice', [awaiting(2), producing(2, true)]),
  conditionScenario('2 tasks of 1 thread, the last one blocks, 1 notifies twice', [queueing, producing(2, true)]),
  conditionScenario('1 awaits and blocks, 1 notifies twice', [both, producing(2, true)]),
  conditionScenario('1 blocks, 1 in time, 1 notifies', [consuming, consumingInTime, producing(1)], unlessItems),
  conditionScenario('1 awaits, 1 in time, 1 notifies', [awaiting(), consumingInTime, producing(1)], unlessItems),
  conditionScenario('1 blocks, 1 is aborted, 1 notifies', [consuming, aborted(), producing(1)], unlessItems),
  conditionScenario('1 of 2 tasks is aborted, 1 notifies', [aborted(1), producing(1)], unlessItems),
  conditionScenario(
    '1 awaits, 1 blocks until another aborts it, 1 notifies',
    [awaiting(), abortable, aborting, producing(1)],
    unlessItems,
  ),
  conditionScenario('1 dies, 1 blocks, 1 notifies, 1 buries', [consuming, consuming, producing(1), burying(0)], {
    ...unlessItems,
    deaths: 1,
    mortal: [0],
  }),
  conditionScenario('1 dies, 1 awaits, 1 notifies, 1 buries', [awaiting(), awaiting(), producing(1), burying(0)], {
    ...unlessItems,
    deaths: 1,
    mortal: [0],
  }),
  ...[
    { name: '2 block, 1 notifies the one that dies, and buries it', waits: consuming, first: 'produces' as const },
    { name: '2 await, 1 notifies the one that dies, and buries it', waits: awaiting(), first: 'produces' as const },
    { name: '2 block, 1 buries the one that dies, and notifies', waits: consuming, first: 'buries' as const },
  ].map(({ name, waits, first }) =>
    conditionScenario(name, [waits, waits, producingAndBurying(first)], { ...unlessItems, deaths: 1, mortal: [1] }),
  ),
  conditionScenario('1 blocks, another frees it', [losing, freeing], { changes: true, mayRemain: true, end: () => {} }),
]
