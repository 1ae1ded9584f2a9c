/** PriorityQueue: everything that a queue keeps (the suite), its order, and what happens where there is none. */
import { describe, expect, test } from 'vitest'
import { drain, outcome } from '../../test/microtasks.ts'
import { queueSuite } from '../../test/queue-suite.ts'
import { listeners, record } from '../../test/recording.ts'
import { notAFunction, refusal, refused } from '../../test/wrong-input.ts'
import { Queue } from '../queue/index.ts'
import { PriorityQueue } from './index.ts'

const ok = { state: 'fulfilled', value: undefined }

function takeAll<T>(queue: Queue<T>): T[] {
  return Array.from({ length: queue.size }, () => queue.getNowait())
}

/** Puts `items` in every one of some orders, and answers the distinct orders in which they leave. */
function sortings<T>(items: readonly T[]): T[][] {
  const seen = new Map<string, T[]>()
  const orders = [items, items.toReversed(), ...items.map((_, at) => [...items.slice(at), ...items.slice(0, at)])]
  for (const order of orders) {
    const queue = new PriorityQueue<T>()
    for (const item of order) queue.putNowait(item)
    const left = takeAll(queue)
    seen.set(String(left.map((item) => items.indexOf(item))), left)
  }
  return [...seen.values()]
}

describe('PriorityQueue', () => {
  queueSuite(
    'PriorityQueue',
    (maxsize, options) => new PriorityQueue(maxsize, options),
    (items) => items.toSorted((a, b) => a - b),
  )

  test('is a Queue', () => {
    expect(new PriorityQueue()).toBeInstanceOf(Queue)
  })

  describe('order', () => {
    test('Q21 smallest first, whatever the order of the puts', () => {
      let seed = 1
      const random = (): number => (seed = (seed * 48271) % 2147483647)
      for (let size = 0; size < 60; size++) {
        const queue = new PriorityQueue<number>()
        const items = Array.from({ length: size }, () => random() % 20)
        for (const item of items) queue.putNowait(item)
        expect(takeAll(queue)).toEqual(items.toSorted((a, b) => a - b))
      }
    })

    test('Q21 holds while items come and go', () => {
      let seed = 7
      const random = (): number => (seed = (seed * 48271) % 2147483647)
      const queue = new PriorityQueue<number>()
      const items: number[] = []
      for (let step = 0; step < 5000; step++) {
        if (random() % 5 < 3) {
          const item = random() % 100
          queue.putNowait(item)
          items.push(item)
        } else if (items.length > 0) {
          items.sort((a, b) => a - b)
          expect(queue.getNowait()).toBe(items.shift())
        }
      }
      expect(takeAll(queue)).toEqual(items.toSorted((a, b) => a - b))
    })

    test.each([
      ['numbers', [-Infinity, -1.5, 0, 2, 10, Infinity]],
      ['bigints', [-5n, 0n, 3n, 10n ** 30n]],
      ['strings, by code unit', ['', '10', '9', 'B', 'a', 'aa', 'b', 'ä']],
      ['Dates', [new Date(0), new Date(10), new Date(1e12)]],
      ['arrays, element by element', [[], [1], [1, 'a'], [1, 'b'], [2], [10, 'a']]],
      [
        'arrays of arrays',
        [
          [[1], 2],
          [[1, 0], 1],
          [[2], 0],
        ],
      ],
      [
        'arrays led by a number, with Dates and bigints',
        [
          [1, new Date(5), 2n],
          [1, new Date(5), 3n],
          [1, new Date(6), 0n],
        ],
      ],
    ])('Q21 the natural order of %s', (_, sorted) => {
      expect(sortings<unknown>(sorted)).toEqual([sorted])
    })

    test('Q21 equals leave in the order in which they came', () => {
      const queue = new PriorityQueue<{ priority: number; name: number }>(0, {
        compare: (a, b) => a.priority - b.priority,
      })
      let name = 0
      for (let round = 0; round < 10; round++) {
        for (const priority of [2, 1, 3, 1, 2]) queue.putNowait({ priority, name: name++ })
        queue.getNowait()
      }
      const left = takeAll(queue)
      for (const [at, item] of left.entries()) {
        const before = left[at - 1]
        if (before?.priority === item.priority) expect(item.name).toBeGreaterThan(before.name)
        else if (before !== undefined) expect(item.priority).toBeGreaterThan(before.priority)
      }
      expect(left).toHaveLength(40)
    })

    test.each([
      ['0 and -0', [0, -0, 0]],
      ['equal Dates', [new Date(5), new Date(5), new Date(5)]],
      [
        'equal arrays',
        [
          [1, 'a'],
          [1, 'a'],
          [1, 'a'],
        ],
      ],
    ])('Q21 %s are equals: they leave in the order in which they came', (_, items) => {
      const queue = new PriorityQueue<unknown>()
      for (const item of items) queue.putNowait(item)
      for (const item of items) expect(Object.is(queue.getNowait(), item)).toBe(true)
    })

    test('equals stay in order across waiting putters', () => {
      const queue = new PriorityQueue<[number, object]>(1, { compare: (a, b) => a[0] - b[0] })
      const items = Array.from({ length: 5 }, (): [number, object] => [1, {}])
      const putting = Promise.all(items.map((item) => queue.put(item)))
      for (const item of items) expect(queue.getNowait()).toBe(item)
      return putting
    })

    test('`compare` decides, over the natural order too', () => {
      const queue = new PriorityQueue<number>(0, { compare: (a, b) => b - a })
      for (const item of [2, 3, 1]) queue.putNowait(item)
      expect(takeAll(queue)).toEqual([3, 2, 1])
    })

    test('`compare` of infinities, or of no consequence, is respected', () => {
      const last = new PriorityQueue<string>(0, {
        compare: (a, b) => (a === 'first' ? -Infinity : b === 'first' ? Infinity : 0),
      })
      for (const item of ['a', 'b', 'first', 'c']) last.putNowait(item)
      expect(takeAll(last)).toEqual(['first', 'a', 'b', 'c'])
    })

    test('undefined is an item where `compare` knows it', async () => {
      const queue = new PriorityQueue<number | undefined>(0, { compare: (a, b) => (a ?? 0) - (b ?? 0) })
      for (const item of [1, undefined, -1]) queue.putNowait(item)
      expect([await queue.get(), await queue.get(), await queue.get()]).toEqual([-1, undefined, 1])
    })

    test('Q8 priority does not apply to those who wait to put: the first to come is stored first', async () => {
      const queue = new PriorityQueue<number>(1)
      queue.putNowait(5)
      const putters = [queue.put(9), queue.put(1)]
      expect(queue.getNowait()).toBe(5)
      expect(await outcome(putters[0]!)).toEqual(ok)
      expect(await outcome(putters[1]!)).toEqual({ state: 'pending' })
      expect([queue.getNowait(), queue.getNowait()]).toEqual([9, 1])
    })

    test('Q8 the item of a waiting putter is stored after the get has its own: it is not what that get takes', async () => {
      const queue = new PriorityQueue<number>(1)
      queue.putNowait(5)
      const putting = queue.put(1)
      expect(await queue.get()).toBe(5)
      await putting
      expect(queue.getNowait()).toBe(1)
    })

    test('Q22 a waiting getter takes the item of the put that woke it, not the best when it resumes', async () => {
      const queue = new PriorityQueue<number>()
      const getting = queue.get()
      queue.putNowait(5)
      queue.putNowait(1)
      expect(await getting).toBe(5)
      expect(queue.getNowait()).toBe(1)
    })

    test('an urgent job goes before those that were there', async () => {
      const queue = new PriorityQueue<[number, string]>()
      queue.putNowait([6, 'dry'])
      queue.putNowait([5, 'wash'])
      queue.putNowait([0, 'put out the fire'])
      queue.shutdown()
      const seen: string[] = []
      for await (const [, job] of queue) seen.push(job)
      expect(seen).toEqual(['put out the fire', 'wash', 'dry'])
    })

    test('a put and a get of 2^14 items compare at most 2 log2 times each', () => {
      let compared = 0
      const queue = new PriorityQueue<number>(0, {
        compare: (a, b) => {
          compared++
          return a - b
        },
      })
      let seed = 3
      for (let item = 0; item < 2 ** 14; item++) queue.putNowait((seed = (seed * 48271) % 2147483647))
      let most = 0
      const measure = (step: () => void): void => {
        compared = 0
        step()
        most = Math.max(most, compared)
      }
      for (let round = 0; round < 1000; round++) {
        measure(() => queue.getNowait())
        measure(() => queue.putNowait(-round))
      }
      expect(most).toBeGreaterThan(1)
      expect(most).toBeLessThanOrEqual(2 * 14)
    })
  })

  describe('bad input', () => {
    test.each(notAFunction.filter(({ value }) => value !== undefined))('compare: $title is refused', async (wrong) => {
      expect(await refusal(() => new PriorityQueue(0, { compare: wrong.value as never }))).toEqual(
        refused('threw', wrong, 'compare'),
      )
    })

    test('compare: undefined is the natural order', () => {
      const queue = new PriorityQueue<number>(0, { compare: undefined })
      queue.putNowait(2)
      queue.putNowait(1)
      expect(takeAll(queue)).toEqual([1, 2])
    })

    const unordered: readonly (readonly [string, unknown, 'TypeError' | 'RangeError'])[] = [
      ['a plain object', { priority: 1 }, 'TypeError'],
      ['undefined', undefined, 'TypeError'],
      ['null', null, 'TypeError'],
      ['true', true, 'TypeError'],
      ['a symbol', Symbol('odd'), 'TypeError'],
      ['a function', () => 1, 'TypeError'],
      ['a Map', new Map(), 'TypeError'],
      ['NaN', Number.NaN, 'RangeError'],
      ['an invalid Date', new Date(Number.NaN), 'RangeError'],
    ]

    test.each(unordered)(
      '%s has no natural order: put and putNowait fail, into an empty queue too, and change nothing',
      async (_, item, type) => {
        const queue = new PriorityQueue<unknown>()
        const title = { type, title: '', value: item } as const
        expect(await refusal(() => queue.put(item))).toEqual(refused('rejected', title, 'item'))
        expect(await refusal(() => queue.putNowait(item))).toEqual(refused('threw', title, 'item'))
        expect(queue.size).toBe(0)
        queue.putNowait(1)
        expect(await refusal(() => queue.put(item))).toEqual(refused('rejected', title, 'item'))
        expect(takeAll(queue)).toEqual([1])
        queue.taskDone()
        expect(() => queue.taskDone()).toThrow(RangeError)
      },
    )

    test.each(unordered)('%s fails at a waiting getter, which goes on waiting', async (_, item, type) => {
      const queue = new PriorityQueue<unknown>()
      const getting = queue.get()
      expect(await refusal(() => queue.put(item))).toMatchObject({ how: 'rejected', type })
      expect(await outcome(getting)).toEqual({ state: 'pending' })
      queue.putNowait(1)
      expect(await getting).toBe(1)
    })

    test.each(unordered)('%s fails at a full queue at once, rather than wait', async (_, item, type) => {
      const queue = new PriorityQueue<unknown>(1)
      queue.putNowait(1)
      expect(await refusal(() => queue.put(item))).toMatchObject({ how: 'rejected', type })
      expect(String(queue)).toBe('PriorityQueue <size: 1, maxsize: 1>')
    })

    test.each([
      ['a string among numbers', [1, 3], 'x'],
      ['a number among strings', ['a', 'b'], 1],
      ['a Date among numbers', [1, 2], new Date(0)],
      ['an array among numbers', [1, 2], [1]],
      ['a number among arrays', [[1], [2]], 1],
      ['an array that holds a string where the others hold numbers', [[1], [2]], ['x']],
      ['an array that holds NaN where the others hold numbers', [[1], [2]], [Number.NaN]],
      ['an array that holds an object where the others hold numbers', [[1], [2]], [{}]],
    ])('%s fails the put and changes nothing', async (_, items, odd) => {
      const queue = new PriorityQueue<unknown>()
      for (const item of items) queue.putNowait(item)
      expect(await refusal(() => queue.put(odd))).toMatchObject({
        how: 'rejected',
        message: expect.stringContaining('item') as string,
      })
      expect(await refusal(() => queue.putNowait(odd))).toMatchObject({ how: 'threw' })
      expect(queue.size).toBe(2)
      queue.putNowait(items[0])
      expect(takeAll(queue)).toEqual([items[0], items[0], items[1]])
      for (let item = 0; item < 3; item++) queue.taskDone()
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test.each([undefined, null, '1', Number.NaN, true, 1n, {}])(
      'a compare that answers %s fails the put and changes nothing',
      async (answer) => {
        let broken = false
        const queue = new PriorityQueue<number>(0, { compare: (a, b) => (broken ? (answer as number) : a - b) })
        queue.putNowait(2)
        broken = true
        expect(await refusal(() => queue.put(1))).toMatchObject({
          how: 'rejected',
          type: typeof answer === 'number' ? 'RangeError' : 'TypeError',
          message: expect.stringContaining('compare') as string,
        })
        expect(await refusal(() => queue.putNowait(1))).toMatchObject({ how: 'threw' })
        broken = false
        queue.putNowait(3)
        expect(takeAll(queue)).toEqual([2, 3])
      },
    )
  })

  describe('a compare that throws', () => {
    const odd = new Error('cannot compare')
    odd.name = odd.message

    /** A queue of numbers whose compare throws from its nth comparison on, once it was told to. */
    function fragile(maxsize = 0): {
      queue: PriorityQueue<number>
      breakAfter(comparisons: number): void
      heal(): void
    } {
      let left = Infinity
      const queue = new PriorityQueue<number>(maxsize, {
        compare: (a, b) => {
          if (left-- <= 0) throw odd
          return a - b
        },
      })
      return {
        queue,
        breakAfter: (comparisons) => void (left = comparisons),
        heal: () => void (left = Infinity),
      }
    }
    const rejected = { state: 'rejected', reason: odd }

    test('at any comparison of a put: that put fails with the error, and nothing has changed', async () => {
      const evens = Array.from({ length: 200 }, (_, item) => item * 2)
      let failures = 0
      // Ever one comparison later, until the put needs no more of them than it is granted.
      for (let comparisons = 0; comparisons === failures; comparisons++) {
        const { queue, breakAfter, heal } = fragile()
        for (const item of evens) queue.putNowait(item)
        breakAfter(comparisons)
        const first = await outcome(queue.put(201))
        if (first.state === 'rejected') {
          expect(first).toEqual(rejected)
          failures++
        }
        heal()
        const expected = first.state === 'rejected' ? evens : evens.concat(201).toSorted((one, other) => one - other)
        expect(queue.size).toBe(expected.length)
        queue.putNowait(5)
        expect(takeAll(queue)).toEqual(expected.concat(5).toSorted((one, other) => one - other))
        for (let item = 0; item < expected.length + 1; item++) queue.taskDone()
        expect(() => queue.taskDone()).toThrow(RangeError)
      }
      expect(failures).toBeGreaterThan(0)
    })

    test('a get compares nothing, so it cannot fail: what is in the queue comes out, in order', async () => {
      const { queue, breakAfter } = fragile()
      for (let item = 19; item >= 0; item--) queue.putNowait(item)
      breakAfter(0)
      expect(await queue.get()).toBe(0)
      expect(takeAll(queue)).toEqual(Array.from({ length: 19 }, (_, item) => item + 1))
    })

    test('items that cannot be compared with each other are refused by the put, and jam no get', () => {
      const queue = new PriorityQueue<unknown[]>()
      queue.putNowait([0])
      queue.putNowait([1, 'a'])
      expect(() => queue.putNowait([1, 5])).toThrow(TypeError)
      expect(takeAll(queue)).toEqual([[0], [1, 'a']])
    })

    test.each([[[Number.NaN]], [[{}]], [[[Number.NaN], 1]]])(
      'an array that begins with %o fails its own put, not the next',
      (item) => {
        const queue = new PriorityQueue<unknown>()
        expect(() => queue.putNowait(item)).toThrow(/item must be/)
        queue.putNowait([1])
        expect(takeAll(queue)).toEqual([[1]])
      },
    )

    test('while the item of a waiting putter is stored: that put fails, the get does not, and the slot goes to the next putter', async () => {
      const refuseOdd = (a: number, b: number): number => {
        if (a % 2 || b % 2) throw odd
        return a - b
      }
      const queue = new PriorityQueue<number>(2, { compare: refuseOdd })
      queue.putNowait(2)
      queue.putNowait(4)
      const { signal } = new AbortController()
      const log: string[] = []
      for (const item of [7, 9, 6, 11]) record(log, `put ${item}`, queue.put(item, { signal, timeout: 1e6 }))
      expect(await outcome(queue.get())).toEqual({ state: 'fulfilled', value: 2 })
      expect(log.toSorted()).toEqual(['put 6', 'put 7! cannot compare', 'put 9! cannot compare'])
      expect(queue).toMatchObject({ size: 2, full: true })
      expect(queue.getNowait()).toBe(4)
      await drain()
      expect(log).toContain('put 11! cannot compare')
      expect(listeners(signal)).toBe(0)
      expect(queue).toMatchObject({ size: 1, full: false })
      queue.putNowait(8)
      expect(takeAll(queue)).toEqual([6, 8])
      for (let item = 0; item < 4; item++) queue.taskDone()
      expect(() => queue.taskDone()).toThrow(RangeError)
    })

    test('mixed kinds too: a putter whose item does not go with the others fails when its turn comes', async () => {
      const queue = new PriorityQueue<unknown>(2)
      queue.putNowait(1)
      queue.putNowait(2)
      const putting = [outcome(queue.put('x')), outcome(queue.put(3))]
      expect(queue.getNowait()).toBe(1)
      expect(await Promise.all(putting)).toMatchObject([
        { state: 'rejected', reason: expect.any(TypeError) as Error },
        ok,
      ])
      expect(takeAll(queue)).toEqual([2, 3])
    })

    test('a join() is not held up by a put that failed', async () => {
      const { queue, breakAfter } = fragile()
      queue.putNowait(1)
      const joining = queue.join()
      breakAfter(0)
      expect(await outcome(queue.put(2))).toEqual(rejected)
      queue.taskDone()
      expect(await outcome(joining)).toEqual(ok)
    })

    test('immediate shutdown needs no order: it drops everything, and wakes join() and the putters', async () => {
      const { queue, breakAfter } = fragile(20)
      for (let item = 0; item < 20; item++) queue.putNowait(item)
      const joining = queue.join()
      const putting = outcome(queue.put(20))
      breakAfter(0)
      queue.shutdown(true)
      expect(queue).toMatchObject({ size: 0, isShutdown: true })
      expect(await outcome(joining)).toEqual(ok)
      expect(await putting).toMatchObject({ state: 'rejected', reason: { code: 'ERR_QUEUE_SHUT_DOWN' } })
    })

    test('a put straight to a waiting getter needs no comparison', async () => {
      const { queue, breakAfter } = fragile()
      const getting = queue.get()
      breakAfter(0)
      queue.putNowait(1)
      expect(await getting).toBe(1)
    })
  })
})
