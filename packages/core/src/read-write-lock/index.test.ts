/** ReadWriteLock: who may be inside together, in which order they get in, and what a permit is worth. */
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
import { type Permit, ReadWriteLock } from './index.ts'

const timedOut = expect.toSatisfy(
  (reason: unknown) => reason instanceof DOMException && reason.name === 'TimeoutError',
) as unknown
const sides = ['read', 'write'] as const

/** What the lock shows. */
const shown = (lock: ReadWriteLock): unknown => ({
  readers: lock.read.locked,
  writer: lock.write.locked,
  waiting: [lock.read.waiting, lock.write.waiting],
})
const unlocked = { readers: false, writer: false, waiting: [0, 0] }

/** Keeps the permits of those who get in, by name, and the order in which they did. */
function door(lock: ReadWriteLock) {
  const inside = new Map<string, Permit>()
  const order: string[] = []
  return {
    order,
    enter(name: string, options?: { signal?: AbortSignal; timeout?: number }): void {
      const side = name.startsWith('w') ? lock.write : lock.read
      side.acquire(options).then(
        (permit) => {
          inside.set(name, permit)
          order.push(name)
        },
        () => order.push(`${name} gave up`),
      )
    },
    async leave(name: string): Promise<void> {
      await drain()
      inside.get(name)!.release()
      inside.delete(name)
      await drain()
    },
  }
}

describe('ReadWriteLock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  describe('who may be inside', () => {
    test('is unlocked at first, on both sides', () => {
      expect(shown(new ReadWriteLock())).toEqual(unlocked)
    })

    test('any number of readers, and no writer with them', async () => {
      const lock = new ReadWriteLock()
      const readers = await Promise.all([lock.read.acquire(), lock.read.acquire(), lock.read.acquire()])
      expect(shown(lock)).toEqual({ readers: true, writer: false, waiting: [0, 0] })
      expect(lock.write.tryAcquire()).toBeNull()
      for (const permit of readers) {
        expect(lock.read.locked).toBe(true)
        permit.release()
      }
      expect(shown(lock)).toEqual(unlocked)
    })

    test('one writer, and nobody with it', async () => {
      const lock = new ReadWriteLock()
      const writer = await lock.write.acquire()
      expect(shown(lock)).toEqual({ readers: false, writer: true, waiting: [0, 0] })
      expect(lock.write.tryAcquire()).toBeNull()
      expect(lock.read.tryAcquire()).toBeNull()
      writer.release()
      expect(shown(lock)).toEqual(unlocked)
    })

    test.each(sides)('a free lock is taken before %s.acquire() returns', async (side) => {
      const lock = new ReadWriteLock()
      const acquiring = lock[side].acquire()
      expect(lock[side].locked).toBe(true)
      expect((await acquiring).released).toBe(false)
    })

    test.each(sides)('%s.tryAcquire() takes it now, and answers a permit', (side) => {
      const lock = new ReadWriteLock()
      const permit = lock[side].tryAcquire()!
      expect(permit.released).toBe(false)
      expect(lock[side].locked).toBe(true)
      permit.release()
      expect(permit.released).toBe(true)
      expect(shown(lock)).toEqual(unlocked)
    })

    test('`locked` is true from the moment that it is promised', async () => {
      const lock = new ReadWriteLock()
      const writer = lock.write.tryAcquire()!
      const reading = lock.read.acquire()
      writer.release()
      expect(shown(lock)).toEqual({ readers: true, writer: false, waiting: [0, 0] })
      expect(lock.write.tryAcquire()).toBeNull()
      const reader = await reading
      const writing = lock.write.acquire()
      reader.release()
      expect(shown(lock)).toEqual({ readers: false, writer: true, waiting: [0, 0] })
      expect(lock.read.tryAcquire()).toBeNull()
      const second = await writing
      second.release()
    })

    test('@core/asyncutil: readers and writers never overlap, in many rounds', async () => {
      const lock = new ReadWriteLock()
      let readers = 0
      let writers = 0
      let most = 0
      const errors: string[] = []
      const look = (): void => {
        if (writers > 1 || (writers === 1 && readers > 0)) errors.push(`${writers} writers with ${readers} readers`)
        most = Math.max(most, readers)
      }
      const task = async (index: number): Promise<void> => {
        for (let round = 0; round < 20; round++) {
          if ((index * 7 + round * 3) % 5 === 0) {
            using _ = await lock.write.acquire()
            writers++
            look()
            await drain()
            writers--
          } else {
            using _ = await lock.read.acquire()
            readers++
            look()
            await drain()
            readers--
          }
        }
      }
      await Promise.all(Array.from({ length: 12 }, (_, index) => task(index)))
      expect(errors).toEqual([])
      expect(most).toBeGreaterThan(1)
      expect(shown(lock)).toEqual(unlocked)
    })
  })

  describe('order', () => {
    test('a waiting writer holds later readers back', async () => {
      const lock = new ReadWriteLock()
      const { enter, leave, order } = door(lock)
      enter('r1')
      enter('w1')
      enter('r2')
      await drain()
      expect(order).toEqual(['r1'])
      expect(shown(lock)).toEqual({ readers: true, writer: false, waiting: [1, 1] })
      expect(lock.read.tryAcquire()).toBeNull()
      await leave('r1')
      expect(order).toEqual(['r1', 'w1'])
      await leave('w1')
      expect(order).toEqual(['r1', 'w1', 'r2'])
    })

    test('readers that stand together at the head go in together, those behind the next writer do not', async () => {
      const lock = new ReadWriteLock()
      const { enter, leave, order } = door(lock)
      for (const name of ['w1', 'r1', 'r2', 'w2', 'r3', 'r4', 'w3']) enter(name)
      await leave('w1')
      expect(order).toEqual(['w1', 'r1', 'r2'])
      await leave('r2')
      expect(order).toHaveLength(3)
      await leave('r1')
      expect(order.slice(3)).toEqual(['w2'])
      await leave('w2')
      expect(order.slice(4)).toEqual(['r3', 'r4'])
      await leave('r3')
      await leave('r4')
      expect(order.slice(6)).toEqual(['w3'])
      await leave('w3')
      expect(shown(lock)).toEqual(unlocked)
    })

    test('writers go in one after another, in the order in which they came', async () => {
      const lock = new ReadWriteLock()
      const { enter, leave, order } = door(lock)
      for (const name of ['w1', 'w2', 'w3']) enter(name)
      await leave('w1')
      expect(order).toEqual(['w1', 'w2'])
      await leave('w2')
      await leave('w3')
      expect(order).toEqual(['w1', 'w2', 'w3'])
    })

    test('neither side starves: under a stream of readers a writer goes in once, and the readers after it', async () => {
      const lock = new ReadWriteLock()
      const { enter, leave, order } = door(lock)
      enter('r0')
      for (let round = 1; round < 10; round++) {
        enter(`w${round}`)
        enter(`r${round}`)
        await leave(round === 1 ? 'r0' : `r${round - 1}`)
        await leave(`w${round}`)
      }
      expect(order).toEqual(['r0', ...Array.from({ length: 9 }, (_, at) => [`w${at + 1}`, `r${at + 1}`]).flat()])
    })

    test('nobody overtakes a reader that waits behind a writer', async () => {
      const lock = new ReadWriteLock()
      const writer = lock.write.tryAcquire()!
      const reading = lock.read.acquire()
      expect(lock.read.tryAcquire()).toBeNull()
      expect(lock.write.tryAcquire()).toBeNull()
      writer.release()
      const reader = await reading
      const second = lock.read.tryAcquire()
      expect(second).not.toBeNull()
      reader.release()
      second!.release()
      expect(shown(lock)).toEqual(unlocked)
    })
  })

  describe('giving up', () => {
    test('a writer at the head that aborts lets the readers behind it join those inside', async () => {
      const lock = new ReadWriteLock()
      const { enter, order } = door(lock)
      const controller = new AbortController()
      enter('r1')
      enter('w1', { signal: controller.signal })
      enter('r2')
      enter('r3')
      enter('w2')
      enter('r4')
      controller.abort()
      expect(shown(lock)).toEqual({ readers: true, writer: false, waiting: [1, 1] })
      await drain()
      expect(order).toEqual(['r1', 'w1 gave up', 'r2', 'r3'])
    })

    test('a writer at the head that times out lets the readers behind it in', async () => {
      const lock = new ReadWriteLock()
      const { enter, order } = door(lock)
      enter('r1')
      enter('w1', { timeout: 5 })
      enter('r2')
      vi.advanceTimersByTime(5)
      await drain()
      expect(order).toEqual(['r1', 'w1 gave up', 'r2'])
    })

    test('a writer that gives up while another writer is inside lets nobody in', async () => {
      const lock = new ReadWriteLock()
      const { enter, order, leave } = door(lock)
      const controller = new AbortController()
      enter('w1')
      enter('w2', { signal: controller.signal })
      enter('r1')
      controller.abort()
      await drain()
      expect(order).toEqual(['w1', 'w2 gave up'])
      await leave('w1')
      expect(order.slice(2)).toEqual(['r1'])
    })

    test('a writer in the middle that gives up joins the readers on both its sides', async () => {
      const lock = new ReadWriteLock()
      const { enter, order, leave } = door(lock)
      const controller = new AbortController()
      for (const name of ['w1', 'r1']) enter(name)
      enter('w2', { signal: controller.signal })
      enter('r2')
      controller.abort()
      await leave('w1')
      expect(order).toEqual(['w1', 'w2 gave up', 'r1', 'r2'])
    })

    test('all who wait with one signal are gone before anybody is let in: a reader whose signal has aborted does not get in', async () => {
      const lock = new ReadWriteLock()
      const { enter, order } = door(lock)
      const controller = new AbortController()
      enter('r1')
      enter('w1', { signal: controller.signal })
      enter('r2', { signal: controller.signal })
      enter('r3')
      controller.abort()
      await drain()
      expect(order.slice(0, 1)).toEqual(['r1'])
      expect(order.slice(1).toSorted()).toEqual(['r2 gave up', 'r3', 'w1 gave up'])
    })

    test.each(sides)(
      'async-primitives: %s, aborted after it was granted, keeps its hold and evicts nobody',
      async (side) => {
        const lock = new ReadWriteLock()
        const writer = lock.write.tryAcquire()!
        const controller = new AbortController()
        const granted = lock[side].acquire({ signal: controller.signal })
        const next = lock.write.acquire()
        writer.release()
        controller.abort()
        expect(shown(lock)).toEqual({ readers: side === 'read', writer: side === 'write', waiting: [0, 1] })
        const permit = await granted
        expect(permit.released).toBe(false)
        permit.release()
        const last = await next
        last.release()
        expect(shown(lock)).toEqual(unlocked)
      },
    )

    describe.each(sides)('%s.acquire()', (side) => {
      /** Waits behind a writer. */
      const park = (options: object): { lock: ReadWriteLock; promise: Promise<Permit>; letGo(): void } => {
        const lock = new ReadWriteLock()
        const holder = lock.write.tryAcquire()!
        return { lock, promise: lock[side].acquire(options), letGo: () => holder.release() }
      }

      test.each(reasons)('rejects with the signal’s own reason: %s', async (_, reason) => {
        const controller = new AbortController()
        const { lock, promise, letGo } = park({ signal: controller.signal })
        expect(listeners(controller.signal)).toBe(1)
        controller.abort(reason)
        expect(listeners(controller.signal)).toBe(0)
        expect(lock[side].waiting).toBe(0)
        const seen = await outcome(promise)
        expect(seen.state === 'rejected' && Object.is(seen.reason, controller.signal.reason)).toBe(true)
        letGo()
        expect(shown(lock)).toEqual(unlocked)
      })

      test('with a signal aborted before rejects though it is free, and takes nothing', async () => {
        const lock = new ReadWriteLock()
        expect(await outcome(lock[side].acquire({ signal: AbortSignal.abort('before') }))).toEqual({
          state: 'rejected',
          reason: 'before',
        })
        expect(shown(lock)).toEqual(unlocked)
      })

      test('times out, and leaves nothing behind', async () => {
        const { signal } = new AbortController()
        const { lock, promise, letGo } = park({ timeout: 10, signal })
        vi.advanceTimersByTime(10)
        expect(await outcome(promise)).toEqual({ state: 'rejected', reason: timedOut })
        expect(listeners(signal)).toBe(0)
        letGo()
        expect(shown(lock)).toEqual(unlocked)
      })

      test('with timeout 0 takes a free lock, and does not wait for one that is held', async () => {
        const { lock, promise, letGo } = park({ timeout: 0 })
        expect(lock[side].waiting).toBe(0)
        expect(await outcome(promise)).toEqual({ state: 'rejected', reason: timedOut })
        letGo()
        const permit = await lock[side].acquire({ timeout: 0 })
        expect(lock[side].locked).toBe(true)
        permit.release()
      })

      test('leaves no timer and no listener once it is in', async () => {
        const { signal } = new AbortController()
        const { promise, letGo } = park({ signal, timeout: 100 })
        letGo()
        expect(listeners(signal)).toBe(0)
        expect(vi.getTimerCount()).toBe(0)
        expect((await promise).released).toBe(false)
      })

      test.each(wrongWaitOptions)('refuses $title, free or held, and changes nothing', async (wrong) => {
        const free = new ReadWriteLock()
        expect(await refusal(() => free[side].acquire(wrong.value as object))).toEqual(
          refused('rejected', wrong, wrong.name),
        )
        expect(await refusal(() => free[side].run(() => 1, wrong.value as object))).toEqual(
          refused('rejected', wrong, wrong.name),
        )
        expect(shown(free)).toEqual(unlocked)
        let parked: ReturnType<typeof park> | undefined
        expect(await refusal(() => (parked = park(wrong.value as object)).promise)).toEqual(
          refused('rejected', wrong, wrong.name),
        )
        expect(parked!.lock[side].waiting).toBe(0)
      })
    })
  })

  describe('giving back', () => {
    test.each(sides)(
      '%s.release() of what nobody holds on that side throws NotAcquiredError and changes nothing',
      async (side) => {
        const lock = new ReadWriteLock()
        expect(() => lock[side].release()).toThrow(NotAcquiredError)
        const other = side === 'read' ? lock.write : lock.read
        const permit = other.tryAcquire()!
        expect(() => lock[side].release()).toThrow(NotAcquiredError)
        expect(other.locked).toBe(true)
        expect(permit.released).toBe(false)
      },
    )

    test('read.release() ends one hold: as many are needed as there are readers', async () => {
      const lock = new ReadWriteLock()
      lock.read.tryAcquire()
      lock.read.tryAcquire()
      const writing = lock.write.acquire()
      lock.read.release()
      expect(await outcome(writing)).toEqual({ state: 'pending' })
      expect(lock.read.locked).toBe(true)
      lock.read.release()
      expect(shown(lock)).toEqual({ readers: false, writer: true, waiting: [0, 0] })
      expect(() => lock.read.release()).toThrow(NotAcquiredError)
      const writer = await writing
      lock.write.release()
      expect(writer.released).toBe(true)
      expect(() => lock.write.release()).toThrow(NotAcquiredError)
    })

    test.each(sides)('a %s permit released twice, or disposed of twice, gives back once', async (side) => {
      const lock = new ReadWriteLock()
      const first = lock[side].tryAcquire()!
      const second = lock.read.tryAcquire()
      first.release()
      first.release()
      first[Symbol.dispose]()
      expect(first.released).toBe(true)
      if (side === 'read') {
        expect(lock.read.locked).toBe(true)
        expect(second!.released).toBe(false)
        second!.release()
      }
      expect(shown(lock)).toEqual(unlocked)
    })

    test('@esfx: a write permit released twice in one tick never lets two in', async () => {
      const lock = new ReadWriteLock()
      const writer = lock.write.tryAcquire()!
      const first = lock.write.acquire()
      const second = lock.write.acquire()
      writer.release()
      writer.release()
      expect(shown(lock)).toEqual({ readers: false, writer: true, waiting: [0, 1] })
      expect((await first).released).toBe(false)
      expect(await outcome(second)).toEqual({ state: 'pending' })
    })

    test('a stale write permit cannot end the hold of the next writer', async () => {
      const lock = new ReadWriteLock()
      const stale = lock.write.tryAcquire()!
      lock.write.release()
      expect(stale.released).toBe(true)
      const holder = lock.write.tryAcquire()!
      stale.release()
      expect(lock.write.locked).toBe(true)
      expect(holder.released).toBe(false)
    })

    test('epochs: once the last reader has left, permits from before are over, and end nobody’s hold', async () => {
      const lock = new ReadWriteLock()
      const stale = [lock.read.tryAcquire()!, lock.read.tryAcquire()!]
      lock.read.release()
      lock.read.release()
      expect(stale.map((permit) => permit.released)).toEqual([true, true])
      const reader = lock.read.tryAcquire()!
      for (const permit of stale) permit.release()
      expect(lock.read.locked).toBe(true)
      expect(reader.released).toBe(false)
      reader.release()
      expect(shown(lock)).toEqual(unlocked)
    })

    test('epochs: while readers stay, a permit is good for one hold, whoever called read.release()', async () => {
      const lock = new ReadWriteLock()
      const [a, b, c] = [lock.read.tryAcquire()!, lock.read.tryAcquire()!, lock.read.tryAcquire()!]
      lock.read.release()
      expect([a, b, c].map((permit) => permit.released)).toEqual([false, false, false])
      a.release()
      expect(lock.read.locked).toBe(true)
      b.release()
      expect(lock.read.locked).toBe(false)
      expect(c.released).toBe(true)
      const writer = lock.write.tryAcquire()!
      c.release()
      expect(lock.write.locked).toBe(true)
      expect(writer.released).toBe(false)
    })

    test('epochs: readers let in by the last one that left are of a new epoch', async () => {
      const lock = new ReadWriteLock()
      const old = lock.read.tryAcquire()!
      const writing = lock.write.acquire()
      const reading = lock.read.acquire()
      old.release()
      const writer = await writing
      writer.release()
      const reader = await reading
      old.release()
      expect(reader.released).toBe(false)
      expect(lock.read.locked).toBe(true)
    })

    test('@rocicorp/lock: a finished read is not kept until the next write', async () => {
      const lock = new ReadWriteLock()
      const stays = lock.read.tryAcquire()!
      const finished = await Promise.all(
        Array.from({ length: 100 }, async () => {
          const permit = await lock.read.acquire()
          permit.release()
          return new WeakRef(permit)
        }),
      )
      await drain()
      collectGarbage()
      expect(finished.filter((permit) => permit.deref() !== undefined)).toEqual([])
      expect(stays.released).toBe(false)
    })

    test.each(sides)('`using` gives a %s hold back at the end of the block, an error included', async (side) => {
      const lock = new ReadWriteLock()
      const block = async (): Promise<void> => {
        using permit = await lock[side].acquire()
        expect(permit.released).toBe(false)
        expect(lock[side].locked).toBe(true)
        throw new Error('inside')
      }
      await expect(block()).rejects.toThrow('inside')
      expect(shown(lock)).toEqual(unlocked)
    })
  })

  describe.each(sides)('%s.run()', (side) => {
    test('runs fn while holding, never before run() has returned, and answers with what it returns', async () => {
      const lock = new ReadWriteLock()
      const log: string[] = []
      const running = lock[side].run(() => {
        log.push(`inside: ${lock[side].locked}`)
        return 42
      })
      log.push(`returned: ${lock[side].locked}`)
      expect(await running).toBe(42)
      expect(log).toEqual(['returned: true', 'inside: true'])
      expect(shown(lock)).toEqual(unlocked)
    })

    test.each([
      [
        'throws',
        () => {
          throw new Error('inside')
        },
      ],
      ['rejects', () => Promise.reject(new Error('inside'))],
    ])('gives back when fn %s', async (_, fn) => {
      const lock = new ReadWriteLock()
      await expect(lock[side].run(fn)).rejects.toThrow('inside')
      expect(shown(lock)).toEqual(unlocked)
    })

    test('holds until the promise that fn returns is settled', async () => {
      const lock = new ReadWriteLock()
      let finish!: () => void
      const running = lock[side].run(() => new Promise<void>((resolve) => (finish = resolve)))
      await drain()
      expect(lock[side].locked).toBe(true)
      expect(lock.write.tryAcquire()).toBeNull()
      finish()
      await running
      expect(shown(lock)).toEqual(unlocked)
    })

    test('with an aborted wait never calls fn', async () => {
      const lock = new ReadWriteLock()
      lock.write.tryAcquire()
      const controller = new AbortController()
      let called = false
      const running = outcome(lock[side].run(() => (called = true), { signal: controller.signal }))
      controller.abort('enough')
      expect(await running).toEqual({ state: 'rejected', reason: 'enough' })
      lock.write.release()
      await drain()
      expect(called).toBe(false)
    })

    test.each(notAFunction)('refuses fn: $title, and takes nothing', async (wrong) => {
      const lock = new ReadWriteLock()
      const refusing = refusal(() => lock[side].run(wrong.value as () => void))
      expect(shown(lock)).toEqual(unlocked)
      expect(await refusing).toEqual(refused('rejected', wrong, 'fn'))
    })
  })

  describe('printing and construction', () => {
    test('is printed as what it is and how it stands', async () => {
      expect(renderings(new ReadWriteLock())).toEqual(['ReadWriteLock <unlocked>'])
      const lock = new ReadWriteLock({ name: 'table' })
      expect(lock.name).toBe('table')
      expect(renderings(lock)).toEqual(['ReadWriteLock "table" <unlocked>'])
      const reader = lock.read.tryAcquire()!
      const [free] = renderings(new ReadWriteLock({ name: 'table' }))
      expect(renderings(lock)).toHaveLength(1)
      expect(String(lock)).not.toBe(free)
      const reading = String(lock)
      const log: string[] = []
      record(
        log,
        'wrote',
        lock.write.run(() => log.push(String(lock))),
      )
      expect(String(lock)).toBe(reading.replace('>', ', waiting: 1>'))
      record(
        log,
        'read',
        lock.read.run(() => undefined),
      )
      expect(String(lock)).toBe(reading.replace('>', ', waiting: 2>'))
      reader.release()
      await drain()
      expect(log).toEqual([expect.stringContaining('writing'), 'wrote', 'read'])
      expect(String(lock)).toBe(free)
    })

    test('its sides are printed too', () => {
      const lock = new ReadWriteLock({ name: 'table' })
      lock.read.tryAcquire()
      for (const side of [lock.read, lock.write]) {
        expect(renderings(side)).toHaveLength(1)
        expect(String(side)).toContain('"table"')
      }
      expect(String(lock.read)).toContain('<locked>')
      expect(String(lock.write)).toContain('<unlocked>')
    })

    test('has the same sides for its whole life', () => {
      const lock = new ReadWriteLock()
      const { read, write } = lock
      expect(lock.read).toBe(read)
      expect(lock.write).toBe(write)
      expect(read).not.toBe(write)
    })

    test.each(wrongOptions)('options $title are refused', async (wrong) => {
      expect(await refusal(() => new ReadWriteLock(wrong.value as object))).toEqual(refused('threw', wrong, 'options'))
    })

    test.each(wrongNames)('name $title is refused', async (wrong) => {
      expect(await refusal(() => new ReadWriteLock({ name: wrong.value as string }))).toEqual(
        refused('threw', wrong, 'name'),
      )
    })
  })
})
