/** Event: the statements E1 to E9 of asyncio's Event over promises, its signals and timeouts, and what it says to bad input. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { drain, outcome } from '../../test/microtasks.ts'
import { listeners, record, renderings } from '../../test/recording.ts'
import { reasons, refusal, refused, wrongNames, wrongOptions, wrongWaitOptions } from '../../test/wrong-input.ts'
import { Event } from './index.ts'

let event: Event
let controller: AbortController
let signal: AbortSignal
let log: string[]

beforeEach(() => {
  vi.useFakeTimers()
  event = new Event()
  controller = new AbortController()
  signal = controller.signal
  log = []
})
afterEach(() => {
  vi.useRealTimers()
})

describe('asyncio: Event', () => {
  test('E1: begins unset; set() and clear() take effect at once', () => {
    expect([event.isSet, event.waiting, event.name]).toEqual([false, 0, undefined])
    event.set()
    expect(event.isSet).toBe(true)
    event.clear()
    expect(event.isSet).toBe(false)
    event.clear()
    expect(event.isSet).toBe(false)
  })

  test('E2: wait() on a set event resolves after one microtask, with nothing', async () => {
    event.set()
    const waited = event.wait()
    expect(event.waiting).toBe(0)
    record(log, 'waited', waited)
    void Promise.resolve().then(() => log.push('next microtask'))
    expect(await waited).toBe(undefined)
    await drain()
    expect(log).toEqual(['waited', 'next microtask'])
  })

  test('E3: set() wakes all who wait, in the order in which they came, once each', async () => {
    for (const label of ['a', 'b', 'c']) record(log, label, event.wait())
    await drain()
    expect([log, event.waiting]).toEqual([[], 3])
    event.set()
    expect([log, event.waiting]).toEqual([[], 0])
    await drain()
    expect(log).toEqual(['a', 'b', 'c'])
  })

  test('E4: set() and clear() in one tick still wake them, though they see it unset', async () => {
    const seen: boolean[] = []
    const waits = [1, 2].map(async () => {
      await event.wait()
      seen.push(event.isSet)
    })
    event.set()
    event.clear()
    await Promise.all(waits)
    expect(seen).toEqual([false, false])
  })

  test('E4: who waits after that clear() is not woken by that set()', async () => {
    record(log, 'before', event.wait())
    event.set()
    event.clear()
    record(log, 'after', event.wait())
    await drain()
    expect(log).toEqual(['before'])
    expect(event.waiting).toBe(1)
  })

  test('E5: a second set() does nothing more', async () => {
    record(log, 'a', event.wait())
    event.set()
    event.set()
    await drain()
    event.set()
    expect(log).toEqual(['a'])
    expect(renderings(event)).toEqual(['Event <set>'])
  })

  test('E6: an aborted waiter leaves, the others still wake', async () => {
    record(log, 'a', event.wait())
    record(log, 'b', event.wait({ signal }))
    record(log, 'c', event.wait())
    controller.abort('stop')
    expect(event.waiting).toBe(2)
    event.set()
    await drain()
    expect(log).toEqual(['b! stop', 'a', 'c'])
  })

  test('E7: woken and aborted in one tick: woken it is, and the event stays set', async () => {
    record(log, 'a', event.wait({ signal }))
    event.set()
    controller.abort('too late')
    await drain()
    expect([log, event.isSet]).toEqual([['a'], true])
  })

  test('E7: aborted and set in one tick: aborted it is', async () => {
    record(log, 'a', event.wait({ signal }))
    controller.abort('stop')
    event.set()
    await drain()
    expect(log).toEqual(['a! stop'])
  })

  test('E8: after clear() a new wait() waits', async () => {
    event.set()
    await event.wait()
    event.clear()
    expect((await outcome(event.wait())).state).toBe('pending')
    expect(event.waiting).toBe(1)
  })

  test('E9: set() is remembered until clear()', async () => {
    event.set()
    await drain()
    for (let time = 0; time < 3; time++) expect((await outcome(event.wait())).state).toBe('fulfilled')
    expect(event.isSet).toBe(true)
  })

  test('M2: set() resumes its waiters one microtask later, whatever comes after it in the same tick', async () => {
    record(log, 'woken', event.wait())
    await drain()
    event.set()
    void Promise.resolve().then(() => log.push('next microtask'))
    await drain()
    expect(log).toEqual(['woken', 'next microtask'])
  })

  test('rounds of set() and clear() wake each round once', async () => {
    const worker = async (label: string): Promise<void> => {
      for (let round = 1; round <= 3; round++) {
        await event.wait()
        log.push(label + round)
      }
    }
    const workers = [worker('a'), worker('b')]
    for (let round = 0; round < 3; round++) {
      event.set()
      event.clear()
      await drain()
    }
    await Promise.all(workers)
    expect(log).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
  })
})

describe('signal', () => {
  test.each(reasons)(
    'J1: already aborted with %s: rejects with it, though the event is set',
    async (_title, reason) => {
      event.set()
      const seen = await outcome(event.wait({ signal: AbortSignal.abort(reason) }))
      expect(seen).toEqual({ state: 'rejected', reason })
      expect((seen as { reason: unknown }).reason).toBe(reason)
    },
  )

  test.each(reasons)('J3: aborted with %s while waiting: rejects with it, inside abort()', async (_title, reason) => {
    const waited = event.wait({ signal })
    controller.abort(reason)
    expect(event.waiting).toBe(0)
    expect(await outcome(waited)).toEqual({ state: 'rejected', reason })
  })

  test('null and undefined stand for none', async () => {
    record(log, 'a', event.wait({ signal: null as never }))
    record(log, 'b', event.wait({ signal: undefined as never }))
    expect(event.waiting).toBe(2)
    event.set()
    await drain()
    expect(log).toEqual(['a', 'b'])
  })

  test('set() inside abort(), before our listener ran, does not wake the aborted waiter', async () => {
    signal.addEventListener('abort', () => event.set())
    record(log, 'aborted', event.wait({ signal }))
    record(log, 'other', event.wait())
    record(log, 'aborted too', event.wait({ signal }))
    controller.abort('stop')
    expect(event.waiting).toBe(0)
    await drain()
    expect(log.toSorted()).toEqual(['aborted too! stop', 'aborted! stop', 'other'])
  })

  test('ten thousand waits on one signal attach a bounded number of listeners, and leave none', async () => {
    const waits = Array.from({ length: 10_000 }, () => outcome(event.wait({ signal })))
    expect(listeners(signal)).toBeLessThanOrEqual(2)
    event.set()
    expect(listeners(signal)).toBe(0)
    expect((await Promise.all(waits)).every((each) => each.state === 'fulfilled')).toBe(true)
  })

  test('ten thousand waits are aborted at once', async () => {
    const waits = Array.from({ length: 10_000 }, () => outcome(event.wait({ signal })))
    controller.abort('stop')
    expect([event.waiting, listeners(signal)]).toEqual([0, 0])
    expect((await Promise.all(waits)).every((each) => each.state === 'rejected' && each.reason === 'stop')).toBe(true)
  })
})

describe('timeout', () => {
  test('0: what is set is had at once; else TimeoutError, with nobody queued', async () => {
    const refusedNow = event.wait({ timeout: 0 })
    expect([event.waiting, vi.getTimerCount()]).toEqual([0, 0])
    expect(await outcome(refusedNow)).toMatchObject({ state: 'rejected', reason: { name: 'TimeoutError' } })
    event.set()
    expect((await outcome(event.wait({ timeout: 0 }))).state).toBe('fulfilled')
  })

  test('rejects with a DOMException named TimeoutError when its time has come, not before', async () => {
    const waited = event.wait({ timeout: 100 })
    record(log, 'waiter', waited)
    vi.advanceTimersByTime(99)
    await drain()
    expect([log, event.waiting]).toEqual([[], 1])
    vi.advanceTimersByTime(1)
    expect(event.waiting).toBe(0)
    await expect(waited).rejects.toBeInstanceOf(DOMException)
    expect(log).toEqual(['waiter! TimeoutError'])
  })

  test('a timer is gone once it is woken; no timer for Infinity', async () => {
    void event.wait({ timeout: 100 })
    void event.wait({ timeout: Infinity })
    expect(vi.getTimerCount()).toBe(1)
    event.set()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('more than 2^31-1 ms: not a moment too soon', async () => {
    record(log, 'waiter', event.wait({ timeout: 2 ** 31 }))
    await vi.advanceTimersByTimeAsync(2 ** 31 - 1)
    expect(log).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(log).toEqual(['waiter! TimeoutError'])
  })
})

describe('name and printing', () => {
  test('prints what it is and how it stands', () => {
    expect(renderings(event)).toEqual(['Event <unset>'])
    void event.wait()
    void event.wait()
    expect(renderings(event)).toEqual(['Event <unset, waiting: 2>'])
    event.set()
    expect(renderings(event)).toEqual(['Event <set>'])
  })

  test('prints its name', () => {
    const ready = new Event({ name: 'ready' })
    expect(ready.name).toBe('ready')
    void ready.wait()
    expect(renderings(ready)).toEqual(['Event "ready" <unset, waiting: 1>'])
  })
})

describe('bad input', () => {
  test.each(wrongWaitOptions)('wait, $title: rejects, and changes nothing', async (wrong) => {
    const wait = (): unknown => event.wait(wrong.value as never)
    expect(await refusal(wait)).toEqual(refused('rejected', wrong, wrong.name))
    expect(renderings(event)).toEqual(['Event <unset>'])
    event.set()
    expect(await refusal(wait)).toEqual(refused('rejected', wrong, wrong.name))
  })

  test.each(wrongOptions)('options: $title', async (wrong) => {
    expect(await refusal(() => new Event(wrong.value as never))).toEqual(refused('threw', wrong, 'options'))
  })

  test.each(wrongNames)('name: $title', async (wrong) => {
    const make = (): Event => new Event({ name: wrong.value as never })
    expect(await refusal(make)).toEqual(refused('threw', wrong, 'name'))
  })
})
