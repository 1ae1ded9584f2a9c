/**
 * Barrier: what every Barrier promises (core's suite), and what is of threads: blocking waits, late threads, places after somebody has left, and
 * parties that die.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { barrierSuite } from '../../../core/test/barrier-suite.ts'
import { drain, outcome } from '../../../core/test/microtasks.ts'
import { keepPulse } from '../../test/keep-pulse.ts'
import { spawn } from '../../test/threads.ts'
import {
  Abort,
  Barrier,
  BrokenBarrierError,
  Event,
  HandleError,
  Lock,
  Space,
  SpaceFullError,
  terminate,
} from '../index.ts'

let stopPulse: () => Promise<void>
beforeAll(() => {
  stopPulse = keepPulse()
})
afterAll(() => stopPulse())

barrierSuite('across threads, within one', Barrier)

const named = (name: string): unknown =>
  expect.toSatisfy((error: unknown) => error instanceof DOMException && error.name === name, `a ${name}`)

/** Until `count` wait, in whatever threads. */
async function untilWaiting(barrier: Barrier, count: number): Promise<void> {
  while (barrier.waiting !== count) await new Promise((resolve) => setTimeout(resolve, 1))
}

/** A thread that waits once, blocked or not, and answers its place or the code of what it got. */
const party = (barrier: Barrier, blocked = true) =>
  spawn(
    async ({ Barrier: B }, { handle, blocked: sync }) => {
      const there = B.from(handle)
      try {
        return sync ? there.waitSync() : await there.wait()
      } catch (error) {
        return (error as { code: string }).code
      }
    },
    { handle: barrier.handle, blocked },
  )

describe('its handle', () => {
  test('carries the number of parties, and finds the same barrier', async () => {
    const barrier = new Barrier(2)
    const same = Barrier.from(structuredClone(barrier.handle), { name: 'here' })
    expect([barrier.handle.kind, same.parties, String(same)]).toEqual(['barrier', 2, 'Barrier "here" <filling, 0/2>'])
    expect(await Promise.all([barrier.wait(), same.wait()])).toEqual([0, 1])
  })

  test.each([
    ['null', null],
    ['an empty object', {}],
    ["a lock's", new Lock().handle],
  ])('%s is a HandleError', (_, handle) => {
    expect(() => Barrier.from(handle as never)).toThrow(HandleError)
  })

  test('freed, whoever waits and every later use gets HandleError', async () => {
    const barrier = new Barrier(3)
    const blocked = party(barrier)
    await untilWaiting(barrier, 1)
    const waited = outcome(barrier.wait())
    barrier.free()
    expect(await waited).toMatchObject({ state: 'rejected', reason: { code: 'ERR_HANDLE' } })
    expect(await blocked.result).toBe('ERR_HANDLE')
    for (const use of [
      () => barrier.handle,
      () => barrier.waiting,
      () => barrier.broken,
      () => barrier.reset(),
      () => barrier.abort(),
      () => barrier.waitSync(),
      () => barrier.free(),
    ])
      expect(use).toThrow(HandleError)
    await expect(barrier.wait()).rejects.toThrow(HandleError)
  })
})

describe('bad input', () => {
  test('more parties than it can count', () => {
    expect(() => new Barrier(16_384)).toThrow(RangeError)
    expect(() => new Barrier(16_384)).toThrow('parties must be a whole number from 1 to 16383, got 16384')
    expect(new Barrier(16_383).parties).toBe(16_383)
  })

  test('it takes no place in the space', () => {
    const space = new Space({ objects: 1 })
    expect(() => new Barrier(0, { space })).toThrow(RangeError)
    expect(() => new Barrier(2, { space, name: 1 as never })).toThrow('name')
    expect(() => new Barrier(2, { space: 1 as never })).toThrow('space must be a Space, got 1')
    expect(new Barrier(2, { space }).waiting).toBe(0)
    expect(() => new Barrier(2, { space })).toThrow(SpaceFullError)
  })

  test('wrong options of waitSync() are refused, and do not count as arrived', () => {
    const barrier = new Barrier(2)
    void barrier.wait()
    const wrong: [unknown, typeof TypeError | typeof RangeError, string][] = [
      [{ timeout: -1 }, RangeError, 'timeout must be milliseconds from 0 to Infinity, got -1'],
      [{ timeout: NaN }, RangeError, 'timeout'],
      [{ timeout: '5' }, TypeError, 'timeout'],
      [{ timeout: null }, TypeError, 'timeout'],
      [{ abort: new AbortController().signal }, TypeError, 'abort must be an Abort'],
      [{ abort: null }, TypeError, 'abort'],
      [{ signal: new AbortController().signal }, TypeError, 'abort'],
      [null, TypeError, 'options'],
      [5, TypeError, 'options'],
      [new AbortController().signal, TypeError, 'options'],
    ]
    for (const [options, type, message] of wrong) {
      expect(() => barrier.waitSync(options as never)).toThrow(type)
      expect(() => barrier.waitSync(options as never)).toThrow(message)
      expect(String(barrier)).toBe('Barrier <filling, 1/2>')
    }
    expect(barrier.waitSync()).toBe(1)
  })
})

describe('blocking', () => {
  test('the last to come passes at once, and those who await pass with it', async () => {
    const barrier = new Barrier(3)
    const waits = [barrier.wait(), barrier.wait()]
    expect(barrier.waitSync({ timeout: 0 })).toBe(2)
    expect(await Promise.all(waits)).toEqual([0, 1])
  })

  test('timed out or aborted, it leaves, and the barrier goes on filling', () => {
    const barrier = new Barrier(2)
    const abort = new Abort()
    expect(() => barrier.waitSync({ timeout: 0 })).toThrow(named('TimeoutError'))
    expect(() => barrier.waitSync({ timeout: 5 })).toThrow('Barrier <filling, 1/2>: wait timed out after 5 ms')
    abort.abort()
    expect(() => barrier.waitSync({ abort })).toThrow(named('AbortError'))
    expect([barrier.waiting, barrier.broken]).toEqual([0, false])
  })

  test('broken, it is BrokenBarrierError', () => {
    const barrier = new Barrier(1)
    barrier.abort()
    expect(() => barrier.waitSync()).toThrow(BrokenBarrierError)
    barrier.reset()
    expect(barrier.waitSync()).toBe(0)
  })

  test('an abort from another thread ends it', async () => {
    const barrier = new Barrier(2)
    const abort = new Abort()
    const blocked = spawn(
      ({ Barrier: B, Abort: A }, [there, how]) => {
        try {
          B.from(there).waitSync({ abort: A.from(how), timeout: 60_000 })
        } catch (error) {
          return (error as Error).name
        }
      },
      [barrier.handle, abort.handle] as const,
    )
    await untilWaiting(barrier, 1)
    abort.abort()
    expect(await blocked.result).toBe('AbortError')
    expect(barrier.waiting).toBe(0)
  })
})

describe('across threads', () => {
  test('all pass together, in the order in which they came', async () => {
    const barrier = new Barrier(4)
    const blocked = party(barrier)
    await untilWaiting(barrier, 1)
    const awaiting = party(barrier, false)
    await untilWaiting(barrier, 2)
    expect(await Promise.all([barrier.wait(), barrier.wait()])).toEqual([2, 3])
    expect([await blocked.result, await awaiting.result]).toEqual([0, 1])
  })

  test.each([0, 1, 2])('thread %i leaves: the places of the others stay in order, without a gap', async (leaver) => {
    const barrier = new Barrier(4)
    const aborts = [0, 1, 2].map(() => new Abort())
    const threads = []
    for (const abort of aborts) {
      threads.push(
        spawn(
          async ({ Barrier: B, Abort: A }, [there, how]) => {
            try {
              return await B.from(there).wait({ signal: A.from(how).signal })
            } catch (error) {
              return (error as Error).name
            }
          },
          [barrier.handle, abort.handle] as const,
        ),
      )
      await untilWaiting(barrier, threads.length)
    }
    aborts[leaver]!.abort()
    expect(await threads[leaver]!.result).toBe('AbortError')
    const late = party(barrier)
    await untilWaiting(barrier, 3)
    expect(await barrier.wait()).toBe(3)
    const stayed = threads.filter((_, index) => index !== leaver)
    expect(await Promise.all([...stayed, late].map(({ result }) => result))).toEqual([0, 1, 2])
  })

  test('reset() and abort() turn away those of all threads, and say which it was', async () => {
    const barrier = new Barrier(3)
    for (const how of ['reset', 'abort'] as const) {
      const threads = [party(barrier), party(barrier, false)]
      await untilWaiting(barrier, 2)
      barrier[how]()
      expect(await Promise.all(threads.map(({ result }) => result))).toEqual([
        'ERR_BROKEN_BARRIER',
        'ERR_BROKEN_BARRIER',
      ])
      expect([barrier.waiting, barrier.broken]).toEqual([0, how === 'abort'])
    }
  })

  test('a thread that was busy learns how its own round ended, though many have come and gone', async () => {
    const barrier = new Barrier(2)
    const over = new Event()
    const busy = spawn(
      async ({ Barrier: B, Event: E }, { handle, over: until }, say) => {
        const waited = B.from(handle).wait()
        say('waits')
        // Its event loop stands still until the others are done.
        E.from(until).waitSync()
        return await waited
      },
      { handle: barrier.handle, over: over.handle },
    )
    await busy.said()
    expect(await barrier.wait()).toBe(1)
    for (let round = 0; round < 70_000; round++) {
      const first = barrier.wait()
      const last = await barrier.wait()
      if (last !== 1 || (await first) !== 0) throw new Error(`round ${round} went wrong`)
    }
    barrier.abort()
    over.set()
    expect(await busy.result).toBe(0)
  })

  test.each([1, 2, 3])(
    'rounds, blocking and not, with some who come and go: seed %i',
    async (seed) => {
      const parties = 5
      const rounds = 150
      const barrier = new Barrier(parties)
      const given = new Int32Array(new SharedArrayBuffer(4 * rounds * parties))
      const take = async (
        { Barrier: B }: { Barrier: typeof Barrier },
        { handle, memory, how, seed: from, rounds: times, parties: all }: Task,
      ): Promise<void> => {
        const there = B.from(handle)
        const places = new Int32Array(memory)
        let state = from
        const random = (): number => (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff
        const task = async (sync: boolean): Promise<void> => {
          for (let round = 0; round < times;) {
            const timeout = random() < 0.5 ? random() : Infinity
            try {
              const place = sync ? there.waitSync({ timeout }) : await there.wait({ timeout })
              Atomics.add(places, round++ * all + place, 1)
            } catch (error) {
              if ((error as Error).name !== 'TimeoutError') throw error
            }
          }
        }
        await Promise.all(how === 'two tasks' ? [task(false), task(false)] : [task(how === 'sync')])
      }
      const task = { handle: barrier.handle, memory: given.buffer, rounds, parties }
      const threads = ['sync', 'async', 'two tasks'].map((how, index) =>
        spawn(take, { ...task, how, seed: seed * 1000 + index }),
      )
      await take({ Barrier }, { ...task, how: 'async', seed: seed * 1000 + 9 })
      await Promise.all(threads.map(({ result }) => result))
      // Each takes part in each round: each place of each round was given, once.
      expect(
        given.every((times) => times === 1),
        `seed ${seed}`,
      ).toBe(true)
      expect([barrier.waiting, barrier.broken]).toEqual([0, false])
    },
    60_000,
  )
})

interface Task {
  readonly handle: Barrier['handle']
  readonly memory: SharedArrayBuffer
  readonly how: string
  readonly seed: number
  readonly rounds: number
  readonly parties: number
}

describe('a thread that dies', () => {
  test.each([true, false])('while it waits, blocked: %s, breaks it for the rest, until reset()', async (blocked) => {
    const barrier = new Barrier(3)
    const { worker } = party(barrier, blocked)
    await untilWaiting(barrier, 1)
    const other = party(barrier)
    await untilWaiting(barrier, 2)
    await terminate(worker)
    expect(await other.result).toBe('ERR_BROKEN_BARRIER')
    expect([barrier.broken, barrier.waiting]).toEqual([true, 0])
    expect(await outcome(barrier.wait())).toMatchObject({ reason: { code: 'ERR_BROKEN_BARRIER' } })
    barrier.reset()
    expect(await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()])).toEqual([0, 1, 2])
  })

  test('those who wait are told that it was a death', async () => {
    const barrier = new Barrier(3)
    const { worker } = party(barrier)
    await untilWaiting(barrier, 1)
    const waited = barrier.wait()
    waited.catch(() => {})
    await terminate(worker)
    await expect(waited).rejects.toThrow('a thread that died')
  })

  test('after it has passed, though it did not come to notice, is missed by nobody', async () => {
    const barrier = new Barrier(2)
    const thread = spawn(async ({ Barrier: B }, handle, say) => {
      void B.from(handle).wait()
      say('waits')
      for (;;);
    }, barrier.handle)
    await thread.said()
    expect(await barrier.wait()).toBe(1)
    const next = barrier.wait()
    await terminate(thread.worker)
    expect([barrier.broken, barrier.waiting]).toEqual([false, 1])
    expect(await Promise.all([next, barrier.wait()])).toEqual([0, 1])
  })

  test('having given up before, is missed by nobody', async () => {
    const barrier = new Barrier(2)
    const thread = spawn(async ({ Barrier: B }, handle, say) => {
      await B.from(handle)
        .wait({ timeout: 1 })
        .catch(() => {})
      say('left')
      return new Promise(() => setInterval(() => {}, 1000))
    }, barrier.handle)
    await thread.said()
    const waited = barrier.wait()
    await terminate(thread.worker)
    await drain()
    expect([barrier.broken, barrier.waiting]).toEqual([false, 1])
    expect(await barrier.wait()).toBe(1)
    expect(await waited).toBe(0)
  })

  test('leaving the space while its tasks wait is the same to the others', async () => {
    const space = new Space({ threads: 2, objects: 1 })
    const barrier = new Barrier(3, { space })
    const thread = spawn(
      async ({ Barrier: B, Space: S }, { handle, spaceHandle }, say) => {
        const there = S.from(spaceHandle)
        const waited = B.from(handle)
          .wait()
          .catch((error: { code: string }) => error.code)
        say('waits')
        await new Promise((resolve) => setTimeout(resolve, 5))
        there.leave()
        return waited
      },
      { handle: barrier.handle, spaceHandle: space.handle },
    )
    await thread.said()
    const waited = barrier.wait()
    waited.catch(() => {})
    expect(await thread.result).toBe('ERR_HANDLE')
    await expect(waited).rejects.toThrow(BrokenBarrierError)
    expect(barrier.broken).toBe(true)
  })
})
