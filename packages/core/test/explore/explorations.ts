/**
 * What is explored of core: for each primitive, tasks that acquire, resume and release, others that abort at any moment, and time-outs that
 * ring when the holder lets go. Each action is done to the primitive and to its reference; after each they must agree about who has been
 * granted what, who has been turned away, and in which order. So no order may lose a wake-up (somebody would wait for ever: a deadlock), grant
 * twice, or let anybody overtake.
 */
import { gather, type Op, sleep, spawn } from '@interlock/loop'
import type * as Core from '../../src/index.ts'
import {
  BarrierReference,
  ConditionReference,
  EventReference,
  PermitsReference,
  QueueReference,
  ReadWriteReference,
} from './reference.ts'
import { Aborter, Broken, REASON, Trial } from './trial.ts'

export interface Exploration {
  readonly title: string
  /** Takes part in `npm test`, where there is little time. */
  readonly small: boolean
  program(): Op<void>
}

/** Waits for a call; undefined if it was turned away. */
function* outcome<T>(call: { outcome: () => Op<T> }): Op<{ value: T } | undefined> {
  try {
    return { value: yield* call.outcome() }
  } catch (error) {
    // A defect is not to be taken for an abort.
    if (error instanceof Broken) throw error
    return undefined
  }
}

/** Each aborts at some moment: before, between or after all that the others do. */
function* abortAll(trial: Trial, aborters: readonly Aborter[]): Op<void> {
  function* abort(aborter: Aborter): Op<void> {
    trial.abort(aborter)
  }
  for (const [index, aborter] of aborters.entries()) yield* spawn(abort(aborter), `aborter ${index}`)
}

interface User {
  readonly aborter?: Aborter
  readonly permits?: number
  readonly writes?: boolean
  readonly timeout?: number
  /** How often. */
  readonly rounds?: number
  /** How long it holds what it has; a turn unless told. */
  readonly holds?: number
}

interface Holdable {
  acquire(user: User): { id: number; outcome: () => Op<Core.Permit> }
  released(user: User): void
}

/** Acquires, holds across a turn, and releases; or gives up. One that was granted and aborted before it resumed passes it on at once. */
function* use(trial: Trial, what: Holdable, user: User): Op<void> {
  for (let left = user.rounds ?? 1; left > 0; left--) {
    const held = yield* outcome(what.acquire(user))
    if (held === undefined) continue
    if (user.aborter?.aborted !== true) yield* sleep(user.holds ?? 0)
    trial.act(
      'a release',
      () => held.value.release(),
      () => what.released(user),
    )
  }
}

function* usersOf(trial: Trial, what: Holdable, users: readonly User[], end: () => boolean): Op<void> {
  const aborters = [...new Set(users.flatMap(({ aborter }) => aborter ?? []))]
  const tasks = []
  for (const [index, user] of users.entries()) tasks.push(yield* spawn(use(trial, what, user), `user ${index}`))
  yield* abortAll(trial, aborters)
  yield* gather(...tasks)
  if (!end()) throw new Broken('something is held, or somebody waits, though all have ended')
}

export function explorationsOf(core: typeof Core): readonly Exploration[] {
  const lockTrial = (): { trial: Trial; what: Holdable; end: () => boolean } => {
    const lock = new core.Lock()
    const reference = new PermitsReference(1)
    const trial = new Trial(reference, () => ({ free: lock.locked ? 0 : 1, waiting: lock.waiting }))
    return {
      trial,
      what: {
        acquire: ({ aborter, timeout }) =>
          trial.call(
            (options) => lock.acquire(options),
            (id) => reference.acquire(id),
            aborter,
            timeout,
          ),
        released: () => reference.release(),
      },
      end: () => !lock.locked && lock.waiting === 0,
    }
  }

  function* useLock(users: readonly User[]): Op<void> {
    const { trial, what, end } = lockTrial()
    yield* usersOf(trial, what, users, end)
  }

  function* useSemaphore(value: number, users: readonly User[]): Op<void> {
    const semaphore = new core.Semaphore(value)
    const reference = new PermitsReference(value)
    const trial = new Trial(reference, () => ({ free: semaphore.value, waiting: semaphore.waiting }))
    const what: Holdable = {
      acquire: ({ aborter, permits = 1, timeout }) =>
        trial.call(
          (options) => semaphore.acquire({ ...options, permits }),
          (id) => reference.acquire(id, permits),
          aborter,
          timeout,
        ),
      released: ({ permits }) => reference.release(permits),
    }
    yield* usersOf(trial, what, users, () => semaphore.value === value && semaphore.waiting === 0)
  }

  function* useReadWriteLock(users: readonly User[]): Op<void> {
    const lock = new core.ReadWriteLock()
    const reference = new ReadWriteReference()
    const trial = new Trial(reference, () => ({
      reading: lock.read.locked,
      writing: lock.write.locked,
      readers: lock.read.waiting,
      writers: lock.write.waiting,
    }))
    const what: Holdable = {
      acquire: ({ aborter, writes = false, timeout }) =>
        trial.call(
          (options) => (writes ? lock.write : lock.read).acquire(options),
          (id) => reference.acquire(id, writes),
          aborter,
          timeout,
        ),
      released: ({ writes = false }) => reference.release(writes),
    }
    yield* usersOf(trial, what, users, () => !lock.read.locked && !lock.write.locked)
  }

  /** The lock is held; a listener on a waiter's signal, which is called before core's, releases it. The grant must not go to who aborts. */
  function* releasedByListener(shared: boolean): Op<void> {
    const { trial, what, end } = lockTrial()
    const first = new Aborter()
    const holder = yield* outcome(what.acquire({}))
    const users: User[] = [{ aborter: first }, shared ? { aborter: first } : {}, {}]
    let held = true
    // The reference hears of the abort first: whoever is being aborted is granted nothing.
    first.controller.signal.addEventListener('abort', () => {
      if (held) holder!.value.release()
    })
    function* aborts(): Op<void> {
      trial.act(
        'an abort whose listener releases',
        () => first.controller.abort(REASON),
        () => {
          trial.giveUp(first)
          if (held) what.released({})
          held = false
        },
      )
    }
    const tasks = []
    for (const [index, user] of users.entries()) tasks.push(yield* spawn(use(trial, what, user), `user ${index}`))
    tasks.push(yield* spawn(aborts(), 'aborter'))
    yield* gather(...tasks)
    if (!end()) throw new Broken('something is held, or somebody waits, though all have ended')
  }

  function* waitForEvent(waiters: number, clears: boolean): Op<void> {
    const event = new core.Event()
    const reference = new EventReference()
    const trial = new Trial(reference, () => ({ isSet: event.isSet, waiting: event.waiting }))
    const aborters = Array.from({ length: waiters - 1 }, () => new Aborter())
    const set = (): void =>
      trial.act(
        'set()',
        () => event.set(),
        () => reference.set(),
      )
    function* waiter(aborter?: Aborter): Op<void> {
      const call = trial.call(
        (options) => event.wait(options),
        (id) => reference.wait(id),
        aborter,
      )
      yield* outcome(call)
    }
    function* setter(): Op<void> {
      set()
      if (!clears) return
      yield
      trial.act(
        'clear()',
        () => event.clear(),
        () => reference.clear(),
      )
      yield
      set()
    }
    const tasks = []
    for (let index = 0; index < waiters; index++) tasks.push(yield* spawn(waiter(aborters[index]), `waiter ${index}`))
    yield* abortAll(trial, aborters)
    yield* gather(...tasks, yield* spawn(setter(), 'setter'))
  }

  function* meetAtBarrier(count: number, aborting: number): Op<void> {
    const barrier = new core.Barrier(2)
    const reference = new BarrierReference(2)
    const trial = new Trial(reference, () => ({ waiting: barrier.waiting }))
    const aborters = Array.from({ length: aborting }, () => new Aborter())
    let passed = 0
    let left = 0
    function* party(aborter?: Aborter): Op<void> {
      const call = trial.call(
        (options) => barrier.wait(options),
        (id) => reference.wait(id),
        aborter,
      )
      if ((yield* outcome(call)) === undefined) left++
      else passed++
    }
    const parties = []
    for (let index = 0; index < count; index++) parties.push(yield* spawn(party(aborters[index]), `party ${index}`))
    yield* abortAll(trial, aborters)
    function* resetter(): Op<void> {
      // Whoever is left alone is let go.
      yield* sleep(1)
      trial.act(
        'reset()',
        () => barrier.reset(),
        () => reference.reset(),
      )
    }
    yield* gather(...parties, yield* spawn(resetter(), 'resetter'))
    if (passed % 2 !== 0 || passed + left !== count) throw new Broken(`${passed} have passed, ${left} have left`)
  }

  function* handOver(maxsize: number, aborting: number): Op<void> {
    const queue = new core.Queue<string>(maxsize)
    const reference = new QueueReference(maxsize)
    const trial = new Trial(reference, () => ({ size: queue.size }))
    const aborters = Array.from({ length: aborting }, () => new Aborter())
    const put: string[] = []
    const got: string[] = []
    function* producer(items: readonly string[], aborter?: Aborter): Op<void> {
      for (const item of items) {
        const call = trial.call(
          (options) => queue.put(item, options),
          (id) => reference.put(id, item),
          aborter,
        )
        if ((yield* outcome(call)) !== undefined) put.push(item)
      }
    }
    function* consumer(aborter?: Aborter): Op<void> {
      const call = trial.call(
        (options) => queue.get(options),
        (id) => reference.get(id),
        aborter,
      )
      const item = yield* outcome(call)
      if (item === undefined) return
      if (item.value !== reference.got.get(call.id)) throw new Broken(`got ${item.value}`)
      got.push(item.value)
    }
    const tasks = [
      yield* spawn(producer(['a', 'b'], aborters[0]), 'producer 0'),
      yield* spawn(producer(['c']), 'producer 1'),
      yield* spawn(consumer(aborters[1]), 'consumer 0'),
      yield* spawn(consumer(aborters[2]), 'consumer 1'),
    ]
    yield* abortAll(trial, aborters)
    function* rest(): Op<void> {
      // What the aborted did not take, or wait for in vain, is taken and given here.
      yield* sleep(1)
      while (queue.size > 0) {
        yield* consumer()
        yield
      }
      if (tasks.some((task) => !task.done)) yield* producer(['z'])
    }
    yield* gather(...tasks, yield* spawn(rest(), 'rest'))
    yield* rest()
    if (got.toSorted().join() !== put.toSorted().join()) throw new Broken(`put ${put.join()}, got ${got.join()}`)
  }

  function* waitForCondition(waiters: number, aborting: number): Op<void> {
    const lock = new core.Lock()
    const condition = new core.Condition(lock)
    const reference = new ConditionReference()
    const trial = new Trial(reference, () => ({ locked: lock.locked, waiting: condition.waiting }))
    const aborters = Array.from({ length: aborting }, () => new Aborter())
    let items = 0
    const acquire = (): { outcome: () => Op<Core.Permit> } =>
      trial.call(
        () => lock.acquire(),
        (id) => reference.acquire(id),
      )
    const release = (): void =>
      trial.act(
        'a release',
        () => lock.release(),
        () => reference.release(),
      )
    function* consumer(aborter?: Aborter): Op<void> {
      yield* acquire().outcome()
      try {
        while (items === 0) {
          const call = trial.call(
            (options) => condition.wait(options),
            (id) => reference.wait(id),
            aborter,
          )
          const notified = yield* outcome(call)
          if (!lock.locked) throw new Broken('wait() has ended without the lock')
          if (notified === undefined) return
        }
        items--
      } finally {
        release()
      }
    }
    function* producer(): Op<void> {
      yield* acquire().outcome()
      items++
      trial.act(
        'notify()',
        () => condition.notify(),
        () => reference.notify(),
      )
      release()
    }
    const consumers = []
    for (let index = 0; index < waiters; index++)
      consumers.push(yield* spawn(consumer(aborters[index]), `consumer ${index}`))
    yield* abortAll(trial, aborters)
    // An item for each: nobody may be left waiting.
    const producers = []
    for (let index = 0; index < waiters; index++) producers.push(yield* spawn(producer(), `producer ${index}`))
    yield* gather(...consumers, ...producers)
    if (lock.locked) throw new Broken('the lock is held though all have ended')
  }

  const aborting = (count: number, more: User = {}): User[] =>
    Array.from({ length: count }, () => ({ ...more, aborter: new Aborter() }))
  const sharing = (count: number): User[] => {
    const aborter = new Aborter()
    return Array.from({ length: count }, () => ({ aborter }))
  }
  const exploration = (small: boolean, title: string, program: () => Op<void>): Exploration => ({
    title,
    small,
    program,
  })

  return [
    exploration(true, 'Lock: 3 users', () => useLock([{}, {}, {}])),
    exploration(true, 'Lock: 3 users, one aborted at any moment', () => useLock([...aborting(1), {}, {}])),
    exploration(true, 'Lock: 3 users, two aborted by one signal', () => useLock([...sharing(2), {}])),
    exploration(false, 'Lock: 3 users, two aborted', () => useLock([...aborting(2), {}])),
    exploration(false, 'Lock: 3 users, each aborted', () => useLock(aborting(3))),
    exploration(false, 'Lock: 3 users twice, one aborted', () =>
      useLock([...aborting(1, { rounds: 2 }), { rounds: 2 }, {}]),
    ),
    exploration(true, 'Lock: time-outs at the moment of the release', () =>
      useLock([{ holds: 1 }, { timeout: 1 }, { timeout: 1 }]),
    ),
    exploration(false, 'Lock: time-outs, and an abort', () =>
      useLock([{ holds: 1 }, { timeout: 1, aborter: new Aborter() }, { timeout: 1 }]),
    ),
    exploration(true, 'Lock: released by a listener on the signal of a waiter', () => releasedByListener(false)),
    exploration(true, 'Lock: released by a listener on the signal of two waiters', () => releasedByListener(true)),
    exploration(true, 'Semaphore(2): 3 users, the first wants both and is aborted', () =>
      useSemaphore(2, [...aborting(1, { permits: 2 }), {}, {}]),
    ),
    exploration(true, 'Semaphore(2): the head wants both, and its time is over while one is held', () =>
      useSemaphore(2, [{ holds: 2 }, { permits: 2, timeout: 1 }, {}]),
    ),
    exploration(true, 'Semaphore(2): two are aborted by one signal, and the first of them wants both', () => {
      const aborter = new Aborter()
      return useSemaphore(2, [{}, { permits: 2, aborter }, { aborter }])
    }),
    exploration(false, 'Semaphore(2): 3 users, two aborted, of whom one wants both', () =>
      useSemaphore(2, [...aborting(1, { permits: 2 }), ...aborting(1), {}]),
    ),
    exploration(false, 'Semaphore(2): 4 users, one wants both and is aborted', () =>
      useSemaphore(2, [...aborting(1, { permits: 2 }), {}, {}, {}]),
    ),
    exploration(true, 'ReadWriteLock: a writer that is aborted, two readers', () =>
      useReadWriteLock([...aborting(1, { writes: true }), {}, {}]),
    ),
    exploration(false, 'ReadWriteLock: two writers, of whom one is aborted, a reader that is aborted', () =>
      useReadWriteLock([...aborting(1, { writes: true }), { writes: true }, ...aborting(1)]),
    ),
    exploration(true, 'Event: 2 waiters, one aborted; set, cleared and set', () => waitForEvent(2, true)),
    exploration(false, 'Event: 3 waiters, two aborted; set', () => waitForEvent(3, false)),
    exploration(false, 'Event: 3 waiters, two aborted; set, cleared and set', () => waitForEvent(3, true)),
    exploration(true, 'Barrier(2): 3 parties, one aborted', () => meetAtBarrier(3, 1)),
    exploration(false, 'Barrier(2): 4 parties, one aborted', () => meetAtBarrier(4, 1)),
    exploration(false, 'Barrier(2): 4 parties, two aborted', () => meetAtBarrier(4, 2)),
    exploration(true, 'Queue(1): 2 producers, 2 consumers, one producer aborted', () => handOver(1, 1)),
    exploration(false, 'Queue(1): 2 producers, 2 consumers, one of each aborted', () => handOver(1, 2)),
    exploration(true, 'Condition: 2 consumers, one aborted', () => waitForCondition(2, 1)),
    exploration(false, 'Condition: 2 consumers, each aborted', () => waitForCondition(2, 2)),
  ]
}
