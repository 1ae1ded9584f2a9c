/**
 * What every queue keeps, whatever the order in which its items leave. `Qn` is the number of the statement about asyncio's queues that
 * a test shows, adapted to promises and hand-off; `bpo-`, `gh-` and others name a bug that a queue once had.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { QueueEmptyError, QueueFullError, QueueShutDownError } from '../src/errors/index.ts'
import type { Queue } from '../src/queue/index.ts'
import { collectGarbage } from './garbage.ts'
import { drain, outcome } from './microtasks.ts'
import { listeners, record, renderings } from './recording.ts'
import { notANumber, reasons, refusal, refused, wrongNames, wrongOptions, wrongWaitOptions } from './wrong-input.ts'

type Create = (maxsize?: number, options?: { name?: string }) => Queue<number>

const ok = { state: 'fulfilled', value: undefined }
const got = (value: number): object => ({ state: 'fulfilled', value })
const failed = (reason: unknown): object => ({ state: 'rejected', reason })
const failedWith = (type: new () => Error): object => failed(expect.any(type))
const timedOut = failed(
  expect.toSatisfy(
    (reason: unknown) => reason instanceof DOMException && reason.name === 'TimeoutError',
    'is a TimeoutError',
  ),
)
const pending = { state: 'pending' }

/** `leaving`: in which order items that were put in this order leave. `keepsItems`: what is got is the very object that was put. `many`: how many
 * queues there may be at a time. */
export function queueSuite(
  kind: string,
  create: Create,
  leaving: (items: number[]) => number[] = (items) => items,
  { keepsItems = true, many = 10_000 }: { keepsItems?: boolean; many?: number } = {},
): void {
  /** Bounded, and full of its first items. */
  const fullOf = (...items: number[]): Queue<number> => {
    const queue = create(items.length)
    for (const item of items) queue.putNowait(item)
    return queue
  }
  const takeAll = (queue: Queue<number>): number[] => Array.from({ length: queue.size }, () => queue.getNowait())

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  describe('construction', () => {
    test.each([undefined, 0, -1, -0.5, -Infinity, Infinity])('Q2 maxsize %s is no bound', (maxsize) => {
      const queue = create(maxsize)
      for (let item = 0; item < 100; item++) queue.putNowait(item)
      expect(queue).toMatchObject({ size: 100, full: false, maxsize: maxsize ?? 0 })
    })

    test('Q2 full means size >= maxsize: a bound of 1.3 holds two items', async () => {
      const queue = create(1.3)
      queue.putNowait(1)
      expect(queue.full).toBe(false)
      queue.putNowait(2)
      expect(queue.full).toBe(true)
      expect(() => queue.putNowait(3)).toThrow(QueueFullError)
      const third = queue.put(3)
      expect(await outcome(third)).toEqual(pending)
      queue.getNowait()
      expect(await outcome(third)).toEqual(ok)
      expect(queue.size).toBe(2)
    })

    test('Q2 empty, full and size are exact', () => {
      const queue = create(2)
      const seen = (): unknown[] => [queue.size, queue.empty, queue.full]
      expect(seen()).toEqual([0, true, false])
      queue.putNowait(1)
      expect(seen()).toEqual([1, false, false])
      queue.putNowait(2)
      expect(seen()).toEqual([2, false, true])
      queue.getNowait()
      expect(seen()).toEqual([1, false, false])
      queue.getNowait()
      expect(seen()).toEqual([0, true, false])
    })

    test.each(notANumber)('maxsize $title is refused', async (wrong) => {
      expect(await refusal(() => create(wrong.value as number))).toEqual(refused('threw', wrong, 'maxsize'))
    })

    test('maxsize NaN is refused', async () => {
      const nan = { type: 'RangeError', title: 'NaN', value: Number.NaN, shown: 'NaN' } as const
      expect(await refusal(() => create(Number.NaN))).toEqual(refused('threw', nan, 'maxsize'))
    })

    test.each(wrongOptions)('options $title are refused', async (wrong) => {
      expect(await refusal(() => create(1, wrong.value as object))).toEqual(refused('threw', wrong, 'options'))
    })

    test.each(wrongNames)('name $title is refused', async (wrong) => {
      expect(await refusal(() => create(1, { name: wrong.value as string }))).toEqual(refused('threw', wrong, 'name'))
    })

    test('is printed as what it is and how it stands', () => {
      expect(renderings(create())).toEqual([`${kind} <size: 0>`])
      const queue = create(10, { name: 'jobs' })
      queue.putNowait(1)
      queue.putNowait(2)
      expect(renderings(queue)).toEqual([`${kind} "jobs" <size: 2, maxsize: 10>`])
      expect(queue.name).toBe('jobs')
      expect(create().name).toBeUndefined()
    })

    test('those who wait to put or to get are printed', async () => {
      const queue = create(1)
      const getting = queue.get()
      expect(String(queue)).toBe(`${kind} <size: 0, maxsize: 1, waiting: 1>`)
      queue.putNowait(1)
      expect(String(queue)).toBe(`${kind} <size: 0, maxsize: 1>`)
      queue.putNowait(2)
      const putting = queue.put(3)
      expect(String(queue)).toBe(`${kind} <size: 1, maxsize: 1, waiting: 1>`)
      queue.getNowait()
      await Promise.all([getting, putting])
    })
  })

  describe('put and get', () => {
    test('Q3 a put that need not wait takes effect inside the call', async () => {
      const queue = create()
      const putting = queue.put(1)
      expect(queue.size).toBe(1)
      expect(await outcome(putting)).toEqual(ok)
    })

    test('Q3 a get that need not wait takes effect inside the call', async () => {
      const queue = fullOf(1)
      const getting = queue.get()
      expect(queue.size).toBe(0)
      expect(await outcome(getting)).toEqual(got(1))
    })

    test('Q4 a blocked getter gets an item put later, which is never stored, on a later tick', async () => {
      const queue = create(1)
      const log: string[] = []
      record(log, 'got', queue.get())
      await drain()
      queue.putNowait(1)
      expect(log).toEqual([])
      expect(queue).toMatchObject({ size: 0, empty: true })
      expect(() => queue.getNowait()).toThrow(QueueEmptyError)
      await drain()
      expect(log).toEqual(['got'])
    })

    test('Q5 the item of a blocked putter is stored inside the get that frees the slot', async () => {
      const queue = fullOf(1)
      const putting = queue.put(2)
      expect(await outcome(putting)).toEqual(pending)
      expect(queue.size).toBe(1)
      expect(queue.getNowait()).toBe(1)
      expect(queue).toMatchObject({ size: 1, full: true })
      expect(queue.getNowait()).toBe(2)
      expect(await outcome(putting)).toEqual(ok)
    })

    test('Q6 getNowait on an empty queue throws QueueEmptyError', () => {
      expect(() => create().getNowait()).toThrow(QueueEmptyError)
    })

    test('Q6 putNowait on a full queue throws QueueFullError and stores nothing', () => {
      const queue = fullOf(1)
      expect(() => queue.putNowait(2)).toThrow(QueueFullError)
      expect(takeAll(queue)).toEqual([1])
      queue.taskDone()
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test('Q7 blocked getters are served first come first served, one for each put', async () => {
      const queue = create()
      const getters = [queue.get(), queue.get(), queue.get()]
      queue.putNowait(1)
      queue.putNowait(2)
      expect(await Promise.all(getters.map(outcome))).toEqual([got(1), got(2), pending])
      await queue.put(3)
      expect(await outcome(getters[2]!)).toEqual(got(3))
    })

    test('Q8 blocked putters are served first come first served, one for each get', async () => {
      const queue = fullOf(0)
      const putters = [queue.put(3), queue.put(1), queue.put(2)]
      expect(queue.getNowait()).toBe(0)
      expect(await Promise.all(putters.map(outcome))).toEqual([ok, pending, pending])
      expect([queue.getNowait(), queue.getNowait(), queue.getNowait()]).toEqual([3, 1, 2])
      expect(await Promise.all(putters.map(outcome))).toEqual([ok, ok, ok])
    })

    test('Q8 put() settles before the caller of the get() that made room resumes', async () => {
      const queue = fullOf(1)
      const log: string[] = []
      record(log, 'put', queue.put(2))
      record(log, 'got', queue.get())
      await drain()
      expect(log).toEqual(['put', 'got'])
    })

    test('Q9 a getter that was aborted before the put is skipped', async () => {
      const queue = create()
      const controller = new AbortController()
      const first = queue.get({ signal: controller.signal })
      const second = queue.get()
      controller.abort('enough')
      queue.putNowait(1)
      expect(await outcome(first)).toEqual(failed('enough'))
      expect(await outcome(second)).toEqual(got(1))
    })

    test('Q9 getters that were aborted in any place leave the others in order', async () => {
      for (let mask = 0; mask < 16; mask++) {
        const queue = create()
        const getters = [0, 1, 2, 3].map(() => {
          const controller = new AbortController()
          return { controller, item: queue.get({ signal: controller.signal }) }
        })
        const leave = getters.filter((_, index) => (mask >> index) & 1)
        for (const { controller } of leave) controller.abort('left')
        for (const item of [10, 20, 30, 40]) queue.putNowait(item)
        const seen = await Promise.all(getters.map(({ item }) => outcome(item)))
        const items = [10, 20, 30, 40]
        expect(seen).toEqual(getters.map((getter) => (leave.includes(getter) ? failed('left') : got(items.shift()!))))
        expect(takeAll(queue)).toEqual(leaving(items))
      }
    })

    test('Q10 bpo-23812, tornado #2826: a getter aborted after the put, in the same tick, has its item, and no item is lost', async () => {
      const queue = create()
      const controller = new AbortController()
      const first = queue.get({ signal: controller.signal })
      const second = queue.get()
      queue.putNowait(1)
      controller.abort()
      queue.putNowait(2)
      expect(await outcome(first)).toEqual(got(1))
      expect(await outcome(second)).toEqual(got(2))
      expect(queue.empty).toBe(true)
    })

    test('Q10 bpo-23812: many getters, granted and aborted in one tick, drop nothing', async () => {
      const queue = create()
      const getters = Array.from({ length: 10 }, () => {
        const controller = new AbortController()
        return { controller, item: queue.get({ signal: controller.signal }) }
      })
      for (let item = 0; item < 5; item++) queue.putNowait(item)
      for (const { controller } of getters) controller.abort('late')
      for (let item = 5; item < 8; item++) queue.putNowait(item)
      const seen = await Promise.all(getters.map(({ item }) => outcome(item)))
      expect(seen.slice(0, 5)).toEqual([0, 1, 2, 3, 4].map(got))
      expect(seen.slice(5)).toEqual(Array.from({ length: 5 }, () => failed('late')))
      expect(takeAll(queue)).toEqual(leaving([5, 6, 7]))
    })

    test('Q11 a putter aborted after its slot was freed, in the same tick, has stored its item', async () => {
      const queue = fullOf(1)
      const controller = new AbortController()
      const first = queue.put(2, { signal: controller.signal })
      const second = queue.put(3)
      expect(queue.getNowait()).toBe(1)
      controller.abort()
      expect(await outcome(first)).toEqual(ok)
      expect(await outcome(second)).toEqual(pending)
      expect(queue.size).toBe(1)
      expect([queue.getNowait(), queue.getNowait()]).toEqual([2, 3])
    })

    test('Q11 a putter aborted before a slot is freed stores nothing, and the slot goes to the next', async () => {
      const queue = fullOf(1)
      const controller = new AbortController()
      const first = queue.put(2, { signal: controller.signal })
      const second = queue.put(3)
      controller.abort('enough')
      expect([queue.getNowait(), queue.getNowait()]).toEqual([1, 3])
      expect(await outcome(first)).toEqual(failed('enough'))
      expect(await outcome(second)).toEqual(ok)
      queue.taskDone()
      queue.taskDone()
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test('Q12 bpo-31620, bpo-32574: polling with a time-out leaves no getter behind', async () => {
      const queue = create()
      for (let poll = 0; poll < 100; poll++) {
        const getting = queue.get({ timeout: 5 })
        vi.advanceTimersByTime(5)
        expect(await outcome(getting)).toEqual(timedOut)
      }
      expect(String(queue)).toBe(`${kind} <size: 0>`)
      queue.putNowait(1)
      expect(queue.size).toBe(1)
    })

    test('Q12 bpo-31620, bpo-32574: polling with a time-out leaves no putter behind', async () => {
      const queue = fullOf(1)
      for (let poll = 0; poll < 100; poll++) {
        const putting = queue.put(2, { timeout: 5 })
        vi.advanceTimersByTime(5)
        expect(await outcome(putting)).toEqual(timedOut)
      }
      expect(String(queue)).toBe(`${kind} <size: 1, maxsize: 1>`)
      queue.getNowait()
      expect(queue.size).toBe(0)
    })

    test('Q13 gh-83055: putNowait cannot take the slot that a waiting putter was given', async () => {
      const queue = fullOf(1)
      const putting = queue.put(2)
      expect(queue.getNowait()).toBe(1)
      expect(() => queue.putNowait(3)).toThrow(QueueFullError)
      const third = queue.put(3)
      expect([queue.getNowait(), queue.getNowait()]).toEqual([2, 3])
      await Promise.all([putting, third])
    })

    test('Q13 gh-83055: getNowait cannot take the item that a waiting getter was given', async () => {
      const queue = create()
      const first = queue.get()
      const second = queue.get()
      queue.putNowait(1)
      expect(() => queue.getNowait()).toThrow(QueueEmptyError)
      queue.putNowait(2)
      expect(await Promise.all([first, second])).toEqual([1, 2])
    })

    test.each([1, 2, 3])(
      'Q14 python/asyncio#265, #268: maxsize %i, several putters and getters: all end, and the bound holds',
      async (maxsize) => {
        const queue = create(maxsize)
        const received: number[] = []
        let largest = 0
        const look = (): void => void (largest = Math.max(largest, queue.size))
        const producers = Array.from({ length: 5 }, async (_, producer) => {
          for (let item = 0; item < 20; item++) {
            await queue.put(producer * 20 + item)
            look()
          }
        })
        const consumers = Array.from({ length: 4 }, async () => {
          for (let item = 0; item < 25; item++) {
            received.push(await queue.get())
            look()
          }
        })
        await Promise.all([...producers, ...consumers])
        expect(received.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, item) => item))
        expect(largest).toBeLessThanOrEqual(maxsize)
        expect(queue.empty).toBe(true)
      },
    )

    test('Q14 puts without end against a bound: size never passes it (p-map-iterable stores before it waits)', async () => {
      const queue = create(2)
      const putters = Array.from({ length: 100 }, (_, item) => queue.put(item))
      expect(queue.size).toBe(2)
      await drain()
      expect(queue.size).toBe(2)
      for (let item = 0; item < 98; item++) {
        queue.getNowait()
        expect(queue.size).toBe(2)
      }
      await Promise.all(putters)
    })

    test.each([
      ['before', 0],
      ['after', 1],
    ])(
      'python/asyncio#201, #343: a get that times out in the tick of a put, its timer %s the put: no item is lost',
      async (_, late) => {
        const queue = create()
        if (late) setTimeout(() => queue.putNowait(1), 10)
        const getting = queue.get({ timeout: 10 })
        if (!late) setTimeout(() => queue.putNowait(1), 10)
        vi.advanceTimersByTime(10)
        expect(await outcome(getting)).toEqual(late ? got(1) : timedOut)
        expect(takeAll(queue)).toEqual(late ? [] : [1])
      },
    )

    test.runIf(keepsItems)('an item is let go once it was got, aborted or dropped', async () => {
      const queue = create(5) as unknown as Queue<[number]>
      /** Puts an item that nobody else keeps. */
      const put = (key: number, signal?: AbortSignal): WeakRef<[number]> => {
        const item: [number] = [key]
        queue.put(item, signal && { signal }).catch(() => {})
        return new WeakRef(item)
      }
      const alive = async (items: WeakRef<[number]>[]): Promise<number> => {
        await drain()
        collectGarbage()
        return items.filter((item) => item.deref() !== undefined).length
      }
      const stored = [1, 2, 3, 4, 5].map((key) => put(key))
      const controller = new AbortController()
      const waiting = [put(6, controller.signal), put(7, controller.signal)]
      expect(await alive([...stored, ...waiting])).toBe(7)
      controller.abort()
      expect(await alive(waiting)).toBe(0)
      for (let item = 0; item < 3; item++) queue.getNowait()
      expect(await alive(stored)).toBe(2)
      queue.shutdown(true)
      expect(await alive(stored)).toBe(0)
    })

    test('@core/asyncutil: two puts in one tick wake two getters', async () => {
      const queue = create()
      const getters = [queue.get(), queue.get()]
      queue.putNowait(1)
      queue.putNowait(2)
      expect(await Promise.all(getters)).toEqual([1, 2])
    })

    test('@thi.ng/csp drops past 1024 pending reads: 5000 getters are all served, in order', async () => {
      const queue = create()
      const items = Array.from({ length: 5000 }, (_, item) => item)
      const getters = items.map(() => queue.get())
      for (const item of items) queue.putNowait(item)
      expect(await Promise.all(getters)).toEqual(items)
    })
  })

  describe('signal and timeout', () => {
    /** Every wait of a queue, made to wait, and what lets it go on. */
    const waits = [
      {
        wait: 'get',
        park: (options: object) => {
          const queue = create(1)
          return {
            queue,
            promise: queue.get(options) as Promise<unknown>,
            letGo: () => queue.putNowait(9),
            value: 9 as unknown,
            missed: [9],
          }
        },
      },
      {
        wait: 'put',
        park: (options: object) => {
          const queue = fullOf(1)
          return {
            queue,
            promise: queue.put(2, options) as Promise<unknown>,
            letGo: () => void queue.getNowait(),
            value: undefined as unknown,
            missed: [] as number[],
          }
        },
      },
      {
        wait: 'join',
        park: (options: object) => {
          const queue = fullOf(1)
          queue.getNowait()
          return {
            queue,
            promise: queue.join(options) as Promise<unknown>,
            letGo: () => queue.taskDone(),
            value: undefined as unknown,
            missed: [] as number[],
          }
        },
      },
    ]

    describe.each(waits)('$wait', ({ park }) => {
      test.each(reasons)('rejects with the signal’s own reason: %s', async (_, reason) => {
        const controller = new AbortController()
        const { promise } = park({ signal: controller.signal })
        controller.abort(reason)
        const seen = await outcome(promise)
        expect(seen.state).toBe('rejected')
        expect(seen.state === 'rejected' && Object.is(seen.reason, controller.signal.reason)).toBe(true)
      })

      test('an abort leaves inside abort(): no entry, no listener', async () => {
        const controller = new AbortController()
        const { queue, promise, letGo, missed } = park({ signal: controller.signal })
        expect(listeners(controller.signal)).toBe(1)
        controller.abort('enough')
        expect(listeners(controller.signal)).toBe(0)
        letGo()
        expect(await outcome(promise)).toEqual(failed('enough'))
        expect(takeAll(queue)).toEqual(missed)
      })

      test('an abort after it was let go changes nothing, and no listener is left', async () => {
        const controller = new AbortController()
        const { promise, letGo, value } = park({ signal: controller.signal })
        letGo()
        expect(listeners(controller.signal)).toBe(0)
        controller.abort()
        expect(await outcome(promise)).toEqual({ state: 'fulfilled', value })
      })

      test('times out with a DOMException named TimeoutError, and leaves no entry', async () => {
        const { queue, promise, letGo, missed } = park({ timeout: 50 })
        vi.advanceTimersByTime(49)
        expect(await outcome(promise)).toEqual(pending)
        vi.advanceTimersByTime(1)
        letGo()
        expect(await outcome(promise)).toEqual(timedOut)
        expect(takeAll(queue)).toEqual(missed)
      })

      test('leaves no timer and no listener once it was let go', async () => {
        const { signal } = new AbortController()
        const { promise, letGo, value } = park({ signal, timeout: 50 })
        expect(vi.getTimerCount()).toBe(1)
        letGo()
        expect(vi.getTimerCount()).toBe(0)
        expect(listeners(signal)).toBe(0)
        expect(await outcome(promise)).toEqual({ state: 'fulfilled', value })
      })

      test('leaves no timer once it was aborted, and no listener once it timed out', async () => {
        const controller = new AbortController()
        const aborted = park({ signal: controller.signal, timeout: 50 })
        controller.abort('enough')
        expect(vi.getTimerCount()).toBe(0)
        expect(await outcome(aborted.promise)).toEqual(failed('enough'))
        const { signal } = new AbortController()
        const late = park({ signal, timeout: 50 })
        vi.advanceTimersByTime(50)
        expect(listeners(signal)).toBe(0)
        expect(await outcome(late.promise)).toEqual(timedOut)
      })

      test('timeout 0 does not wait: it rejects at once, without a timer', async () => {
        const { queue, promise, letGo, missed } = park({ timeout: 0 })
        expect(vi.getTimerCount()).toBe(0)
        letGo()
        expect(await outcome(promise)).toEqual(timedOut)
        expect(takeAll(queue)).toEqual(missed)
      })

      test.each([2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER])(
        'a timeout of %i ms, longer than a timer can run, does not end at once',
        async (timeout) => {
          const { promise, letGo, value } = park({ timeout })
          vi.advanceTimersByTime(10_000)
          expect(await outcome(promise)).toEqual(pending)
          letGo()
          expect(await outcome(promise)).toEqual({ state: 'fulfilled', value })
        },
      )

      test('a timeout longer than a timer can run ends on time', async () => {
        const { promise } = park({ timeout: 2 ** 31 + 100 })
        vi.advanceTimersByTime(2 ** 31 + 99)
        expect(await outcome(promise)).toEqual(pending)
        vi.advanceTimersByTime(1)
        expect(await outcome(promise)).toEqual(timedOut)
      })

      test.each([{ timeout: undefined }, { timeout: Infinity }, { signal: undefined }, { signal: null }, {}])(
        '%o waits for ever',
        async (options) => {
          const { promise, letGo, value } = park(options)
          expect(vi.getTimerCount()).toBe(0)
          vi.advanceTimersByTime(1e9)
          expect(await outcome(promise)).toEqual(pending)
          letGo()
          expect(await outcome(promise)).toEqual({ state: 'fulfilled', value })
        },
      )

      test.each(wrongWaitOptions)('$title is refused, and nothing waits', async (wrong) => {
        let parked: ReturnType<typeof park> | undefined
        const refusing = refusal(() => (parked = park(wrong.value as object)).promise)
        expect(await refusing).toEqual(refused('rejected', wrong, wrong.name))
        parked!.letGo()
        expect(takeAll(parked!.queue)).toEqual(parked!.missed)
      })

      test('the first of abort and time-out counts', async () => {
        const controller = new AbortController()
        const { promise } = park({ signal: controller.signal, timeout: 10 })
        vi.advanceTimersByTime(10)
        controller.abort('too late')
        expect(await outcome(promise)).toEqual(timedOut)
      })

      test(`${many} on one signal carry one listener, and all reject with its reason`, async () => {
        const controller = new AbortController()
        const promises = Array.from({ length: many }, () => park({ signal: controller.signal }).promise)
        expect(listeners(controller.signal)).toBe(1)
        const reason = new Error('all of you')
        controller.abort(reason)
        expect(listeners(controller.signal)).toBe(0)
        const seen = await Promise.allSettled(promises)
        expect(seen.every((end) => end.status === 'rejected' && end.reason === reason)).toBe(true)
      })
    })

    test('a put, get or join that need not wait hears an aborted signal (@sapphire/async-queue does not), and changes nothing', async () => {
      const signal = AbortSignal.abort('before')
      const queue = create(2)
      queue.putNowait(1)
      expect(await outcome(queue.get({ signal }))).toEqual(failed('before'))
      expect(await outcome(queue.put(2, { signal }))).toEqual(failed('before'))
      expect(takeAll(queue)).toEqual([1])
      queue.taskDone()
      expect(await outcome(queue.join({ signal }))).toEqual(failed('before'))
      expect(listeners(signal)).toBe(0)
    })

    test('a put, get or join that need not wait succeeds with timeout 0, and attaches nothing', async () => {
      const { signal } = new AbortController()
      const queue = create(1)
      expect(await outcome(queue.join({ signal, timeout: 0 }))).toEqual(ok)
      expect(await outcome(queue.put(1, { signal, timeout: 0 }))).toEqual(ok)
      expect(await outcome(queue.get({ signal, timeout: 0 }))).toEqual(got(1))
      expect(listeners(signal)).toBe(0)
    })

    test.each(wrongWaitOptions)('a put that need not wait refuses $title, and stores nothing', async (wrong) => {
      const queue = create()
      expect(await refusal(() => queue.put(1, wrong.value as object))).toEqual(refused('rejected', wrong, wrong.name))
      expect(queue.size).toBe(0)
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test.each(wrongWaitOptions)('a get that need not wait refuses $title, and takes nothing', async (wrong) => {
      const queue = fullOf(1)
      expect(await refusal(() => queue.get(wrong.value as object))).toEqual(refused('rejected', wrong, wrong.name))
      expect(takeAll(queue)).toEqual([1])
    })

    test.each([
      ['with throwIfAborted() alone', { aborted: false, throwIfAborted() {} }],
      ['with an aborted flag alone', { aborted: false }],
      ['with listeners alone', { addEventListener() {}, removeEventListener() {} }],
    ])('half a signal, %s, is refused, and no ghost is left to take an item', async (_, half) => {
      const queue = create(1)
      expect(await refusal(() => queue.get({ signal: half as AbortSignal }))).toMatchObject({
        how: 'rejected',
        type: 'TypeError',
        message: expect.stringContaining('signal') as string,
      })
      queue.putNowait(1)
      expect(queue.size).toBe(1)
      expect(await refusal(() => queue.put(2, { signal: half as AbortSignal }))).toMatchObject({
        how: 'rejected',
        type: 'TypeError',
      })
      expect(takeAll(queue)).toEqual([1])
    })

    test('a signal made for one call by AbortSignal.any() is heard, though nobody else keeps it', async () => {
      const queue = create()
      const controller = new AbortController()
      const getters = [
        queue.get({ signal: AbortSignal.any([controller.signal, new AbortController().signal]) }),
        queue.get({ signal: AbortSignal.any([controller.signal]) }),
      ]
      await drain()
      collectGarbage()
      await drain()
      controller.abort('both')
      expect(await Promise.all(getters.map(outcome))).toEqual([failed('both'), failed('both')])
      queue.putNowait(1)
      expect(queue.size).toBe(1)
    })

    test('one signal over getters and putters of several queues ends them all, each queue going on', async () => {
      const controller = new AbortController()
      const { signal } = controller
      const empty = create()
      const full = fullOf(1)
      const waiting = [empty.get({ signal }), full.put(2, { signal }), full.join({ signal })]
      const others = [empty.get(), full.put(3)] as const
      expect(listeners(signal)).toBe(1)
      controller.abort('all')
      expect(await Promise.all(waiting.map(outcome<unknown>))).toEqual([failed('all'), failed('all'), failed('all')])
      empty.putNowait(5)
      expect(await outcome(others[0])).toEqual(got(5))
      expect([full.getNowait(), full.getNowait()]).toEqual([1, 3])
      expect(await outcome(others[1])).toEqual(ok)
    })

    test('an item put by a listener that hears the abort first does not go to the getter that is being aborted', async () => {
      const queue = create()
      const controller = new AbortController()
      controller.signal.addEventListener('abort', () => queue.putNowait(1))
      const aborted = queue.get({ signal: controller.signal })
      const next = queue.get()
      controller.abort('now')
      expect(await outcome(aborted)).toEqual(failed('now'))
      expect(await outcome(next)).toEqual(got(1))
    })

    test('a slot freed by a listener that hears the abort first does not go to the putter that is being aborted', async () => {
      const queue = fullOf(1)
      const controller = new AbortController()
      controller.signal.addEventListener('abort', () => queue.getNowait())
      const aborted = queue.put(2, { signal: controller.signal })
      const next = queue.put(3)
      controller.abort('now')
      expect(await outcome(aborted)).toEqual(failed('now'))
      expect(await outcome(next)).toEqual(ok)
      expect(takeAll(queue)).toEqual([3])
    })
  })

  describe('taskDone and join', () => {
    test('Q15 taskDone() counts down; one more than was put throws RangeError and changes nothing', async () => {
      const queue = create()
      expect(() => queue.taskDone()).toThrow(RangeError)
      queue.putNowait(1)
      queue.putNowait(2)
      queue.taskDone()
      queue.taskDone()
      expect(() => queue.taskDone()).toThrow(RangeError)
      queue.putNowait(3)
      const joining = queue.join()
      expect(await outcome(joining)).toEqual(pending)
      queue.taskDone()
      expect(await outcome(joining)).toEqual(ok)
    })

    test('Q15 an item handed straight to a getter, and one stored for a putter that waited, count like any other', async () => {
      const queue = create(1)
      const getting = queue.get()
      queue.putNowait(1)
      queue.putNowait(2)
      const putting = queue.put(3)
      queue.getNowait()
      queue.getNowait()
      await Promise.all([getting, putting])
      for (let item = 0; item < 3; item++) queue.taskDone()
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test('Q16 join() resolves at once when nothing is unfinished', async () => {
      const queue = create()
      expect(await outcome(queue.join())).toEqual(ok)
      queue.putNowait(1)
      queue.getNowait()
      queue.taskDone()
      expect(await outcome(queue.join())).toEqual(ok)
    })

    test('Q16 join() waits for the taskDone() of every item, got or not, and wakes all who wait, in order', async () => {
      const queue = create()
      const log: string[] = []
      queue.putNowait(1)
      queue.putNowait(2)
      record(log, 'first', queue.join())
      record(log, 'second', queue.join())
      queue.getNowait()
      queue.getNowait()
      await drain()
      expect(log).toEqual([])
      queue.taskDone()
      await drain()
      expect(log).toEqual([])
      queue.taskDone()
      expect(log).toEqual([])
      await drain()
      expect(log).toEqual(['first', 'second'])
    })

    test('Q16 join() is armed again by the next put', async () => {
      const queue = create()
      for (let round = 0; round < 3; round++) {
        queue.putNowait(round)
        const joining = queue.join()
        expect(await outcome(joining)).toEqual(pending)
        queue.getNowait()
        queue.taskDone()
        expect(await outcome(joining)).toEqual(ok)
      }
    })

    test('Q17 a joiner that was woken resolves even if a put follows in the same tick', async () => {
      const queue = create()
      queue.putNowait(1)
      const joining = queue.join()
      queue.taskDone()
      queue.putNowait(2)
      expect(await outcome(joining)).toEqual(ok)
      expect(await outcome(queue.join({ timeout: 0 }))).toEqual(timedOut)
    })

    test('the item of a putter that still waits is not unfinished; once stored it is', async () => {
      const queue = fullOf(1)
      const putting = queue.put(2)
      const joining = queue.join()
      queue.taskDone()
      expect(await outcome(joining)).toEqual(ok)
      queue.getNowait()
      await putting
      expect(await outcome(queue.join({ timeout: 0 }))).toEqual(timedOut)
    })
  })

  describe('shutdown', () => {
    test('Q18 put and putNowait fail from then on, on a full queue too, and store nothing', async () => {
      const queue = fullOf(1)
      expect(queue.isShutdown).toBe(false)
      queue.shutdown()
      expect(queue.isShutdown).toBe(true)
      expect(() => queue.putNowait(2)).toThrow(QueueShutDownError)
      expect(await outcome(queue.put(2))).toEqual(failedWith(QueueShutDownError))
      expect(takeAll(queue)).toEqual([1])
      expect(() => queue.putNowait(2)).toThrow(QueueShutDownError)
      expect(await outcome(queue.put(2))).toEqual(failedWith(QueueShutDownError))
      expect(queue.empty).toBe(true)
    })

    test.each([false, true])(
      'Q18 gh-117531: blocked getters are woken, in order (immediate: %s)',
      async (immediate) => {
        const queue = create()
        const log: string[] = []
        record(log, 'first', queue.get())
        record(log, 'second', queue.get())
        queue.shutdown(immediate)
        await drain()
        expect(log).toEqual(['first! QueueShutDownError', 'second! QueueShutDownError'])
      },
    )

    test('Q18 getters with signals and time-outs leave nothing behind when it is shut down', async () => {
      const queue = create()
      const { signal } = new AbortController()
      const getting = queue.get({ signal, timeout: 100 })
      queue.shutdown()
      expect(listeners(signal)).toBe(0)
      expect(vi.getTimerCount()).toBe(0)
      expect(await outcome(getting)).toEqual(failedWith(QueueShutDownError))
    })

    test('Q18 shutdown() may be called again, and immediate after graceful drops what is left', async () => {
      const queue = create()
      queue.putNowait(1)
      queue.shutdown()
      queue.shutdown()
      expect(queue.size).toBe(1)
      const joining = queue.join()
      queue.shutdown(true)
      expect(queue).toMatchObject({ size: 0, isShutdown: true })
      expect(await outcome(joining)).toEqual(ok)
      queue.shutdown()
      queue.shutdown(true)
      expect(queue.isShutdown).toBe(true)
    })

    test('Q18 graceful: join() is not affected', async () => {
      const queue = create()
      queue.putNowait(1)
      const joining = queue.join()
      queue.shutdown()
      expect(await outcome(joining)).toEqual(pending)
      queue.getNowait()
      queue.taskDone()
      expect(await outcome(joining)).toEqual(ok)
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test('Q19 graceful: what is stored can still be got, then get and getNowait fail', async () => {
      const queue = create()
      for (const item of [1, 2, 3]) queue.putNowait(item)
      queue.shutdown()
      const seen = [await queue.get(), queue.getNowait(), await queue.get({ timeout: 0 })]
      expect(seen).toEqual(leaving([1, 2, 3]))
      expect(await outcome(queue.get())).toEqual(failedWith(QueueShutDownError))
      expect(await outcome(queue.get({ timeout: 0 }))).toEqual(failedWith(QueueShutDownError))
      expect(() => queue.getNowait()).toThrow(QueueShutDownError)
    })

    test.each([false, true])(
      'Q19 blocked putters fail, in order, and store nothing (immediate: %s)',
      async (immediate) => {
        const queue = fullOf(1)
        const log: string[] = []
        const { signal } = new AbortController()
        record(log, 'first', queue.put(2, { signal, timeout: 100 }))
        record(log, 'second', queue.put(3))
        queue.shutdown(immediate)
        expect(listeners(signal)).toBe(0)
        expect(vi.getTimerCount()).toBe(0)
        await drain()
        expect(log).toEqual(['first! QueueShutDownError', 'second! QueueShutDownError'])
        expect(takeAll(queue)).toEqual(immediate ? [] : [1])
        if (!immediate) queue.taskDone()
        expect(() => queue.taskDone()).toThrow(RangeError)
      },
    )

    test('Q19 a putter that was given its slot before the shutdown has stored', async () => {
      const queue = fullOf(1)
      const putting = queue.put(2)
      queue.getNowait()
      queue.shutdown()
      expect(await outcome(putting)).toEqual(ok)
      expect(await outcome(queue.get())).toEqual(got(2))
    })

    test('Q20 immediate: what is stored is dropped and counts as done', async () => {
      const queue = create()
      for (const item of [1, 2, 3]) queue.putNowait(item)
      const joining = queue.join()
      queue.shutdown(true)
      expect(queue).toMatchObject({ size: 0, empty: true, isShutdown: true })
      expect(await outcome(joining)).toEqual(ok)
      expect(await outcome(queue.get())).toEqual(failedWith(QueueShutDownError))
      expect(() => queue.getNowait()).toThrow(QueueShutDownError)
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test('Q20 gh-96471: immediate does not end a join() while an item that was got is unfinished', async () => {
      const queue = create()
      for (const item of [1, 2, 3]) queue.putNowait(item)
      const joining = queue.join()
      queue.getNowait()
      queue.shutdown(true)
      expect(await outcome(joining)).toEqual(pending)
      queue.taskDone()
      expect(await outcome(joining)).toEqual(ok)
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test('Q20 immediate, after a taskDone() too early: nothing is unfinished, and nothing less', async () => {
      const queue = create()
      queue.putNowait(1)
      queue.taskDone()
      queue.shutdown(true)
      expect(() => queue.taskDone()).toThrow(RangeError)
      expect(await outcome(queue.join())).toEqual(ok)
    })

    test('Q20 immediate, after a taskDone() too early with an item in flight: join() goes by what is left, not below', async () => {
      const queue = create()
      for (const item of [1, 2, 3]) queue.putNowait(item)
      queue.taskDone()
      queue.taskDone()
      const joining = queue.join()
      queue.shutdown(true)
      expect(await outcome(joining)).toEqual(ok)
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test('Q20 a getter that was given its item before the shutdown keeps it', async () => {
      const queue = create()
      const getting = queue.get()
      queue.putNowait(1)
      const joining = queue.join()
      queue.shutdown(true)
      expect(await outcome(getting)).toEqual(got(1))
      expect(await outcome(joining)).toEqual(pending)
      queue.taskDone()
      expect(await outcome(joining)).toEqual(ok)
    })

    test.each(
      [...notANumber, { title: '1', value: 1, type: 'TypeError', shown: '1' } as const].filter(
        ({ value }) => typeof value !== 'boolean',
      ),
    )('immediate: $title is refused, and nothing is shut down', async (wrong) => {
      const queue = fullOf(1)
      expect(await refusal(() => queue.shutdown(wrong.value as boolean))).toEqual(refused('threw', wrong, 'immediate'))
      expect(queue).toMatchObject({ isShutdown: false, size: 1 })
    })

    test('errors carry stable codes', async () => {
      const codeOf = (call: () => unknown): unknown => {
        try {
          return call()
        } catch (error) {
          return (error as { code: string }).code
        }
      }
      const queue = create(1)
      expect(codeOf(() => queue.getNowait())).toBe('ERR_QUEUE_EMPTY')
      queue.putNowait(1)
      expect(codeOf(() => queue.putNowait(2))).toBe('ERR_QUEUE_FULL')
      queue.shutdown(true)
      expect(codeOf(() => queue.putNowait(2))).toBe('ERR_QUEUE_SHUT_DOWN')
      expect(await queue.get().catch((error: { code: string }) => error.code)).toBe('ERR_QUEUE_SHUT_DOWN')
    })
  })

  describe('iteration', () => {
    const done = { state: 'fulfilled', value: { done: true, value: undefined } }
    const yielded = (value: number): object => ({ state: 'fulfilled', value: { done: false, value } })

    test('yields items as they come, and ends when the queue is shut down and drained', async () => {
      const queue = create()
      const seen: number[] = []
      const loop = (async () => {
        for await (const item of queue) {
          seen.push(item)
          queue.taskDone()
        }
      })()
      await drain()
      queue.putNowait(1)
      await drain()
      queue.putNowait(2)
      queue.putNowait(3)
      queue.shutdown()
      await loop
      expect(seen).toEqual([1, 2, 3])
      await queue.join()
    })

    test('ends when the queue is shut down while the loop waits', async () => {
      const queue = create()
      const loop = (async () => {
        for await (const item of queue) throw new Error(`nothing was put, and ${item} came`)
      })()
      await drain()
      queue.shutdown()
      expect(await outcome(loop)).toEqual(ok)
    })

    test('a shut-down, drained queue yields nothing', async () => {
      const queue = create()
      queue.shutdown()
      expect(await outcome(queue[Symbol.asyncIterator]().next())).toEqual(done)
      expect(await outcome(queue.items().next())).toEqual(done)
    })

    test('leaving the loop by break, return or throw loses no item', async () => {
      const queue = create()
      for (const item of [1, 2, 3, 4]) queue.putNowait(item)
      const seen: number[] = []
      for await (const item of queue) {
        seen.push(item)
        break
      }
      await (async () => {
        for await (const item of queue.items()) {
          seen.push(item)
          return
        }
      })()
      await expect(async () => {
        for await (const item of queue) {
          seen.push(item)
          throw new Error('enough')
        }
      }).rejects.toThrow('enough')
      expect(queue.size).toBe(1)
      expect([...seen, queue.getNowait()]).toEqual(leaving([1, 2, 3, 4]))
    })

    test('takes nothing before next() is called', async () => {
      const queue = fullOf(1)
      const iterator = queue.items()
      await drain()
      expect(queue.size).toBe(1)
      const next = iterator.next()
      expect(queue.size).toBe(0)
      expect(await outcome(next)).toEqual(yielded(1))
    })

    test('return() while a next() is pending settles both, and the next item is not lost', async () => {
      const queue = create()
      const iterator = queue.items()
      const next = iterator.next()
      await drain()
      const returned = iterator.return!()
      expect(await outcome(next)).toEqual(done)
      expect(await outcome(returned)).toMatchObject({ state: 'fulfilled', value: { done: true } })
      queue.putNowait(1)
      expect(queue.size).toBe(1)
      expect(await outcome(iterator.next())).toEqual(done)
      expect(queue.size).toBe(1)
    })

    test('return() settles every next() that is pending, and leaves other getters alone', async () => {
      const queue = create()
      const iterator = queue.items()
      const nexts = [iterator.next(), iterator.next()]
      const other = queue.get()
      await iterator.return!()
      expect(await Promise.all(nexts.map(outcome))).toEqual([done, done])
      queue.putNowait(1)
      expect(await outcome(other)).toEqual(got(1))
    })

    test('return() after the item was given to a pending next(), in the same tick: next() has the item', async () => {
      const queue = create()
      const iterator = queue.items()
      const next = iterator.next()
      await drain()
      queue.putNowait(1)
      const returned = iterator.return!()
      queue.putNowait(2)
      expect(await outcome(next)).toEqual(yielded(1))
      expect(await outcome(returned)).toMatchObject({ state: 'fulfilled', value: { done: true } })
      expect(takeAll(queue)).toEqual([2])
    })

    test('return() of an iterator that was never used ends it', async () => {
      const queue = fullOf(1)
      const iterator = queue.items()
      expect(await outcome(iterator.return!())).toMatchObject({ state: 'fulfilled', value: { done: true } })
      expect(await outcome(iterator.return!())).toMatchObject({ state: 'fulfilled', value: { done: true } })
      expect(await outcome(iterator.next())).toEqual(done)
      expect(queue.size).toBe(1)
    })

    test('concurrent next() calls each get an item of their own, in the order of the calls', async () => {
      const queue = create()
      const iterator = queue[Symbol.asyncIterator]()
      const nexts = [iterator.next(), iterator.next(), iterator.next()]
      queue.putNowait(1)
      queue.putNowait(2)
      queue.shutdown()
      expect(await Promise.all(nexts.map(outcome))).toEqual([yielded(1), yielded(2), done])
    })

    test('several loops share the items, and all end', async () => {
      const queue = create(2)
      const seen: number[] = []
      const loops = Array.from({ length: 3 }, async () => {
        for await (const item of queue) seen.push(item)
      })
      for (let item = 0; item < 30; item++) await queue.put(item)
      queue.shutdown()
      await Promise.all(loops)
      expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, item) => item))
    })

    test('items() gives an iterator that is its own iterable', () => {
      const iterator = create().items()
      expect(iterator[Symbol.asyncIterator]()).toBe(iterator)
    })

    test('items({ signal }): an abort ends the loop with the reason, and leaves nothing behind', async () => {
      const queue = create()
      const controller = new AbortController()
      const seen: number[] = []
      const loop = (async () => {
        for await (const item of queue.items({ signal: controller.signal })) seen.push(item)
      })()
      queue.putNowait(1)
      await drain()
      expect(listeners(controller.signal)).toBe(1)
      const reason = new Error('stop')
      controller.abort(reason)
      expect(await outcome(loop)).toEqual(failed(reason))
      expect(listeners(controller.signal)).toBe(0)
      queue.putNowait(2)
      expect(takeAll(queue)).toEqual([2])
      expect(seen).toEqual([1])
    })

    test('items({ signal }) with a signal aborted before takes nothing', async () => {
      const queue = fullOf(1)
      expect(await outcome(queue.items({ signal: AbortSignal.abort('before') }).next())).toEqual(failed('before'))
      expect(queue.size).toBe(1)
    })

    test('items({ signal }): an abort between two items takes nothing more', async () => {
      const queue = create()
      queue.putNowait(1)
      queue.putNowait(2)
      const controller = new AbortController()
      const loop = (async () => {
        for await (const _ of queue.items({ signal: controller.signal })) controller.abort('one is enough')
      })()
      expect(await outcome(loop)).toEqual(failed('one is enough'))
      expect(queue.size).toBe(1)
    })

    test('items({ timeout }) bounds each wait anew', async () => {
      const queue = create()
      const iterator = queue.items({ timeout: 10 })
      for (let round = 0; round < 3; round++) {
        const next = iterator.next()
        vi.advanceTimersByTime(8)
        queue.putNowait(round)
        expect(await outcome(next)).toEqual(yielded(round))
      }
      const late = iterator.next()
      vi.advanceTimersByTime(10)
      expect(await outcome(late)).toEqual(timedOut)
      queue.putNowait(9)
      expect(queue.size).toBe(1)
    })

    test('items({ timeout: 0 }) yields what is there, then times out', async () => {
      const queue = fullOf(1)
      const iterator = queue.items({ timeout: 0 })
      expect(await outcome(iterator.next())).toEqual(yielded(1))
      expect(await outcome(iterator.next())).toEqual(timedOut)
    })

    test('return() of an iterator with a signal and a time-out leaves no listener and no timer', async () => {
      const { signal } = new AbortController()
      const iterator = create().items({ signal, timeout: 100 })
      const next = iterator.next()
      expect(listeners(signal)).toBe(1)
      await iterator.return!()
      expect(listeners(signal)).toBe(0)
      expect(vi.getTimerCount()).toBe(0)
      expect(await outcome(next)).toEqual(done)
    })

    test.each(wrongWaitOptions)('items() refuses $title at the call', async (wrong) => {
      const queue = fullOf(1)
      expect(await refusal(() => queue.items(wrong.value as object))).toEqual(refused('threw', wrong, wrong.name))
      expect(queue.size).toBe(1)
    })
  })
}
