/** The statements GL1 to GL8 of asyncio's semantics: order, time, deadlocks, errors, closing. */
import { describe, expect, test, vi } from 'vitest'
import { run, thrownBy, turns } from '../test/recording.ts'
import {
  Condition,
  currentLoop,
  currentTask,
  DeadlockError,
  Event,
  EventLoop,
  Future,
  gather,
  InvalidStateError,
  Lock,
  type Op,
  sleep,
  spawn,
} from './index.ts'

describe('callSoon()', () => {
  test('GL1: is called in order, and what it schedules with the next turn', () => {
    const loop = new EventLoop()
    const log: string[] = []
    loop.callSoon(() => {
      log.push('a')
      loop.callSoon(() => log.push('d'))
    })
    loop.callSoon(() => log.push('b'))
    loop.callSoon(() => log.push('c'))
    loop.runUntilComplete(turns(3))
    expect(log).toEqual(['a', 'b', 'c', 'd'])
  })

  test('GL1: never in the call itself', () => {
    const loop = new EventLoop()
    let called = false
    loop.callSoon(() => (called = true))
    expect(called).toBe(false)
  })

  test('cancel() of its handle: it is not called; twice, and too late, do no harm', () => {
    const loop = new EventLoop()
    const log: string[] = []
    const handle = loop.callSoon(() => log.push('cancelled'))
    const kept = loop.callSoon(() => log.push('kept'))
    handle.cancel()
    handle.cancel()
    loop.runUntilComplete(turns(1))
    kept.cancel()
    expect(log).toEqual(['kept'])
  })
})

describe('callLater()', () => {
  test('GL2: by deadline, then in the order in which it was set, after what is ready', () => {
    const loop = new EventLoop()
    const log: string[] = []
    for (const [name, ms] of [
      ['late', 20],
      ['a', 10],
      ['b', 10],
      ['early', 5],
    ] as const)
      loop.callLater(ms, () => {
        log.push(`${name} ${loop.time()}`)
        if (name === 'early') loop.callSoon(() => log.push('soon'))
      })
    loop.callSoon(() => log.push('ready'))
    loop.callLater(0, () => log.push('at once'))
    run(sleep(100), loop)
    expect(log).toEqual(['ready', 'at once', 'early 5', 'soon', 'a 10', 'b 10', 'late 20'])
  })

  test('GL3: a cancelled one moves no time', () => {
    const loop = new EventLoop()
    loop.callLater(1000, () => {}).cancel()
    run(sleep(10), loop)
    expect(loop.time()).toBe(10)
    const later = loop.callLater(5, () => {})
    loop.callLater(1, () => later.cancel())
    run(sleep(2), loop)
    expect(loop.time()).toBe(12)
    expect(() => run(new Future(loop)[Symbol.iterator](), loop)).toThrow(DeadlockError)
    expect(loop.time()).toBe(12)
  })

  test('thousands of cancelled ones are not kept, and the order of the others stays', () => {
    const loop = new EventLoop()
    const log: number[] = []
    const random = (index: number): number => (index * 7919) % 1000
    const handles = Array.from({ length: 1000 }, (_, index) =>
      loop.callLater(random(index), () => log.push(random(index))),
    )
    for (const [index, handle] of handles.entries()) if (index % 3 !== 0) handle.cancel()
    run(sleep(2000), loop)
    expect(log).toEqual(
      Array.from({ length: 1000 }, (_, index) => index)
        .filter((index) => index % 3 === 0)
        .map(random)
        .toSorted((a, b) => a - b),
    )
  })

  test('GL3: a day of sleeping takes no time', () => {
    const began = performance.now()
    const loop = new EventLoop()
    run(sleep(24 * 60 * 60 * 1000), loop)
    expect(loop.time()).toBe(86_400_000)
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  test('GL3: time does not move while anything is ready', () => {
    const loop = new EventLoop()
    const seen: number[] = []
    loop.callLater(1, () => seen.push(loop.time()))
    function* busy(): Op<void> {
      for (let left = 50; left > 0; left--) {
        expect(loop.time()).toBe(0)
        yield
      }
      yield* sleep(2)
    }
    run(busy(), loop)
    expect(seen).toEqual([1])
  })
})

describe('runUntilComplete()', () => {
  test('GL6: answers the value, or throws the very error', () => {
    const error = new Error('mine')
    function* fails(): Op<void> {
      yield
      throw error
    }
    expect(run(sleep(1, 'value'))).toBe('value')
    expect(thrownBy(() => run(fails()))).toBe(error)
    const loop = new EventLoop()
    expect(thrownBy(() => loop.runUntilComplete(loop.createTask(fails())))).toBe(error)
  })

  test('GL6: of a Future, pending or done', () => {
    const loop = new EventLoop()
    const future = new Future<number>(loop)
    loop.callLater(5, () => future.setResult(7))
    expect(loop.runUntilComplete(future)).toBe(7)
    expect(loop.runUntilComplete(future)).toBe(7)
    const foreign = new Future<number>(new EventLoop())
    expect(() => loop.runUntilComplete(foreign)).toThrow(InvalidStateError)
    const unbound = new Future<number>()
    loop.callSoon(() => unbound.setResult(8))
    expect(loop.runUntilComplete(unbound)).toBe(8)
  })

  test('GL6: not inside a loop, of its own or another', () => {
    function* nested(loop: EventLoop): Op<void> {
      loop.runUntilComplete(sleep(1))
    }
    const loop = new EventLoop()
    expect(() => run(nested(loop), loop)).toThrow(InvalidStateError)
    expect(() => run(nested(new EventLoop()), loop)).toThrow(InvalidStateError)
    expect(run(sleep(1, 'usable afterwards'), loop)).toBe('usable afterwards')
  })

  test('other tasks stay as they are, and go on with the next call', () => {
    const loop = new EventLoop()
    const log: number[] = []
    function* ticker(): Op<void> {
      for (let left = 3; left > 0; left--) {
        log.push(loop.time())
        yield* sleep(10)
      }
    }
    const task = loop.createTask(ticker())
    run(sleep(5), loop)
    expect(log).toEqual([0])
    loop.runUntilComplete(task)
    expect(log).toEqual([0, 10, 20])
  })

  test('GL7: the same program leaves the same trace', () => {
    const trace = (): string[] => {
      const log: string[] = []
      const lock = new Lock()
      function* worker(name: string, ms: number): Op<void> {
        for (let left = 3; left > 0; left--) {
          yield* sleep(ms)
          yield* lock.acquire()
          log.push(`${name} ${currentLoop()!.time()}`)
          yield* sleep(1)
          lock.release()
        }
      }
      run(gather(worker('a', 1), worker('b', 2), worker('c', 1)))
      return log
    }
    expect(trace()).toHaveLength(9)
    expect(trace()).toEqual(trace())
  })
})

describe('GL4: a deadlock', () => {
  test('is thrown, and names who waits, and for what', () => {
    const loop = new EventLoop()
    const lock = new Lock({ name: 'db' })
    function* twice(): Op<void> {
      yield* lock.acquire()
      yield* lock.acquire()
    }
    const event = new Event()
    loop.createTask(event.wait(), 'waiter')
    const error = thrownBy(() => loop.runUntilComplete(loop.createTask(twice(), 'twice'))) as DeadlockError
    expect(error).toBeInstanceOf(DeadlockError)
    expect(error.blocked).toEqual(['waiter', 'twice'])
    expect(error.message).toBe(
      'Nothing can run any more: "waiter" waits for wait() of Event <unset, waiting: 1>; ' +
        '"twice" waits for acquire() of Lock "db" <locked, waiting: 1>',
    )
  })

  test('of a Future that nobody will set', () => {
    const error = thrownBy(() => new EventLoop().runUntilComplete(new Future())) as DeadlockError
    expect([error.blocked, error.message]).toEqual([[], expect.stringContaining('Future <pending> is pending')])
  })

  test('has for its cause the error of a task that nobody waited for', () => {
    const error = new Error('the producer has failed')
    function* main(): Op<void> {
      function* producer(): Op<void> {
        throw error
      }
      yield* spawn(producer())
      yield* new Future<void>()
    }
    expect((thrownBy(() => run(main())) as DeadlockError).cause).toBe(error)
  })

  test('is none while a timer is left', () => {
    const loop = new EventLoop()
    const future = new Future<void>(loop)
    loop.callLater(1e9, () => future.setResult())
    expect(() => loop.runUntilComplete(future)).not.toThrow()
  })
})

describe('GL5: what a callback throws', () => {
  test('is heard by onError, and the loop goes on', () => {
    const errors: unknown[] = []
    const loop = new EventLoop({ onError: (error) => errors.push(error) })
    const error = new Error('mine')
    const log: string[] = []
    loop.callSoon(() => {
      throw error
    })
    loop.callSoon(() => log.push('goes on'))
    const future = new Future<void>(loop)
    future.onDone(() => {
      throw error
    })
    future.onDone(() => log.push('and the next'))
    future.setResult()
    run(turns(2), loop)
    expect([errors, log]).toEqual([
      [error, error],
      ['goes on', 'and the next'],
    ])
  })

  test('is printed without one', () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    try {
      const loop = new EventLoop()
      const error = new Error('mine')
      loop.callSoon(() => {
        throw error
      })
      run(turns(1), loop)
      expect(print.mock.calls).toEqual([[error]])
    } finally {
      print.mockRestore()
    }
  })

  test('an onError that throws ends the run, and nothing that was ready is lost', () => {
    const loop = new EventLoop({
      onError: (error) => {
        throw error
      },
    })
    const log: string[] = []
    loop.callSoon(() => {
      throw new Error('mine')
    })
    loop.callSoon(() => log.push('later'))
    expect(() => run(turns(1), loop)).toThrow('mine')
    run(turns(1), loop)
    expect(log).toEqual(['later'])
  })
})

describe('close()', () => {
  test('GL8: ends what is pending, in order, by its finally blocks', () => {
    const loop = new EventLoop()
    const log: string[] = []
    function* worker(name: string): Op<void> {
      try {
        yield* sleep(1000)
      } finally {
        log.push(`${name} of ${currentTask()?.name}`)
      }
    }
    const task = loop.createTask(worker('clean-up'), 'a')
    loop.createTask(worker('clean-up'), 'b')
    run(turns(2), loop)
    loop.close()
    expect(log).toEqual(['clean-up of a', 'clean-up of b'])
    expect([task.done, task.cancelled]).toEqual([true, true])
    expect(String(loop)).toBe('EventLoop <closed, time: 0>')
  })

  test('what has not begun never runs', () => {
    const loop = new EventLoop()
    let ran = false
    function* body(): Op<void> {
      ran = true
    }
    loop.createTask(body())
    loop.close()
    expect(ran).toBe(false)
  })

  function* ignores(): Op<void> {
    try {
      yield* sleep(1000)
    } finally {
      yield
    }
  }

  test('GL8: waiting in a finally block is an error, thrown without an onError, told to one', () => {
    const loop = new EventLoop()
    loop.createTask(ignores(), 'stubborn')
    run(turns(2), loop)
    expect(() => loop.close()).toThrow(/task "stubborn" waited in a finally block/)
    const errors: unknown[] = []
    const telling = new EventLoop({ onError: (error) => errors.push(error) })
    telling.createTask(ignores())
    run(turns(2), telling)
    telling.close()
    expect(errors).toEqual([expect.any(InvalidStateError)])
  })

  test('several errors are one AggregateError, and all tasks are ended', () => {
    const loop = new EventLoop()
    const tasks = [loop.createTask(ignores()), loop.createTask(ignores())]
    run(turns(2), loop)
    const error = thrownBy(() => loop.close()) as AggregateError
    expect(error.errors).toHaveLength(2)
    expect(tasks.map(({ done }) => done)).toEqual([true, true])
  })

  test('F12: tells of errors that nobody has read, once; those that were read it does not', () => {
    const errors: unknown[] = []
    const loop = new EventLoop({ onError: (error) => errors.push(error) })
    function* fails(error: unknown): Op<void> {
      throw error
    }
    loop.createTask(fails('unread'))
    const read = loop.createTask(fails('read'))
    run(turns(2), loop)
    expect(read.error()).toBe('read')
    expect(errors).toEqual([])
    loop.close()
    loop.close()
    expect(errors).toEqual(['unread'])
  })

  test('who waits at a Condition holds its lock as his finally blocks run, and gives it back', () => {
    const loop = new EventLoop()
    const condition = new Condition()
    const waits = (): Op<void> => condition.run(() => condition.wait())
    loop.createTask(waits())
    loop.createTask(waits())
    run(turns(3), loop)
    expect([condition.waiting, condition.locked]).toEqual([2, false])
    expect(() => loop.close()).not.toThrow()
    expect(condition.locked).toBe(false)
  })

  test('nothing can be run afterwards, nor while it runs', () => {
    const loop = new EventLoop()
    function* closes(): Op<void> {
      loop.close()
    }
    expect(() => run(closes(), loop)).toThrow(InvalidStateError)
    function* spawns(): Op<void> {
      try {
        yield* sleep(1)
      } finally {
        yield* spawn(sleep(1))
      }
    }
    loop.createTask(spawns())
    run(turns(2), loop)
    expect(() => loop.close()).toThrow(/createTask\(\) of a loop that is closing/)
    for (const call of [
      () => loop.callSoon(() => {}),
      () => loop.callLater(1, () => {}),
      () => loop.createTask(sleep(1)),
      () => loop.runUntilComplete(sleep(1)),
    ])
      expect(call).toThrow(/of a loop that is closed/)
  })
})

describe('the real clock', () => {
  test('waits for as long as it says', () => {
    const loop = new EventLoop({ clock: 'real' })
    const began = performance.now()
    run(gather(sleep(15), sleep(10)), loop)
    const took = performance.now() - began
    expect(took).toBeGreaterThanOrEqual(15)
    expect(loop.time()).toBeGreaterThanOrEqual(15)
  })

  test('knows a deadlock, too', () => {
    expect(() => new EventLoop({ clock: 'real' }).runUntilComplete(new Future())).toThrow(DeadlockError)
  })
})

test('GL9: the loop and the task are known while a step runs, and only then', () => {
  const loop = new EventLoop()
  const seen: unknown[] = []
  function* inner(): Op<void> {
    yield
    seen.push(currentTask()?.name, currentLoop() === loop)
  }
  function* outer(): Op<void> {
    loop.callSoon(() => seen.push(currentTask(), currentLoop() === loop))
    yield* inner()
  }
  loop.runUntilComplete(loop.createTask(outer(), 'outer'))
  expect(seen).toEqual([undefined, true, 'outer', true])
  expect([currentTask(), currentLoop()]).toEqual([undefined, undefined])
})
