/**
 * Death at every atomic operation of a put, a get, and what else changes a queue: the thread is played by a second seat in this thread, whose
 * call is cut off there and which is then recovered. What another thread finds is all or nothing, and the queue goes on.
 */
import { describe, expect, test } from 'vitest'
import { Queue, Space, SpaceFullError } from '../index.ts'
import { SEAT, wordsFor } from '../layout.ts'
import { forget, type Territory } from '../territory.ts'
import { wordsForRing } from './ring.ts'

const DEATH = new Error('the thread has died')
const operations = ['load', 'store', 'compareExchange', 'add', 'and', 'or'] as const

/** Runs `call` up to its `n`th atomic operation, which no longer happens. True if it died of that. */
function diesAt(n: number, call: () => void): boolean {
  const originals = operations.map((name) => Atomics[name])
  let left = n
  for (const name of operations) {
    const original = Atomics[name] as (...args: never[]) => unknown
    Atomics[name] = ((...args: never[]) => {
      if (left-- === 0) throw DEATH
      // Dead, it does nothing more, whatever a finally clause is for.
      if (left < 0) throw DEATH
      return original(...args)
    }) as never
  }
  try {
    call()
    return false
  } catch (error) {
    if (error !== DEATH) throw error
    return true
  } finally {
    operations.forEach((name, index) => {
      Atomics[name] = originals[index] as never
    })
  }
}

/** Two seats of one space in this thread, as of two threads: a queue as each has it. */
function two(more = 0): { dying: Queue<Uint8Array>; living: Queue<Uint8Array>; bury(): void; space: Space } {
  const words = wordsFor(3, 8) + (1 + more) * wordsForRing(128)
  const space = new Space({ threads: 3, objects: 8, memory: new SharedArrayBuffer(words * 4) })
  const dying = new Queue<Uint8Array>({ codec: 'bytes', bytes: 128, space })
  const { territory } = dying.local.place
  forget(territory)
  const living = Queue.from<Uint8Array>(dying.handle)
  const other: Territory = living.local.place.territory
  expect(other).not.toBe(territory)
  return {
    dying,
    living,
    space,
    bury() {
      const seat = dying.local.place.seat.id
      Atomics.store(other.view, other.seatAt(seat) + SEAT.THREAD, 777)
      other.bury(776)
    },
  }
}

const item = (value: number): Uint8Array => new Uint8Array(20).fill(value)

/** Plays `play` with a death at each operation in turn, until one run comes through. How many there were. */
function atEach(play: (n: number) => boolean): number {
  for (let n = 0; ; n++) if (!play(n)) return n
}

/** All that is in it, after which it goes on as if nothing had been. */
function drained(queue: Queue<Uint8Array>): number[] {
  const values: number[] = []
  while (!queue.empty) {
    const got = queue.getNowait()
    expect(got).toEqual(item(got[0]!))
    values.push(got[0]!)
  }
  for (let round = 0; round < 20; round++) {
    queue.putNowait(item(round))
    queue.putNowait(item(round + 100))
    expect([queue.getNowait(), queue.getNowait()]).toEqual([item(round), item(round + 100)])
  }
  return values
}

describe.each([0, 1, 3])('after %i items more', (before) => {
  const begin = (queue: Queue<Uint8Array>): void => {
    for (let round = 0; round < before; round++) {
      queue.putNowait(item(99))
      queue.getNowait()
    }
  }

  test('in the middle of a put: the item is in, whole, or it is not', () => {
    const seen = new Set<string>()
    const count = atEach((n) => {
      const { dying, living, bury } = two()
      begin(n % 2 === 0 ? dying : living)
      living.putNowait(item(1))
      const died = diesAt(n, () => dying.putNowait(item(2)))
      bury()
      const { size } = living
      living.putNowait(item(3))
      const values = drained(living)
      seen.add(values.join())
      expect(['1,3', '1,2,3']).toContain(values.join())
      expect(size).toBe(values.length - 1)
      return died
    })
    expect(count).toBeGreaterThan(6)
    expect([...seen].toSorted()).toEqual(['1,2,3', '1,3'])
  })

  test('in the middle of a get: the item is there, whole, or it is gone with the thread, and no other', () => {
    const seen = new Set<string>()
    const count = atEach((n) => {
      const { dying, living, bury } = two()
      begin(n % 2 === 0 ? dying : living)
      living.putNowait(item(1))
      living.putNowait(item(2))
      const died = diesAt(n, () => void dying.getNowait())
      bury()
      const values = drained(living)
      seen.add(values.join())
      expect(['1,2', '2']).toContain(values.join())
      return died
    })
    expect(count).toBeGreaterThan(6)
    expect(seen.size).toBe(2)
  })

  test('while another stands to get: he gets the item that was put, if it was', async () => {
    for (let n = 0, died = true; died; n++) {
      const { dying, living, bury } = two()
      begin(living)
      const getting = living.get()
      died = diesAt(n, () => dying.putNowait(item(1)))
      bury()
      living.putNowait(item(2))
      expect([1, 2]).toContain((await getting)[0])
      expect(drained(living).length).toBeLessThanOrEqual(1)
    }
  })
})

test('in the middle of waiting to get, or to put: nobody stands in the way', () => {
  for (const wait of ['get', 'put'] as const) {
    for (let n = 0, died = true; died; n++) {
      const { dying, living, bury } = two()
      if (wait === 'put') for (let count = 0; count < 4; count++) living.putNowait(item(count))
      died = diesAt(n, () => {
        void (wait === 'get' ? dying.get() : dying.put(item(9))).catch((error: unknown) => {
          if (error !== DEATH) throw error
        })
        // The calls reject with what they meet.
        Atomics.load(dying.local.place.view, 0)
      })
      bury()
      expect(drained(living)).toEqual(wait === 'put' ? [0, 1, 2, 3] : [])
    }
  }
})

test('in the middle of a taskDone() or a shutdown(): done or not', () => {
  for (let n = 0, died = true; died; n++) {
    const { dying, living, bury } = two()
    living.putNowait(item(1))
    living.getNowait()
    died = diesAt(n, () => dying.taskDone())
    bury()
    if (living.local.ring.unfinished > 0) living.taskDone()
    living.joinSync({ timeout: 0 })
    expect(() => living.taskDone()).toThrow(RangeError)
  }
  for (let n = 0, died = true; died; n++) {
    const { dying, living, bury } = two()
    living.putNowait(item(1))
    died = diesAt(n, () => dying.shutdown(true))
    bury()
    if (!living.isShutdown) expect(drained(living)).toEqual([1])
    else if (living.size > 0) expect(living.getNowait()).toEqual(item(1))
    living.shutdown(true)
    expect(() => living.getNowait()).toThrow('getNowait() of ')
  }
})

test('in the middle of making a queue: its block is given to the next, but for one instant at which it is lost', () => {
  let lost = 0
  const count = atEach((n) => {
    const { dying, living, bury, space } = two(2)
    const died = diesAt(n, () => void new Queue({ bytes: 128, space }))
    bury()
    const mine = Space.from(space.handle)
    expect(new Queue({ bytes: 128, space: mine }).size).toBe(0)
    // What came through has it for good.
    if (died) {
      try {
        void new Queue({ bytes: 128, space: mine })
      } catch (error) {
        expect(error).toBeInstanceOf(SpaceFullError)
        lost++
      }
    }
    expect([dying.size, living.size]).toEqual([0, 0])
    return died
  })
  expect(count).toBeGreaterThan(10)
  // H1: from the growth of the heap until the block is in the list, a few operations later; and once it is in use.
  expect(lost).toBeLessThan(12)
})

test('whoever joins in another thread does not miss the moment at which all was done, though others put on at once', async () => {
  const { dying: one, living: other } = two()
  one.putNowait(item(1))
  const joining = other.join({ timeout: 5000 })
  one.getNowait()
  one.taskDone()
  one.putNowait(item(2))
  await joining
  await expect(other.join({ timeout: 20 })).rejects.toThrow('join timed out')
})
