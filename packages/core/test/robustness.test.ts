/** What a program may do to the library without meaning harm: subclass it, mock what it stands on, hand it odd objects. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Condition, Lock, NotAcquiredError, PriorityQueue, Queue, QueueFullError, Semaphore } from '../src/index.ts'
import { observeWaits, type Wait } from '../src/observe/index.ts'
import { collectGarbage } from './garbage.ts'
import { drain, outcome } from './microtasks.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe("a user's subclass", () => {
  test('may have members of the names that are in use inside', async () => {
    class Owned extends Lock {
      holder = 'alice'
      state = 'mine'
      bound = 1
    }
    const lock = new Owned()
    expect(String(lock)).toBe('Lock <unlocked>')
    const permit = await lock.acquire()
    expect([lock.holder, lock.locked, permit.released]).toEqual(['alice', true, false])
    lock.holder = 'bob'
    permit.release()
    expect(lock.locked).toBe(false)

    class Named extends Queue<number> {
      state = 'idle'
    }
    expect(String(new Named())).toBe('Queue <size: 0>')

    class Sized extends Semaphore {
      bound = 0
    }
    const semaphore = new Sized(1)
    semaphore.release()
    expect(semaphore.value).toBe(2)
  })

  test('of an error may set its name, as one does', () => {
    class Mine extends QueueFullError {
      constructor(message: string) {
        super(message)
        this.name = 'Mine'
      }
    }
    const error = new Mine('no room')
    expect([String(error), error.code]).toEqual(['Mine: no room', 'ERR_QUEUE_FULL'])
    expect(Object.keys(new NotAcquiredError('x'))).toEqual(['code'])
  })
})

describe('mocks', () => {
  test.each([0, 0.1, 0.5, 0.999])('Math.random that always answers %s changes nothing', (answer) => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(answer)
    let comparisons = 0
    const compare = (a: number, b: number): number => {
      comparisons++
      return a - b
    }
    const queue = new PriorityQueue<number>(0, { compare })
    for (let item = 0; item < 4096; item++) queue.putNowait(item)
    expect(random).not.toHaveBeenCalled()
    // 12 lanes' worth would be ideal; a list of one lane would need two thousand on average.
    expect(comparisons / 4096).toBeLessThan(60)
    for (let item = 0; item < 4096; item++) expect(queue.getNowait()).toBe(item)
  })
})

describe('options', () => {
  test('are read once: what was checked is what counts', async () => {
    const lock = new Lock()
    lock.tryAcquire()
    const reads: string[] = []
    const options = {
      get signal() {
        reads.push('signal')
        if (reads.length > 2) throw new Error('read again')
        return new AbortController().signal
      },
      get timeout() {
        reads.push('timeout')
        if (reads.length > 2) throw new Error('read again')
        return 1e6
      },
    }
    expect(await outcome(lock.acquire(options))).toEqual({ state: 'pending' })
    expect(reads.toSorted()).toEqual(['signal', 'timeout'])
  })

  test('that throw when read fail the wait, as a rejection', async () => {
    const odd = new Error('odd')
    const options = {
      get timeout(): number {
        throw odd
      },
      get permits(): number {
        throw odd
      },
    }
    const rejected = { state: 'rejected', reason: odd }
    expect(await outcome(new Lock().acquire(options))).toEqual(rejected)
    expect(await outcome(new Semaphore().acquire(options))).toEqual(rejected)
    expect(await outcome(new Queue().get(options))).toEqual(rejected)
    expect(await outcome(new Condition().waitFor(() => true, options))).toEqual(rejected)
  })

  test('a signal behind a proxy, as frameworks make them, is heard', async () => {
    const lock = new Lock()
    lock.tryAcquire()
    const controller = new AbortController()
    const waiting = outcome(lock.acquire({ signal: new Proxy(controller.signal, {}) }))
    controller.abort('enough')
    expect(await waiting).toEqual({ state: 'rejected', reason: 'enough' })
    expect(lock.waiting).toBe(0)
  })

  test('-0 is 0', () => {
    expect(new Semaphore(-0).value).toBe(0)
  })
})

describe('an iterator of a queue', () => {
  test('return(value) answers with the value, through yield* too', async () => {
    const queue = new Queue<number>()
    queue.putNowait(1)
    async function* through(): AsyncGenerator<number, unknown> {
      return yield* queue
    }
    const loop = through()
    await loop.next()
    expect(await loop.return(5)).toEqual({ done: true, value: 5 })
  })

  test('throw(error) ends it with that error, and a next() that waits takes nothing', async () => {
    const queue = new Queue<number>()
    const odd = new Error('odd')
    const items = queue.items()
    const waiting = outcome(items.next())
    expect(await outcome(items.throw!(odd))).toEqual({ state: 'rejected', reason: odd })
    expect(await waiting).toEqual({ state: 'fulfilled', value: { done: true, value: undefined } })
    queue.putNowait(1)
    await drain()
    expect(queue.size).toBe(1)
  })
})

describe('who keeps a wait', () => {
  test('does not keep the others that its signal aborted', async () => {
    const lock = new Lock()
    lock.tryAcquire()
    const controller = new AbortController()
    const kept: Wait[] = []
    const others: WeakRef<Wait>[] = []
    const stop = observeWaits({
      parked: (wait) => {
        if (kept.length === 0) kept.push(wait)
        else others.push(new WeakRef(wait))
      },
    })
    const waiting = Array.from({ length: 3 }, () => outcome(lock.acquire({ signal: controller.signal })))
    controller.abort('enough')
    await Promise.all(waiting)
    waiting.length = 0
    stop()
    await drain()
    collectGarbage()
    expect(others.map((other) => other.deref())).toEqual([undefined, undefined])
    expect(kept[0]!.cancel('late')).toBe(false)
  })
})
