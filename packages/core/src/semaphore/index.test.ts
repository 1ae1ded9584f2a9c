/**
 * Semaphore: the statements S1 to S12 of asyncio's Semaphore over promises with hand-off; weighted requests; the bugs that
 * semaphores have had; signals, timeouts, permits, run and bad input.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { drain, outcome } from '../../test/microtasks.ts'
import { listeners, record, renderings } from '../../test/recording.ts'
import {
  notACount,
  notAFunction,
  reasons,
  refusal,
  refused,
  wrongNames,
  wrongOptions,
  wrongWaitOptions,
  zero,
} from '../../test/wrong-input.ts'
import type { Permit } from '../index.ts'
import { Semaphore } from './index.ts'

let controller: AbortController
let signal: AbortSignal
let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  controller = new AbortController()
  signal = controller.signal
  log = []
})
afterEach(() => {
  vi.useRealTimers()
})

/** Takes permits that are known to be free. */
function take(semaphore: Semaphore, permits = 1): Permit {
  const permit = semaphore.tryAcquire(permits)
  if (permit === null) throw new Error('the permits were to be free')
  return permit
}

/** Queues for permits, writes its label down when it has them, and keeps them. */
const ask = (semaphore: Semaphore, label: string, options?: { permits?: number; signal?: AbortSignal }): void =>
  record(log, label, semaphore.acquire(options))

describe('asyncio: Semaphore', () => {
  test('S1: one permit unless told; 0 is allowed, and locked', () => {
    expect([new Semaphore().value, new Semaphore().locked]).toEqual([1, false])
    expect([new Semaphore(0).value, new Semaphore(0).locked]).toEqual([0, true])
    expect([new Semaphore(undefined).value, new Semaphore(5).value]).toEqual([1, 5])
    expect([new Semaphore().waiting, new Semaphore().name]).toEqual([0, undefined])
  })

  test.each(notACount)('S1: value: $title', async (wrong) => {
    expect(await refusal(() => new Semaphore(wrong.value as never))).toEqual(refused('threw', wrong, 'value'))
  })

  test('S2: a free permit is taken inside acquire(), and its await costs one microtask', async () => {
    const semaphore = new Semaphore(2)
    ask(semaphore, 'acquired')
    expect(semaphore.value).toBe(1)
    void Promise.resolve().then(() => log.push('next microtask'))
    await drain()
    expect(log).toEqual(['acquired', 'next microtask'])
  })

  test('S3: waiters are served in the order in which they came, never more than `value` inside', async () => {
    const semaphore = new Semaphore(3)
    let inside = 0
    let most = 0
    const worker = async (label: string): Promise<void> => {
      using _permit = await semaphore.acquire()
      log.push(label)
      most = Math.max(most, ++inside)
      await drain()
      inside--
    }
    const labels = Array.from({ length: 20 }, (_, index) => String(index))
    await Promise.all(labels.map(worker))
    expect(log).toEqual(labels)
    expect([most, semaphore.value]).toEqual([3, 3])
  })

  test('S4: release() without waiters adds a permit, without upper bound', () => {
    const semaphore = new Semaphore(1)
    semaphore.release()
    semaphore.release(5)
    expect(semaphore.value).toBe(7)
  })

  test('S5: k releases in one tick wake the first k waiters, in order', async () => {
    const semaphore = new Semaphore(0)
    for (const label of ['a', 'b', 'c', 'd']) ask(semaphore, label)
    semaphore.release()
    semaphore.release()
    await drain()
    expect(log).toEqual(['a', 'b'])
    semaphore.release(2)
    await drain()
    expect(log).toEqual(['a', 'b', 'c', 'd'])
    expect(semaphore.value).toBe(0)
  })

  test('S5: release(k) with fewer than k waiters keeps the rest', async () => {
    const semaphore = new Semaphore(0)
    ask(semaphore, 'a')
    semaphore.release(3)
    expect([semaphore.value, semaphore.waiting, semaphore.locked]).toEqual([2, 0, false])
  })

  test('S6: no barging: a newcomer and the releaser queue behind who was woken', async () => {
    const semaphore = new Semaphore(1)
    const permit = take(semaphore)
    ask(semaphore, 'waiter')
    permit.release()
    expect(semaphore.tryAcquire()).toBe(null)
    ask(semaphore, 'releaser')
    await drain()
    expect(log).toEqual(['waiter'])
    expect(semaphore.waiting).toBe(1)
  })

  test('S6, bpo-45997, gh-90155: release and acquire in one task do not starve the others', async () => {
    const semaphore = new Semaphore(1)
    const worker = async (label: string): Promise<void> => {
      for (let turn = 1; turn <= 2; turn++) {
        await semaphore.acquire()
        log.push(label + turn)
        semaphore.release()
      }
    }
    await Promise.all(['a', 'b', 'c'].map(worker))
    expect(log.slice(0, 3)).toEqual(['a1', 'b1', 'c1'])
    expect(log.slice(3)).toEqual(['a2', 'b2', 'c2'])
  })

  test('S7: a waiter aborted before its grant is skipped; the grant goes to the next', async () => {
    const semaphore = new Semaphore(0)
    ask(semaphore, 'a', { signal })
    ask(semaphore, 'b')
    controller.abort('stop')
    semaphore.release()
    await drain()
    expect(log).toEqual(['a! stop', 'b'])
  })

  test('S8, gh-111693: three permits released at once wake three, before anything that they start', async () => {
    const semaphore = new Semaphore(0)
    const worker = async (label: string): Promise<void> => {
      await semaphore.acquire()
      log.push(label)
      if (label === '1') void worker('4')
    }
    const workers = ['1', '2', '3'].map(worker)
    semaphore.release()
    semaphore.release()
    semaphore.release()
    await Promise.all(workers)
    expect(log).toEqual(['1', '2', '3'])
    semaphore.release()
    await drain()
    expect(log).toEqual(['1', '2', '3', '4'])
  })

  test('S9: an aborted waiter consumes no permit', async () => {
    const semaphore = new Semaphore(1)
    const permit = take(semaphore)
    ask(semaphore, 'a', { signal })
    controller.abort('stop')
    permit.release()
    expect([semaphore.value, semaphore.waiting]).toEqual([1, 0])
    await drain()
    expect(log).toEqual(['a! stop'])
  })

  test('S10, python/asyncio#270: granted and aborted in one tick, its permit passes the grant on; none lost, none doubled', async () => {
    const semaphore = new Semaphore(1)
    const first = take(semaphore)
    const hesitant = async (label: string): Promise<void> => {
      using _permit = await semaphore.acquire({ signal })
      signal.throwIfAborted()
      log.push(`${label} in`)
    }
    for (const label of ['a', 'b']) record(log, label, hesitant(label))
    ask(semaphore, 'c')
    first.release()
    controller.abort('stop')
    await drain()
    expect(log.toSorted()).toEqual(['a! stop', 'b! stop', 'c'])
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 0])
    semaphore.release()
    expect(semaphore.value).toBe(1)
  })

  test('S10, gh-90155: aborted while another wake-up is under way, the semaphore lives on', async () => {
    const semaphore = new Semaphore(0)
    ask(semaphore, 'a')
    ask(semaphore, 'b', { signal })
    ask(semaphore, 'c')
    semaphore.release()
    controller.abort('stop')
    semaphore.release()
    await drain()
    expect(log).toEqual(['a', 'b! stop', 'c'])
    semaphore.release()
    expect((await outcome(semaphore.acquire())).state).toBe('fulfilled')
  })

  test('S11: locked when no permit is free, or when somebody waits', async () => {
    const semaphore = new Semaphore(2)
    expect(semaphore.locked).toBe(false)
    take(semaphore)
    expect(semaphore.locked).toBe(false)
    void semaphore.acquire({ permits: 2 })
    expect([semaphore.value, semaphore.locked]).toEqual([1, true])
    expect(semaphore.tryAcquire()).toBe(null)
  })

  test('S12: a block returns the permit on every way out', async () => {
    const semaphore = new Semaphore(1)
    const block = async (leave: () => void): Promise<void> => {
      using _permit = await semaphore.acquire()
      log.push(`value ${semaphore.value}`)
      leave()
    }
    await block(() => {})
    await expect(block(() => AbortSignal.abort('stop').throwIfAborted())).rejects.toBe('stop')
    expect(log).toEqual(['value 0', 'value 0'])
    expect(semaphore.value).toBe(1)
  })

  test('M2: a grant resumes its waiter one microtask after the release', async () => {
    const semaphore = new Semaphore(0)
    ask(semaphore, 'resumed')
    await drain()
    semaphore.release()
    void Promise.resolve().then(() => log.push('next microtask'))
    await drain()
    expect(log).toEqual(['resumed', 'next microtask'])
  })
})

describe('weights', () => {
  test('all or none: a request that does not fit takes nothing', async () => {
    const semaphore = new Semaphore(3)
    ask(semaphore, 'two', { permits: 2 })
    ask(semaphore, 'three', { permits: 3 })
    await drain()
    expect([semaphore.value, semaphore.waiting, log]).toEqual([1, 1, ['two']])
    semaphore.release()
    expect([semaphore.value, semaphore.waiting]).toEqual([2, 1])
    semaphore.release()
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 0])
    await drain()
    expect(log).toEqual(['two', 'three'])
  })

  test('a large request at the head is never starved by small ones behind it', async () => {
    const semaphore = new Semaphore(4)
    const holds = [take(semaphore), take(semaphore)]
    ask(semaphore, 'large', { permits: 4 })
    for (const label of ['a', 'b']) ask(semaphore, label)
    await drain()
    expect([log, semaphore.value, semaphore.waiting]).toEqual([[], 2, 3])
    for (const hold of holds) hold.release()
    await drain()
    expect(log).toEqual(['large'])
    semaphore.release(4)
    await drain()
    expect(log).toEqual(['large', 'a', 'b'])
  })

  test('effect, takeIfAvailable barges: ours never overtakes a larger request that waits', () => {
    const semaphore = new Semaphore(2)
    take(semaphore)
    void semaphore.acquire({ permits: 2 })
    expect(semaphore.tryAcquire()).toBe(null)
    expect(semaphore.tryAcquire(1)).toBe(null)
    expect([semaphore.value, semaphore.waiting]).toEqual([1, 1])
  })

  test('tryAcquire(n) takes n, or answers null and takes nothing', () => {
    const semaphore = new Semaphore(3)
    expect(semaphore.tryAcquire(4)).toBe(null)
    expect(semaphore.value).toBe(3)
    const permit = take(semaphore, 2)
    expect(semaphore.tryAcquire(2)).toBe(null)
    expect(semaphore.value).toBe(1)
    permit.release()
    expect(semaphore.value).toBe(3)
  })

  test('a permit of several gives all of them back, once', async () => {
    const semaphore = new Semaphore(5)
    const permit = await semaphore.acquire({ permits: 3 })
    expect([semaphore.value, permit.released]).toEqual([2, false])
    permit.release()
    expect([semaphore.value, permit.released]).toEqual([5, true])
    permit.release()
    permit[Symbol.dispose]()
    expect(semaphore.value).toBe(5)
  })

  test('one release serves as many as now fit, and stops at the first that does not', async () => {
    const semaphore = new Semaphore(0)
    for (const [label, permits] of Object.entries({ two: 2, one: 1, three: 3, late: 1 }))
      ask(semaphore, label, { permits })
    semaphore.release(5)
    await drain()
    expect(log).toEqual(['two', 'one'])
    expect([semaphore.value, semaphore.waiting, semaphore.locked]).toEqual([2, 2, true])
    semaphore.release(2)
    await drain()
    expect(log).toEqual(['two', 'one', 'three', 'late'])
    expect(semaphore.value).toBe(0)
  })

  test('golang/sync#10, @matrixai: a heavy head that is aborted frees those behind it, inside abort()', async () => {
    const semaphore = new Semaphore(2)
    const hold = take(semaphore)
    ask(semaphore, 'heavy', { permits: 2, signal })
    ask(semaphore, 'light')
    ask(semaphore, 'light too')
    controller.abort('stop')
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 1])
    await drain()
    expect(log).toEqual(['heavy! stop', 'light'])
    hold.release()
    await drain()
    expect(log).toEqual(['heavy! stop', 'light', 'light too'])
  })

  test('golang/sync#10: a heavy head that times out frees those behind it', async () => {
    const semaphore = new Semaphore(2)
    take(semaphore)
    record(log, 'heavy', semaphore.acquire({ permits: 2, timeout: 10 }))
    ask(semaphore, 'light')
    vi.advanceTimersByTime(10)
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 0])
    await drain()
    expect(log).toEqual(['heavy! TimeoutError', 'light'])
  })

  test('a heavy one that leaves from the middle frees nobody', async () => {
    const semaphore = new Semaphore(2)
    take(semaphore)
    ask(semaphore, 'head', { permits: 2 })
    ask(semaphore, 'heavy', { permits: 2, signal })
    ask(semaphore, 'light')
    controller.abort('stop')
    await drain()
    expect(log).toEqual(['heavy! stop'])
    expect([semaphore.value, semaphore.waiting]).toEqual([1, 2])
  })

  test('those behind the aborted heavy head that share its signal reject; they are not granted', async () => {
    const semaphore = new Semaphore(2)
    take(semaphore)
    ask(semaphore, 'heavy', { permits: 2, signal })
    ask(semaphore, 'light of it', { signal })
    ask(semaphore, 'light')
    ask(semaphore, 'last of it', { signal })
    controller.abort('stop')
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 0])
    await drain()
    expect(log.toSorted()).toEqual(['heavy! stop', 'last of it! stop', 'light', 'light of it! stop'])
  })

  test('all behind the aborted heavy head share its signal: no permit is lost', async () => {
    const semaphore = new Semaphore(3)
    take(semaphore)
    ask(semaphore, 'heavy', { permits: 3, signal })
    for (const label of ['a', 'b']) ask(semaphore, label, { signal })
    controller.abort('stop')
    expect([semaphore.value, semaphore.waiting, semaphore.locked]).toEqual([2, 0, false])
    await drain()
    expect(log).toEqual(['heavy! stop', 'a! stop', 'b! stop'])
  })

  test('light ones that joined the signal before the heavy head reject all the same', async () => {
    const semaphore = new Semaphore(2)
    const other = new Semaphore(0)
    take(semaphore)
    // The other semaphore's waiters stand first among the waiters of the signal, and last in its dispatch.
    ask(other, 'elsewhere', { signal })
    ask(semaphore, 'heavy', { permits: 2, signal })
    ask(semaphore, 'light', { signal })
    ask(other, 'elsewhere too', { signal })
    controller.abort('stop')
    await drain()
    expect(log.filter((line) => line.endsWith('! stop')).length).toBe(4)
    expect([semaphore.value, other.value]).toEqual([1, 0])
  })

  test('the waiters of derived signals reject too, when the source of all is aborted', async () => {
    const semaphore = new Semaphore(2)
    take(semaphore)
    ask(semaphore, 'heavy', { permits: 2, signal })
    ask(semaphore, 'derived', { signal: AbortSignal.any([signal]) })
    ask(semaphore, 'free of it')
    controller.abort('stop')
    await drain()
    expect(log.toSorted()).toEqual(['derived! stop', 'free of it', 'heavy! stop'])
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 0])
  })

  test('a release inside abort(), before our listener ran, goes past the aborted to those behind', async () => {
    const semaphore = new Semaphore(2)
    const hold = take(semaphore, 2)
    signal.addEventListener('abort', () => hold.release())
    ask(semaphore, 'heavy', { permits: 2, signal })
    ask(semaphore, 'light')
    ask(semaphore, 'light of it', { signal })
    ask(semaphore, 'last')
    controller.abort('stop')
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 0])
    await drain()
    expect(log.toSorted()).toEqual(['heavy! stop', 'last', 'light', 'light of it! stop'])
  })

  test('run() holds as many as it was told, and gives as many back', async () => {
    const semaphore = new Semaphore(5)
    expect(await semaphore.run(() => semaphore.value, { permits: 3 })).toBe(2)
    expect(semaphore.value).toBe(5)
    await expect(semaphore.run(() => Promise.reject(new Error('torn')), { permits: 5 })).rejects.toThrow('torn')
    expect(semaphore.value).toBe(5)
  })

  test('permits: undefined stands for one', async () => {
    const semaphore = new Semaphore(3)
    await semaphore.acquire({ permits: undefined as never })
    semaphore.tryAcquire(undefined)
    expect(semaphore.value).toBe(1)
    semaphore.release(undefined)
    expect(semaphore.value).toBe(2)
  })
})

describe('permits', () => {
  test('double release of one permit gives one permit back', async () => {
    const semaphore = new Semaphore(2)
    const permit = await semaphore.acquire()
    permit.release()
    permit.release()
    permit[Symbol.dispose]()
    expect([semaphore.value, permit.released]).toEqual([2, true])
  })

  test('@std/async, @core/asyncutil, async-sema: a second dispose mints no permit', async () => {
    const semaphore = new Semaphore(1)
    const permit = await semaphore.acquire()
    for (const label of ['a', 'b', 'c']) ask(semaphore, label)
    permit.release()
    permit[Symbol.dispose]()
    permit.release()
    await drain()
    expect(log).toEqual(['a'])
    expect(semaphore.waiting).toBe(2)
  })

  test("the semaphore's own release() ends no particular permit", async () => {
    const semaphore = new Semaphore(2)
    const permit = await semaphore.acquire()
    semaphore.release()
    expect(permit.released).toBe(false)
    permit.release()
    expect([permit.released, semaphore.value]).toEqual([true, 3])
  })

  test('every acquire has a permit of its own', async () => {
    const semaphore = new Semaphore(2)
    const [a, b] = await Promise.all([semaphore.acquire(), semaphore.acquire()])
    expect(a).not.toBe(b)
    a.release()
    expect([a.released, b.released, semaphore.value]).toEqual([true, false, 1])
  })
})

describe('run()', () => {
  test('has taken a free permit, but never runs fn, before it returns', async () => {
    const semaphore = new Semaphore(2)
    const running = semaphore.run(() => log.push('fn'))
    log.push('returned')
    expect(semaphore.value).toBe(1)
    await running
    expect(log).toEqual(['returned', 'fn'])
    expect(semaphore.value).toBe(2)
  })

  test('gives the permit back when fn throws or rejects, and passes the error on', async () => {
    const semaphore = new Semaphore(1)
    const error = new Error('torn')
    const thrown = semaphore.run(() => {
      throw error
    })
    expect(await outcome(thrown)).toEqual({ state: 'rejected', reason: error })
    expect(await outcome(semaphore.run(() => Promise.reject(error)))).toEqual({ state: 'rejected', reason: error })
    expect(semaphore.value).toBe(1)
  })

  test.each(notAFunction)('fn: $title takes no permit', async (wrong) => {
    const semaphore = new Semaphore(1)
    expect(await refusal(() => semaphore.run(wrong.value as never))).toEqual(refused('rejected', wrong, 'fn'))
    expect(semaphore.value).toBe(1)
  })

  test('async-mutex #90: the cost of a release does not grow with the value', async () => {
    const semaphore = new Semaphore(Number.MAX_SAFE_INTEGER)
    expect(await semaphore.run(() => semaphore.value)).toBe(Number.MAX_SAFE_INTEGER - 1)
    expect(semaphore.value).toBe(Number.MAX_SAFE_INTEGER)
  })

  test('a limit of two lets two of a hundred in at a time', async () => {
    const semaphore = new Semaphore(2)
    let inside = 0
    const seen = new Set<number>()
    const query = async (): Promise<void> => {
      seen.add(++inside)
      await drain()
      inside--
    }
    await Promise.all(Array.from({ length: 100 }, () => semaphore.run(query)))
    expect([...seen]).toEqual([1, 2])
  })
})

describe('signal and timeout', () => {
  test.each(reasons)('J1: already aborted with %s: rejects with it, and takes no permit', async (_title, reason) => {
    const semaphore = new Semaphore(2)
    const seen = await outcome(semaphore.acquire({ signal: AbortSignal.abort(reason) }))
    expect(seen).toEqual({ state: 'rejected', reason })
    expect(semaphore.value).toBe(2)
  })

  test('J3: the entry leaves the queue inside abort(), with the reason itself', async () => {
    const semaphore = new Semaphore(0)
    const acquired = semaphore.acquire({ signal })
    controller.abort('stop')
    expect(semaphore.waiting).toBe(0)
    expect(await outcome(acquired)).toEqual({ state: 'rejected', reason: 'stop' })
  })

  test('J4: an abort after the grant changes nothing', async () => {
    const semaphore = new Semaphore(0)
    const acquired = semaphore.acquire({ signal })
    semaphore.release()
    controller.abort('too late')
    expect((await acquired).released).toBe(false)
    expect(semaphore.value).toBe(0)
  })

  test('timeout 0: what is free is had at once; else TimeoutError, with nobody queued', async () => {
    const semaphore = new Semaphore(2)
    expect((await outcome(semaphore.acquire({ timeout: 0, permits: 2 }))).state).toBe('fulfilled')
    const acquired = semaphore.acquire({ timeout: 0 })
    expect([semaphore.waiting, vi.getTimerCount()]).toEqual([0, 0])
    expect(await outcome(acquired)).toMatchObject({ state: 'rejected', reason: { name: 'TimeoutError' } })
  })

  test('timeout 0 overtakes nobody, though one permit is free', async () => {
    const semaphore = new Semaphore(2)
    take(semaphore)
    ask(semaphore, 'heavy', { permits: 2 })
    record(log, 'hasty', semaphore.acquire({ timeout: 0 }))
    await drain()
    expect(log).toEqual(['hasty! TimeoutError'])
    expect([semaphore.value, semaphore.waiting]).toEqual([1, 1])
  })

  test.each(['granted', 'aborted', 'timed out'])('no listener and no timer is left once it is %s', async (how) => {
    const semaphore = new Semaphore(0)
    const acquired = outcome(semaphore.acquire({ signal, timeout: 100, permits: 2 }))
    expect([listeners(signal), vi.getTimerCount()]).toEqual([1, 1])
    if (how === 'granted') semaphore.release(2)
    if (how === 'aborted') controller.abort('stop')
    if (how === 'timed out') vi.advanceTimersByTime(100)
    expect([listeners(signal), vi.getTimerCount(), semaphore.waiting]).toEqual([0, 0, 0])
    expect((await acquired).state).toBe(how === 'granted' ? 'fulfilled' : 'rejected')
  })

  test('ten thousand waits on one signal attach a bounded number of listeners', async () => {
    const semaphore = new Semaphore(0)
    const waits = Array.from({ length: 10_000 }, () => outcome(semaphore.acquire({ signal })))
    expect(listeners(signal)).toBeLessThanOrEqual(2)
    controller.abort('stop')
    expect([listeners(signal), semaphore.waiting]).toEqual([0, 0])
    expect((await Promise.all(waits)).every((each) => each.state === 'rejected')).toBe(true)
  })
})

describe('name and printing', () => {
  test('prints its permits, or that it is locked and how many wait', () => {
    const semaphore = new Semaphore(3)
    expect(renderings(semaphore)).toEqual(['Semaphore <value: 3>'])
    take(semaphore, 3)
    expect(renderings(semaphore)).toEqual(['Semaphore <locked>'])
    void semaphore.acquire()
    expect(renderings(semaphore)).toEqual(['Semaphore <locked, waiting: 1>'])
  })

  test('prints its name', () => {
    const semaphore = new Semaphore(2, { name: 'db' })
    expect(semaphore.name).toBe('db')
    expect(renderings(semaphore)).toEqual(['Semaphore "db" <value: 2>'])
  })
})

describe('bad input', () => {
  const wrongPermits = [...notACount, zero]

  test.each(wrongWaitOptions)('acquire and run, $title: reject, and change nothing', async (wrong) => {
    for (const semaphore of [new Semaphore(2), new Semaphore(0)]) {
      const before = String(semaphore)
      const acquire = (): unknown => semaphore.acquire(wrong.value as never)
      const run = (): unknown => semaphore.run(() => log.push('fn'), wrong.value as never)
      expect(await refusal(acquire)).toEqual(refused('rejected', wrong, wrong.name))
      expect(await refusal(run)).toEqual(refused('rejected', wrong, wrong.name))
      expect([String(semaphore), log]).toEqual([before, []])
    }
  })

  test.each(wrongPermits)('acquire and run, permits: $title: reject, and change nothing', async (wrong) => {
    for (const semaphore of [new Semaphore(2), new Semaphore(0)]) {
      const before = String(semaphore)
      const options = { permits: wrong.value as never, signal }
      expect(await refusal(() => semaphore.acquire(options))).toEqual(refused('rejected', wrong, 'permits'))
      expect(await refusal(() => semaphore.run(() => log.push('fn'), options))).toEqual(
        refused('rejected', wrong, 'permits'),
      )
      expect([String(semaphore), log, listeners(signal)]).toEqual([before, [], 0])
    }
  })

  test.each(wrongPermits)('tryAcquire and release, permits: $title: throw, and change nothing', async (wrong) => {
    for (const semaphore of [new Semaphore(2), new Semaphore(0)]) {
      const before = String(semaphore)
      expect(await refusal(() => semaphore.tryAcquire(wrong.value as never))).toEqual(
        refused('threw', wrong, 'permits'),
      )
      expect(await refusal(() => semaphore.release(wrong.value as never))).toEqual(refused('threw', wrong, 'permits'))
      expect(String(semaphore)).toBe(before)
    }
  })

  test.each(wrongOptions)('options: $title', async (wrong) => {
    expect(await refusal(() => new Semaphore(1, wrong.value as never))).toEqual(refused('threw', wrong, 'options'))
  })

  test.each(wrongNames)('name: $title', async (wrong) => {
    const make = (): Semaphore => new Semaphore(1, { name: wrong.value as never })
    expect(await refusal(make)).toEqual(refused('threw', wrong, 'name'))
  })

  test('a name in the place of the value is a TypeError', async () => {
    expect(await refusal(() => new Semaphore({ name: 'db' } as never))).toMatchObject({
      how: 'threw',
      type: 'TypeError',
    })
  })

  test('a release that could no longer be counted exactly is a RangeError', async () => {
    const semaphore = new Semaphore(Number.MAX_SAFE_INTEGER)
    expect(await refusal(() => semaphore.release())).toMatchObject({ how: 'threw', type: 'RangeError' })
    expect(semaphore.value).toBe(Number.MAX_SAFE_INTEGER)
  })
})
