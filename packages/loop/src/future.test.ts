/** The statements GF1 to GF3, and F1 to F12 of asyncio's Future. */
import { describe, expect, test } from 'vitest'
import { run, settled, thrownBy, turns, waiting } from '../test/recording.ts'
import { CancelledError, EventLoop, Future, gather, InvalidStateError, type Op, spawn } from './index.ts'

const loop = new EventLoop()
const future = <T>(): Future<T> => new Future<T>(loop)

test('F1: pending, it has neither result nor error', () => {
  const one = future()
  expect([one.done, one.cancelled, String(one)]).toEqual([false, false, 'Future <pending>'])
  expect(() => one.result()).toThrow(InvalidStateError)
  expect(() => one.error()).toThrow(InvalidStateError)
})

test('F2: setResult() once', () => {
  const one = future<number>()
  one.setResult(1)
  expect([one.done, one.cancelled, one.result(), one.error()]).toEqual([true, false, 1, undefined])
  expect(() => one.setResult(2)).toThrow(InvalidStateError)
  expect(() => one.setError(2)).toThrow(InvalidStateError)
  expect(one.cancel()).toBe(false)
  expect(one.result()).toBe(1)
})

test.each([new Error('mine'), 'a string', undefined, null, 0])('F3: setError(%s): thrown, and answered', (error) => {
  const one = future()
  one.setError(error)
  expect([one.done, one.cancelled]).toEqual([true, false])
  expect(one.error()).toBe(error)
  expect(thrownBy(() => one.result())).toBe(error)
})

test('F4: cancel() once, with a reason', () => {
  const one = future()
  expect([one.cancel('not needed'), one.cancel('again')]).toEqual([true, false])
  expect([one.done, one.cancelled, String(one)]).toEqual([true, true, 'Future <cancelled>'])
  const error = thrownBy(() => one.result()) as CancelledError
  expect(error).toBeInstanceOf(CancelledError)
  expect([error.message, error.cause]).toEqual(['the Future was cancelled: not needed', 'not needed'])
  expect(thrownBy(() => one.error())).toBe(error)
  expect(() => one.setResult(1)).toThrow(InvalidStateError)
})

test('F5, F6: onDone() is called with the next turn, in order, with the Future, once; after that, too', () => {
  const one = future<number>()
  const log: unknown[] = []
  one.onDone((its) => log.push('first', its === one))
  one.onDone(() => log.push('second'))
  one.setResult(1)
  expect(log).toEqual([])
  one.onDone(() => log.push('late'))
  run(turns(2), loop)
  expect(log).toEqual(['first', true, 'second', 'late'])
})

test('F5: tasks and callbacks are called in the order in which they came', () => {
  const own = new EventLoop()
  const one = new Future<string>(own)
  const log: string[] = []
  function* main(): Op<void> {
    const a = yield* waiting(log, 'a', () => one[Symbol.iterator]())
    yield
    one.onDone(() => log.push('callback'))
    const b = yield* waiting(log, 'b', () => one[Symbol.iterator]())
    yield
    one.setResult('value')
    expect(log).toEqual([])
    yield* settled(a, b)
  }
  run(main(), own)
  expect(log).toEqual(['a: value', 'callback', 'b: value'])
})

test('GF1, F9: a done one does not suspend', () => {
  const log: string[] = []
  function* main(): Op<void> {
    const one = new Future<string>()
    one.setResult('at once')
    function* other(): Op<void> {
      log.push('other')
    }
    const task = yield* spawn(other())
    log.push(yield* one)
    yield* task
  }
  run(main())
  expect(log).toEqual(['at once', 'other'])
})

test('GF2: yield without the star is thrown at that yield', () => {
  function* main(): Op<string> {
    const one = new Future<void>()
    try {
      yield one
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidStateError)
      expect((error as Error).message).toContain('yield* future')
      one.setResult()
      try {
        yield one
      } catch {
        return 'a done one, too'
      }
    }
    return 'nothing thrown'
  }
  expect(run(main())).toBe('a done one, too')
})

test('GF3: a thenable comes out as it is', () => {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
  const thenable = { then: () => expect.unreachable() }
  const one = future<object>()
  one.setResult(thenable)
  expect(run(one[Symbol.iterator](), loop)).toBe(thenable)
})

describe('F11: who awaits it shares its cancellation', () => {
  test('cancelling one task cancels the Future, and the others with it', () => {
    const log: string[] = []
    function* main(): Op<void> {
      const one = new Future<void>()
      const a = yield* waiting(log, 'a', () => one[Symbol.iterator]())
      const b = yield* waiting(log, 'b', () => one[Symbol.iterator]())
      yield
      a.cancel('enough')
      expect([one.cancelled, a.cancelled, b.cancelled]).toEqual([true, false, false])
      yield* settled(a, b)
      expect([a.cancelled, b.cancelled]).toEqual([true, true])
    }
    run(main())
    expect(log).toEqual(['a: CancelledError', 'b: CancelledError'])
  })

  test('cancelling the Future cancels all who wait', () => {
    const log: string[] = []
    function* main(): Op<void> {
      const one = new Future<void>()
      const tasks = [
        yield* waiting(log, 'a', () => one[Symbol.iterator]()),
        yield* waiting(log, 'b', () => one[Symbol.iterator]()),
      ]
      yield
      one.cancel()
      yield* settled(...tasks)
      expect(tasks.map(({ cancelled }) => cancelled)).toEqual([true, true])
    }
    run(main())
    expect(log).toEqual(['a: CancelledError', 'b: CancelledError'])
  })
})

describe('its loop', () => {
  test('is the one that runs when it is made', () => {
    function* main(): Op<number> {
      const one = new Future<number>()
      one.setResult(1)
      return yield* one
    }
    expect(run(main())).toBe(1)
  })

  test('M13: is no other: a task of another loop cannot wait for it', () => {
    const foreign = new Future<void>(new EventLoop())
    expect(() => run(gather(foreign))).toThrow(InvalidStateError)
    expect(() => run(foreign[Symbol.iterator]())).toThrow(/belongs to another loop/)
  })

  test('is asked for where none is known', () => {
    expect(() => new Future().onDone(() => {})).toThrow(InvalidStateError)
    const one = new Future<number>()
    one.setResult(5)
    expect(run(one[Symbol.iterator]())).toBe(5)
  })
})
