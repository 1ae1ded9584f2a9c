/** explore() and replay(): what is counted, what is found, what is left out because it is equivalent, and what is told of a failure. */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { thrownBy } from '../test/recording.ts'
import {
  CancelledError,
  Condition,
  currentLoop,
  currentTask,
  DeadlockError,
  Event,
  EventLoop,
  ExplorationError,
  explore,
  type ExploreOptions,
  Future,
  gather,
  InvalidStateError,
  LivelockError,
  Lock,
  note,
  type Op,
  replay,
  Semaphore,
  Shared,
  sleep,
  spawn,
  type Task,
} from './index.ts'

/** `tasks` tasks with so many yields each, and what is done before and after each yield. */
const stepping = (tasks: number, yields: number, step: (task: number) => void = () => {}) =>
  function* program(): Op<void> {
    function* task(number: number): Op<void> {
      step(number)
      for (let left = yields; left > 0; left--) {
        yield
        step(number)
      }
    }
    yield* gather(...Array.from({ length: tasks }, (_, number) => task(number)))
  }

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))
/** In how many orders `tasks` tasks of `steps` steps can be interleaved. */
const interleavings = (tasks: number, steps: number): number => factorial(tasks * steps) / factorial(steps) ** tasks

const failureOf = (program: () => Op<void>, options?: ExploreOptions): ExplorationError => {
  const error = thrownBy(() => explore(program, options))
  expect(error).toBeInstanceOf(ExplorationError)
  return error as ExplorationError
}

describe('every order is run, and each once', () => {
  test.each([
    [1, 3],
    [2, 0],
    [2, 1],
    [2, 3],
    [3, 1],
    [3, 2],
    [4, 1],
  ])('%i tasks with %i yields', (tasks, yields) => {
    const orders: string[] = []
    let order = ''
    const program = stepping(tasks, yields, (task) => (order += task))
    const { runs, complete } = explore(function* () {
      order = ''
      yield* program()
      orders.push(order)
    })
    expect({ runs, complete }).toEqual({ runs: interleavings(tasks, yields + 1), complete: true })
    expect(new Set(orders).size).toBe(runs)
  })

  test('an order of tasks that wait for each other: only those that can be', () => {
    const orders = new Set<string>()
    const { runs, complete } = explore(function* () {
      const lock = new Lock()
      let order = ''
      function* task(name: string): Op<void> {
        yield* lock.acquire()
        order += name
        yield
        order += name
        lock.release()
      }
      yield* gather(task('a'), task('b'), task('c'))
      orders.add(order)
    })
    expect(complete).toBe(true)
    expect([...orders].toSorted()).toEqual(['aabbcc', 'aaccbb', 'bbaacc', 'bbccaa', 'ccaabb', 'ccbbaa'])
    expect(runs).toBeGreaterThan(6)
  })

  test('timers that are due at the same instant ring in every order; others in theirs', () => {
    const orders = new Set<string>()
    const times = new Set<number>()
    const { complete } = explore(function* () {
      let order = ''
      const done = new Future<void>()
      const loop = currentLoop()!
      for (const [name, ms] of [
        ['a', 5],
        ['b', 5],
        ['c', 5],
        ['d', 6],
      ] as const) {
        loop.callLater(ms, () => {
          order += name
          if (name === 'd') done.setResult()
        })
      }
      yield* done
      orders.add(order)
      times.add(loop.time())
    })
    expect(complete).toBe(true)
    expect([...orders].toSorted()).toEqual(['abcd', 'acbd', 'bacd', 'bcad', 'cabd', 'cbad'])
    expect([...times]).toEqual([6])
  })

  test('callSoon() keeps its order, and comes at every moment between the steps of tasks', () => {
    const orders = new Set<string>()
    explore(function* () {
      let order = ''
      currentLoop()!.callSoon(() => (order += '1'))
      currentLoop()!.callSoon(() => (order += '2'))
      function* task(): Op<void> {
        order += 'a'
        yield
        order += 'b'
      }
      yield* yield* spawn(task())
      yield
      yield
      yield
      orders.add(order)
    })
    const all = [...orders].map((order) => order.replaceAll(/[ab]/g, ''))
    expect(all.every((order) => '12'.startsWith(order))).toBe(true)
    for (const order of ['12ab', '1a2b', '1ab2', 'a12b', 'a1b2', 'ab12']) expect(orders).toContain(order)
  })

  test('what is woken by sleep() at the same instant goes on in every order, and the sleeps themselves are no choice', () => {
    const orders = new Set<string>()
    const { runs } = explore(function* () {
      let order = ''
      function* task(name: string): Op<void> {
        yield* sleep(10)
        order += name
      }
      yield* gather(task('a'), task('b'), task('c'))
      orders.add(order)
    })
    expect(orders.size).toBe(6)
    // To begin, and to go on: three tasks each time. Timers that were choices, too, would make it 216 times six.
    expect(runs).toBe(36)
  })
})

describe('bounds', () => {
  test('runs: so many at most, and then it is not complete', () => {
    expect(explore(stepping(3, 2), { runs: 10 })).toEqual({ runs: 10, complete: false })
    expect(explore(stepping(2, 1), { runs: 6 })).toEqual({ runs: 6, complete: true })
    expect(explore(stepping(2, 1), { runs: 5 })).toEqual({ runs: 5, complete: false })
  })

  test.each([
    // Without a preemption, each goes on until it ends: the orders of three tasks.
    [3, 2, 0, 6],
    [2, 1, 0, 2],
    // One may be interrupted, once, between its two steps; or both, by each other, which takes two.
    [2, 1, 1, 4],
    [2, 1, 2, 6],
    [2, 1, Infinity, 6],
  ])('preemptions: %i tasks with %i yields, %d preemptions: %i orders', (tasks, yields, preemptions, runs) => {
    expect(explore(stepping(tasks, yields), { preemptions })).toEqual({ runs, complete: true })
  })

  test('preemptions: each order has no more of them than is said, and none that has so few is left out', () => {
    /** Counted by looking at the order alone: changes of task that was not at its end. */
    const preemptionsIn = (order: string): number => {
      const last = new Map(order.split('').map((task, at) => [task, at]))
      return order
        .split('')
        .filter((task, at) => at + 1 < order.length && order[at + 1] !== task && last.get(task)! > at).length
    }
    const ordersWithin = (preemptions: number): string[] => {
      const orders: string[] = []
      let order = ''
      const program = stepping(3, 2, (task) => (order += task))
      explore(
        function* () {
          order = ''
          yield* program()
          orders.push(order)
        },
        { preemptions },
      )
      return orders.toSorted()
    }
    const all = ordersWithin(Infinity)
    expect(all).toHaveLength(1680)
    for (const most of [0, 1, 2, 3])
      expect(ordersWithin(most)).toEqual(all.filter((order) => preemptionsIn(order) <= most))
  })

  test('seed: another order of trying, the same set', () => {
    const ordersBy = (seed?: number): string[] => {
      const orders: string[] = []
      let order = ''
      const program = stepping(3, 1, (task) => (order += task))
      explore(
        function* () {
          order = ''
          yield* program()
          orders.push(order)
        },
        seed === undefined ? {} : { seed },
      )
      return orders
    }
    const plain = ordersBy()
    expect(ordersBy(1)).not.toEqual(plain)
    expect(ordersBy(1)).toEqual(ordersBy(1))
    expect(ordersBy(2)).not.toEqual(ordersBy(1))
    for (const seed of [1, 2, -3]) expect(ordersBy(seed).toSorted()).toEqual(plain.toSorted())
  })

  test('a task that only waits for others by a bare yield is made to give way, and it is not complete', () => {
    const result = explore(
      function* () {
        let flag = false
        function* spins(): Op<void> {
          while (!flag) yield
        }
        function* sets(): Op<void> {
          flag = true
        }
        yield* gather(spins(), sets())
      },
      { runs: 50 },
    )
    expect(result).toEqual({ runs: 50, complete: false })
  })

  test('also where it comes to an end', () => {
    const result = explore(
      function* () {
        let flag = false
        function* spins(): Op<void> {
          while (!flag) yield
        }
        function* sets(): Op<void> {
          flag = true
        }
        yield* gather(spins(), sets())
      },
      { preemptions: 0 },
    )
    expect(result).toEqual({ runs: 2, complete: false })
  })

  test('a run that never ends is a failure', () => {
    const { cause } = failureOf(function* () {
      for (;;) yield
    })
    expect(cause).toBeInstanceOf(LivelockError)
  })
})

describe('declared: what is independent is run in one order', () => {
  const own = (tasks: number, yields: number, shared: boolean) =>
    function* program(): Op<void> {
      const one = new Shared(0)
      function* task(): Op<void> {
        const mine = shared ? one : new Shared(0)
        for (let left = yields; left > 0; left--) {
          mine.value++
          yield
        }
        mine.value++
      }
      yield* gather(...Array.from({ length: tasks }, () => task()))
    }

  test.each([
    [2, 1],
    [2, 3],
    [3, 2],
    [4, 2],
  ])('%i tasks with %i yields that share nothing: one run', (tasks, yields) => {
    expect(explore(own(tasks, yields, false), { declared: true })).toEqual({ runs: 1, complete: true })
  })

  test.each([
    [2, 1],
    [2, 3],
    [3, 2],
  ])('%i tasks with %i yields that all write one variable: every order', (tasks, yields) => {
    expect(explore(own(tasks, yields, true), { declared: true })).toEqual({
      runs: interleavings(tasks, yields + 1),
      complete: true,
    })
  })

  test('reads do not depend on each other, a write does on them', () => {
    const reading = (writer: boolean) =>
      function* (): Op<void> {
        const one = new Shared(0)
        function* reads(): Op<void> {
          void one.value
        }
        function* writes(): Op<void> {
          one.value = 1
        }
        yield* gather(reads(), reads(), reads(), ...(writer ? [writes()] : []))
      }
    expect(explore(reading(false), { declared: true }).runs).toBe(1)
    // The write before, between or after: each reader is before it or after it.
    expect(explore(reading(true), { declared: true }).runs).toBe(8)
    expect(explore(reading(true)).runs).toBe(24)
  })

  test('two that fail in one gather() depend on each other: which is first, is seen', () => {
    const firsts = new Set<string>()
    function* fails(error: string): Op<void> {
      throw error
    }
    const { complete } = explore(
      function* () {
        try {
          yield* gather(fails('a'), fails('b'), fails('c'))
        } catch (error) {
          firsts.add(String(error))
        }
      },
      { declared: true },
    )
    expect(complete).toBe(true)
    expect([...firsts].toSorted()).toEqual(['a', 'b', 'c'])
  })

  test('together with a bound on preemptions nothing is left out', () => {
    expect(explore(own(2, 1, false), { declared: true, preemptions: 2 })).toEqual({ runs: 6, complete: true })
  })

  /**
   * The proof by trying: random programs over variables, locks, events, semaphores, conditions, cancels and failures. What all their orders
   * come to must be the same with and without; and the runs no more.
   */
  type Do =
    | { do: 'add' | 'copy'; variable: number; other: number }
    | { do: 'lock' | 'unlock' | 'down' | 'up' | 'set' | 'wait' | 'notify' | 'yield' | 'sleep'; which: number }
    | { do: 'cancel'; which: number }
    | { do: 'fail' }

  const step: fc.Arbitrary<Do> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('add', 'copy'), variable: fc.nat(2), other: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('yield'), which: fc.nat(0) }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom('lock', 'unlock', 'down', 'up', 'set', 'wait', 'notify', 'sleep'),
        which: fc.nat(1),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel'), which: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.constant({ do: 'fail' as const }) },
  )

  /** What the orders of a program come to: final values and outcomes of tasks, or a deadlock. Nothing fails, so that all are run. */
  function outcomes(tasks: readonly (readonly Do[])[], options: ExploreOptions): { seen: string[]; runs: number } {
    const seen = new Set<string>()
    const { runs, complete } = explore(function* () {
      const variables = [new Shared(0), new Shared(1), new Shared(2)]
      const locks = [new Lock(), new Lock()]
      const permits = [new Semaphore(1), new Semaphore(0)]
      const events = [new Event(), new Event()]
      const condition = new Condition(locks[0])
      const spawned: Task<void>[] = []
      const ends = new Map<number, string>()
      const late = new Shared(false)
      function* body(number: number, list: readonly Do[]): Op<void> {
        try {
          for (const one of list) {
            switch (one.do) {
              case 'add':
                variables[one.variable]!.value += variables[one.other]!.value + 1
                break
              case 'copy':
                variables[one.variable]!.value = variables[one.other]!.value
                break
              case 'lock':
                yield* locks[one.which]!.acquire()
                break
              case 'unlock':
                if (locks[one.which]!.locked) locks[one.which]!.release()
                break
              case 'down':
                yield* permits[one.which]!.acquire()
                break
              case 'up':
                permits[one.which]!.release()
                break
              case 'set':
                events[one.which]!.set()
                break
              case 'wait':
                if (one.which === 0) yield* events[0]!.wait()
                else if (locks[0]!.locked) yield* condition.wait()
                break
              case 'notify':
                if (locks[0]!.locked) condition.notify()
                break
              case 'yield':
                yield
                break
              case 'sleep':
                yield* sleep(one.which)
                break
              case 'cancel':
                spawned[one.which]?.cancel()
                break
              case 'fail':
                throw new Error(`fails: ${number}`)
            }
          }
          ends.set(number, 'ended')
        } catch (error) {
          ends.set(number, error instanceof CancelledError ? 'cancelled' : String(error))
          throw error
        }
      }
      const list: Task<void>[] = []
      for (const [number, steps] of tasks.entries()) list.push(yield* spawn(body(number, steps)))
      spawned.push(...list)
      // Whoever is blocked at the end of time is left.
      function* all(): Op<void> {
        try {
          yield* gather(...list)
          late.value = true
        } catch (error) {
          note(String(error))
          ends.set(-1, error instanceof CancelledError ? 'cancelled' : String(error))
        }
      }
      const gathering = yield* spawn(all())
      yield* sleep(1000)
      const values = variables.map(({ value }) => value)
      const states = list.map((task) => (task.done ? ends.get(list.indexOf(task)) : 'blocked'))
      seen.add(JSON.stringify([values, states, late.value, ends.get(-1), gathering.done]))
      // Errors that gather() has not waited for are no failures of the program.
      for (const task of list) if (task.done && !task.cancelled) task.error()
    }, options)
    return complete ? { seen: [...seen].toSorted(), runs } : { seen: [], runs }
  }

  test('random programs come to the same, in no more runs', { timeout: 120_000 }, () => {
    let saved = 0
    fc.assert(
      fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 }), (tasks) => {
        const full = outcomes(tasks, { runs: 2000 })
        if (full.seen.length === 0) return
        const pruned = outcomes(tasks, { declared: true })
        expect(pruned.seen).toEqual(full.seen)
        expect(pruned.runs).toBeLessThanOrEqual(full.runs)
        saved += full.runs - pruned.runs
      }),
      {
        numRuns: Number(process.env['MODEL_RUNS'] ?? 60),
        ...(process.env['MODEL_SEED'] && { seed: Number(process.env['MODEL_SEED']) }),
      },
    )
    expect(saved).toBeGreaterThan(500)
  })
})

describe('what is a failure', () => {
  const lostUpdate = function* (): Op<void> {
    const counter = new Shared(0, { name: 'counter' })
    function* increment(): Op<void> {
      const seen = counter.value
      yield
      counter.value = seen + 1
    }
    const a = yield* spawn(increment(), 'a')
    const b = yield* spawn(increment(), 'b')
    yield* gather(a, b)
    if (counter.value !== 2) throw new Error(`lost update: ${counter.value}`)
  }

  test('an error: with the schedule, the cause, the trace and what to do', () => {
    const error = failureOf(lostUpdate)
    expect(error).toMatchObject({ name: 'ExplorationError', code: 'ERR_EXPLORATION', schedule: '1:1' })
    expect(String(error.cause)).toBe('Error: lost update: 1')
    expect(error.message).toContain('replay(program, "1:1")')
    expect(error.message).toContain(error.trace)
    expect(error.trace.split('\n')).toEqual([
      '   1  main   waits for gather() of task "a", task "b"',
      '   2  a      reads Shared "counter"; yields',
      '   3  b    ! reads Shared "counter"; yields',
      '   4  b      writes 1 to Shared "counter"; ends',
      '   5  a      writes 1 to Shared "counter"; ends',
      '   6  main   reads Shared "counter"; reads Shared "counter"; throws Error: lost update: 1',
    ])
  })

  test('it is minimal whatever is found first: no shorter schedule fails', () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(failureOf(lostUpdate, { seed }).schedule.split(',')).toHaveLength(1)
    expect(() => replay(lostUpdate, '')).not.toThrow()
  })

  test('the trace numbers what has no name, tells notes, callbacks and the time', () => {
    const { trace } = failureOf(function* () {
      const [one, other] = [new Lock(), new Lock()]
      yield* one.acquire()
      yield* other.acquire()
      note('has both')
      currentLoop()!.callSoon(() => note('hello'))
      yield* sleep(5)
      one.release()
      one.release()
    })
    expect(trace.split('\n')).toEqual([
      '   1  main         asks for Lock 1; acquires Lock 1; asks for Lock 2; acquires Lock 2; has both; waits for sleep(5)',
      '   2  a callback   hello',
      '   3  main         at 5 ms: releases Lock 1; releases Lock 1; throws NotAcquiredError: Lock <unlocked> is not held',
    ])
  })

  test('a deadlock', () => {
    const { cause } = failureOf(function* () {
      yield* new Event().wait()
    })
    expect(cause).toBeInstanceOf(DeadlockError)
    expect((cause as DeadlockError).blocked).toEqual(['main'])
  })

  test('what a task throws that nobody waits for, after the program has ended, too; before a deadlock that comes of it', () => {
    const error = new Error('nobody waits')
    function* fails(): Op<void> {
      yield
      throw error
    }
    expect(
      failureOf(function* () {
        yield* spawn(fails())
      }).cause,
    ).toBe(error)
    expect(
      failureOf(function* () {
        yield* spawn(fails())
        yield* new Event().wait()
      }).cause,
    ).toBe(error)
  })

  test('what a callback throws', () => {
    const error = new Error('in a callback')
    const { cause } = failureOf(function* () {
      currentLoop()!.callSoon(() => {
        throw error
      })
    })
    expect(cause).toBe(error)
  })

  test.each([undefined, null, 0, 'text'])('a thrown %s', (value) => {
    const { cause } = failureOf(function* () {
      throw value
    })
    expect(cause).toBe(value)
  })

  test('no failure: an error that is read, a cancelled task, one that is left blocked', () => {
    expect(
      explore(function* () {
        function* fails(): Op<void> {
          throw new Error('expected')
        }
        const failing = yield* spawn(fails())
        const cancelled = yield* spawn(sleep(5))
        yield* spawn(new Event().wait())
        cancelled.cancel()
        yield
        if (failing.done) failing.error()
        else failing.cancel()
      }).complete,
    ).toBe(true)
  })

  test('a failure is found at the very order that has it', () => {
    let order = ''
    const program = stepping(3, 2, (task) => (order += task))
    const wanted = '201120102'
    const { schedule } = failureOf(function* () {
      order = ''
      yield* program()
      if (order === wanted) throw new Error('that one')
    })
    order = ''
    replay(program, schedule)
    expect(order).toBe(wanted)
  })
})

describe('replay()', () => {
  test('throws what the run throws, and runs once', () => {
    let runs = 0
    const error = new Error('mine')
    expect(
      thrownBy(() =>
        replay(function* () {
          runs++
          throw error
        }, ''),
      ),
    ).toBe(error)
    expect(runs).toBe(1)
  })

  test('runs any schedule; what is not there is not chosen', () => {
    let order = ''
    const program = stepping(2, 1, (task) => (order += task))
    const orderBy = (schedule: string): string => {
      order = ''
      replay(program, schedule)
      return order
    }
    expect(['', '0:1', '1:1', '0:1,1:1', '99:1', '0:9'].map(orderBy)).toEqual([
      '0011',
      '1100',
      '0110',
      '1001',
      '0011',
      '0011',
    ])
  })
})

describe('the program', () => {
  test('must do the same when it is run again', () => {
    let run = 0
    const error = thrownBy(() =>
      explore(function* () {
        run++
        yield* stepping(run === 1 ? 3 : 2, 1)()
      }),
    )
    expect(error).toBeInstanceOf(InvalidStateError)
    expect((error as Error).message).toContain('did something else when it was run again')
  })

  test('is run on a loop of its own, in a task "main", and leaves nothing behind', () => {
    const seen: unknown[] = []
    explore(function* () {
      seen.push(currentTask()?.name, currentLoop() instanceof EventLoop)
      yield* sleep(10)
      seen.push(currentLoop()?.time())
    })
    expect(seen).toEqual(['main', true, 10])
    expect([currentTask(), currentLoop()]).toEqual([undefined, undefined])
  })

  test('is not explored inside of a loop', () => {
    function* nested(): Op<void> {
      explore(nested)
    }
    expect(() => new EventLoop().runUntilComplete(nested())).toThrow(InvalidStateError)
    function* replayed(): Op<void> {
      replay(replayed, '')
    }
    expect(() => new EventLoop().runUntilComplete(replayed())).toThrow(InvalidStateError)
  })

  test('may throw before it answers an Op', () => {
    const error = new Error('no program')
    expect(
      failureOf(() => {
        throw error
      }).cause,
    ).toBe(error)
  })
})

describe('progress', () => {
  const told = (isTTY: boolean, times: number[]): string[] => {
    const written: string[] = []
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text))
      return true
    })
    const own = process.stderr.isTTY
    process.stderr.isTTY = isTTY
    const now = vi.spyOn(performance, 'now').mockImplementation(() => times.shift() ?? 5000)
    try {
      explore(stepping(3, 2))
    } finally {
      write.mockRestore()
      now.mockRestore()
      process.stderr.isTTY = own
    }
    return written
  }

  test('is told on a terminal, after a second, and wiped out at the end', () => {
    const written = told(true, [0, 900, 2000])
    expect(written.length).toBeGreaterThan(1)
    expect(written[0]).toMatch(/explored 512 orders, 256 a second, \d+ %/)
    expect(written.at(-1)).toBe('\r\u001B[K')
  })

  test('is not told elsewhere', () => {
    expect(told(false, [0, 900, 2000])).toEqual([])
  })

  test('is not told of what is short', () => {
    expect(told(true, [0, 900, 901, 902, 903, 904, 905, 906, 907])).toEqual([])
  })
})
