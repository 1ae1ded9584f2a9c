/** What a Condition promises to the tasks of one thread, whatever it is that keeps it: core's own, and the one across threads. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { NotAcquiredError } from '../src/errors/index.ts'
import type { Lockable, Permit, WaitOptions } from '../src/index.ts'
import { drain, outcome } from './microtasks.ts'
import { listeners, record, renderings } from './recording.ts'
import {
  notACount,
  notAFunction,
  reasons,
  refusal,
  refused,
  wrongNames,
  wrongOptions,
  wrongWaitOptions,
} from './wrong-input.ts'

export interface TestedCondition extends Lockable {
  readonly lock: Lockable
  readonly name: string | undefined
  readonly waiting: number
  wait(options?: WaitOptions): Promise<void>
  waitFor<T>(predicate: () => T, options?: WaitOptions): Promise<T>
  notify(n?: number): void
  notifyAll(): void
}

export interface ConditionSubject<L extends Lockable> {
  readonly Condition: new (lock?: L, options?: { name?: string }) => TestedCondition
  readonly Lock: new (options?: { name?: string }) => L
  /** Others that it can stand over. */
  readonly moreLocks?: readonly [title: string, make: () => L][]
}

export function conditionSuite<L extends Lockable>(
  name: string,
  { Condition, Lock, moreLocks = [] }: ConditionSubject<L>,
): void {
  describe(`Condition: ${name}`, () => {
    let condition: TestedCondition
    let controller: AbortController
    let signal: AbortSignal
    let log: string[]

    beforeEach(() => {
      vi.useFakeTimers()
      condition = new Condition()
      controller = new AbortController()
      signal = controller.signal
      log = []
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    /** Takes a lock that is known to be free. */
    function take(lock: Lockable): Permit {
      const permit = lock.tryAcquire()
      if (permit === null) throw new Error('the lock was to be free')
      return permit
    }

    /**
     * A task that takes the free lock, waits, and writes down how the wait ended and whether the lock was its own then; `leave` is
     * what it does last: gives the lock back, unless told.
     */
    async function waiter(
      label: string,
      options?: WaitOptions,
      over: TestedCondition = condition,
      leave: () => void = () => over.release(),
    ): Promise<void> {
      const permit = take(over)
      try {
        await over.wait(options)
        log.push(label)
      } catch (reason) {
        log.push(`${label}! ${reason instanceof Error ? reason.name : String(reason)}`)
      }
      if (permit.released || !over.locked) log.push(`${label} has no lock`)
      leave()
    }

    /** Three tasks wait, in this order; their own signals. */
    function threeWaiters(leave?: () => void): AbortController[] {
      return ['a', 'b', 'c'].map((label) => {
        const own = new AbortController()
        void waiter(label, { signal: own.signal }, condition, leave)
        return own
      })
    }

    /** Takes the lock, notifies, and gives it back: a change made by another task. */
    function change(n?: number): void {
      using _permit = take(condition)
      condition.notify(n)
    }

    const keep = (): void => {}

    describe('asyncio: Condition', () => {
      test('C1: wait(), notify() and notifyAll() without the lock are NotAcquiredErrors', async () => {
        expect(await outcome(condition.wait())).toMatchObject({
          state: 'rejected',
          reason: { code: 'ERR_NOT_ACQUIRED' },
        })
        expect(await outcome(condition.waitFor(() => false))).toMatchObject({ reason: { code: 'ERR_NOT_ACQUIRED' } })
        expect(() => condition.notify()).toThrow(NotAcquiredError)
        expect(() => condition.notify(0)).toThrow(NotAcquiredError)
        expect(() => condition.notifyAll()).toThrow(NotAcquiredError)
        expect([String(condition), condition.waiting]).toEqual(['Condition <unlocked>', 0])
      })

      test('C1: nor do they touch those who wait', async () => {
        void waiter('a')
        expect(() => condition.notify()).toThrow(NotAcquiredError)
        expect(() => condition.notifyAll()).toThrow(NotAcquiredError)
        await drain()
        expect([log, condition.waiting]).toEqual([[], 1])
      })

      test('C2: wait() gives the lock up inside the call, waits, and holds it again', async () => {
        const permit = take(condition)
        const waited = condition.wait()
        expect([condition.locked, condition.waiting]).toEqual([false, 1])
        change()
        expect(await waited).toBe(undefined)
        expect([condition.locked, permit.released]).toEqual([true, false])
      })

      test('C3: notify() does not release the lock, and the notified task returns only once it has it', async () => {
        void waiter('waiter')
        const permit = take(condition)
        condition.notify()
        expect(condition.locked).toBe(true)
        await drain()
        expect(log).toEqual([])
        permit.release()
        await drain()
        expect(log).toEqual(['waiter'])
      })

      test('C4: notify() wakes in the order in which they wait', async () => {
        threeWaiters()
        for (const seen of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
          change()
          await drain()
          expect(log).toEqual(seen)
        }
      })

      test('C4: notify() counts only those not yet woken', async () => {
        threeWaiters()
        const permit = take(condition)
        condition.notify()
        expect(condition.waiting).toBe(2)
        condition.notify()
        expect(condition.waiting).toBe(1)
        permit.release()
        await drain()
        expect(log).toEqual(['a', 'b'])
      })

      test('C5: notify(n) wakes at most n, and n may be more than wait', async () => {
        threeWaiters()
        change(2)
        await drain()
        expect([log, condition.waiting]).toEqual([['a', 'b'], 1])
        change(5)
        await drain()
        expect(log).toEqual(['a', 'b', 'c'])
      })

      test('C5: notify(0) wakes nobody', async () => {
        threeWaiters()
        change(0)
        await drain()
        expect([log, condition.waiting]).toEqual([[], 3])
      })

      test('C5: notifyAll() wakes all; they return one at a time, each with the lock', async () => {
        let holders = 0
        const body = async (label: string): Promise<void> => {
          await condition.wait()
          log.push(`${label} in, ${++holders}`)
          await drain()
          holders--
        }
        const runs = ['a', 'b', 'c'].map((label) => condition.run(() => body(label)))
        await drain()
        await condition.run(() => condition.notifyAll())
        await Promise.all(runs)
        expect(log).toEqual(['a in, 1', 'b in, 1', 'c in, 1'])
      })

      test('C5: notifyAll() wakes those who wait now, and not those who come later', async () => {
        void waiter('now')
        const permit = take(condition)
        condition.notifyAll()
        permit.release()
        await drain()
        void waiter('later')
        await drain()
        expect([log, condition.waiting]).toEqual([['now'], 1])
      })

      test('C6: a notification without a waiter is forgotten', async () => {
        change()
        change(3)
        await condition.run(() => condition.notifyAll())
        void waiter('late')
        await drain()
        expect([log, condition.waiting]).toEqual([[], 1])
      })

      test('C8: aborted while it waits, it holds the lock as it rejects', async () => {
        void waiter('a', { signal }, condition, keep)
        controller.abort('stop')
        await drain()
        expect([log, condition.locked, condition.waiting]).toEqual([['a! stop'], true, 0])
      })

      test('C8: aborted while another holds the lock, it rejects once it holds it again', async () => {
        void waiter('a', { signal }, condition, keep)
        const permit = take(condition)
        controller.abort('stop')
        expect(condition.waiting).toBe(0)
        await drain()
        expect(log).toEqual([])
        permit.release()
        await drain()
        expect([log, condition.locked]).toEqual([['a! stop'], true])
      })

      test('C8, bpo-22970: aborted while it re-acquires, it does not return without the lock', async () => {
        void waiter('a', { signal }, condition, keep)
        const permit = take(condition)
        condition.notify()
        controller.abort('stop')
        await drain()
        expect(log).toEqual([])
        permit.release()
        await drain()
        expect([log, condition.locked]).toEqual([['a! stop'], true])
      })

      test('C8, bpo-33638, bpo-32751: timed out, it holds the lock as it rejects', async () => {
        void waiter('a', { timeout: 10 }, condition, keep)
        const permit = take(condition)
        vi.advanceTimersByTime(10)
        await drain()
        expect(log).toEqual([])
        permit.release()
        await drain()
        expect([log, condition.locked]).toEqual([['a! TimeoutError'], true])
      })

      test('C9, bpo-32841: an abort while it re-acquires is not swallowed', async () => {
        void waiter('a', { signal })
        const permit = take(condition)
        condition.notify()
        await drain()
        controller.abort('stop')
        permit.release()
        await drain()
        expect(log).toEqual(['a! stop'])
      })

      test('C10, gh-112202, anyio #1075: notified, then aborted while it re-acquires: the next gets its notification', async () => {
        const [first] = threeWaiters()
        const permit = take(condition)
        condition.notify()
        first?.abort('stop')
        permit.release()
        await drain()
        expect(log).toEqual(['a! stop', 'b'])
        expect(condition.waiting).toBe(1)
      })

      test('C10, gh-112202: notified and then timed out while it re-acquires: likewise', async () => {
        void waiter('a', { timeout: 10 })
        void waiter('b')
        void waiter('c')
        const permit = take(condition)
        condition.notify()
        vi.advanceTimersByTime(10)
        permit.release()
        await drain()
        expect(log).toEqual(['a! TimeoutError', 'b'])
        expect(condition.waiting).toBe(1)
      })

      test('C10: aborted in the tick in which it got the lock back, it rejects still, and passes the notification on', async () => {
        const [first] = threeWaiters()
        const permit = take(condition)
        condition.notify()
        permit.release()
        first?.abort('stop')
        await drain()
        expect(log).toEqual(['a! stop', 'b'])
      })

      test('C10: a notification is passed on as often as it takes', async () => {
        const [first, second] = threeWaiters()
        const permit = take(condition)
        condition.notify()
        first?.abort('stop')
        await drain()
        permit.release()
        second?.abort('stop')
        await drain()
        expect(log.toSorted()).toEqual(['a! stop', 'b! stop', 'c'])
        expect([condition.locked, condition.waiting]).toEqual([false, 0])
      })

      test('C10: passed on to nobody, it is forgotten', async () => {
        void waiter('a', { signal })
        const permit = take(condition)
        condition.notify()
        controller.abort('stop')
        permit.release()
        await drain()
        void waiter('b')
        await drain()
        expect(log).toEqual(['a! stop'])
        expect(condition.waiting).toBe(1)
      })

      test('C10: two notified of whom one is aborted: the third is woken in its place', async () => {
        const [, second] = threeWaiters()
        const permit = take(condition)
        condition.notify(2)
        second?.abort('stop')
        permit.release()
        await drain()
        expect(log).toEqual(['a', 'b! stop', 'c'])
      })

      test('C10: an abort after the wait returned changes nothing', async () => {
        const [first] = threeWaiters()
        change()
        await drain()
        first?.abort('too late')
        await drain()
        expect(log).toEqual(['a'])
        expect(condition.waiting).toBe(2)
      })

      test('C10: no item is stuck when consumers are aborted as they are woken', async () => {
        const items: number[] = []
        const consumers = Array.from({ length: 10 }, () => {
          const own = new AbortController()
          const consume = async (): Promise<number | undefined> => {
            await condition.waitFor(() => items.length > 0, { signal: own.signal })
            return items.shift()
          }
          return { own, got: outcome(condition.run(consume)) }
        })
        await drain()
        for (let item = 1; item <= 5; item++) {
          const permit = take(condition)
          items.push(item)
          condition.notify()
          const [woken] = consumers.splice(0, 2)
          woken?.own.abort('stop')
          permit.release()
          await drain()
        }
        expect(items).toEqual([])
        expect(condition.waiting).toBe(0)
        expect(condition.locked).toBe(false)
      })

      test.each(reasons)('C11, gh-111693: it rejects with the very reason: %s', async (_title, reason) => {
        for (const phase of ['waiting', 're-acquiring'] as const) {
          const own = new AbortController()
          const held = take(condition)
          const waited = condition.wait({ signal: own.signal })
          const permit = take(condition)
          if (phase === 're-acquiring') condition.notify()
          own.abort(reason)
          permit.release()
          const seen = await outcome(waited)
          expect(seen.state).toBe('rejected')
          expect((seen as { reason: unknown }).reason).toBe(reason)
          held.release()
        }
      })

      test('C11: of a time-out and an abort while it re-acquires, it gives one of them, and the lock', async () => {
        void waiter('a', { signal, timeout: 10 })
        const permit = take(condition)
        vi.advanceTimersByTime(10)
        controller.abort('stop')
        permit.release()
        await drain()
        expect(log.length).toBe(1)
        expect(log[0]).toMatch(/^a! (?:TimeoutError|stop)$/)
        expect(condition.locked).toBe(false)
      })

      test('C12: an abort before any notification invents none', async () => {
        const [first] = threeWaiters()
        first?.abort('stop')
        await drain()
        expect([log, condition.waiting]).toEqual([['a! stop'], 2])
      })

      test('C12: nor does a time-out, nor an abort of all', async () => {
        void waiter('a', { timeout: 10 })
        void waiter('b', { signal })
        void waiter('c', { signal })
        void waiter('d')
        vi.advanceTimersByTime(10)
        await drain()
        controller.abort('stop')
        await drain()
        expect(log).toEqual(['a! TimeoutError', 'b! stop', 'c! stop'])
        expect(condition.waiting).toBe(1)
      })

      test('C12: every notification wakes one: passed on, it does not multiply', async () => {
        const [first] = threeWaiters()
        void waiter('d')
        const permit = take(condition)
        condition.notify(2)
        first?.abort('stop')
        permit.release()
        await drain()
        expect(log).toEqual(['a! stop', 'b', 'c'])
        expect(condition.waiting).toBe(1)
      })

      test('C13: several Conditions may share one lock', async () => {
        const lock = new Lock()
        const full = new Condition(lock)
        const empty = new Condition(lock)
        expect([full.lock, empty.lock]).toEqual([lock, lock])
        void waiter('full', undefined, full)
        void waiter('empty', undefined, empty)
        const permit = take(lock)
        expect([full.locked, empty.locked, full.waiting, empty.waiting]).toEqual([true, true, 1, 1])
        empty.notify()
        permit.release()
        await drain()
        expect(log).toEqual(['empty'])
        expect([full.waiting, lock.locked]).toEqual([1, false])
      })

      test('C14: a woken waiter re-acquires behind those who are queued on the lock already', async () => {
        void waiter('woken')
        const permit = take(condition)
        record(
          log,
          'queued',
          condition.acquire().then((next) => next.release()),
        )
        condition.notify()
        record(
          log,
          'later',
          condition.acquire().then((next) => next.release()),
        )
        permit.release()
        await drain()
        expect(log).toEqual(['queued', 'woken', 'later'])
      })

      test('a condition has the lock that it was given, or a Lock of its own', () => {
        const lock = new Lock()
        expect(new Condition(lock).lock).toBe(lock)
        expect(condition.lock).toBeInstanceOf(Lock)
        expect(new Condition(undefined).lock).not.toBe(condition.lock)
        expect([condition.locked, condition.waiting, condition.name]).toEqual([false, 0, undefined])
      })
    })

    describe('waitFor()', () => {
      test('C7: evaluates the predicate first, inside the call, and resolves with what it answers; no lock needed', async () => {
        const value = { some: 'value' }
        const predicate = vi.fn(() => value)
        const waited = condition.waitFor(predicate)
        expect(predicate).toHaveBeenCalledTimes(1)
        expect(await waited).toBe(value)
        expect([condition.locked, condition.waiting]).toEqual([false, 0])
      })

      test('C7: waits while it answers something falsy, and asks again after each notification, with the lock held', async () => {
        const answers = [false, 0, '', null, 'at last']
        const held: boolean[] = []
        const permit = take(condition)
        const waited = condition.waitFor(() => {
          held.push(condition.locked && !permit.released)
          return answers.shift()
        })
        record(log, 'done', waited)
        for (let asked = 1; asked < 5; asked++) {
          await drain()
          expect([held.length, log]).toEqual([asked, []])
          change()
        }
        expect(await waited).toBe('at last')
        expect(held).toEqual([true, true, true, true, true])
        expect(permit.released).toBe(false)
      })

      test('C7: an error of the predicate leaves it with the lock held: at first', async () => {
        const error = new Error('torn')
        const permit = take(condition)
        const waited = condition.waitFor(() => {
          throw error
        })
        expect(await outcome(waited)).toEqual({ state: 'rejected', reason: error })
        expect([permit.released, condition.waiting]).toEqual([false, 0])
      })

      test('C7: an error of the predicate leaves it with the lock held: after a notification', async () => {
        const permit = take(condition)
        let calls = 0
        const waited = condition.waitFor(() => {
          if (++calls === 2) throw new Error('torn')
          return false
        })
        change()
        expect(await outcome(waited)).toMatchObject({ state: 'rejected', reason: { message: 'torn' } })
        expect([permit.released, condition.waiting]).toEqual([false, 0])
      })

      test('it goes to the end of the line when the predicate is still false', async () => {
        let ready = false
        const body = (label: string) => async (): Promise<void> => {
          await condition.waitFor(() => {
            log.push(`${label} ${ready}`)
            return ready
          })
        }
        const runs = [condition.run(body('a')), condition.run(body('b'))]
        await drain()
        change()
        await drain()
        expect(log).toEqual(['a false', 'b false', 'a false'])
        ready = true
        change(2)
        await Promise.all(runs)
        expect(log).toEqual(['a false', 'b false', 'a false', 'b true', 'a true'])
      })

      test.each(['waiting', 're-acquiring'])(
        'aborted while %s: rejects with the reason, and holds the lock',
        async (phase) => {
          const held = take(condition)
          const waited = condition.waitFor(() => false, { signal })
          const permit = take(condition)
          if (phase === 're-acquiring') condition.notify()
          controller.abort('stop')
          permit.release()
          expect(await outcome(waited)).toEqual({ state: 'rejected', reason: 'stop' })
          expect([held.released, condition.waiting, listeners(signal)]).toEqual([false, 0, 0])
        },
      )

      test('aborted in a later round', async () => {
        const held = take(condition)
        const waited = condition.waitFor(() => false, { signal })
        change()
        await drain()
        change()
        await drain()
        controller.abort('stop')
        expect(await outcome(waited)).toEqual({ state: 'rejected', reason: 'stop' })
        expect([held.released, condition.waiting]).toEqual([false, 0])
      })

      test('a signal already aborted: rejects though the predicate would be true; the lock is not given up', async () => {
        const held = take(condition)
        const waited = condition.waitFor(() => true, { signal: AbortSignal.abort('stop') })
        expect(held.released).toBe(false)
        expect(await outcome(waited)).toEqual({ state: 'rejected', reason: 'stop' })
        expect(held.released).toBe(false)
      })

      test('the timeout bounds the whole, over several notifications', async () => {
        const held = take(condition)
        record(
          log,
          'waiter',
          condition.waitFor(() => false, { timeout: 100 }),
        )
        for (const time of [40, 40]) {
          await vi.advanceTimersByTimeAsync(time)
          change()
          await drain()
        }
        await vi.advanceTimersByTimeAsync(19)
        expect(log).toEqual([])
        await vi.advanceTimersByTimeAsync(1)
        await drain()
        expect(log).toEqual(['waiter! TimeoutError'])
        expect([held.released, condition.waiting, vi.getTimerCount()]).toEqual([false, 0, 0])
      })

      test('a fraction of the time that is left is not cut short', async () => {
        take(condition)
        record(
          log,
          'waiter',
          condition.waitFor(() => false, { timeout: 10.5 }),
        )
        await vi.advanceTimersByTimeAsync(10)
        expect(log).toEqual([])
        await vi.advanceTimersByTimeAsync(1)
        await drain()
        expect(log).toEqual(['waiter! TimeoutError'])
      })

      test('timeout 0: what is true at once, else TimeoutError, without giving the lock up', async () => {
        const held = take(condition)
        expect(await condition.waitFor(() => 'now', { timeout: 0 })).toBe('now')
        const waited = condition.waitFor(() => false, { timeout: 0 })
        expect([held.released, condition.waiting, vi.getTimerCount()]).toEqual([false, 0, 0])
        expect(await outcome(waited)).toMatchObject({ state: 'rejected', reason: { name: 'TimeoutError' } })
      })

      test.each([Infinity, 2 ** 31, Number.MAX_VALUE])('timeout %d: not a moment too soon', async (timeout) => {
        take(condition)
        record(
          log,
          'waiter',
          condition.waitFor(() => false, { timeout }),
        )
        await vi.advanceTimersByTimeAsync(2 ** 31 - 1)
        change()
        await drain()
        expect([log, condition.waiting]).toEqual([[], 1])
      })

      test('no listener and no timer is left once it is over', async () => {
        let ready = false
        take(condition)
        const waited = condition.waitFor(() => ready, { signal, timeout: 100 })
        change()
        await drain()
        expect([listeners(signal), vi.getTimerCount()]).toEqual([1, 1])
        ready = true
        change()
        await waited
        expect([listeners(signal), vi.getTimerCount()]).toEqual([0, 0])
      })
    })

    describe('a wait that is refused, or needs no waiting, gives nothing up', () => {
      test('J1: a signal already aborted: rejects with its reason, and the lock stays held throughout', async () => {
        const held = take(condition)
        const next = outcome(condition.acquire())
        const waited = outcome(condition.wait({ signal: AbortSignal.abort('stop') }))
        expect([held.released, condition.waiting]).toEqual([false, 0])
        expect(await waited).toEqual({ state: 'rejected', reason: 'stop' })
        expect((await next).state).toBe('pending')
        expect(held.released).toBe(false)
      })

      test('timeout 0: TimeoutError at once, and the lock stays held throughout', async () => {
        const held = take(condition)
        const next = outcome(condition.acquire())
        const waited = outcome(condition.wait({ timeout: 0 }))
        expect([held.released, condition.waiting, vi.getTimerCount()]).toEqual([false, 0, 0])
        expect(await waited).toMatchObject({ state: 'rejected', reason: { name: 'TimeoutError' } })
        expect((await next).state).toBe('pending')
        expect(held.released).toBe(false)
      })
    })

    describe('signal and timeout', () => {
      test('null and undefined stand for none', async () => {
        void waiter('a', { signal: null as never })
        void waiter('b', { signal: undefined as never })
        change(2)
        await drain()
        expect(log).toEqual(['a', 'b'])
      })

      test('a notification given inside abort(), before our listener ran, is not lost on the aborted waiter', async () => {
        signal.addEventListener('abort', () => change())
        void waiter('aborted', { signal })
        void waiter('next')
        void waiter('last')
        controller.abort('stop')
        await drain()
        expect(log.toSorted()).toEqual(['aborted! stop', 'next'])
        expect([condition.waiting, condition.locked]).toEqual([1, false])
      })

      test('a lock released inside abort(), before our listener ran, while a notified waiter re-acquires', async () => {
        signal.addEventListener('abort', () => permit.release())
        void waiter('aborted', { signal })
        void waiter('next')
        const permit = take(condition)
        condition.notify()
        controller.abort('stop')
        await drain()
        expect(log).toEqual(['aborted! stop', 'next'])
        expect(condition.locked).toBe(false)
      })

      test('an abort that another listener kept from ours is heard by the time that it has the lock back', async () => {
        signal.addEventListener('abort', (event) => event.stopImmediatePropagation(), { once: true })
        void waiter('a', { signal })
        void waiter('b')
        const permit = take(condition)
        condition.notify()
        controller.abort('stop')
        permit.release()
        await drain()
        expect(log).toEqual(['a! stop', 'b'])
        expect([condition.locked, listeners(signal)]).toEqual([false, 0])
      })

      test.each<[string, () => L]>([['a Lock', () => new Lock()], ...moreLocks])(
        '%s released inside abort(): a wait that is cut short by it makes no second holder',
        async (_title, lockOf) => {
          const over = new Condition(lockOf())
          // Before our listener: the release hears of the abort, and through it of the wait that wants the lock back.
          signal.addEventListener('abort', () => permit.release())
          void waiter('waiter', { signal }, over)
          const permit = take(over)
          let holders = 0
          const visit = async (label: string): Promise<void> => {
            using _permit = await over.acquire()
            log.push(`${label}, ${++holders}`)
            await drain()
            holders--
          }
          record(log, 'aborted', over.acquire({ signal }))
          const visits = [visit('a'), visit('b')]
          controller.abort('stop')
          await Promise.all(visits)
          await drain()
          expect(log).toEqual(['aborted! stop', 'a, 1', 'b, 1', 'waiter! stop'])
          expect(over.locked).toBe(false)
        },
      )

      test('one signal for all who wait: each holds the lock as it rejects, one after another', async () => {
        for (const label of ['a', 'b', 'c']) void waiter(label, { signal })
        const permit = take(condition)
        condition.notify()
        controller.abort('stop')
        expect(condition.waiting).toBe(0)
        permit.release()
        await drain()
        expect(log.toSorted()).toEqual(['a! stop', 'b! stop', 'c! stop'])
        expect([condition.locked, listeners(signal)]).toEqual([false, 0])
      })

      test('one signal for the wait and for those who queue on the lock', async () => {
        void waiter('waiter', { signal })
        const permit = take(condition)
        record(log, 'queued', condition.acquire({ signal }))
        condition.notify()
        controller.abort('stop')
        permit.release()
        await drain()
        expect(log.toSorted()).toEqual(['queued! stop', 'waiter! stop'])
        expect(condition.locked).toBe(false)
      })

      test('the timer goes on while it re-acquires', async () => {
        void waiter('a', { timeout: 100 })
        await vi.advanceTimersByTimeAsync(60)
        const permit = take(condition)
        condition.notify()
        await vi.advanceTimersByTimeAsync(39)
        expect(vi.getTimerCount()).toBe(1)
        await vi.advanceTimersByTimeAsync(1)
        expect(vi.getTimerCount()).toBe(0)
        permit.release()
        await drain()
        expect(log).toEqual(['a! TimeoutError'])
      })

      test.each(['notified', 'aborted', 'timed out'])('no listener and no timer is left once it is %s', async (how) => {
        void waiter('a', { signal, timeout: 100 })
        expect([listeners(signal), vi.getTimerCount()]).toEqual([1, 1])
        if (how === 'notified') change()
        if (how === 'aborted') controller.abort('stop')
        if (how === 'timed out') vi.advanceTimersByTime(100)
        await drain()
        expect(log).toHaveLength(1)
        expect([listeners(signal), vi.getTimerCount(), condition.waiting, condition.locked]).toEqual([0, 0, 0, false])
      })

      test('more than 2^31-1 ms: not a moment too soon', async () => {
        void waiter('a', { timeout: 2 ** 31 })
        await vi.advanceTimersByTimeAsync(2 ** 31 - 1)
        expect(log).toEqual([])
        await vi.advanceTimersByTimeAsync(1)
        await drain()
        expect(log).toEqual(['a! TimeoutError'])
      })

      test('ten thousand waits on one signal attach a bounded number of listeners', async () => {
        let over = 0
        const wait = async (): Promise<void> => {
          take(condition)
          await condition.wait({ signal }).catch(() => over++)
          condition.release()
        }
        const waits = Array.from({ length: 10_000 }, wait)
        expect([listeners(signal) <= 2, condition.waiting]).toEqual([true, 10_000])
        controller.abort('stop')
        await Promise.all(waits)
        expect([over, listeners(signal), condition.locked]).toEqual([10_000, 0, false])
      })
    })

    describe('the permit from before the wait', () => {
      test('is no hold while it waits, and is one again after', async () => {
        const permit = take(condition)
        const waited = condition.wait()
        expect(permit.released).toBe(true)
        change()
        await waited
        expect(permit.released).toBe(false)
        permit.release()
        expect([condition.locked, permit.released]).toEqual([false, true])
      })

      test('released while it waits, it frees no hold of another, and is good again after', async () => {
        const permit = take(condition)
        const waited = condition.wait()
        const other = take(condition)
        permit.release()
        expect([condition.locked, other.released]).toEqual([true, false])
        condition.notify()
        other.release()
        await waited
        expect(permit.released).toBe(false)
      })

      test('after wait() it is released once, as ever', async () => {
        const permit = take(condition)
        const waited = condition.wait()
        change()
        await waited
        permit.release()
        const next = take(condition)
        permit.release()
        expect(next.released).toBe(false)
      })

      test.each(['aborted', 'timed out'])('is good again though the wait was %s', async (how) => {
        const permit = take(condition)
        const waited = outcome(condition.wait({ signal, timeout: 10 }))
        if (how === 'aborted') controller.abort('stop')
        else vi.advanceTimersByTime(10)
        expect((await waited).state).toBe('rejected')
        expect(permit.released).toBe(false)
        permit.release()
        expect(condition.locked).toBe(false)
      })

      test('a hold that is ended before the wait has returned does not displace the next', async () => {
        const permit = take(condition)
        const waited = condition.wait()
        change()
        condition.release()
        const next = take(condition)
        await waited
        expect([permit.released, next.released]).toEqual([true, false])
        permit.release()
        expect(condition.locked).toBe(true)
      })

      test('each of several waiters has its own', async () => {
        const permits = [take(condition)]
        const first = condition.wait()
        permits.push(take(condition))
        const second = outcome(condition.wait())
        change(2)
        await first
        expect(permits.map((permit) => permit.released)).toEqual([false, true])
        permits[1]?.release()
        expect(condition.locked).toBe(true)
        permits[0]?.release()
        await second
        expect(permits.map((permit) => permit.released)).toEqual([true, false])
      })

      test('`using` round a wait gives the lock back', async () => {
        const task = async (): Promise<void> => {
          using _permit = await condition.acquire()
          await condition.wait()
          log.push('woken')
        }
        const running = task()
        await drain()
        change()
        await running
        expect([log, condition.locked]).toEqual([['woken'], false])
      })
    })

    describe('name and printing', () => {
      test('prints whether its lock is held, and how many wait to be notified', async () => {
        expect(renderings(condition)).toEqual(['Condition <unlocked>'])
        void waiter('a')
        void waiter('b')
        expect(renderings(condition)).toEqual(['Condition <unlocked, waiting: 2>'])
        take(condition)
        expect(renderings(condition)).toEqual(['Condition <locked, waiting: 2>'])
        condition.notify()
        expect(renderings(condition)).toEqual(['Condition <locked, waiting: 1>'])
      })

      test('prints its name', () => {
        const named = new Condition(new Lock({ name: 'db' }), { name: 'changed' })
        expect(named.name).toBe('changed')
        expect(renderings(named)).toEqual(['Condition "changed" <unlocked>'])
        expect(new Condition(undefined, { name: 'alone' }).name).toBe('alone')
      })
    })

    describe('bad input', () => {
      test.each([
        ['null', null],
        ['5', 5],
        ["'db'", 'db'],
        ['{}', {}],
        ['the options', { name: 'db' }],
        ['the class Lock', Lock],
        ['half a lock', { acquire: () => Promise.reject(new Error('never')), release: () => {} }],
        ['a lock without run()', { locked: false, acquire: () => {}, tryAcquire: () => {}, release: () => {} }],
      ])('lock: %s is a TypeError', async (_title, lock) => {
        const type = 'TypeError'
        const message: unknown = expect.stringContaining('lock')
        expect(await refusal(() => new Condition(lock as never))).toEqual({ how: 'threw', type, message })
      })

      test.each(wrongOptions)('options: $title', async (wrong) => {
        const make = (): TestedCondition => new Condition(undefined, wrong.value as never)
        expect(await refusal(make)).toEqual(refused('threw', wrong, 'options'))
      })

      test.each(wrongNames)('name: $title', async (wrong) => {
        const make = (): TestedCondition => new Condition(new Lock(), { name: wrong.value as never })
        expect(await refusal(make)).toEqual(refused('threw', wrong, 'name'))
      })

      test.each(wrongWaitOptions)('wait and waitFor, $title: reject, and the lock is not given up', async (wrong) => {
        const permit = take(condition)
        const options = wrong.value as never
        expect(await refusal(() => condition.wait(options))).toEqual(refused('rejected', wrong, wrong.name))
        expect(await refusal(() => condition.waitFor(() => false, options))).toEqual(
          refused('rejected', wrong, wrong.name),
        )
        expect(await refusal(() => condition.waitFor(() => true, options))).toEqual(
          refused('rejected', wrong, wrong.name),
        )
        expect([permit.released, String(condition)]).toEqual([false, 'Condition <locked>'])
      })

      test.each(notAFunction)('predicate: $title: rejects, and the lock is not given up', async (wrong) => {
        const permit = take(condition)
        const waitFor = (): unknown => condition.waitFor(wrong.value as never)
        expect(await refusal(waitFor)).toEqual(refused('rejected', wrong, 'predicate'))
        expect([permit.released, String(condition)]).toEqual([false, 'Condition <locked>'])
      })

      test.each(notACount)('notify, n: $title: throws, and wakes nobody', async (wrong) => {
        void waiter('a')
        take(condition)
        expect(await refusal(() => condition.notify(wrong.value as never))).toEqual(refused('threw', wrong, 'n'))
        expect([log, String(condition)]).toEqual([[], 'Condition <locked, waiting: 1>'])
      })
    })
  })
}
