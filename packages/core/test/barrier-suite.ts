/** What a Barrier promises to the tasks of one thread, whatever it is that keeps it: core's own, and the one across threads. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { BrokenBarrierError } from '../src/errors/index.ts'
import type { WaitOptions } from '../src/index.ts'
import { drain, outcome } from './microtasks.ts'
import { listeners, record, renderings } from './recording.ts'
import {
  notACount,
  reasons,
  refusal,
  refused,
  wrongNames,
  wrongOptions,
  wrongWaitOptions,
  zero,
} from './wrong-input.ts'

export interface TestedBarrier {
  readonly parties: number
  readonly waiting: number
  readonly broken: boolean
  readonly name: string | undefined
  wait(options?: WaitOptions): Promise<number>
  reset(): void
  abort(): void
}

export function barrierSuite(
  name: string,
  Barrier: new (parties: number, options?: { name?: string }) => TestedBarrier,
): void {
  describe(`Barrier: ${name}`, () => {
    let barrier: TestedBarrier
    let controller: AbortController
    let signal: AbortSignal
    let log: string[]

    beforeEach(() => {
      vi.useFakeTimers()
      barrier = new Barrier(3)
      controller = new AbortController()
      signal = controller.signal
      log = []
    })
    afterEach(() => {
      vi.useRealTimers()
    })

    /** A task that arrives, and writes its label down once it passes. */
    const arrive = (label: string, options?: WaitOptions): void => record(log, label, barrier.wait(options))

    /** The places in the order in which the tasks arrived. */
    const places = (...waits: Promise<number>[]): Promise<number[]> => Promise.all(waits)

    describe('asyncio: Barrier', () => {
      test('R1: parties, waiting and broken can be read', () => {
        expect([barrier.parties, barrier.waiting, barrier.broken, barrier.name]).toEqual([3, 0, false, undefined])
      })

      test.each([...notACount, zero])('R1: parties: $title', async (wrong) => {
        expect(await refusal(() => new Barrier(wrong.value as never))).toEqual(refused('threw', wrong, 'parties'))
      })

      test('R1: parties: missing', async () => {
        expect(await refusal(() => new (Barrier as unknown as new () => TestedBarrier)())).toMatchObject({
          how: 'threw',
          type: 'TypeError',
        })
      })

      test('R2: wait() waits until `parties` wait, then all pass', async () => {
        const waits = [barrier.wait(), barrier.wait()].map(outcome)
        expect((await Promise.all(waits)).map((each) => each.state)).toEqual(['pending', 'pending'])
        const last = barrier.wait()
        expect(barrier.waiting).toBe(0)
        expect(await last).toBe(2)
      })

      test('R3: each gets its place in the order of arrival, and they resume in it', async () => {
        const order: number[] = []
        const note = (place: number): number => order.push(place)
        const waits = [barrier.wait(), barrier.wait(), barrier.wait()]
        for (const wait of waits) void wait.then(note)
        expect(await places(...waits)).toEqual([0, 1, 2])
        expect(order).toEqual([0, 1, 2])
      })

      test('R4: waiting counts those who wait in this round, and is 0 after the trip', async () => {
        const counts = [barrier.waiting]
        for (let arrival = 0; arrival < 3; arrival++) {
          void barrier.wait()
          counts.push(barrier.waiting)
        }
        expect(counts).toEqual([0, 1, 2, 0])
      })

      test('R5: one party passes at once, every time, with place 0', async () => {
        const alone = new Barrier(1)
        expect(await places(alone.wait(), alone.wait(), alone.wait({ timeout: 0 }))).toEqual([0, 0, 0])
        expect(alone.waiting).toBe(0)
      })

      test('R6: cyclic: nobody passes round n+1 before all have passed round n', async () => {
        const party = async (label: string): Promise<void> => {
          for (let round = 1; round <= 3; round++) {
            await barrier.wait()
            log.push(`${round}${label}`)
          }
        }
        await Promise.all(['a', 'b', 'c'].map(party))
        expect(log.map((line) => line[0])).toEqual(['1', '1', '1', '2', '2', '2', '3', '3', '3'])
        expect(log.toSorted()).toEqual(['1a', '1b', '1c', '2a', '2b', '2c', '3a', '3b', '3c'])
      })

      test('R6: more tasks than parties pass in rounds', async () => {
        for (const label of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) arrive(label)
        await drain()
        expect(log).toHaveLength(6)
        expect(barrier.waiting).toBe(1)
      })

      test('R7: there is no draining: who arrives before those of the last round resumed is in the next', async () => {
        for (const label of ['a', 'b', 'c']) arrive(label)
        arrive('d')
        expect(barrier.waiting).toBe(1)
        await drain()
        expect(log.toSorted()).toEqual(['a', 'b', 'c'])
      })

      test('R8: abort() turns away those who wait and all who come later, until reset()', async () => {
        arrive('a')
        arrive('b')
        barrier.abort()
        expect([barrier.broken, barrier.waiting]).toEqual([true, 0])
        arrive('c')
        arrive('d')
        await drain()
        expect(log.toSorted()).toEqual(['a', 'b', 'c', 'd'].map((label) => `${label}! BrokenBarrierError`))
        barrier.reset()
        expect(await places(barrier.wait(), barrier.wait(), barrier.wait())).toEqual([0, 1, 2])
      })

      test('R8: the error says which it is, by class and code', async () => {
        barrier.abort()
        const seen = await outcome(barrier.wait())
        expect(seen).toMatchObject({
          state: 'rejected',
          reason: { name: 'BrokenBarrierError', code: 'ERR_BROKEN_BARRIER' },
        })
        expect((seen as { reason: unknown }).reason).toBeInstanceOf(BrokenBarrierError)
      })

      test('R8: aborted twice, or when empty, it is broken', async () => {
        barrier.abort()
        barrier.abort()
        expect([barrier.broken, String(barrier)]).toEqual([true, 'Barrier <broken>'])
        expect((await outcome(new Barrier(1).wait())).state).toBe('fulfilled')
      })

      test('R8: even a barrier of one refuses when it is broken', async () => {
        const alone = new Barrier(1)
        alone.abort()
        await expect(alone.wait()).rejects.toThrow(BrokenBarrierError)
      })

      test('R9, p-limit clearQueue: reset() turns away those who wait, none stays pending; the barrier fills anew', async () => {
        arrive('a')
        arrive('b')
        barrier.reset()
        expect([barrier.broken, barrier.waiting]).toEqual([false, 0])
        arrive('c')
        await drain()
        expect(log).toEqual(['a! BrokenBarrierError', 'b! BrokenBarrierError'])
        expect(barrier.waiting).toBe(1)
      })

      test('R9: reset() of an empty barrier changes nothing', () => {
        barrier.reset()
        expect(String(barrier)).toBe('Barrier <filling, 0/3>')
      })

      test('R10: reset() after the trip leaves alone those who have passed, though they have not resumed', async () => {
        const waits = [barrier.wait(), barrier.wait(), barrier.wait()]
        barrier.reset()
        expect(await places(...waits)).toEqual([0, 1, 2])
        const again = [barrier.wait(), barrier.wait(), barrier.wait()]
        barrier.abort()
        expect(await places(...again)).toEqual([0, 1, 2])
      })

      test('R11: reset() turns away those of the next round, who came before the last one resumed', async () => {
        for (const label of ['a', 'b', 'c', 'next']) arrive(label)
        barrier.reset()
        await drain()
        expect(log.toSorted()).toEqual(['a', 'b', 'c', 'next! BrokenBarrierError'])
      })

      test('R12: an aborted party leaves; the barrier is not broken, and goes on filling', async () => {
        const waits = [barrier.wait(), barrier.wait({ signal })].map(outcome)
        controller.abort('stop')
        expect([barrier.waiting, barrier.broken]).toEqual([1, false])
        expect(await waits[1]).toEqual({ state: 'rejected', reason: 'stop' })
        expect(await places(barrier.wait(), barrier.wait())).toEqual([1, 2])
      })

      test('R12: so does one that timed out', async () => {
        arrive('hasty', { timeout: 10 })
        vi.advanceTimersByTime(10)
        expect([barrier.waiting, barrier.broken]).toEqual([0, false])
        expect(await places(barrier.wait(), barrier.wait(), barrier.wait())).toEqual([0, 1, 2])
        expect(log).toEqual(['hasty! TimeoutError'])
      })

      test.each([0, 1])(
        'R13, gh-155233: after party %i left, no place is given twice, and none is missing',
        async (leaver) => {
          const waits = [0, 1].map((index) => outcome(barrier.wait(index === leaver ? { signal } : undefined)))
          controller.abort('stop')
          waits.push(outcome(barrier.wait()), outcome(barrier.wait()))
          const seen = (await Promise.all(waits)).filter((each) => each.state === 'fulfilled')
          expect(seen.map((each) => each.value)).toEqual([0, 1, 2])
        },
      )

      test('R14: aborted after the trip, it has its place, the rest pass, and the next round is whole', async () => {
        const waits = [barrier.wait({ signal }), barrier.wait(), barrier.wait({ signal })]
        controller.abort('too late')
        expect(await places(...waits)).toEqual([0, 1, 2])
        expect(await places(barrier.wait(), barrier.wait(), barrier.wait())).toEqual([0, 1, 2])
      })

      test('M2: the trip resumes those who wait one microtask later', async () => {
        arrive('a')
        await drain()
        record(log, 'first', barrier.wait())
        record(log, 'last', barrier.wait())
        void Promise.resolve().then(() => log.push('next microtask'))
        await drain()
        expect(log).toEqual(['a', 'first', 'last', 'next microtask'])
      })
    })

    describe('signal', () => {
      test.each(reasons)(
        'J1: already aborted with %s: rejects with it, and does not count as arrived',
        async (_title, reason) => {
          arrive('a')
          arrive('b')
          const seen = await outcome(barrier.wait({ signal: AbortSignal.abort(reason) }))
          expect(seen).toEqual({ state: 'rejected', reason })
          expect([barrier.waiting, log]).toEqual([2, []])
        },
      )

      test.each(reasons)(
        'J3: aborted with %s while waiting: rejects with it, inside abort()',
        async (_title, reason) => {
          const waited = barrier.wait({ signal })
          controller.abort(reason)
          expect(barrier.waiting).toBe(0)
          expect(await outcome(waited)).toEqual({ state: 'rejected', reason })
        },
      )

      test('null and undefined stand for none', async () => {
        const waits = [barrier.wait({ signal: null as never }), barrier.wait({ signal: undefined as never })]
        expect(await places(...waits, barrier.wait())).toEqual([0, 1, 2])
      })

      test.each([0, 1])(
        'an arrival inside abort(), before our listener ran: aborted party %i does not count',
        async (leaver) => {
          signal.addEventListener('abort', () => arrive('third'))
          const waits = [0, 1].map((index) => outcome(barrier.wait(index === leaver ? { signal } : undefined)))
          controller.abort('stop')
          expect(barrier.waiting).toBe(2)
          expect(await waits[leaver]).toEqual({ state: 'rejected', reason: 'stop' })
          expect((await waits[1 - leaver])?.state).toBe('pending')
          expect(await barrier.wait()).toBe(2)
          expect(log).toEqual(['third'])
        },
      )

      test('reset() inside abort(), before our listener ran: each gets an error of its own, and none is left', async () => {
        signal.addEventListener('abort', () => barrier.reset(), { once: true })
        arrive('aborted', { signal })
        arrive('other')
        controller.abort('stop')
        await drain()
        expect(log).toContain('other! BrokenBarrierError')
        expect(log).toHaveLength(2)
        expect([barrier.waiting, listeners(signal)]).toEqual([0, 0])
      })

      test.each(['passed', 'aborted', 'timed out', 'reset', 'broken'])(
        'no listener and no timer is left once it is %s',
        async (how) => {
          const waited = outcome(barrier.wait({ signal, timeout: 100 }))
          expect([listeners(signal), vi.getTimerCount()]).toEqual([1, 1])
          if (how === 'passed') await places(barrier.wait(), barrier.wait())
          if (how === 'aborted') controller.abort('stop')
          if (how === 'timed out') vi.advanceTimersByTime(100)
          if (how === 'reset') barrier.reset()
          if (how === 'broken') barrier.abort()
          expect([listeners(signal), vi.getTimerCount(), barrier.waiting]).toEqual([0, 0, 0])
          expect((await waited).state).toBe(how === 'passed' ? 'fulfilled' : 'rejected')
        },
      )

      test('ten thousand waits on one signal attach a bounded number of listeners', async () => {
        const crowd = new Barrier(10_001)
        const waits = Array.from({ length: 10_000 }, () => outcome(crowd.wait({ signal })))
        expect(listeners(signal)).toBeLessThanOrEqual(2)
        controller.abort('stop')
        expect([crowd.waiting, listeners(signal)]).toEqual([0, 0])
        expect((await Promise.all(waits)).every((each) => each.state === 'rejected')).toBe(true)
      })
    })

    describe('timeout', () => {
      test('0: the last to arrive passes; any other gets TimeoutError, and does not count as arrived', async () => {
        arrive('a')
        const hasty = barrier.wait({ timeout: 0 })
        expect([barrier.waiting, vi.getTimerCount()]).toEqual([1, 0])
        expect(await outcome(hasty)).toMatchObject({ state: 'rejected', reason: { name: 'TimeoutError' } })
        arrive('b')
        expect(await barrier.wait({ timeout: 0 })).toBe(2)
      })

      test('rejects with a DOMException named TimeoutError when its time has come, not before', async () => {
        const waited = barrier.wait({ timeout: 100 })
        record(log, 'waiter', waited)
        vi.advanceTimersByTime(99)
        await drain()
        expect(log).toEqual([])
        vi.advanceTimersByTime(1)
        await expect(waited).rejects.toBeInstanceOf(DOMException)
        expect(log).toEqual(['waiter! TimeoutError'])
      })

      test('more than 2^31-1 ms, or for ever: not a moment too soon', async () => {
        record(log, 'long', barrier.wait({ timeout: 2 ** 31 }))
        record(log, 'for ever', barrier.wait({ timeout: Infinity }))
        expect(vi.getTimerCount()).toBe(1)
        await vi.advanceTimersByTimeAsync(2 ** 31 - 1)
        expect(log).toEqual([])
        await vi.advanceTimersByTimeAsync(1)
        expect(log).toEqual(['long! TimeoutError'])
      })
    })

    describe('name and printing', () => {
      test('prints how far it is filled, or that it is broken', () => {
        expect(renderings(barrier)).toEqual(['Barrier <filling, 0/3>'])
        arrive('a')
        expect(renderings(barrier)).toEqual(['Barrier <filling, 1/3>'])
        barrier.abort()
        expect(renderings(barrier)).toEqual(['Barrier <broken>'])
        barrier.reset()
        expect(renderings(barrier)).toEqual(['Barrier <filling, 0/3>'])
      })

      test('prints its name', () => {
        const named = new Barrier(2, { name: 'phase' })
        expect(named.name).toBe('phase')
        expect(renderings(named)).toEqual(['Barrier "phase" <filling, 0/2>'])
      })
    })

    describe('bad input', () => {
      test.each(wrongWaitOptions)('wait, $title: rejects, and does not count as arrived', async (wrong) => {
        arrive('a')
        arrive('b')
        expect(await refusal(() => barrier.wait(wrong.value as never))).toEqual(refused('rejected', wrong, wrong.name))
        expect([String(barrier), log]).toEqual(['Barrier <filling, 2/3>', []])
      })

      test.each(wrongOptions)('options: $title', async (wrong) => {
        expect(await refusal(() => new Barrier(3, wrong.value as never))).toEqual(refused('threw', wrong, 'options'))
      })

      test.each(wrongNames)('name: $title', async (wrong) => {
        const make = (): TestedBarrier => new Barrier(3, { name: wrong.value as never })
        expect(await refusal(make)).toEqual(refused('threw', wrong, 'name'))
      })
    })
  })
}
