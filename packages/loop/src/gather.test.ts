/** The statements GG1 and GG2, and G1 to G8 of asyncio's gather. */
import { expect, test } from 'vitest'
import { run, settled, thrownBy, turns } from '../test/recording.ts'
import { CancelledError, EventLoop, Future, gather, type Op, sleep, spawn } from './index.ts'

function* value<T>(of: T, ms = 0): Op<T> {
  if (ms > 0) yield* sleep(ms)
  return of
}
function* failure(error: unknown, ms = 0): Op<never> {
  if (ms > 0) yield* sleep(ms)
  throw error
}

test('G1: values in the order of the arguments, [] for none', () => {
  expect(run(gather(value('a', 3), value('b', 1), value('c')))).toEqual(['a', 'b', 'c'])
  expect(run(gather())).toEqual([])
})

test('they run beside each other', () => {
  const loop = new EventLoop()
  run(gather(sleep(1000), sleep(1000), sleep(500)), loop)
  expect(loop.time()).toBe(1000)
})

test('takes Futures and tasks, and what is done already', () => {
  function* main(): Op<unknown[]> {
    const future = new Future<string>()
    future.setResult('future')
    const task = yield* spawn(value('task', 5))
    return yield* gather<unknown>(task, future, value('op'))
  }
  expect(run(main())).toEqual(['task', 'future', 'op'])
})

test('G2: the first error in time is thrown at once; the others go on, and later errors count as read', () => {
  const errors: unknown[] = []
  const loop = new EventLoop({ onError: (error) => errors.push(error) })
  const log: string[] = []
  function* slow(): Op<void> {
    yield* sleep(50)
    log.push('went on')
  }
  function* main(): Op<void> {
    const error = new Error('first')
    expect(yield* caught(gather<unknown>(failure('second', 20), slow(), failure(error, 10)))).toBe(error)
    expect([loop.time(), log]).toEqual([10, []])
    yield* sleep(100)
    expect(log).toEqual(['went on'])
  }
  run(main(), loop)
  loop.close()
  expect(errors).toEqual([])
})

function* caught(op: Op<unknown>): Op<unknown> {
  try {
    return yield* op
  } catch (error) {
    return error
  }
}

test('G4: a child that is cancelled gives a CancelledError, and the others go on', () => {
  function* main(): Op<void> {
    const child = yield* spawn(sleep(1000))
    const other = yield* spawn(sleep(5))
    yield
    child.cancel('mine')
    const error = yield* caught(gather(child, other))
    expect(error).toBeInstanceOf(CancelledError)
    expect((error as Error).cause).toBe('mine')
    yield* other
    expect(other.cancelled).toBe(false)
  }
  run(main())
})

test('G5, G6: cancelling who waits cancels every child that is not done, and he is cancelled though they swallow it', () => {
  const log: string[] = []
  function* child(name: string, swallows: boolean): Op<void> {
    try {
      yield* sleep(1000)
    } catch (error) {
      log.push(`${name} is cancelled`)
      yield* sleep(5)
      log.push(`${name} has cleaned up`)
      if (!swallows) throw error
    }
  }
  function* main(): Op<void> {
    const waiting = yield* spawn(gather<void>(value(undefined), child('a', false), child('b', true)))
    yield* turns(3)
    waiting.cancel()
    yield* settled(waiting)
    expect(waiting.cancelled).toBe(true)
    log.push('over')
  }
  run(main())
  expect(log).toEqual(['a is cancelled', 'b is cancelled', 'a has cleaned up', 'b has cleaned up', 'over'])
})

test('G7: once all are done, a cancel of the same step still beats it', () => {
  function* main(): Op<boolean> {
    const children = [new Future<void>(), new Future<void>()]
    const waiting = yield* spawn(gather(...children))
    yield
    for (const child of children) child.setResult()
    waiting.cancel()
    yield* settled(waiting)
    return waiting.cancelled
  }
  expect(run(main())).toBe(true)
})

test('G8: what stands there twice runs once', () => {
  let runs = 0
  function* counted(): Op<number> {
    return ++runs
  }
  const op = counted()
  expect(run(gather(op, value(5), op))).toEqual([1, 5, 1])
})

test('an Op that is a task’s already is refused', () => {
  function* main(): Op<void> {
    const op = value(1)
    yield* spawn(op)
    yield* gather(op)
  }
  expect(thrownBy(() => run(main()))).toMatchObject({ code: 'ERR_INVALID_STATE' })
})
