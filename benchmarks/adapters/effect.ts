// Its tasks are fibers. One that holds a permit yields while it does so, where several contend: they never would, otherwise.
// The time of starting the fibers is in its figures.
import * as Effect from 'effect/Effect'
import * as Fiber from 'effect/Fiber'
import * as Queue from 'effect/Queue'
import * as Semaphore from 'effect/Semaphore'
import type { Guard, JobShape, Library, Probe, TaskWork } from '../library.ts'

const probed = (probe: Probe): Effect.Effect<void> =>
  Effect.gen(function* () {
    probe.enter()
    yield* Effect.yieldNow
    probe.leave()
  })

const guard: Guard = {
  style: 'program',
  async run(permits, tasks, turns, probe) {
    const semaphore = Semaphore.makeUnsafe(permits)
    const inside = probe === undefined ? (tasks === 1 ? Effect.void : Effect.yieldNow) : probed(probe)
    const hold = semaphore.withPermit(inside)
    const task = Effect.gen(function* () {
      for (let turn = 0; turn < turns; turn++) yield* hold
    })
    const all = Array.from({ length: tasks }, () => task)
    await Effect.runPromise(Effect.forEach(all, (one) => one, { concurrency: 'unbounded', discard: true }))
  },
  async park(count) {
    const semaphore = Semaphore.makeUnsafe(1)
    await Effect.runPromise(semaphore.take(1))
    const hold = semaphore.withPermit(Effect.void)
    const fibers = Array.from({ length: count }, () => Effect.runFork(hold))
    return {
      async drain() {
        await Effect.runPromise(semaphore.release(1))
        await Effect.runPromise(Fiber.joinAll(fibers))
      },
      async cancel() {
        await Effect.runPromise(Fiber.interruptAll(fibers))
      },
    }
  },
}

// As the others start theirs.
const EAGERLY = { startImmediately: true } as const

const job = (index: number, shape: JobShape): Effect.Effect<number> =>
  shape === 'awaits' ? Effect.map(Effect.yieldNow, () => index) : Effect.sync(() => index)

const tasks: TaskWork = {
  jobs: {
    style: 'program',
    start: (count, shape) =>
      Effect.runPromise(
        Effect.gen(function* () {
          let sum = 0
          for (let index = 0; index < count; index++) {
            const fiber = yield* Effect.forkChild(job(index, shape), EAGERLY)
            sum += yield* Fiber.join(fiber)
          }
          return sum
        }),
      ),
    async all(count, shape) {
      const jobs = Array.from({ length: count }, (_, index) => job(index, shape))
      let sum = 0
      for (const value of await Effect.runPromise(Effect.all(jobs, { concurrency: 'unbounded' }))) sum += value
      return sum
    },
  },
  async park(count) {
    const semaphore = Semaphore.makeUnsafe(1)
    await Effect.runPromise(semaphore.take(1))
    const hold = semaphore.withPermit(Effect.void)
    const fibers = Array.from({ length: count }, () => Effect.runFork(hold))
    return {
      async cancel() {
        await Effect.runPromise(Fiber.interruptAll(fibers))
        return fibers.filter((fiber) => fiber.pollUnsafe()?._tag === 'Failure').length
      },
    }
  },
}

export const libraries: Library[] = [
  {
    name: 'effect',
    package: 'effect',
    kind: 'peer',
    lock: guard,
    semaphore: guard,
    queue: {
      bounded: true,
      unbounded: true,
      work: {
        style: 'program',
        async run(shape, bound, count, use) {
          const program = Effect.gen(function* () {
            const queue = yield* bound === undefined ? Queue.unbounded<number>() : Queue.bounded<number>(bound)
            const produce = Effect.gen(function* () {
              for (let item = 0; item < count; item++) yield* Queue.offer(queue, item)
            })
            const consume = Effect.gen(function* () {
              for (let index = 0; index < count; index++) use(yield* Queue.take(queue))
            })
            if (shape === 'burst') {
              yield* produce
              yield* consume
            } else {
              yield* Effect.all([consume, produce], { concurrency: 'unbounded', discard: true })
            }
          })
          await Effect.runPromise(program)
        },
      },
    },
    tasks,
    size: {
      lock: "export * as Semaphore from 'effect/Semaphore'; export { runPromise } from 'effect/Effect'",
    },
    absent: {
      'try-acquire': 'its takeIfAvailable is an effect, to be run as one',
      'queue-nowait': 'its operations are effects, to be run as such',
      'abort-own': 'cancels fibers, not waits: see one shared signal',
      'abort-live': 'takes no signal',
    },
  },
]
