/** ReadWriteLock: a writer is alone, readers are not kept from each other for ever, nobody is forgotten. */
import { OBJECT } from '../../../src/layout.ts'
import { Aborter } from '../aborter.ts'
import type { Ghost, Machine, Program, Scenario, Thread } from '../machine.ts'
import type { Shipped } from '../source.ts'
import { burying, expectNobodyAt, only, wordOf } from './roles.ts'

type ReadWriteLock = InstanceType<Shipped['ReadWriteLock']>
type Permit = { readonly abandoned: boolean; release(): void }

const WRITER = 0
const READERS = 1
/** Deaths of writers, and how many somebody has been told. */
const OWED = 2
const TOLD = 3
/** How often each thread reads. */
const READS = 8

const lockOf = ({ shipped, handles }: Thread): ReadWriteLock => shipped.ReadWriteLock.from(handles[0]!)

function write(thread: Thread, permit: Permit): void {
  thread.note((ghost, index) => {
    if (ghost.get(WRITER) !== 0) ghost.fail(`two write: ${ghost.get(WRITER) - 1} and ${index}`)
    if (ghost.get(READERS) !== 0) ghost.fail(`thread ${index} writes while somebody reads`)
    tell(ghost, index, permit)
    ghost.set(WRITER, index + 1)
  })
  thread.step()
  thread.note((ghost) => ghost.set(WRITER, 0))
  permit.release()
}

function read(thread: Thread, permit: Permit): void {
  thread.note((ghost, index) => {
    if (ghost.get(WRITER) !== 0) ghost.fail(`thread ${index} reads while ${ghost.get(WRITER) - 1} writes`)
    tell(ghost, index, permit)
    ghost.add(READERS, 1)
    ghost.add(READS + index, 1)
  })
  thread.step()
  thread.note((ghost, index) => {
    ghost.add(READERS, -1)
    ghost.add(READS + index, -1)
  })
  permit.release()
}

function tell(ghost: Ghost, index: number, { abandoned }: Permit): void {
  if (abandoned) ghost.add(TOLD, 1)
  else if (ghost.get(OWED) > ghost.get(TOLD)) ghost.fail(`thread ${index} is not told that a writer died`)
}

function died(ghost: Ghost, thread: number): void {
  ghost.add(READERS, -ghost.get(READS + thread))
  ghost.set(READS + thread, 0)
  if (ghost.get(WRITER) !== thread + 1) return
  ghost.set(WRITER, 0)
  ghost.add(OWED, 1)
}

type Side = 'read' | 'write'
const use = { read, write }

const blocking =
  (side: Side): Program =>
  (thread) => {
    const lock = lockOf(thread)
    return () => use[side](thread, lock[side].acquireSync())
  }

/** A task for each side. */
const waiting =
  (...sides: Side[]): Program =>
  (thread) => {
    const lock = lockOf(thread)
    return () => {
      for (const side of sides) {
        thread.task(function* () {
          use[side](thread, yield lock[side].acquire())
        })
      }
    }
  }

const timed =
  (side: Side): Program =>
  (thread) => {
    const lock = lockOf(thread)
    return () => {
      let permit: Permit
      try {
        permit = thread.within(10, () => lock[side].acquireSync({ timeout: 10 }))
      } catch (error) {
        return only('TimeoutError', error)
      }
      use[side](thread, permit)
    }
  }

/** The first task is aborted, on one side; the second waits for the other. */
const aborted =
  (side: Side, other: Side): Program =>
  (thread) => {
    const lock = lockOf(thread)
    return () => {
      const controller = new Aborter()
      thread.task(function* () {
        let permit: Permit
        try {
          permit = yield lock[side].acquire({ signal: controller.signal as never })
        } catch (error) {
          return only('AbortError', error)
        }
        use[side](thread, permit)
      })
      thread.task(function* () {
        use[other](thread, yield lock[other].acquire())
      })
      thread.task(function* () {
        yield thread.turn()
        controller.abort()
      })
    }
  }

const trying =
  (side: Side): Program =>
  (thread) => {
    const lock = lockOf(thread)
    return () => {
      const permit = lock[side].tryAcquire()
      if (permit !== null) use[side](thread, permit)
    }
  }

/** Reads twice at a time, by two tasks, over turns of its event loop. */
const readingLong: Program = (thread) => {
  const lock = lockOf(thread)
  return () => {
    for (let task = 0; task < 2; task++) {
      thread.task(function* () {
        const permit: Permit = yield lock.read.acquire()
        thread.note((ghost, index) => {
          if (ghost.get(WRITER) !== 0) ghost.fail(`thread ${index} reads while ${ghost.get(WRITER) - 1} writes`)
          ghost.add(READERS, 1)
          ghost.add(READS + index, 1)
        })
        yield thread.turn()
        thread.note((ghost, index) => {
          ghost.add(READERS, -1)
          ghost.add(READS + index, -1)
        })
        permit.release()
      })
    }
  }
}

function readWriteScenario(name: string, threads: readonly Program[], options: Partial<Scenario> = {}): Scenario {
  return {
    name: `ReadWriteLock: ${name}`,
    threads,
    objects: 2,
    make: (shipped, space) => [new shipped.ReadWriteLock({ space }), space],
    died,
    end(ghost: Ghost, machine: Machine) {
      expectNobodyAt(ghost, machine)
      const readers = machine.view[wordOf(machine, OBJECT.MASKS + 1)]!
      if (readers !== 0) ghost.fail(`nobody reads any more, and among the readers is ${readers.toString(2)}`)
    },
    ...options,
  }
}

export const readWriteLockScenarios: readonly Scenario[] = [
  readWriteScenario('1 reads, 1 writes, blocking', [blocking('read'), blocking('write')], { looks: 1 }),
  readWriteScenario('2 write, blocking', [blocking('write'), blocking('write')], { ticks: 1 }),
  readWriteScenario('1 reads, 1 writes, awaiting', [waiting('read'), waiting('write')], { ticks: 1 }),
  readWriteScenario('1 reads and writes, 1 blocks to write', [waiting('read', 'write'), blocking('write')]),
  readWriteScenario('1 writes and reads, 1 blocks to read', [waiting('write', 'read'), blocking('read')]),
  readWriteScenario('2 tasks read long, 1 blocks to write', [readingLong, blocking('write')]),
  readWriteScenario('1 reads, 1 writes in time', [blocking('read'), timed('write')], { ticks: 1 }),
  readWriteScenario('1 writes, 1 reads in time', [blocking('write'), timed('read')]),
  readWriteScenario('1 writes, a writer before a reader is aborted', [blocking('read'), aborted('write', 'read')]),
  readWriteScenario('1 writes, 1 tries to read', [blocking('write'), trying('read')]),
  readWriteScenario('1 reads, 1 tries to write', [blocking('read'), trying('write')]),
  readWriteScenario('2 read, 1 writes', [blocking('read'), blocking('read'), blocking('write')]),
  readWriteScenario('1 reads, 2 write', [waiting('read'), blocking('write'), blocking('write')]),
  readWriteScenario('a reader dies, 1 writes, 1 buries', [blocking('read'), blocking('write'), burying(0)], {
    deaths: 1,
    mortal: [0],
  }),
  readWriteScenario('a writer dies, 1 reads, 1 buries', [blocking('write'), blocking('read'), burying(0)], {
    deaths: 1,
    mortal: [0],
  }),
  readWriteScenario('a writer dies, 1 awaits to write, 1 buries', [blocking('write'), waiting('write'), burying(0)], {
    deaths: 1,
    mortal: [0],
  }),
]
