/** The statements GK1, GK2 and GE1, and what asyncio says of Lock, Event, Semaphore, Condition, Barrier and Queue. */
import { describe, expect, test } from 'vitest'
import { run, settled, thrownBy, turns, waiting } from '../test/recording.ts'
import {
  Barrier,
  BrokenBarrierError,
  CancelledError,
  Condition,
  Event,
  EventLoop,
  gather,
  Lock,
  NotAcquiredError,
  type Op,
  Queue,
  QueueEmptyError,
  QueueFullError,
  Semaphore,
  sleep,
  spawn,
  type Task,
} from './index.ts'

/** Runs `main` with a log, and answers that. */
function logOf(main: (log: string[]) => Op<void>, loop?: EventLoop): string[] {
  const log: string[] = []
  run(main(log), loop)
  return log
}

describe('Lock', () => {
  /** Tasks that want the lock, named a, b, c, …, and hold it for a turn. */
  function* users(log: string[], lock: Lock, count: number): Op<Task<void>[]> {
    const tasks: Task<void>[] = []
    for (const name of 'abcdef'.slice(0, count)) {
      tasks.push(
        yield* waiting(log, name, () =>
          lock.run(function* () {
            yield
          }),
        ),
      )
    }
    return tasks
  }

  test('L1 to L4: free, taken without a turn, given back; not what nobody holds', () => {
    const lock = new Lock()
    expect([lock.locked, String(lock)]).toEqual([false, 'Lock <unlocked>'])
    const log = logOf(function* (its) {
      function* other(): Op<void> {
        its.push('other')
      }
      yield* spawn(other())
      yield* lock.acquire()
      its.push('had at once')
      expect(String(lock)).toBe('Lock <locked>')
      lock.release()
      expect(lock.locked).toBe(false)
    })
    expect(log[0]).toBe('had at once')
    const error = thrownBy(() => lock.release()) as NotAcquiredError
    expect([error.code, error.message]).toEqual(['ERR_NOT_ACQUIRED', 'Lock <unlocked> is not held'])
  })

  test('L5 to L7, GK1: first come, first served; one for each release(), with a later turn', () => {
    const lock = new Lock({ name: 'db' })
    const log = logOf(function* (its) {
      yield* lock.acquire()
      const tasks = yield* users(its, lock, 3)
      yield
      expect(String(lock)).toBe('Lock "db" <locked, waiting: 3>')
      lock.release()
      its.push('released')
      expect(lock.locked).toBe(false)
      yield* settled(...tasks)
    })
    expect(log).toEqual(['released', 'a', 'b', 'c'])
    expect(lock.locked).toBe(false)
  })

  test('L9: nobody overtakes one who has been woken, not even who has just released', () => {
    const lock = new Lock()
    const log = logOf(function* (its) {
      yield* lock.acquire()
      const tasks = yield* users(its, lock, 1)
      yield
      lock.release()
      yield* lock.acquire()
      its.push('main')
      lock.release()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['a', 'main'])
  })

  test('L10, L11: a cancelled waiter leaves no trace, and absorbs no release()', () => {
    const lock = new Lock()
    const log = logOf(function* (its) {
      yield* lock.acquire()
      const tasks = yield* users(its, lock, 3)
      yield
      tasks[0]!.cancel()
      expect(lock.waiting).toBe(2)
      lock.release()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['a: CancelledError', 'b', 'c'])
    expect([lock.locked, lock.waiting]).toEqual([false, 0])
  })

  test('L12, GK2: one who is woken and cancelled in the same step passes it on, as often as needed', () => {
    const lock = new Lock()
    const log = logOf(function* (its) {
      yield* lock.acquire()
      const tasks = yield* users(its, lock, 4)
      yield
      lock.release()
      for (const task of tasks.slice(0, 3)) task.cancel()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['a: CancelledError', 'b: CancelledError', 'c: CancelledError', 'd'])
    expect([lock.locked, lock.waiting]).toEqual([false, 0])
  })

  test.each([
    ['cancel, release', true],
    ['release, cancel', false],
  ])('L13: %s in one step never lets two in', (_, cancelFirst) => {
    const lock = new Lock()
    let inside = 0
    let most = 0
    function* user(): Op<void> {
      yield* lock.acquire()
      most = Math.max(most, ++inside)
      yield* turns(3)
      inside--
      lock.release()
    }
    function* main(): Op<void> {
      yield* lock.acquire()
      const tasks: Task<void>[] = []
      for (let left = 3; left > 0; left--) tasks.push(yield* spawn(user()))
      yield
      if (cancelFirst) tasks[0]!.cancel()
      lock.release()
      if (!cancelFirst) tasks[0]!.cancel()
      yield* settled(...tasks)
    }
    run(main())
    expect([most, lock.locked, lock.waiting]).toEqual([1, false, 0])
  })

  test('L14, L15: cancelling waits for a held lock wakes nobody; a newcomer gets it when it is free', () => {
    const lock = new Lock()
    const log = logOf(function* (its) {
      yield* lock.acquire()
      const tasks = yield* users(its, lock, 2)
      yield
      for (const task of tasks) task.cancel()
      yield* settled(...tasks)
      its.push('held still', String(lock))
      lock.release()
      yield* lock.acquire()
      its.push('had')
    })
    expect(log).toEqual(['a: CancelledError', 'b: CancelledError', 'held still', 'Lock <locked>', 'had'])
  })

  test('L16: run() gives it back however it ends, and answers the value', () => {
    const lock = new Lock()
    function* main(): Op<unknown[]> {
      const seen: unknown[] = []
      seen.push(
        yield* lock.run(function* () {
          yield
          return lock.locked
        }),
      )
      try {
        yield* lock.run(function* (): Op<void> {
          throw new Error('mine')
        })
      } catch (error) {
        seen.push(String(error), lock.locked)
      }
      const task = yield* spawn(lock.run(() => sleep(1000)))
      yield
      task.cancel()
      yield* settled(task)
      return [...seen, lock.locked]
    }
    expect(run(main())).toEqual([true, 'Error: mine', false, false])
  })

  test('L18: it has no owner: any task may release it', () => {
    const lock = new Lock()
    function* main(): Op<void> {
      yield* yield* spawn(lock.acquire())
      expect(lock.locked).toBe(true)
      lock.release()
    }
    run(main())
    expect(lock.locked).toBe(false)
  })
})

describe('Event', () => {
  test('E1 to E3, E9: remembered until clear(); wakes all, in order', () => {
    const event = new Event({ name: 'ready' })
    const log = logOf(function* (its) {
      const tasks = [yield* waiting(its, 'a', () => event.wait()), yield* waiting(its, 'b', () => event.wait())]
      yield
      expect([event.isSet, String(event)]).toEqual([false, 'Event "ready" <unset, waiting: 2>'])
      event.set()
      event.set()
      its.push(String(event))
      yield* event.wait()
      its.push('at once')
      yield* settled(...tasks)
    })
    expect(log).toEqual(['Event "ready" <set>', 'at once', 'a', 'b'])
  })

  test('E4, E8: set() and clear() in one step wake all the same; later ones wait', () => {
    const event = new Event()
    const log = logOf(function* (its) {
      const tasks = [yield* waiting(its, 'a', () => event.wait())]
      yield
      event.set()
      event.clear()
      tasks.push(yield* waiting(its, 'late', () => event.wait()))
      yield* turns(3)
      expect(its).toEqual(['a'])
      event.set()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['a', 'late'])
  })

  test('E6, E7: a cancelled waiter leaves, also when it has been woken; the others wake', () => {
    const event = new Event()
    const log = logOf(function* (its) {
      const tasks: Task<void>[] = []
      for (const name of 'abc') tasks.push(yield* waiting(its, name, () => event.wait()))
      yield
      tasks[0]!.cancel()
      event.set()
      tasks[1]!.cancel()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['a: CancelledError', 'b: CancelledError', 'c'])
    expect([event.isSet, event.waiting]).toEqual([true, 0])
  })
})

describe('Semaphore', () => {
  test('S1, S2, S4: permits, without a bound', () => {
    const semaphore = new Semaphore()
    expect([semaphore.value, semaphore.locked, String(semaphore)]).toEqual([1, false, 'Semaphore <value: 1>'])
    expect([new Semaphore(0).locked, semaphore.tryAcquire(), semaphore.tryAcquire()]).toEqual([true, true, false])
    semaphore.release()
    semaphore.release()
    expect(semaphore.value).toBe(2)
  })

  test('S3: first come, first served, and never more than `value` at once', () => {
    const semaphore = new Semaphore(2)
    let inside = 0
    let most = 0
    const log = logOf(function* (its) {
      const tasks: Task<void>[] = []
      for (const name of 'abcde') {
        tasks.push(
          yield* waiting(its, name, () =>
            semaphore.run(function* () {
              most = Math.max(most, ++inside)
              yield* sleep(1)
              inside--
            }),
          ),
        )
      }
      yield* settled(...tasks)
    })
    expect([log.join(''), most, semaphore.value]).toEqual(['abcde', 2, 2])
  })

  test('S6: in the window nobody overtakes', () => {
    const semaphore = new Semaphore(1)
    const log = logOf(function* (its) {
      yield* semaphore.acquire()
      const task = yield* waiting(its, 'a', () => semaphore.acquire())
      yield
      semaphore.release()
      expect([semaphore.value, semaphore.locked, semaphore.tryAcquire()]).toEqual([0, true, false])
      its.push('asks')
      const second = yield* waiting(its, 'main', () => semaphore.acquire())
      yield* settled(task)
      semaphore.release()
      yield* settled(second)
    })
    expect(log).toEqual(['asks', 'a', 'main'])
  })

  test('S6: nor one for whom a permit is there, while another is on his way with his', () => {
    const semaphore = new Semaphore(0)
    const log = logOf(function* (its) {
      const task = yield* waiting(its, 'a', () => semaphore.acquire())
      yield
      semaphore.release()
      semaphore.release()
      expect([semaphore.value, semaphore.locked, semaphore.tryAcquire()]).toEqual([1, true, false])
      yield* semaphore.acquire()
      its.push('main')
      yield* settled(task)
    })
    expect(log).toEqual(['a', 'main'])
  })

  test('S7, S9, S10: cancelled before or after the grant, no permit is lost or doubled', () => {
    for (const woken of [false, true]) {
      const semaphore = new Semaphore(0)
      const log = logOf(function* (its) {
        const tasks: Task<void>[] = []
        for (const name of 'abc') tasks.push(yield* waiting(its, name, () => semaphore.acquire()))
        yield
        if (woken) semaphore.release()
        tasks[0]!.cancel()
        if (!woken) semaphore.release()
        yield* turns(4)
        semaphore.release()
        yield* settled(...tasks)
      })
      expect([log, semaphore.value]).toEqual([['a: CancelledError', 'b', 'c'], 0])
    }
  })

  test('S5, S8: three permits released in one step wake three', () => {
    const semaphore = new Semaphore(0)
    const log = logOf(function* (its) {
      const tasks: Task<void>[] = []
      for (const name of 'abcd') tasks.push(yield* waiting(its, name, () => semaphore.acquire()))
      yield
      for (let left = 3; left > 0; left--) semaphore.release()
      yield* turns(2)
      expect(its).toEqual(['a', 'b', 'c'])
      semaphore.release()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('Condition', () => {
  test('C1: not without the lock', () => {
    const condition = new Condition(undefined, { name: 'full' })
    expect(() => condition.notify()).toThrow(NotAcquiredError)
    expect(() => condition.notifyAll()).toThrow(NotAcquiredError)
    expect(() => run(condition.wait())).toThrow('wait() of Condition "full" <unlocked>, whose lock is not held')
  })

  function* waiters(its: string[], condition: Condition, names: string): Op<Task<void>[]> {
    const tasks: Task<void>[] = []
    for (const name of names) {
      tasks.push(
        yield* waiting(its, name, () =>
          condition.run(function* () {
            yield* condition.wait()
            expect(condition.locked).toBe(true)
          }),
        ),
      )
    }
    yield* turns(names.length + 1)
    return tasks
  }

  test('C2 to C6, C14: notify(n) wakes in order, and they go on one by one once the lock is free', () => {
    const condition = new Condition()
    const log = logOf(function* (its) {
      const tasks = yield* waiters(its, condition, 'abcde')
      yield* condition.acquire()
      condition.notify(2)
      condition.notify()
      its.push(`held, ${condition.waiting} wait`)
      condition.release()
      yield* turns(12)
      its.push('and')
      yield* condition.acquire()
      condition.notifyAll()
      condition.notify(0)
      condition.release()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['held, 2 wait', 'a', 'b', 'c', 'and', 'd', 'e'])
  })

  test('C7: waitFor() asks first, answers what the predicate answers, and lets its error out with the lock held', () => {
    const condition = new Condition()
    const box: string[] = []
    function* main(): Op<unknown[]> {
      const seen: unknown[] = [yield* condition.waitFor(() => 'at once, without the lock')]
      const task = yield* spawn(condition.run(() => condition.waitFor(() => box[0])))
      yield
      yield* condition.acquire()
      condition.notify()
      condition.release()
      yield* turns(5)
      seen.push(task.done)
      yield* condition.acquire()
      box.push('item')
      condition.notify()
      condition.release()
      seen.push(yield* task)
      yield* condition.acquire()
      try {
        yield* condition.waitFor(() => {
          throw new Error('mine')
        })
      } catch (error) {
        seen.push(String(error), condition.locked)
      }
      return seen
    }
    expect(run(main())).toEqual(['at once, without the lock', false, 'item', 'Error: mine', true])
  })

  test('C8, C9: however it ends the lock is held; a cancel while it relocks is thrown after that', () => {
    const condition = new Condition()
    const log = logOf(function* (its) {
      const [a, b] = yield* waiters(its, condition, 'ab')
      yield* condition.acquire()
      a!.cancel('while waiting')
      yield* turns(3)
      its.push('a has not the lock yet')
      condition.notify()
      yield* turns(2)
      b!.cancel('while relocking')
      condition.release()
      yield* settled(a!, b!)
      expect((thrownBy(() => b!.result()) as Error).cause).toBe('while relocking')
    })
    expect(log).toEqual(['a has not the lock yet', 'a: CancelledError', 'b: CancelledError'])
    expect(condition.locked).toBe(false)
  })

  test.each([
    ['in the step in which it is notified', 0],
    ['while it relocks', 3],
  ])('C10: cancelled %s, it passes the notification on (gh-112202)', (_, later) => {
    const condition = new Condition()
    const log = logOf(function* (its) {
      const [a, b] = yield* waiters(its, condition, 'ab')
      yield* condition.acquire()
      condition.notify()
      yield* turns(later)
      a!.cancel()
      condition.release()
      yield* settled(a!, b!)
    })
    expect(log).toEqual(['a: CancelledError', 'b'])
  })

  test('C12: and invents none', () => {
    const condition = new Condition()
    const log = logOf(function* (its) {
      const [a, b] = yield* waiters(its, condition, 'ab')
      a!.cancel()
      yield* settled(a!)
      yield* turns(5)
      its.push(`b waits: ${!b!.done}`)
      b!.cancel()
      yield* settled(b!)
    })
    expect(log).toEqual(['a: CancelledError', 'b waits: true', 'b: CancelledError'])
  })

  test('C11: the error is the very one that interrupted it, and of several the latest', () => {
    const condition = new Condition()
    const log = logOf(function* (its) {
      const [a] = yield* waiters(its, condition, 'a')
      yield* condition.acquire()
      a!.cancel('first')
      yield* turns(2)
      a!.cancel('second')
      condition.release()
      yield* settled(a!)
      its.push(String((thrownBy(() => a!.result()) as Error).cause))
    })
    expect(log).toEqual(['a: CancelledError', 'second'])
  })

  test('C13: several share one lock', () => {
    const lock = new Lock()
    const [one, other] = [new Condition(lock), new Condition(lock)]
    const log = logOf(function* (its) {
      const tasks = [...(yield* waiters(its, one, 'a')), ...(yield* waiters(its, other, 'b'))]
      yield* lock.acquire()
      other.notify()
      lock.release()
      yield* turns(5)
      yield* lock.acquire()
      one.notify()
      lock.release()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['b', 'a'])
    expect(one.lock).toBe(lock)
  })
})

describe('Barrier', () => {
  test('R1 to R5: all arrive before any goes on, places by arrival, again and again', () => {
    const barrier = new Barrier(3)
    expect([barrier.parties, barrier.waiting, barrier.broken]).toEqual([3, 0, false])
    const log = logOf(function* (its) {
      for (const round of ['1', '2']) {
        const tasks: Task<void>[] = []
        for (const name of 'abc') tasks.push(yield* waiting(its, name + round, () => barrier.wait()))
        yield* settled(...tasks)
        expect(barrier.waiting).toBe(0)
      }
    })
    expect(log).toEqual(['c1: 2', 'a1: 0', 'b1: 1', 'c2: 2', 'a2: 0', 'b2: 1'])
    expect(run(new Barrier(1).wait())).toBe(0)
  })

  test('R8, R9: abort() and reset() turn all away; reset() repairs', () => {
    const barrier = new Barrier(2)
    const log = logOf(function* (its) {
      const first = yield* waiting(its, 'a', () => barrier.wait())
      yield
      expect(String(barrier)).toBe('Barrier <filling, 1/2>')
      barrier.abort()
      yield* settled(first, yield* waiting(its, 'b', () => barrier.wait()))
      expect([barrier.broken, String(barrier)]).toEqual([true, 'Barrier <broken>'])
      barrier.reset()
      const second = yield* waiting(its, 'c', () => barrier.wait())
      yield
      barrier.reset()
      yield* settled(second)
      yield* settled(yield* waiting(its, 'd', () => barrier.wait()), yield* waiting(its, 'e', () => barrier.wait()))
    })
    const broken = 'BrokenBarrierError'
    expect(log).toEqual([`a: ${broken}`, `b: ${broken}`, `c: ${broken}`, 'e: 1', 'd: 0'])
    expect(new BrokenBarrierError('x').code).toBe('ERR_BROKEN_BARRIER')
  })

  test('R12 to R14: one who is cancelled leaves, before the trip and after it; places stay without a gap', () => {
    const barrier = new Barrier(3)
    const log = logOf(function* (its) {
      const tasks: Task<void>[] = []
      for (const name of 'ab') tasks.push(yield* waiting(its, name, () => barrier.wait()))
      yield
      tasks[0]!.cancel()
      expect([barrier.waiting, barrier.broken]).toEqual([1, false])
      for (const name of 'cd') tasks.push(yield* waiting(its, name, () => barrier.wait()))
      yield
      tasks[1]!.cancel()
      yield* settled(...tasks)
    })
    expect(log).toEqual(['a: CancelledError', 'd: 2', 'b: CancelledError', 'c: 1'])
  })
})

describe('Queue', () => {
  test('Q1, Q2, Q6: first in, first out; bounds; nowait', () => {
    const queue = new Queue<string>(2)
    expect([queue.maxsize, queue.empty, queue.full, String(queue)]).toEqual([
      2,
      true,
      false,
      'Queue <size: 0, maxsize: 2>',
    ])
    expect(() => queue.getNowait()).toThrow(QueueEmptyError)
    queue.putNowait('a')
    queue.putNowait('b')
    expect(() => queue.putNowait('c')).toThrow(QueueFullError)
    expect([queue.size, queue.full, queue.getNowait(), queue.getNowait(), queue.size]).toEqual([2, true, 'a', 'b', 0])
    const fractional = new Queue<number>(1.3)
    fractional.putNowait(1)
    fractional.putNowait(2)
    expect(fractional.full).toBe(true)
  })

  test('Q3: what need not wait does not', () => {
    const queue = new Queue<string>(1)
    const log = logOf(function* (its) {
      function* other(): Op<void> {
        its.push('other')
      }
      yield* spawn(other())
      yield* queue.put('item')
      its.push(yield* queue.get())
    })
    expect(log).toEqual(['item', 'other'])
  })

  test('Q4, Q7: getters are served in order, one for each put', () => {
    const queue = new Queue<string>()
    const log = logOf(function* (its) {
      const tasks: Task<void>[] = []
      for (const name of 'abc') tasks.push(yield* waiting(its, name, () => queue.get()))
      yield
      queue.putNowait('1')
      queue.putNowait('2')
      its.push('put')
      yield* turns(2)
      queue.putNowait('3')
      yield* settled(...tasks)
    })
    expect(log).toEqual(['put', 'a: 1', 'b: 2', 'c: 3'])
  })

  test('Q5, Q8: putters are served in order, one for each get', () => {
    const queue = new Queue<string>(1)
    const log = logOf(function* (its) {
      queue.putNowait('0')
      const tasks: Task<void>[] = []
      for (const name of 'abc') tasks.push(yield* waiting(its, name, () => queue.put(name)))
      yield
      expect(queue.full).toBe(true)
      const got: string[] = []
      while (got.length < 4) got.push(yield* queue.get())
      its.push(got.join(''))
      yield* settled(...tasks)
    })
    expect(log.toSorted()).toEqual(['0abc', 'a', 'b', 'c'])
    expect(queue.size).toBe(0)
  })

  test('an item on its way is his who was woken: nobody overtakes', () => {
    const queue = new Queue<string>()
    const log = logOf(function* (its) {
      const task = yield* waiting(its, 'a', () => queue.get())
      yield
      queue.putNowait('1')
      expect([queue.size, queue.empty]).toEqual([1, true])
      expect(() => queue.getNowait()).toThrow(QueueEmptyError)
      yield* settled(task)
    })
    expect(log).toEqual(['a: 1'])
  })

  test('Q9, Q10: a getter that is cancelled, before the put or in its step, loses no item', () => {
    for (const woken of [false, true]) {
      const queue = new Queue<string>()
      const log = logOf(function* (its) {
        const tasks: Task<void>[] = []
        for (const name of 'ab') tasks.push(yield* waiting(its, name, () => queue.get()))
        yield
        if (woken) queue.putNowait('item')
        tasks[0]!.cancel()
        if (!woken) queue.putNowait('item')
        yield* settled(...tasks)
      })
      // Cancelled before the put, a has its turn after b has been woken.
      expect(log.toSorted()).toEqual(['a: CancelledError', 'b: item'])
    }
  })

  test('Q10: two who are cancelled in their step leave the items in order', () => {
    const queue = new Queue<string>()
    function* main(): Op<string[]> {
      const tasks = [yield* spawn(queue.get()), yield* spawn(queue.get())]
      yield
      queue.putNowait('1')
      queue.putNowait('2')
      for (const task of tasks) task.cancel()
      yield* settled(...tasks)
      return [queue.getNowait(), queue.getNowait()]
    }
    expect(run(main())).toEqual(['1', '2'])
  })

  test('Q11: a putter that is cancelled in its step stores nothing, and passes the slot on', () => {
    const queue = new Queue<string>(1)
    const log = logOf(function* (its) {
      queue.putNowait('0')
      const tasks: Task<void>[] = []
      for (const name of 'ab') tasks.push(yield* waiting(its, name, () => queue.put(name)))
      yield
      queue.getNowait()
      tasks[0]!.cancel()
      yield* settled(...tasks)
      its.push(queue.getNowait())
    })
    expect(log).toEqual(['a: CancelledError', 'b', 'b'])
  })

  test('Q14: many putters and getters over one place', () => {
    const queue = new Queue<number>(1)
    const got: number[] = []
    function* producer(from: number): Op<void> {
      for (let item = from; item < from + 20; item++) yield* queue.put(item)
    }
    function* consumer(): Op<void> {
      for (let left = 20; left > 0; left--) got.push(yield* queue.get())
    }
    run(gather(producer(0), producer(20), producer(40), consumer(), consumer(), consumer()))
    expect(got.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, item) => item))
  })

  test('M12: items are taken as they are, undefined and thenables too', () => {
    const queue = new Queue<unknown>()
    const promise = Promise.resolve(1)
    for (const item of [undefined, promise, null]) queue.putNowait(item)
    expect([queue.getNowait(), queue.getNowait(), queue.getNowait()]).toEqual([undefined, promise, null])
  })
})

test('a CancelledError is of one class, whatever was waited for', () => {
  for (const op of [() => new Lock(), () => new Event(), () => new Semaphore(0), () => new Queue<void>()]) {
    function* main(): Op<unknown> {
      const primitive = op()
      if (primitive instanceof Lock) yield* primitive.acquire()
      const task: Task<void> = yield* spawn(
        primitive instanceof Event
          ? primitive.wait()
          : primitive instanceof Queue
            ? primitive.get()
            : primitive.acquire(),
      )
      yield
      task.cancel()
      yield* settled(task)
      return thrownBy(() => task.result())
    }
    expect(run(main())).toBeInstanceOf(CancelledError)
  }
})
