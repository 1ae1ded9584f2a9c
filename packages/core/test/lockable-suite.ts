/** What every Lockable promises, whatever it is: run over each of them by `lockable.test.ts`. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Lockable, Permit } from '../src/index.ts'
import { drain, outcome } from './microtasks.ts'
import { listeners, record } from './recording.ts'
import { notAFunction, reasons, refusal, refused, wrongWaitOptions } from './wrong-input.ts'

export interface Subject {
  readonly lock: Lockable
  /** While this is held, `lock` makes its callers wait. For an exclusive lock it is the lock itself. */
  readonly obstacle: Lockable
  /** How many wait for `lock`. */
  waiting(): number
  /** How it stands, as printed: what a refused call must leave as it was. */
  state(): string
}

export interface Traits {
  /** False for the read side of a ReadWriteLock, which any number may hold at a time. */
  readonly exclusive: boolean
}

const timeoutError = expect.toSatisfy(
  (error: unknown) => error instanceof DOMException && error.name === 'TimeoutError',
  'a DOMException named TimeoutError',
) as unknown

/** Takes it now: the tests' way to hold something whose owner must be in no doubt. */
export function take(lock: Lockable): Permit {
  const permit = lock.tryAcquire()
  if (permit === null) throw new Error('the lock was to be free')
  return permit
}

export function lockableSuite(name: string, factory: () => Subject, traits: Traits = { exclusive: true }): void {
  describe(`Lockable: ${name}`, () => {
    let subject: Subject
    let lock: Lockable
    let obstacle: Lockable
    let controller: AbortController
    let signal: AbortSignal
    let log: string[]

    beforeEach(() => {
      vi.useFakeTimers()
      subject = factory()
      ;({ lock, obstacle } = subject)
      controller = new AbortController()
      signal = controller.signal
      log = []
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    /** A test of what holds only where one hold keeps all others out. */
    const whenExclusive: (title: string, body: () => void | Promise<void>) => void = traits.exclusive ? test : () => {}

    /** Waits for the lock, writes `label` down, and gives the lock back. */
    const visit = (label: string, options?: { signal?: AbortSignal; timeout?: number }): void => {
      record(
        log,
        label,
        lock.acquire(options).then((permit) => permit.release()),
      )
    }

    describe('taking a free one', () => {
      test('begins unlocked, with nobody waiting', () => {
        expect(lock.locked).toBe(false)
        expect(subject.waiting()).toBe(0)
      })

      test('acquire() has taken it before it returns', async () => {
        const acquired = lock.acquire()
        expect(lock.locked).toBe(true)
        expect(subject.waiting()).toBe(0)
        const permit = await acquired
        expect(permit.released).toBe(false)
      })

      test('tryAcquire() takes it and answers a permit', () => {
        const permit = lock.tryAcquire()
        expect(permit?.released).toBe(false)
        expect(lock.locked).toBe(true)
      })

      test('await of a free one costs one microtask', async () => {
        void Promise.resolve().then(() => log.push('before'))
        record(log, 'acquired', lock.acquire())
        void Promise.resolve().then(() => log.push('after'))
        await drain()
        expect(log).toEqual(['before', 'acquired', 'after'])
      })

      test('release() ends the hold, and it can be taken again', async () => {
        await lock.acquire()
        lock.release()
        expect(lock.locked).toBe(false)
        expect((await outcome(lock.acquire())).state).toBe('fulfilled')
      })

      test('release() of what is not held is NotAcquiredError and changes nothing', async () => {
        const before = subject.state()
        const error = expect.objectContaining({ name: 'NotAcquiredError', code: 'ERR_NOT_ACQUIRED' }) as Error
        expect(() => lock.release()).toThrow(error)
        expect(() => lock.release()).toThrow(error)
        expect(subject.state()).toBe(before)
        expect((await outcome(lock.acquire())).state).toBe('fulfilled')
      })
    })

    describe('waiting', () => {
      test('acquire() waits while it is held, tryAcquire() answers null', async () => {
        take(obstacle)
        const acquired = outcome(lock.acquire())
        expect(lock.tryAcquire()).toBe(null)
        expect(subject.waiting()).toBe(1)
        expect((await acquired).state).toBe('pending')
      })

      test('waiters get it in the order in which they asked', async () => {
        const hold = take(obstacle)
        const labels = Array.from({ length: 100 }, (_, index) => String(index))
        for (const label of labels) visit(label)
        expect(subject.waiting()).toBe(100)
        hold.release()
        await drain()
        expect(log).toEqual(labels)
        expect(lock.locked).toBe(false)
        expect(subject.waiting()).toBe(0)
      })

      test('it is handed over inside release(): locked, and no longer waited for', () => {
        const hold = take(obstacle)
        visit('waiter')
        hold.release()
        expect(lock.locked).toBe(true)
        expect(subject.waiting()).toBe(0)
        expect(log).toEqual([])
      })

      test('a hand-over resumes its waiter one microtask after the release', async () => {
        const hold = take(obstacle)
        record(log, 'resumed', lock.acquire())
        await drain()
        hold.release()
        void Promise.resolve().then(() => log.push('after'))
        await drain()
        expect(log).toEqual(['resumed', 'after'])
      })

      test('ten thousand may wait', async () => {
        const hold = take(obstacle)
        let served = 0
        for (let index = 0; index < 10_000; index++) void lock.run(() => served++)
        expect(subject.waiting()).toBe(10_000)
        hold.release()
        await drain()
        expect(served).toBe(10_000)
        expect(lock.locked).toBe(false)
      })

      whenExclusive('one release lets exactly one in', async () => {
        take(lock)
        for (const label of ['a', 'b', 'c']) record(log, label, lock.acquire())
        lock.release()
        await drain()
        expect(log).toEqual(['a'])
        lock.release()
        await drain()
        expect(log).toEqual(['a', 'b'])
      })

      whenExclusive('who releases and asks again queues behind, and tryAcquire() overtakes nobody', async () => {
        const hold = take(lock)
        record(log, 'waiter', lock.acquire())
        hold.release()
        expect(lock.tryAcquire()).toBe(null)
        record(log, 'releaser', lock.acquire())
        await drain()
        expect(log).toEqual(['waiter'])
        lock.release()
        await drain()
        expect(log).toEqual(['waiter', 'releaser'])
      })
    })

    describe('permits', () => {
      test('release() gives the hold back, once', async () => {
        const permit = await lock.acquire()
        expect(permit.released).toBe(false)
        permit.release()
        expect(permit.released).toBe(true)
        expect(lock.locked).toBe(false)
        expect(() => permit.release()).not.toThrow()
        expect(lock.locked).toBe(false)
      })

      test('every hold has a permit of its own', async () => {
        const first = await lock.acquire()
        first.release()
        const second = await lock.acquire()
        expect(second).not.toBe(first)
        expect([first.released, second.released]).toEqual([true, false])
        first.release()
        expect(lock.locked).toBe(true)
        expect(second.released).toBe(false)
      })

      test('double release of one permit never frees the hold of the next', async () => {
        const first = take(obstacle)
        const second = lock.acquire()
        first.release()
        first.release()
        expect(lock.locked).toBe(true)
        expect((await second).released).toBe(false)
        first.release()
        expect(lock.locked).toBe(true)
        expect((await second).released).toBe(false)
      })

      test('`using` releases at the end of the block', async () => {
        {
          using permit = await lock.acquire()
          expect(permit.released).toBe(false)
          expect(lock.locked).toBe(true)
        }
        expect(lock.locked).toBe(false)
      })

      test('`using` releases when the block throws, and lets the error through as it is', async () => {
        const error = new Error('torn')
        const block = async (): Promise<void> => {
          using _permit = await lock.acquire()
          throw error
        }
        expect(await outcome(block())).toEqual({ state: 'rejected', reason: error })
        expect(lock.locked).toBe(false)
      })

      test('`using` a permit that was released before does nothing', async () => {
        let next: Permit
        {
          using permit = await lock.acquire()
          permit.release()
          next = take(lock)
        }
        expect(lock.locked).toBe(true)
        expect(next.released).toBe(false)
      })

      whenExclusive("the lock's own release() ends the hold of the permit", async () => {
        const permit = await lock.acquire()
        lock.release()
        expect(permit.released).toBe(true)
        const next = take(lock)
        permit.release()
        expect(lock.locked).toBe(true)
        expect([permit.released, next.released]).toEqual([true, false])
      })

      whenExclusive('a stale permit frees neither a hold under way nor one that has arrived', async () => {
        const stale = take(lock)
        const second = lock.acquire()
        const third = outcome(lock.acquire())
        lock.release()
        stale.release()
        expect(lock.locked).toBe(true)
        expect((await second).released).toBe(false)
        stale.release()
        expect((await third).state).toBe('pending')
      })
    })

    describe('run()', () => {
      test('resolves with what fn returns or promises', async () => {
        const value = { some: 'value' }
        expect(await lock.run(() => value)).toBe(value)
        expect(await lock.run(async () => value)).toBe(value)
        expect(await lock.run(() => undefined)).toBe(undefined)
      })

      test('has taken a free lock, but never runs fn, before it returns', async () => {
        const running = lock.run(() => log.push('fn'))
        log.push('returned')
        expect(lock.locked).toBe(true)
        await running
        expect(log).toEqual(['returned', 'fn'])
      })

      test('runs fn while it holds the lock, and gives it back after', async () => {
        let locked = false
        await lock.run(() => (locked = lock.locked))
        expect(locked).toBe(true)
        expect(lock.locked).toBe(false)
      })

      test('holds on until the promise of fn is settled', async () => {
        let finish = (): void => {}
        const running = outcome(lock.run(() => new Promise<void>((resolve) => (finish = resolve))))
        expect((await running).state).toBe('pending')
        expect(lock.locked).toBe(true)
        finish()
        await drain()
        expect(lock.locked).toBe(false)
      })

      test('a synchronous throw of fn rejects with that error and gives the lock back', async () => {
        const error = new Error('torn')
        const running = lock.run(() => {
          throw error
        })
        expect(await outcome(running)).toEqual({ state: 'rejected', reason: error })
        expect(lock.locked).toBe(false)
      })

      test('a rejection of fn rejects with that reason and gives the lock back', async () => {
        const running = lock.run(() => Promise.reject(new Error('torn')))
        expect(await outcome(running)).toMatchObject({ state: 'rejected', reason: { message: 'torn' } })
        expect(lock.locked).toBe(false)
      })

      test('fn in turn, never two at a time', async () => {
        const body = (label: string) => async (): Promise<void> => {
          log.push(`${label} in`)
          await drain()
          log.push(`${label} out`)
        }
        const hold = take(obstacle)
        const runs = [lock.run(body('a')), lock.run(body('b'))]
        hold.release()
        await Promise.all(runs)
        const inTurn = ['a in', 'a out', 'b in', 'b out']
        expect(log).toEqual(traits.exclusive ? inTurn : ['a in', 'b in', 'a out', 'b out'])
      })

      test('fn is not run when the wait is aborted', async () => {
        take(obstacle)
        const running = outcome(lock.run(() => log.push('fn'), { signal }))
        controller.abort('stop')
        obstacle.release()
        expect(await running).toEqual({ state: 'rejected', reason: 'stop' })
        expect(log).toEqual([])
        expect(lock.locked).toBe(false)
      })

      test('an abort after the grant changes nothing: fn runs', async () => {
        const running = outcome(lock.run(() => log.push('fn'), { signal }))
        controller.abort('stop')
        expect((await running).state).toBe('fulfilled')
        expect(log).toEqual(['fn'])
        expect(lock.locked).toBe(false)
      })

      whenExclusive('a lock that fn released itself is not released again', async () => {
        let next: Promise<Permit> | undefined
        await lock.run(async () => {
          next = lock.acquire()
          lock.release()
          await next
        })
        expect(lock.locked).toBe(true)
        expect((await next)?.released).toBe(false)
      })

      test.each(notAFunction)('fn: $title is a TypeError at once, and changes nothing', async (wrong) => {
        const before = subject.state()
        expect(await refusal(() => lock.run(wrong.value as never))).toEqual(refused('rejected', wrong, 'fn'))
        expect(subject.state()).toBe(before)
        take(obstacle)
        expect(await refusal(() => lock.run(wrong.value as never))).toEqual(refused('rejected', wrong, 'fn'))
        expect(subject.waiting()).toBe(0)
      })
    })

    describe('signal', () => {
      test.each(reasons)(
        'already aborted with %s: rejects with it, though the lock is free',
        async (_title, reason) => {
          const before = subject.state()
          const aborted = AbortSignal.abort(reason)
          expect(await outcome(lock.acquire({ signal: aborted }))).toEqual({ state: 'rejected', reason })
          expect(await outcome(lock.run(() => log.push('fn'), { signal: aborted }))).toEqual({
            state: 'rejected',
            reason,
          })
          expect(log).toEqual([])
          expect(lock.locked).toBe(false)
          expect(subject.state()).toBe(before)
        },
      )

      test.each(reasons)('aborted with %s while waiting: rejects with it', async (_title, reason) => {
        take(obstacle)
        const acquired = lock.acquire({ signal })
        controller.abort(reason)
        expect(subject.waiting()).toBe(0)
        const seen = await outcome(acquired)
        expect(seen.state).toBe('rejected')
        expect((seen as { reason: unknown }).reason).toBe(reason)
      })

      test('without a reason it is the AbortError of the signal itself', async () => {
        take(obstacle)
        const acquired = outcome(lock.acquire({ signal }))
        controller.abort()
        const seen = await acquired
        expect((seen as { reason: unknown }).reason).toBe(signal.reason)
        expect(signal.reason).toMatchObject({ name: 'AbortError' })
      })

      test('null and undefined stand for none', async () => {
        for (const none of [null, undefined]) {
          const permit = await lock.acquire({ signal: none as never })
          permit.release()
          expect(await lock.run(() => 1, { signal: none as never })).toBe(1)
        }
        take(obstacle)
        visit('waits', { signal: null as never })
        expect(subject.waiting()).toBe(1)
        obstacle.release()
        await drain()
        expect(log).toEqual(['waits'])
      })

      test.each([0, 1, 2])('waiter %i of three leaves, the others keep their order', async (leaver) => {
        const hold = take(obstacle)
        for (const index of [0, 1, 2]) visit(String(index), index === leaver ? { signal } : undefined)
        controller.abort('stop')
        expect(subject.waiting()).toBe(2)
        hold.release()
        await drain()
        const stayers = ['0', '1', '2'].filter((label) => label !== String(leaver))
        expect(log).toEqual([`${leaver}! stop`, ...stayers])
        expect(lock.locked).toBe(false)
      })

      const pairs = [0, 1, 2, 3].flatMap((first) => [0, 1, 2, 3].map((second) => [first, second] as const))
      test.each(pairs.filter(([first, second]) => first !== second))(
        'waiter %i of four leaves, then waiter %i: the others keep their order',
        async (...leavers) => {
          const hold = take(obstacle)
          const controllers = ['0', '1', '2', '3'].map((label) => {
            const own = new AbortController()
            visit(label, { signal: own.signal })
            return own
          })
          for (const leaver of leavers) controllers[leaver]?.abort('stop')
          expect(subject.waiting()).toBe(2)
          visit('4')
          hold.release()
          await drain()
          const stayers = ['0', '1', '2', '3', '4'].filter((label) => !leavers.includes(Number(label)))
          expect(log).toEqual([...leavers.map((leaver) => `${leaver}! stop`), ...stayers])
        },
      )

      test('all leave: the lock is free for the next', async () => {
        const hold = take(obstacle)
        for (const label of ['a', 'b', 'c']) visit(label, { signal })
        controller.abort('stop')
        hold.release()
        expect(lock.locked).toBe(false)
        take(lock).release()
        await drain()
        expect(log).toEqual(['a! stop', 'b! stop', 'c! stop'])
      })

      test('an abort wakes nobody while the lock is held', async () => {
        take(obstacle)
        visit('a', { signal })
        visit('b')
        controller.abort('stop')
        await drain()
        expect(log).toEqual(['a! stop'])
        expect(subject.waiting()).toBe(1)
      })

      test('an abort after the grant, in the same tick, changes nothing', async () => {
        const hold = take(obstacle)
        const acquired = lock.acquire({ signal })
        hold.release()
        controller.abort('stop')
        expect(lock.locked).toBe(true)
        const permit = await acquired
        expect(permit.released).toBe(false)
        permit.release()
        expect(lock.locked).toBe(false)
      })

      test('an abort before the release, in the same tick: the next gets it', async () => {
        const hold = take(obstacle)
        visit('a', { signal })
        visit('b')
        controller.abort('stop')
        hold.release()
        await drain()
        expect(log).toEqual(['a! stop', 'b'])
      })

      test('a lock released inside abort(), before our listener ran, does not go to the aborted waiter', async () => {
        const hold = take(obstacle)
        signal.addEventListener('abort', () => hold.release())
        visit('aborted', { signal })
        visit('next')
        controller.abort('stop')
        expect(subject.waiting()).toBe(0)
        await drain()
        expect(log).toEqual(['aborted! stop', 'next'])
        expect(lock.locked).toBe(false)
      })

      test('the same when nobody else waits: the lock is free', async () => {
        const hold = take(obstacle)
        signal.addEventListener('abort', () => hold.release())
        visit('aborted', { signal })
        controller.abort('stop')
        expect(lock.locked).toBe(false)
        expect(subject.waiting()).toBe(0)
        await drain()
        expect(log).toEqual(['aborted! stop'])
      })

      test('a lock released inside abort(), after our listener ran, goes to the next', async () => {
        const hold = take(obstacle)
        visit('aborted', { signal })
        visit('next')
        signal.addEventListener('abort', () => hold.release())
        controller.abort('stop')
        await drain()
        expect(log).toEqual(['aborted! stop', 'next'])
      })

      test('an abort inside the abort of another', async () => {
        const inner = new AbortController()
        const hold = take(obstacle)
        signal.addEventListener('abort', () => inner.abort('inner'))
        visit('a', { signal })
        visit('b', { signal: inner.signal })
        visit('c', { signal })
        visit('d')
        controller.abort('outer')
        expect(subject.waiting()).toBe(1)
        hold.release()
        await drain()
        expect(log.toSorted()).toEqual(['a! outer', 'b! inner', 'c! outer', 'd'])
      })

      test('a wait begun inside abort(): with that signal it rejects, without it waits', async () => {
        const hold = take(obstacle)
        visit('first', { signal })
        signal.addEventListener('abort', () => {
          visit('again', { signal })
          visit('free of it')
        })
        controller.abort('stop')
        expect(subject.waiting()).toBe(1)
        hold.release()
        await drain()
        expect(log).toEqual(['first! stop', 'again! stop', 'free of it'])
      })

      test('AbortSignal.any: aborted by any of its sources', async () => {
        const other = new AbortController()
        const hold = take(obstacle)
        visit('a', { signal: AbortSignal.any([signal, other.signal]) })
        visit('b', { signal: AbortSignal.any([signal]) })
        other.abort('other')
        expect(subject.waiting()).toBe(1)
        hold.release()
        await drain()
        expect(log).toEqual(['a! other', 'b'])
      })

      test('AbortSignal.any: a lock released in a listener of the source does not go to the aborted waiter', async () => {
        const hold = take(obstacle)
        signal.addEventListener('abort', () => hold.release())
        visit('aborted', { signal: AbortSignal.any([signal]) })
        visit('next')
        controller.abort('stop')
        await drain()
        expect(log.toSorted()).toEqual(['aborted! stop', 'next'])
      })

      test('no listener is attached when nothing is waited for', async () => {
        const add = vi.spyOn(signal, 'addEventListener')
        const permit = await lock.acquire({ signal })
        permit.release()
        await lock.run(() => 1, { signal })
        expect(add).not.toHaveBeenCalled()
      })

      test.each(['granted', 'aborted', 'timed out'])('no listener and no timer is left once it is %s', async (how) => {
        const hold = take(obstacle)
        const acquired = outcome(lock.acquire({ signal, timeout: 100 }))
        const running = outcome(lock.run(() => 1, { signal, timeout: 100 }))
        expect(listeners(signal)).toBeGreaterThan(0)
        expect(vi.getTimerCount()).toBeGreaterThan(0)
        if (how === 'aborted') controller.abort('stop')
        if (how === 'timed out') vi.advanceTimersByTime(100)
        if (how === 'granted') {
          hold.release()
          lock.release()
        }
        expect([listeners(signal), vi.getTimerCount()]).toEqual([0, 0])
        expect((await acquired).state).toBe(how === 'granted' ? 'fulfilled' : 'rejected')
        expect((await running).state).toBe(how === 'granted' ? 'fulfilled' : 'rejected')
      })

      test('ten thousand waits on one signal attach a bounded number of listeners', async () => {
        const hold = take(obstacle)
        const waits = Array.from({ length: 10_000 }, () => outcome(lock.acquire({ signal })))
        expect(listeners(signal)).toBeLessThanOrEqual(2)
        controller.abort('stop')
        expect(subject.waiting()).toBe(0)
        expect(listeners(signal)).toBe(0)
        const seen = await Promise.all(waits)
        expect(seen.every((each) => each.state === 'rejected' && each.reason === 'stop')).toBe(true)
        hold.release()
        expect(lock.locked).toBe(false)
      })

      test('a signal serves again and again', async () => {
        for (let round = 0; round < 3; round++) {
          const hold = take(obstacle)
          visit(String(round), { signal })
          hold.release()
          await drain()
        }
        take(obstacle)
        visit('last', { signal })
        controller.abort('stop')
        await drain()
        expect(log).toEqual(['0', '1', '2', 'last! stop'])
        expect(listeners(signal)).toBe(0)
      })
    })

    describe('timeout', () => {
      test.each([0, -0])('%d: takes a free one', async (timeout) => {
        expect((await outcome(lock.acquire({ timeout }))).state).toBe('fulfilled')
        expect(lock.locked).toBe(true)
        expect(vi.getTimerCount()).toBe(0)
      })

      test('0: TimeoutError at once for what is held, with no timer, and nobody queued', async () => {
        take(obstacle)
        const acquired = lock.acquire({ timeout: 0 })
        expect([subject.waiting(), vi.getTimerCount()]).toEqual([0, 0])
        expect(await outcome(acquired)).toEqual({ state: 'rejected', reason: timeoutError })
      })

      whenExclusive('0: overtakes nobody', async () => {
        const hold = take(lock)
        record(log, 'waiter', lock.acquire())
        hold.release()
        record(log, 'hasty', lock.acquire({ timeout: 0 }))
        await drain()
        expect(log.toSorted()).toEqual(['hasty! TimeoutError', 'waiter'])
      })

      test('rejects when its time has come, and not before', async () => {
        take(obstacle)
        visit('hasty', { timeout: 100 })
        vi.advanceTimersByTime(99)
        await drain()
        expect(log).toEqual([])
        expect(subject.waiting()).toBe(1)
        vi.advanceTimersByTime(1)
        expect(subject.waiting()).toBe(0)
        await drain()
        expect(log).toEqual(['hasty! TimeoutError'])
      })

      test('is a DOMException named TimeoutError', async () => {
        take(obstacle)
        const acquired = outcome(lock.acquire({ timeout: 1 }))
        const running = outcome(lock.run(() => 1, { timeout: 1 }))
        vi.advanceTimersByTime(1)
        expect(await acquired).toEqual({ state: 'rejected', reason: timeoutError })
        expect(await running).toEqual({ state: 'rejected', reason: timeoutError })
      })

      test('leaves no ghost: the next gets the lock, and then it is free', async () => {
        const hold = take(obstacle)
        visit('hasty', { timeout: 10 })
        visit('patient')
        vi.advanceTimersByTime(10)
        hold.release()
        await drain()
        expect(log).toEqual(['hasty! TimeoutError', 'patient'])
        expect(lock.locked).toBe(false)
      })

      test('bounds the waiting, not the holding', async () => {
        const hold = take(obstacle)
        const acquired = lock.acquire({ timeout: 10 })
        hold.release()
        const permit = await acquired
        vi.advanceTimersByTime(1000)
        await drain()
        expect(permit.released).toBe(false)
        expect(lock.locked).toBe(true)
      })

      test('Infinity and undefined: for ever, without a timer', async () => {
        take(obstacle)
        visit('a', { timeout: Infinity })
        visit('b', { timeout: undefined as never })
        expect(vi.getTimerCount()).toBe(0)
        expect(subject.waiting()).toBe(2)
      })

      test.each([2 ** 31, 2 ** 31 + 5000, 2 ** 32 + 1])(
        '%d ms, more than one timer can hold: not a moment too soon',
        async (timeout) => {
          take(obstacle)
          visit('patient', { timeout })
          await vi.advanceTimersByTimeAsync(1000)
          expect(subject.waiting()).toBe(1)
          await vi.advanceTimersByTimeAsync(timeout - 1001)
          expect(log).toEqual([])
          await vi.advanceTimersByTimeAsync(1)
          expect(log).toEqual(['patient! TimeoutError'])
          expect(vi.getTimerCount()).toBe(0)
        },
      )

      test.each([Number.MAX_SAFE_INTEGER, Number.MAX_VALUE])('%d ms may be asked for', async (timeout) => {
        const hold = take(obstacle)
        visit('patient', { timeout })
        await vi.advanceTimersByTimeAsync(1000)
        expect(subject.waiting()).toBe(1)
        hold.release()
        await drain()
        expect(log).toEqual(['patient'])
        expect(vi.getTimerCount()).toBe(0)
      })

      test('a fraction of a millisecond is a wait, and no shorter than asked', async () => {
        take(obstacle)
        visit('half', { timeout: 0.5 })
        visit('one and a half', { timeout: 1.5 })
        await drain()
        expect(log).toEqual([])
        vi.advanceTimersByTime(1)
        await drain()
        expect(log).toEqual(['half! TimeoutError'])
        vi.advanceTimersByTime(1)
        await drain()
        expect(log).toEqual(['half! TimeoutError', 'one and a half! TimeoutError'])
      })

      test('released in the millisecond in which it is due: whichever came first', async () => {
        const hold = take(obstacle)
        setTimeout(() => hold.release(), 100)
        visit('granted', { timeout: 100 })
        await vi.advanceTimersByTimeAsync(100)
        const second = take(obstacle)
        visit('late', { timeout: 100 })
        setTimeout(() => second.release(), 100)
        await vi.advanceTimersByTimeAsync(100)
        expect(log).toEqual(['granted', 'late! TimeoutError'])
        expect(lock.locked).toBe(false)
      })

      test('with a signal: whichever comes first, and both are gone', async () => {
        take(obstacle)
        const other = new AbortController()
        visit('timed out', { signal, timeout: 10 })
        visit('aborted', { signal: other.signal, timeout: 20 })
        vi.advanceTimersByTime(10)
        other.abort('stop')
        vi.advanceTimersByTime(10)
        controller.abort('too late')
        await drain()
        expect(log).toEqual(['timed out! TimeoutError', 'aborted! stop'])
        expect([listeners(signal), listeners(other.signal), vi.getTimerCount()]).toEqual([0, 0, 0])
      })

      test('0 with an aborted signal rejects with its reason', async () => {
        const acquired = lock.acquire({ timeout: 0, signal: AbortSignal.abort('stop') })
        expect(await outcome(acquired)).toEqual({ state: 'rejected', reason: 'stop' })
      })
    })

    describe('bad input', () => {
      test.each(wrongWaitOptions)('acquire, $title: rejects, and changes nothing', async (wrong) => {
        const before = subject.state()
        const acquire = (): unknown => lock.acquire(wrong.value as never)
        expect(await refusal(acquire)).toEqual(refused('rejected', wrong, wrong.name))
        expect(subject.state()).toBe(before)
        expect(lock.locked).toBe(false)
        take(obstacle)
        expect(await refusal(acquire)).toEqual(refused('rejected', wrong, wrong.name))
        expect(subject.waiting()).toBe(0)
      })

      test.each(wrongWaitOptions)('run, $title: rejects, and changes nothing', async (wrong) => {
        const before = subject.state()
        const run = (): unknown => lock.run(() => log.push('fn'), wrong.value as never)
        expect(await refusal(run)).toEqual(refused('rejected', wrong, wrong.name))
        expect(log).toEqual([])
        expect(subject.state()).toBe(before)
        take(obstacle)
        expect(await refusal(run)).toEqual(refused('rejected', wrong, wrong.name))
        expect(subject.waiting()).toBe(0)
      })

      test('a refused signal is given no listener', async () => {
        take(obstacle)
        expect((await refusal(() => lock.acquire({ signal, timeout: -1 }))).how).toBe('rejected')
        expect(listeners(signal)).toBe(0)
      })
    })
  })
}
