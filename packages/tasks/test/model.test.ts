/**
 * Random programs of tasks over locks, semaphores and queues, cancelled at random. Whatever comes: no two are in one critical section; no permit and no item is lost
 * or doubled; a cancellation that is pending ends the next wait that has to wait; every task ends, and nothing is left behind.
 *
 * A failure prints the shortest program and the seed; MODEL_SEED and MODEL_RUNS in the environment repeat it or look further.
 */
import process from 'node:process'
import { Lock, Queue, ReadWriteLock, Semaphore } from '@interlock/core'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import {
  CancelledError,
  createTask,
  currentTask,
  gather,
  shield,
  sleep,
  Task,
  taskGroup,
  timeout,
} from '../src/index.ts'
import { drain } from './microtasks.ts'

const { MODEL_RUNS, MODEL_SEED } = process.env
// A long look takes longer than a test may.
vi.setConfig({ testTimeout: 600_000 })

const runs = Number(MODEL_RUNS ?? 400)
const parameters: fc.Parameters<unknown> = MODEL_SEED === undefined ? {} : { seed: Number(MODEL_SEED) }

type Step =
  | { do: 'lock' | 'read' | 'write'; which: 0 | 1; body: Step[] }
  | { do: 'semaphore'; permits: number; body: Step[] }
  | { do: 'put' | 'get'; which: 0 | 1 }
  | { do: 'get by'; which: 0 | 1; way: Way }
  | { do: 'sleep'; ms: number }
  | { do: 'hop' | 'cancel self' | 'uncancel' }
  | { do: 'await' | 'spawn' | 'shield' | 'catch'; body: Step[] }
  | { do: 'gather' | 'group'; bodies: Step[][] }
  | { do: 'timeout'; ms: number; body: Step[] }
  | { do: 'finally'; body: Step[]; after: Step[] }

type Action =
  | { do: 'start'; body: Step[]; signal: boolean }
  | { do: 'cancel' | 'uncancel'; which: number }
  | { do: 'drain' | 'abort' }
  | { do: 'hop'; times: number }
  | { do: 'advance'; ms: number }
  | { do: 'feed' | 'take'; which: 0 | 1 }

/** How an item is got that comes to the task through others: none of them may lose it. */
type Way = 'limit' | 'task' | 'tasks' | 'task twice' | 'gather' | 'task in a limit' | 'limit in a task'
const WAYS: readonly Way[] = ['limit', 'task', 'tasks', 'task twice', 'gather', 'task in a limit', 'limit in a task']

const which = fc.constantFrom<0 | 1>(0, 1)
const ms = fc.constantFrom(0, 1, 2, 5)

const { body } = fc.letrec<{ step: Step; body: Step[] }>((tie) => ({
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('sleep' as const), ms }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constantFrom('hop' as const, 'cancel self' as const, 'uncancel' as const) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'get' as const), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('get by' as const), which, way: fc.constantFrom(...WAYS) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom('lock' as const, 'lock' as const, 'read' as const, 'write' as const),
        which,
        body: tie('body'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('semaphore' as const),
        permits: fc.integer({ min: 1, max: 3 }),
        body: tie('body'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom('await' as const, 'spawn' as const, 'shield' as const, 'catch' as const),
        body: tie('body'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constantFrom('gather' as const, 'group' as const),
        bodies: fc.array(tie('body'), { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('timeout' as const), ms, body: tie('body') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('finally' as const), body: tie('body'), after: tie('body') }) },
  ),
  body: fc.array(tie('step'), { maxLength: 4 }),
}))

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('start' as const), body, signal: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('uncancel' as const), which: fc.nat(30) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drain' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('hop' as const), times: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('feed' as const, 'take' as const), which }) },
)

async function by(way: Way, get: () => Promise<number>): Promise<number> {
  switch (way) {
    case 'limit':
      return timeout(2, get)
    case 'task':
      return createTask(get)
    case 'tasks':
      return createTask(async () => await createTask(async () => await get()))
    case 'task twice': {
      const task = createTask(get)
      const [item] = await Promise.all([task, task])
      return item
    }
    case 'gather': {
      const [item] = await gather(get)
      return item
    }
    case 'task in a limit':
      return timeout(2, () => createTask(get))
    case 'limit in a task':
      return createTask(() => timeout(2, get))
  }
}

const PERMITS = 3
/** In the order in which they are taken, so that no program can lock itself up. */
const RANKS = ['lock 0', 'lock 1', 'both 0', 'both 1', 'semaphore']

/** What the tasks of one program share, and what must hold of it. */
class World {
  readonly locks = [new Lock(), new Lock()] as const
  readonly both = [new ReadWriteLock(), new ReadWriteLock()] as const
  readonly semaphore = new Semaphore(PERMITS)
  /** Of no bound, and of one. */
  readonly queues = [new Queue<number>(), new Queue<number>(1)] as const
  readonly tasks: Task<unknown>[] = []
  readonly controller = new AbortController()
  readonly faults: string[] = []
  readonly #inside = new Map<string, number>()
  #permits = 0
  #items = 0
  readonly put = new Set<number>()
  readonly refused = new Set<number>()
  readonly got: number[] = []
  /** How many of its cancels a task has heard of. */
  readonly #heard = new WeakMap<Task<unknown>, number>()

  start(steps: Step[], rank: number, signal?: AbortSignal): Task<void> {
    const task = createTask(() => this.run(steps, rank), { signal })
    this.tasks.push(task)
    task.catch((error: unknown) => {
      if (!(error instanceof CancelledError)) this.faults.push(`a task ended with ${String(error)}`)
    })
    return task
  }

  item(): number {
    return ++this.#items
  }

  async run(steps: Step[], rank: number): Promise<void> {
    for (const step of steps) await this.step(step, rank)
  }

  /** A wait of the task's own. `free`: it can be had at once. */
  async #wait<T>(free: boolean, begin: () => Promise<T>): Promise<T> {
    const task = currentTask() as Task<unknown>
    const pending = task.cancelling > (this.#heard.get(task) ?? 0)
    try {
      const value = await begin()
      // What was had at once is no wait, and hears of nothing.
      if (pending && !free) this.faults.push(`${task} was served though it was being cancelled`)
      return value
    } catch (error) {
      if (!(error instanceof CancelledError)) this.faults.push(`a wait ended with ${String(error)}`)
      if (pending && free) this.faults.push(`${task} had to hear of its cancel later`)
      this.#heard.set(task, task.cancelling)
      throw error
    }
  }

  /** A wait for other tasks: its cancel has gone there. */
  async #waitFor(begin: () => PromiseLike<unknown>): Promise<void> {
    const task = currentTask() as Task<unknown>
    try {
      await begin()
    } finally {
      this.#heard.set(task, task.cancelling)
    }
  }

  async #hold(
    name: string,
    rank: number,
    free: boolean,
    begin: () => Promise<Disposable>,
    steps: Step[],
    limit = 1,
  ): Promise<void> {
    const own = RANKS.indexOf(name)
    if (own < rank) return this.run(steps, rank)
    using _permit = await this.#wait(free, begin)
    const inside = (this.#inside.get(name) ?? 0) + 1
    this.#inside.set(name, inside)
    if (inside > limit) this.faults.push(`${inside} in ${name}`)
    try {
      await this.run(steps, own + 1)
    } finally {
      this.#inside.set(name, (this.#inside.get(name) ?? 0) - 1)
    }
  }

  async step(step: Step, rank: number): Promise<void> {
    switch (step.do) {
      case 'lock': {
        const lock = this.locks[step.which]
        return this.#hold(`lock ${step.which}`, rank, !lock.locked, () => lock.acquire(), step.body)
      }
      case 'read': {
        const { read, write } = this.both[step.which]
        const free = !write.locked && write.waiting === 0
        return this.#hold(`both ${step.which}`, rank, free, () => read.acquire(), step.body, Infinity)
      }
      case 'write': {
        const { read, write } = this.both[step.which]
        const free = !write.locked && !read.locked
        return this.#hold(`both ${step.which}`, rank, free, () => write.acquire(), step.body, 1)
      }
      case 'semaphore': {
        if (rank > RANKS.indexOf('semaphore')) return this.run(step.body, rank)
        const { permits } = step
        const free = this.semaphore.waiting === 0 && this.semaphore.value >= permits
        using _permit = await this.#wait(free, () => this.semaphore.acquire({ permits }))
        this.#permits += permits
        if (this.#permits > PERMITS) this.faults.push(`${this.#permits} permits of ${PERMITS}`)
        try {
          return await this.run(step.body, RANKS.length)
        } finally {
          this.#permits -= permits
        }
      }
      case 'put': {
        const queue = this.queues[step.which]
        const item = this.item()
        try {
          await this.#wait(!queue.full, () => queue.put(item))
          this.put.add(item)
        } catch (error) {
          this.refused.add(item)
          throw error
        }
        return
      }
      case 'get': {
        const queue = this.queues[step.which]
        this.got.push(await this.#wait(!queue.empty, () => queue.get()))
        return
      }
      case 'get by': {
        const queue = this.queues[step.which]
        try {
          this.got.push(await this.#waitForValue(() => by(step.way, () => queue.get())))
        } catch (error) {
          if ((error as Error).name !== 'TimeoutError') throw error
        }
        return
      }
      case 'sleep':
        return this.#wait(false, () => sleep(step.ms))
      case 'hop':
        return Promise.resolve()
      case 'cancel self':
        return void currentTask()?.cancel()
      case 'uncancel': {
        const task = currentTask() as Task<unknown>
        task.uncancel()
        this.#heard.set(task, task.cancelling)
        return
      }
      case 'await':
        return this.#waitFor(() => this.start(step.body, rank))
      case 'spawn':
        return void this.start(step.body, 0)
      case 'shield':
        return this.#waitFor(() => shield(this.start(step.body, rank)))
      case 'catch':
        return this.run(step.body, rank).catch(() => {})
      case 'gather':
        return this.#waitFor(() => gather(...step.bodies.map((steps) => () => this.#job(steps, rank))))
      case 'group':
        return this.#waitFor(() =>
          taskGroup((group) => {
            for (const steps of step.bodies) this.tasks.push(group.spawn(() => this.run(steps, rank)))
          }),
        )
      case 'timeout':
        try {
          return await this.#waitFor(() => timeout(step.ms, () => this.run(step.body, rank)))
        } catch (error) {
          if ((error as Error).name !== 'TimeoutError') throw error
        }
        return
      case 'finally':
        try {
          return await this.run(step.body, rank)
        } finally {
          await this.run(step.after, rank)
        }
    }
  }

  /** A job of gather(): its task is known from within. */
  #job(steps: Step[], rank: number): Promise<void> {
    this.tasks.push(currentTask() as Task<unknown>)
    return this.run(steps, rank)
  }

  async #waitForValue<T>(begin: () => Promise<T>): Promise<T> {
    let value!: T
    await this.#waitFor(async () => {
      value = await begin()
    })
    return value
  }

  async act(act: Action): Promise<void> {
    switch (act.do) {
      case 'start':
        this.start(act.body, 0, act.signal ? this.controller.signal : undefined)
        return
      case 'cancel':
        this.#task(act.which)?.cancel()
        return
      case 'uncancel':
        this.#task(act.which)?.uncancel()
        return
      case 'drain':
        return drain()
      case 'abort':
        return this.controller.abort()
      case 'hop':
        for (let hop = 0; hop < act.times; hop++) await Promise.resolve()
        return
      case 'advance':
        // As on a real clock: no timer fires before the microtasks have run.
        await drain()
        await vi.advanceTimersByTimeAsync(act.ms)
        return
      case 'feed':
        this.#feed(this.queues[act.which])
        return
      case 'take':
        this.#take(this.queues[act.which])
    }
  }

  #task(index: number): Task<unknown> | undefined {
    return this.tasks[index % this.tasks.length]
  }

  #feed(queue: Queue<number>): void {
    if (queue.full) return
    const item = this.item()
    queue.putNowait(item)
    this.put.add(item)
  }

  #take(queue: Queue<number>): void {
    if (!queue.empty) this.got.push(queue.getNowait())
  }

  /** Lets time pass, feeds those who get and takes from those who put, until all tasks have ended. */
  async finish(): Promise<void> {
    for (let round = 0; round < 300 && this.tasks.some((task) => !task.done); round++) {
      await drain()
      await vi.advanceTimersByTimeAsync(1)
      for (const queue of this.queues) {
        if (!/waiting/.test(String(queue))) continue
        if (queue.empty) this.#feed(queue)
        else this.#take(queue)
      }
    }
    await drain()
    const { locks, both, semaphore, queues } = this
    expect(this.faults).toEqual([])
    expect(this.tasks.filter((task) => !task.done).map(String)).toEqual([])
    expect([...locks, ...both, semaphore].map(String)).toEqual([
      'Lock <unlocked>',
      'Lock <unlocked>',
      'ReadWriteLock <unlocked>',
      'ReadWriteLock <unlocked>',
      `Semaphore <value: ${PERMITS}>`,
    ])
    for (const queue of queues) while (!queue.empty) this.got.push(queue.getNowait())
    expect(queues.map(String)).toEqual(['Queue <size: 0>', 'Queue <size: 0, maxsize: 1>'])
    expect(this.got.toSorted((a, b) => a - b)).toEqual([...this.put].toSorted((a, b) => a - b))
    expect(this.got.filter((item) => this.refused.has(item))).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  }
}

test('nothing is lost, nothing is doubled, nothing is stuck, whoever is cancelled when', async () => {
  vi.useFakeTimers()
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40, size: 'max' }), async (actions) => {
        const world = new World()
        try {
          for (const act of actions) {
            await world.act(act)
            if (world.faults.length > 0) break
          }
          await world.finish()
        } finally {
          vi.clearAllTimers()
        }
      }),
      { ...parameters, numRuns: runs },
    )
  } finally {
    vi.useRealTimers()
  }
})
