/** The statements GT1 to GT6, and T1 to T20 of asyncio's Task. */
import { describe, expect, test } from 'vitest'
import { run, settled, thrownBy, turns } from '../test/recording.ts'
import {
  CancelledError,
  currentTask,
  Event,
  EventLoop,
  Future,
  InvalidStateError,
  Lock,
  type Op,
  sleep,
  spawn,
  Task,
} from './index.ts'

test('GT1: a bare yield is one turn; GT4, T1: tasks begin with the next turn, in order', () => {
  const log: string[] = []
  function* worker(name: string): Op<void> {
    log.push(`${name}1`)
    yield
    log.push(`${name}2`)
  }
  function* main(): Op<void> {
    const a = yield* spawn(worker('a'))
    yield* spawn(worker('b'))
    log.push('main')
    yield* a
  }
  run(main())
  expect(log).toEqual(['main', 'a1', 'b1', 'a2', 'b2'])
})

test('GT3: a value and an error go through all levels in one step', () => {
  const log: string[] = []
  function* deep(levels: number, future: Future<string>): Op<string> {
    return levels === 0 ? yield* future : yield* deep(levels - 1, future)
  }
  function* waits(levels: number, future: Future<string>): Op<void> {
    try {
      log.push(`${levels} ${yield* deep(levels, future)}`)
    } catch (error) {
      log.push(`${levels} ${String(error)}`)
    }
  }
  function* main(): Op<void> {
    const [value, error] = [new Future<string>(), new Future<string>()]
    const tasks = [
      yield* spawn(waits(50, value)),
      yield* spawn(waits(0, value)),
      yield* spawn(waits(50, error)),
      yield* spawn(waits(0, error)),
    ]
    yield
    value.setResult('value')
    error.setError('error')
    yield* settled(...tasks)
  }
  run(main())
  expect(log).toEqual(['50 value', '0 value', '50 error', '0 error'])
})

describe('GT2: what cannot be waited for is thrown in', () => {
  test.each([5, null, Promise.resolve(), 'text', {}])('%s: TypeError', (value) => {
    function* main(): Op<string> {
      try {
        yield value as never
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        return 'and it may go on'
      }
      return 'nothing'
    }
    expect(run(main())).toBe('and it may go on')
  })

  test('T16: itself: InvalidStateError', () => {
    function* main(): Op<void> {
      yield* currentTask() as Task<void>
    }
    expect(() => run(main())).toThrow(/cannot wait for itself/)
  })
})

test('T2, T3: it is a Future of the value or the error, as often as one asks', () => {
  const error = new Error('mine')
  function* good(): Op<string> {
    return 'value'
  }
  function* bad(): Op<string> {
    throw error
  }
  function* main(): Op<void> {
    const task = yield* spawn(good(), 'good')
    let heard: unknown
    task.onDone((its) => (heard = its))
    expect([yield* task, yield* task, task.result()]).toEqual(['value', 'value', 'value'])
    yield
    expect(heard).toBe(task)
    const failing = yield* spawn(bad())
    for (let left = 2; left > 0; left--) {
      try {
        yield* failing
      } catch (caught) {
        expect(caught).toBe(error)
      }
    }
    expect(failing.error()).toBe(error)
  }
  run(main())
  expect.assertions(5)
})

test('names: as given, or counted by loop', () => {
  const loop = new EventLoop()
  expect([
    loop.createTask(turns(1)).name,
    loop.createTask(turns(1), 'mine').name,
    loop.createTask(turns(1)).name,
  ]).toEqual(['Task-1', 'mine', 'Task-2'])
  expect(new EventLoop().createTask(turns(1)).name).toBe('Task-1')
})

test('an Op is one task’s', () => {
  const loop = new EventLoop()
  const op = turns(1)
  loop.createTask(op)
  expect(() => loop.createTask(op)).toThrow(InvalidStateError)
  expect(() => loop.runUntilComplete(op)).toThrow(InvalidStateError)
})

test('T15: nobody else sets its outcome', () => {
  const task = new EventLoop().createTask(turns(1))
  expect(() => (task.setResult as (value: unknown) => void)(1)).toThrow(InvalidStateError)
  expect(() => (task.setError as (value: unknown) => void)(1)).toThrow(InvalidStateError)
})

describe('GT5: cancel()', () => {
  function* endless(log: unknown[]): Op<void> {
    try {
      yield* new Future<void>()
    } catch (error) {
      log.push(error)
      throw error
    }
  }

  test('T5: is delivered at the wait, with a later turn, with its reason; then it is cancelled', () => {
    const log: unknown[] = []
    function* main(): Op<void> {
      const task = yield* spawn(endless(log), 'endless')
      yield
      expect(task.cancel('enough')).toBe(true)
      expect([task.done, task.cancelled, log.length]).toEqual([false, false, 0])
      const error = thrownBy(() => run2(task)) as Error
      expect(error).toBeInstanceOf(InvalidStateError)
      yield* settled(task)
      expect([task.done, task.cancelled]).toEqual([true, true])
      expect(task.cancel()).toBe(false)
      expect(thrownBy(() => task.result())).toBe(log[0])
    }
    const run2 = (task: Task<void>): unknown => task.result()
    run(main())
    expect(log).toEqual([expect.any(CancelledError)])
    expect((log[0] as Error).cause).toBe('enough')
  })

  test('T4: before its first step: the body never runs', () => {
    let ran = false
    function* body(): Op<void> {
      ran = true
    }
    function* main(): Op<boolean> {
      const task = yield* spawn(body())
      task.cancel()
      yield* settled(task)
      return task.cancelled
    }
    expect([run(main()), ran]).toEqual([true, false])
  })

  test('T6: is delivered once: who catches it goes on, and may return a value', () => {
    function* body(): Op<string> {
      try {
        yield* sleep(1000)
      } catch {
        yield* sleep(1000)
      }
      return 'went on'
    }
    function* main(): Op<string> {
      const task = yield* spawn(body())
      yield
      task.cancel()
      return yield* task
    }
    expect(run(main())).toBe('went on')
  })

  test('T7: of itself, just before it returns: it is cancelled, and the value lost', () => {
    function* body(): Op<string> {
      currentTask()!.cancel()
      return 'lost'
    }
    function* main(): Op<unknown[]> {
      const task = yield* spawn(body())
      yield* settled(task)
      return [task.cancelled]
    }
    expect(run(main())).toEqual([true])
  })

  test('T8: goes through to the task that is awaited; if that one survives, so does this', () => {
    const log: string[] = []
    function* survivor(): Op<string> {
      try {
        yield* sleep(1000)
      } catch {
        log.push('survived')
      }
      return 'value'
    }
    function* outer(): Op<string> {
      const inner = yield* spawn(survivor())
      return yield* inner
    }
    function* main(): Op<unknown[]> {
      const task = yield* spawn(outer())
      yield* turns(3)
      task.cancel()
      return [yield* task, task.cancelling, task.cancelled]
    }
    expect(run(main())).toEqual(['value', 1, false])
    expect(log).toEqual(['survived'])
  })

  test('T9: a second one interrupts the clean-up at its wait', () => {
    const log: string[] = []
    function* body(): Op<void> {
      try {
        yield* sleep(1000)
      } finally {
        log.push('cleaning up')
        try {
          yield* sleep(1000)
          log.push('never')
        } finally {
          log.push('cut short')
        }
      }
    }
    function* main(): Op<void> {
      const task = yield* spawn(body())
      yield
      task.cancel()
      yield* turns(2)
      task.cancel()
      yield* settled(task)
    }
    run(main())
    expect(log).toEqual(['cleaning up', 'cut short'])
  })

  test('a finally block may wait', () => {
    const loop = new EventLoop()
    function* body(): Op<void> {
      try {
        yield* sleep(1000)
      } finally {
        yield* sleep(5)
      }
    }
    function* main(): Op<number> {
      const task = yield* spawn(body())
      yield
      task.cancel()
      yield* settled(task)
      return loop.time()
    }
    expect(run(main(), loop)).toBe(5)
  })

  test('T10: of a running task: at its next wait that suspends', () => {
    const log: string[] = []
    function* body(): Op<void> {
      currentTask()!.cancel()
      const done = new Future<void>()
      done.setResult()
      yield* done
      log.push('not at what is done')
      yield* new Future<void>()
      log.push('never')
    }
    function* main(): Op<void> {
      yield* settled(yield* spawn(body()))
    }
    run(main())
    expect(log).toEqual(['not at what is done'])
  })

  test('T11, T13: is counted; uncancel() to 0 withdraws one that has not been delivered', () => {
    function* body(): Op<string> {
      const self = currentTask()!
      self.cancel()
      self.cancel()
      expect([self.cancelling, self.uncancel(), self.uncancel(), self.uncancel()]).toEqual([2, 1, 0, 0])
      yield
      return 'not cancelled'
    }
    expect(run(body())).toBe('not cancelled')
  })

  test('T14: a body that throws CancelledError by itself is cancelled', () => {
    const error = new CancelledError('by myself')
    function* body(): Op<void> {
      throw error
    }
    function* main(): Op<unknown[]> {
      const task = yield* spawn(body())
      yield* settled(task)
      return [task.cancelled, thrownBy(() => task.result()) === error]
    }
    expect(run(main())).toEqual([true, true])
  })

  test.each([
    ['the Future first', true],
    ['the cancel first', false],
  ])('T17: beats the result of the same step: %s', (_, resultFirst) => {
    const log: unknown[] = []
    function* body(future: Future<string>): Op<void> {
      log.push(yield* future)
    }
    function* main(): Op<boolean> {
      const future = new Future<string>()
      const task = yield* spawn(body(future))
      yield
      if (resultFirst) future.setResult('value')
      task.cancel()
      if (!resultFirst) expect(future.cancelled).toBe(true)
      yield* settled(task)
      return task.cancelled
    }
    expect(run(main())).toBe(true)
    expect(log).toEqual([])
  })

  test('beats an error of the same step, too; the very CancelledError of a Future stays itself', () => {
    const caught: unknown[] = []
    function* body(future: Future<void>): Op<void> {
      try {
        yield* future
      } catch (error) {
        caught.push(error)
      }
    }
    function* main(): Op<void> {
      const failing = new Future<void>()
      const first = yield* spawn(body(failing))
      const cancelled = new Future<void>()
      const second = yield* spawn(body(cancelled))
      yield
      failing.setError(new Error('real'))
      first.cancel('why')
      cancelled.cancel('of the Future')
      second.cancel('of the task')
      yield* settled(first, second)
    }
    run(main())
    expect(caught.map((error) => (error as Error).cause)).toEqual(['why', 'of the Future'])
  })

  test('T18: of a finished task: false, and nothing changes', () => {
    function* main(): Op<unknown[]> {
      const task = yield* spawn(turns(1))
      yield* task
      return [task.cancel(), task.cancelled, task.cancelling]
    }
    expect(run(main())).toEqual([false, false, 0])
  })

  test('of a task that is woken already: what it was granted is passed on', () => {
    const lock = new Lock()
    const got: string[] = []
    function* user(name: string): Op<void> {
      yield* lock.run(function* () {
        got.push(name)
        yield
      })
    }
    function* main(): Op<void> {
      yield* lock.acquire()
      const a = yield* spawn(user('a'))
      const b = yield* spawn(user('b'))
      yield
      lock.release()
      a.cancel()
      yield* settled(a, b)
      expect([a.cancelled, b.cancelled]).toEqual([true, false])
    }
    run(main())
    expect([got, lock.locked]).toEqual([['b'], false])
  })
})

describe('T19: currentTask()', () => {
  test('is the task in nested Ops, and none in callbacks', () => {
    const seen: (string | undefined)[] = []
    function* inner(): Op<void> {
      yield
      seen.push(currentTask()?.name)
    }
    function* outer(): Op<void> {
      yield* inner()
    }
    const loop = new EventLoop()
    loop.callSoon(() => seen.push(currentTask()?.name))
    loop.runUntilComplete(loop.createTask(outer(), 'mine'))
    expect(seen).toEqual([undefined, 'mine'])
  })
})

test('spawn() and sleep() need a loop that runs', () => {
  expect(() => spawn(turns(1)).next()).toThrow(InvalidStateError)
  expect(() => sleep(1).next()).toThrow(InvalidStateError)
})

describe('sleep()', () => {
  test('GS1, SL1, SL5: by deadline, with its value', () => {
    const log: string[] = []
    function* sleeper(ms: number): Op<void> {
      log.push(yield* sleep(ms, `${ms}`))
    }
    function* main(): Op<void> {
      const tasks = [yield* spawn(sleeper(30)), yield* spawn(sleeper(10)), yield* spawn(sleeper(20))]
      yield* settled(...tasks)
    }
    run(main())
    expect(log).toEqual(['10', '20', '30'])
  })

  test.each([0, -1, -Infinity])('SL2: %s: one turn, and no time', (ms) => {
    const loop = new EventLoop()
    const log: string[] = []
    function* other(): Op<void> {
      log.push('other')
    }
    function* main(): Op<string> {
      yield* spawn(other())
      const value = yield* sleep(ms, 'value')
      log.push('main')
      return value
    }
    expect(run(main(), loop)).toBe('value')
    expect([log, loop.time()]).toEqual([['other', 'main'], 0])
  })

  test('SL4: a cancel ends it, and leaves no timer', () => {
    const loop = new EventLoop()
    function* main(): Op<void> {
      const task = yield* spawn(sleep(1000))
      yield
      task.cancel()
      yield* settled(task)
      yield* new Event().wait()
    }
    expect(() => run(main(), loop)).toThrow(/Nothing can run/)
    expect(loop.time()).toBe(0)
  })
})
