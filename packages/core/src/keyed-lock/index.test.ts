/** KeyedLock: a Lock for each key, and nothing of a key that is not in use. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { collectGarbage } from '../../test/garbage.ts'
import { drain, outcome } from '../../test/microtasks.ts'
import { listeners, record, renderings } from '../../test/recording.ts'
import {
  notAFunction,
  reasons,
  refusal,
  refused,
  wrongNames,
  wrongOptions,
  wrongWaitOptions,
} from '../../test/wrong-input.ts'
import { NotAcquiredError } from '../errors/index.ts'
import { KeyedLock } from './index.ts'

const timedOut = expect.toSatisfy(
  (reason: unknown) => reason instanceof DOMException && reason.name === 'TimeoutError',
) as unknown

describe('KeyedLock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  describe('keys', () => {
    test.each([
      ['a string', 'a', 'b'],
      ['a number', 1, 2],
      ['NaN', Number.NaN, 0],
      ['undefined', undefined, null],
      ['null', null, undefined],
      ['a symbol', Symbol.iterator, Symbol.asyncIterator],
      ['a bigint', 1n, 1],
      ['an object, by identity', {}, {}],
      ['a function', () => 1, () => 1],
      ['the string of a number', '1', 1],
      ['a string that an object has', '__proto__', 'constructor'],
      ['the empty string', '', 0],
    ])('%s is a key, and another key is not held with it', async (_, key, other) => {
      const keyed = new KeyedLock<unknown>()
      const permit = await keyed.acquire(key)
      expect([keyed.locked(key), keyed.locked(other), keyed.size]).toEqual([true, false, 1])
      expect(keyed.tryAcquire(key)).toBeNull()
      const second = keyed.tryAcquire(other)!
      expect(keyed.size).toBe(2)
      permit.release()
      expect([keyed.locked(key), keyed.locked(other), keyed.size]).toEqual([false, true, 1])
      second.release()
      expect(keyed.size).toBe(0)
    })

    test('0 and -0 are one key', () => {
      const keyed = new KeyedLock<number>()
      keyed.tryAcquire(0)
      expect(keyed.locked(-0)).toBe(true)
      keyed.release(-0)
      expect(keyed.size).toBe(0)
    })

    test('keys go on independently of each other', async () => {
      const keyed = new KeyedLock<string>()
      const log: string[] = []
      const a = keyed.tryAcquire('a')!
      const b = keyed.tryAcquire('b')!
      record(log, 'a', keyed.acquire('a'))
      record(log, 'b', keyed.acquire('b'))
      expect([keyed.waiting('a'), keyed.waiting('b'), keyed.waiting('c')]).toEqual([1, 1, 0])
      b.release()
      await drain()
      expect(log).toEqual(['b'])
      a.release()
      await drain()
      expect(log).toEqual(['b', 'a'])
    })
  })

  describe('each key is a Lock', () => {
    test('a free key is taken before acquire() returns', async () => {
      const keyed = new KeyedLock<string>()
      const acquiring = keyed.acquire('a')
      expect([keyed.locked('a'), keyed.size]).toEqual([true, 1])
      expect((await acquiring).released).toBe(false)
    })

    test('waiters are served first come first served, one for each release', async () => {
      const keyed = new KeyedLock<string>()
      const log: string[] = []
      keyed.tryAcquire('a')
      for (const name of ['first', 'second', 'third']) record(log, name, keyed.acquire('a'))
      expect(keyed.waiting('a')).toBe(3)
      keyed.release('a')
      await drain()
      expect(log).toEqual(['first'])
      keyed.release('a')
      keyed.release('a')
      await drain()
      expect(log).toEqual(['first', 'second', 'third'])
      keyed.release('a')
      expect(keyed.size).toBe(0)
    })

    test('the key stays locked while a grant is on its way, and a newcomer does not overtake', async () => {
      const keyed = new KeyedLock<string>()
      const permit = keyed.tryAcquire('a')!
      const first = keyed.acquire('a')
      permit.release()
      expect([keyed.locked('a'), keyed.size, keyed.waiting('a')]).toEqual([true, 1, 0])
      expect(keyed.tryAcquire('a')).toBeNull()
      const second = keyed.acquire('a')
      const holder = await first
      expect(await outcome(second)).toEqual({ state: 'pending' })
      holder.release()
      const last = await second
      last.release()
      expect(keyed.size).toBe(0)
    })

    test('release() of a key that nobody holds throws NotAcquiredError and changes nothing', () => {
      const keyed = new KeyedLock<string>()
      expect(() => keyed.release('a')).toThrow(NotAcquiredError)
      keyed.tryAcquire('b')
      expect(() => keyed.release('a')).toThrow(NotAcquiredError)
      expect(keyed.size).toBe(1)
      keyed.release('b')
      expect(() => keyed.release('b')).toThrow(NotAcquiredError)
      expect(keyed.size).toBe(0)
    })

    test('a permit released twice gives back once, whoever holds the key by then', async () => {
      const keyed = new KeyedLock<string>()
      const permit = keyed.tryAcquire('a')!
      const next = keyed.acquire('a')
      permit.release()
      permit.release()
      permit[Symbol.dispose]()
      expect(permit.released).toBe(true)
      expect((await next).released).toBe(false)
      expect(keyed.locked('a')).toBe(true)
    })

    test('a permit from before the key went idle cannot end a later hold', () => {
      const keyed = new KeyedLock<string>()
      const stale = keyed.tryAcquire('a')!
      keyed.release('a')
      expect([stale.released, keyed.size]).toEqual([true, 0])
      const holder = keyed.tryAcquire('a')!
      stale.release()
      expect([stale.released, holder.released, keyed.locked('a'), keyed.size]).toEqual([true, false, true, 1])
    })

    test('an abort after the grant changes nothing', async () => {
      const keyed = new KeyedLock<string>()
      const permit = keyed.tryAcquire('a')!
      const controller = new AbortController()
      const acquiring = keyed.acquire('a', { signal: controller.signal })
      permit.release()
      controller.abort()
      expect((await acquiring).released).toBe(false)
      expect(keyed.locked('a')).toBe(true)
    })

    test('async-lock rejects its 1001st waiter: 5000 are all served, in order', async () => {
      const keyed = new KeyedLock<string>()
      const seen: number[] = []
      await Promise.all(Array.from({ length: 5000 }, (_, index) => keyed.run('a', () => seen.push(index))))
      expect(seen).toEqual(Array.from({ length: 5000 }, (_, index) => index))
      expect(keyed.size).toBe(0)
    })

    test('critical sections of one key never overlap, those of two keys do', async () => {
      const keyed = new KeyedLock<number>()
      const inside = new Map<number, number>()
      let most = 0
      await Promise.all(
        Array.from({ length: 40 }, async (_, index) => {
          const key = index % 4
          using _permit = await keyed.acquire(key)
          inside.set(key, (inside.get(key) ?? 0) + 1)
          expect(inside.get(key)).toBe(1)
          most = Math.max(
            most,
            [...inside.values()].reduce((sum, count) => sum + count),
          )
          await drain()
          inside.set(key, inside.get(key)! - 1)
        }),
      )
      expect(most).toBe(4)
      expect(keyed.size).toBe(0)
    })
  })

  describe('run', () => {
    test('runs fn while holding the key, never before run() has returned, and answers with what it returns', async () => {
      const keyed = new KeyedLock<string>()
      const log: string[] = []
      const running = keyed.run('a', async () => {
        log.push(`inside: ${keyed.locked('a')}`)
        await drain()
        return 42
      })
      log.push(`returned: ${keyed.locked('a')}`)
      expect(await running).toBe(42)
      expect(log).toEqual(['returned: true', 'inside: true'])
      expect(keyed.size).toBe(0)
    })

    test.each([
      [
        'throws',
        () => {
          throw new Error('inside')
        },
      ],
      ['rejects', () => Promise.reject(new Error('inside'))],
    ])('gives the key back when fn %s', async (_, fn) => {
      const keyed = new KeyedLock<string>()
      await expect(keyed.run('a', fn)).rejects.toThrow('inside')
      expect(keyed.size).toBe(0)
    })

    test.each(notAFunction)('refuses fn: $title, and takes nothing', async (wrong) => {
      const keyed = new KeyedLock<string>()
      const refusing = refusal(() => keyed.run('a', wrong.value as () => void))
      expect(keyed.size).toBe(0)
      expect(await refusing).toEqual(refused('rejected', wrong, 'fn'))
    })

    test('takes options: an aborted run never calls fn', async () => {
      const keyed = new KeyedLock<string>()
      keyed.tryAcquire('a')
      const controller = new AbortController()
      let called = false
      const running = outcome(keyed.run('a', () => (called = true), { signal: controller.signal }))
      controller.abort('enough')
      expect(await running).toEqual({ state: 'rejected', reason: 'enough' })
      keyed.release('a')
      await drain()
      expect([called, keyed.size]).toEqual([false, 0])
    })
  })

  describe('a key that nobody holds or waits for takes no memory', () => {
    test('not after asking about it', () => {
      const keyed = new KeyedLock<string>()
      expect([keyed.locked('a'), keyed.waiting('a'), keyed.size]).toEqual([false, 0, 0])
    })

    test.each(wrongWaitOptions)('not after an acquire() or run() refused for $title', async (wrong) => {
      const keyed = new KeyedLock<string>()
      expect(await refusal(() => keyed.acquire('a', wrong.value as object))).toEqual(
        refused('rejected', wrong, wrong.name),
      )
      expect(await refusal(() => keyed.run('a', () => 1, wrong.value as object))).toEqual(
        refused('rejected', wrong, wrong.name),
      )
      expect(keyed.size).toBe(0)
      keyed.tryAcquire('a')
      expect(await refusal(() => keyed.acquire('a', wrong.value as object))).toEqual(
        refused('rejected', wrong, wrong.name),
      )
      expect([keyed.waiting('a'), keyed.size]).toEqual([0, 1])
      keyed.release('a')
      expect(keyed.size).toBe(0)
    })

    test('not after an acquire() with a signal that had aborted', async () => {
      const keyed = new KeyedLock<string>()
      expect(await outcome(keyed.acquire('a', { signal: AbortSignal.abort('before') }))).toEqual({
        state: 'rejected',
        reason: 'before',
      })
      expect(keyed.size).toBe(0)
      keyed.tryAcquire('a')!.release()
      expect(keyed.size).toBe(0)
    })

    test.each(reasons)('not after waiters aborted, with the reason %s', async (_, reason) => {
      const keyed = new KeyedLock<string>()
      const permit = keyed.tryAcquire('a')!
      const controller = new AbortController()
      const acquiring = outcome(keyed.acquire('a', { signal: controller.signal }))
      expect(listeners(controller.signal)).toBe(1)
      controller.abort(reason)
      expect([keyed.waiting('a'), keyed.size, listeners(controller.signal)]).toEqual([0, 1, 0])
      const seen = await acquiring
      expect(seen.state === 'rejected' && Object.is(seen.reason, controller.signal.reason)).toBe(true)
      permit.release()
      expect(keyed.size).toBe(0)
    })

    test('not after waiters timed out', async () => {
      const keyed = new KeyedLock<string>()
      const permit = keyed.tryAcquire('a')!
      const { signal } = new AbortController()
      const acquiring = outcome(keyed.acquire('a', { timeout: 10, signal }))
      vi.advanceTimersByTime(10)
      expect(await acquiring).toEqual({ state: 'rejected', reason: timedOut })
      expect(listeners(signal)).toBe(0)
      permit.release()
      expect(keyed.size).toBe(0)
    })

    test('not after timeout 0, had or not', async () => {
      const keyed = new KeyedLock<string>()
      const permit = await keyed.acquire('a', { timeout: 0 })
      expect(await outcome(keyed.acquire('a', { timeout: 0 }))).toEqual({ state: 'rejected', reason: timedOut })
      expect([keyed.waiting('a'), keyed.size]).toEqual([0, 1])
      permit.release()
      expect(keyed.size).toBe(0)
    })

    test('not when the last waiter gives up in the abort that also frees the key', async () => {
      const keyed = new KeyedLock<string>()
      const permit = keyed.tryAcquire('a')!
      const controller = new AbortController()
      controller.signal.addEventListener('abort', () => permit.release())
      const acquiring = outcome(keyed.acquire('a', { signal: controller.signal }))
      controller.abort('now')
      expect(await acquiring).toEqual({ state: 'rejected', reason: 'now' })
      expect([keyed.locked('a'), keyed.size]).toEqual([false, 0])
    })

    test('not after ten thousand keys', async () => {
      const keyed = new KeyedLock<number>()
      for (let key = 0; key < 10_000; key++) {
        const permit = await keyed.acquire(key)
        expect(keyed.size).toBe(1)
        permit.release()
      }
      expect(keyed.size).toBe(0)
    })

    test('an object that was a key can be collected', async () => {
      const keyed = new KeyedLock<object>()
      const use = async (): Promise<WeakRef<object>> => {
        const key = {}
        const permit = await keyed.acquire(key)
        const controller = new AbortController()
        const waiting = outcome(keyed.acquire(key, { signal: controller.signal }))
        controller.abort('enough')
        await waiting
        permit.release()
        return new WeakRef(key)
      }
      const keys = await Promise.all([use(), use(), use()])
      await drain()
      collectGarbage()
      expect(keys.map((key) => key.deref())).toEqual([undefined, undefined, undefined])
      expect(keyed.size).toBe(0)
    })
  })

  describe('printing and construction', () => {
    test('is printed as what it is and how it stands', async () => {
      const keyed = new KeyedLock<string>()
      expect(renderings(keyed)).toEqual(['KeyedLock <size: 0>'])
      keyed.tryAcquire('a')
      keyed.tryAcquire('b')
      expect(renderings(keyed)).toEqual(['KeyedLock <size: 2>'])
      const named = new KeyedLock<string>({ name: 'accounts' })
      expect(named.name).toBe('accounts')
      expect(renderings(named)).toEqual(['KeyedLock "accounts" <size: 0>'])
    })

    test.each(wrongOptions)('options $title are refused', async (wrong) => {
      expect(await refusal(() => new KeyedLock(wrong.value as object))).toEqual(refused('threw', wrong, 'options'))
    })

    test.each(wrongNames)('name $title is refused', async (wrong) => {
      expect(await refusal(() => new KeyedLock({ name: wrong.value as string }))).toEqual(
        refused('threw', wrong, 'name'),
      )
    })
  })
})
