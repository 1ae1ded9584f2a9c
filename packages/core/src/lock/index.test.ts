/**
 * Lock: the statements L1 to L18 of asyncio's Lock, as they hold over promises with hand-off; the rules J and M behind them; the bugs that
 * locks have had. What every Lockable promises (signals, timeouts, permits, run, bad input) is in test/lockable-suite.ts.
 */
import { describe, expect, test } from 'vitest'
import { drain, outcome } from '../../test/microtasks.ts'
import { listeners, record, renderings } from '../../test/recording.ts'
import { refusal, refused, wrongNames, wrongOptions } from '../../test/wrong-input.ts'
import { NotAcquiredError } from '../errors/index.ts'
import { Lock } from './index.ts'

/** A lock that is held, and the permit that holds it. */
function held(): { lock: Lock; permit: Disposable & { release(): void; readonly released: boolean } } {
  const lock = new Lock()
  const permit = lock.tryAcquire()
  if (permit === null) throw new Error('a new lock was to be free')
  return { lock, permit }
}

/** A task that queues for the lock, writes its label down when it has it, and gives it back. */
async function visitor(lock: Lock, log: string[], label: string, signal?: AbortSignal): Promise<void> {
  using _permit = await lock.acquire(signal ? { signal } : {})
  log.push(label)
}

describe('asyncio: Lock', () => {
  test('L1: a new lock is unlocked', () => {
    const lock = new Lock()
    expect([lock.locked, lock.waiting, lock.name]).toEqual([false, 0, undefined])
  })

  test('L2: a free lock is taken inside acquire(), and its await costs one microtask', async () => {
    const lock = new Lock()
    const log: string[] = []
    record(log, 'acquired', lock.acquire())
    expect(lock.locked).toBe(true)
    void Promise.resolve().then(() => log.push('next microtask'))
    await drain()
    expect(log).toEqual(['acquired', 'next microtask'])
  })

  test('L3: release() with no waiters unlocks at once', () => {
    const { lock } = held()
    lock.release()
    expect(lock.locked).toBe(false)
  })

  test('L4, p-mutex, es-toolkit: release() of an unlocked lock is NotAcquiredError, not silence, and changes nothing', () => {
    const lock = new Lock()
    for (let time = 0; time < 2; time++) {
      expect(() => lock.release()).toThrow(NotAcquiredError)
      expect(String(lock)).toBe('Lock <unlocked>')
    }
    expect(lock.tryAcquire()).not.toBe(null)
    lock.release()
    expect(() => lock.release()).toThrow(NotAcquiredError)
  })

  test('L5: waiters acquire in the order in which they queued', async () => {
    const { lock, permit } = held()
    const log: string[] = []
    const visits = ['a', 'b', 'c', 'd', 'e'].map((label) => visitor(lock, log, label))
    permit.release()
    await Promise.all(visits)
    expect(log).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('L6: one release() lets exactly one waiter proceed', async () => {
    const { lock, permit } = held()
    const log: string[] = []
    for (const label of ['a', 'b', 'c']) record(log, label, lock.acquire())
    permit.release()
    await drain()
    expect(log).toEqual(['a'])
    expect(lock.waiting).toBe(2)
  })

  test('L7: release() never runs the waiter', async () => {
    const { lock } = held()
    const log: string[] = []
    const visit = visitor(lock, log, 'waiter')
    log.push('before release')
    lock.release()
    log.push('after release')
    await visit
    expect(log).toEqual(['before release', 'after release', 'waiter'])
  })

  test('L8, gh-138121: locked from the release on, while the grant is on its way', async () => {
    const { lock, permit } = held()
    const acquired = lock.acquire()
    permit.release()
    expect(String(lock)).toBe('Lock <locked>')
    await acquired
    expect(lock.locked).toBe(true)
  })

  test('L8: a permit released twice in that window is harmless', async () => {
    const { lock, permit } = held()
    const second = outcome(lock.acquire())
    const third = outcome(lock.acquire())
    permit.release()
    permit.release()
    expect((await second).state).toBe('fulfilled')
    expect((await third).state).toBe('pending')
  })

  test('L9: no barging: a newcomer, the releaser included, queues behind the woken waiter', async () => {
    const { lock, permit } = held()
    const log: string[] = []
    const waiter = visitor(lock, log, 'waiter')
    permit.release()
    expect(lock.tryAcquire()).toBe(null)
    await Promise.all([waiter, visitor(lock, log, 'releaser'), visitor(lock, log, 'newcomer')])
    expect(log).toEqual(['waiter', 'releaser', 'newcomer'])
  })

  test('L10: a waiter aborted while queued rejects, leaves no entry, changes nothing, and does not enter', async () => {
    const { lock } = held()
    const log: string[] = []
    const controller = new AbortController()
    const visit = outcome(visitor(lock, log, 'entered', controller.signal))
    controller.abort('stop')
    expect(String(lock)).toBe('Lock <locked>')
    expect(await visit).toEqual({ state: 'rejected', reason: 'stop' })
    expect(log).toEqual([])
  })

  test('L11, bpo-27585: an aborted entry neither breaks nor absorbs a release', async () => {
    const { lock } = held()
    const log: string[] = []
    const controller = new AbortController()
    record(log, 'a', visitor(lock, log, 'a in', controller.signal))
    record(log, 'b', visitor(lock, log, 'b in'))
    controller.abort('stop')
    lock.release()
    await drain()
    expect(log.toSorted()).toEqual(['a! stop', 'b', 'b in'])
    expect(String(lock)).toBe('Lock <unlocked>')
  })

  test('L12, bpo-27585: waiters granted and aborted in one tick pass the lock on, one after another', async () => {
    const { lock } = held()
    const log: string[] = []
    const controller = new AbortController()
    const { signal } = controller
    const hesitant = async (label: string): Promise<void> => {
      using _permit = await lock.acquire({ signal })
      signal.throwIfAborted()
      log.push(`${label} in`)
    }
    for (const label of ['a', 'b', 'c']) record(log, label, hesitant(label))
    record(log, 'd', visitor(lock, log, 'd in'))
    lock.release()
    controller.abort('stop')
    await drain()
    expect(log.toSorted()).toEqual(['a! stop', 'b! stop', 'c! stop', 'd', 'd in'])
    expect(String(lock)).toBe('Lock <unlocked>')
  })

  test.each(['abort first', 'release first'])(
    'L13, bpo-32734: abort and release in one tick never let two in: %s',
    async (order) => {
      const { lock } = held()
      const log: string[] = []
      const controller = new AbortController()
      record(log, 'a', lock.acquire({ signal: controller.signal }))
      record(log, 'b', lock.acquire())
      record(log, 'c', lock.acquire())
      if (order === 'abort first') controller.abort('stop')
      lock.release()
      if (order === 'release first') controller.abort('stop')
      await drain()
      expect(log).toEqual(order === 'abort first' ? ['a! stop', 'b'] : ['a'])
      expect(lock.waiting).toBe(order === 'abort first' ? 1 : 2)
    },
  )

  test('L14: an abort while the lock is held wakes nobody', async () => {
    const { lock } = held()
    const log: string[] = []
    const controller = new AbortController()
    record(log, 'a', lock.acquire({ signal: controller.signal }))
    record(log, 'b', lock.acquire())
    controller.abort('stop')
    await drain()
    expect(log).toEqual(['a! stop'])
    expect(String(lock)).toBe('Lock <locked, waiting: 1>')
  })

  test('L15: all waiters aborted and the lock free: a newcomer acquires at once', async () => {
    const { lock, permit } = held()
    const log: string[] = []
    const controller = new AbortController()
    for (const label of ['a', 'b']) record(log, label, lock.acquire({ signal: controller.signal }))
    controller.abort('stop')
    permit.release()
    expect(lock.tryAcquire()).not.toBe(null)
    await drain()
    expect(log).toEqual(['a! stop', 'b! stop'])
  })

  test('L16: a block holds inside and releases on every way out', async () => {
    const lock = new Lock()
    const inside: boolean[] = []
    const block = async (leave: () => void): Promise<string> => {
      using _permit = await lock.acquire()
      inside.push(lock.locked)
      leave()
      return 'done'
    }
    const thrower = (): never => {
      throw new Error('torn')
    }
    expect(await block(() => {})).toBe('done')
    expect(lock.locked).toBe(false)
    await expect(block(thrower)).rejects.toThrow('torn')
    await expect(block(() => AbortSignal.abort('stop').throwIfAborted())).rejects.toBe('stop')
    expect(lock.locked).toBe(false)
    expect(inside).toEqual([true, true, true])
  })

  test('L17: it is not re-entrant: its holder waits for itself, until it gives up', async () => {
    const { lock } = held()
    expect(lock.tryAcquire()).toBe(null)
    expect((await outcome(lock.acquire())).state).toBe('pending')
    expect(await outcome(lock.acquire({ timeout: 0 }))).toMatchObject({ reason: { name: 'TimeoutError' } })
  })

  test('L18: no owner: any task may release, and the end of the holder releases nothing', async () => {
    const lock = new Lock()
    const holder = async (): Promise<void> => {
      await lock.acquire()
    }
    await holder()
    await drain()
    expect(lock.locked).toBe(true)
    const other = async (): Promise<void> => lock.release()
    await other()
    expect(lock.locked).toBe(false)
  })

  test('L18: acquired in one method and released in another', async () => {
    const log: string[] = []
    const packet = {
      lock: new Lock(),
      reserve: async (): Promise<void> => void (await packet.lock.acquire()),
      done: (): void => packet.lock.release(),
    }
    const guest = async (label: string): Promise<void> => {
      await packet.reserve()
      log.push(`${label} in`)
      await drain()
      log.push(`${label} out`)
      packet.done()
    }
    await Promise.all(['a', 'b', 'c'].map(guest))
    expect(log).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  })
})

describe('the model behind it', () => {
  test('J1, @sapphire/async-queue: a signal already aborted rejects with its reason, though the lock is free', async () => {
    const lock = new Lock()
    const reason = { why: 'stop' }
    const seen = await outcome(lock.acquire({ signal: AbortSignal.abort(reason) }))
    expect(seen).toEqual({ state: 'rejected', reason })
    expect((seen as { reason: unknown }).reason).toBe(reason)
    expect(lock.locked).toBe(false)
  })

  test('J2, M4: acquire() gives its own promise: asking through layers does not change the order', async () => {
    const { lock, permit } = held()
    const log: string[] = []
    const inner = async (): Promise<unknown> => await lock.acquire()
    const outer = async (): Promise<unknown> => await inner()
    record(log, 'asked directly', lock.acquire())
    record(log, 'asked through layers', outer())
    record(log, 'asked directly, last', lock.acquire())
    permit.release()
    lock.release()
    lock.release()
    await drain()
    // All three were granted in order; the layers cost their own microtasks, and only the layered caller pays for them.
    expect(log).toEqual(['asked directly', 'asked directly, last', 'asked through layers'])
  })

  test('J2: acquire() is no async function: it returns one promise of the primitive, the class Promise itself', () => {
    const lock = new Lock()
    for (const promise of [lock.acquire(), lock.acquire()])
      expect(Object.getPrototypeOf(promise)).toBe(Promise.prototype)
    expect(Lock.prototype.acquire.constructor).toBe(Function)
  })

  test('J3, M7: the entry leaves the queue, and the promise is rejected, inside abort()', async () => {
    const { lock } = held()
    const controller = new AbortController()
    const acquired = lock.acquire({ signal: controller.signal })
    const log: string[] = []
    record(log, 'waiter', acquired)
    controller.abort('stop')
    expect(lock.waiting).toBe(0)
    void Promise.resolve().then(() => log.push('next microtask'))
    await drain()
    expect(log).toEqual(['waiter! stop', 'next microtask'])
  })

  test('J4: grant wins: an abort after the release, before the waiter resumes, has no effect', async () => {
    const { lock, permit } = held()
    const controller = new AbortController()
    const acquired = lock.acquire({ signal: controller.signal })
    permit.release()
    controller.abort('too late')
    const next = await acquired
    expect(next.released).toBe(false)
    expect(lock.locked).toBe(true)
  })

  test('J5: who must not act after an abort checks the signal, and its permit passes the lock on', async () => {
    const { lock, permit } = held()
    const controller = new AbortController()
    const log: string[] = []
    const careful = async (): Promise<void> => {
      using _permit = await lock.acquire({ signal: controller.signal })
      controller.signal.throwIfAborted()
    }
    record(log, 'careful', careful())
    record(log, 'next', lock.acquire())
    permit.release()
    controller.abort('stop')
    await drain()
    expect(log.toSorted()).toEqual(['careful! stop', 'next'])
  })

  test('J6: a permit is one-shot: disposing it twice never frees the next hold', async () => {
    const { lock, permit } = held()
    permit[Symbol.dispose]()
    const next = await lock.acquire()
    permit[Symbol.dispose]()
    permit.release()
    expect([lock.locked, next.released]).toEqual([true, false])
  })

  test('J7: hand-off: many releases in one tick pass the lock down the line at once', async () => {
    const { lock } = held()
    const log: string[] = []
    for (const label of ['a', 'b', 'c']) record(log, label, lock.acquire())
    for (const waiting of [2, 1, 0]) {
      lock.release()
      expect([lock.locked, lock.waiting]).toEqual([true, waiting])
    }
    lock.release()
    expect(lock.locked).toBe(false)
    await drain()
    expect(log).toEqual(['a', 'b', 'c'])
  })

  test('J8: the loser of a race stays queued and takes the lock, unless its signal is aborted', async () => {
    const { lock } = held()
    await Promise.race([lock.acquire(), Promise.resolve()])
    lock.release()
    expect(lock.locked).toBe(true)
    const controller = new AbortController()
    const abortable = lock.acquire({ signal: controller.signal }).catch(() => 'aborted')
    await Promise.race([abortable, Promise.resolve()])
    controller.abort()
    lock.release()
    expect(lock.locked).toBe(false)
  })

  test('M10: `using` does not suspend at the end of its block', async () => {
    const lock = new Lock()
    {
      using _permit = await lock.acquire()
    }
    expect(lock.locked).toBe(false)
    expect(lock.tryAcquire()).not.toBe(null)
  })
})

describe('defects that other locks had', () => {
  test('async-mutex, tryAcquire through a timer: ours answers at once and leaves nobody queued', () => {
    const { lock } = held()
    expect(lock.tryAcquire()).toBe(null)
    expect(lock.waiting).toBe(0)
  })

  test('async-mutex #54: unlocked right after the release, though waits had timed out', async () => {
    const { lock, permit } = held()
    const waits = Array.from({ length: 3 }, () => outcome(lock.acquire({ timeout: 0 })))
    permit.release()
    expect(lock.locked).toBe(false)
    expect((await Promise.all(waits)).map((each) => each.state)).toEqual(['rejected', 'rejected', 'rejected'])
  })

  test('async-mutex #27: every waiter runs when the holder releases through the lock', async () => {
    const lock = new Lock()
    const log: number[] = []
    const worker = async (id: number): Promise<void> => {
      await lock.acquire()
      await drain()
      log.push(id)
      lock.release()
    }
    await Promise.all([1, 2, 3, 4].map(worker))
    expect(log).toEqual([1, 2, 3, 4])
  })

  test('@esfx, @std/async, @core/asyncutil, p-mutex: a double or stale release makes no second holder', async () => {
    const { lock, permit } = held()
    let holders = 0
    let most = 0
    const worker = async (): Promise<void> => {
      using _permit = await lock.acquire()
      most = Math.max(most, ++holders)
      await drain()
      holders--
    }
    const workers = [worker(), worker(), worker()]
    permit.release()
    permit[Symbol.dispose]()
    permit.release()
    await drain()
    permit.release()
    await Promise.all(workers)
    expect(most).toBe(1)
  })

  test('mutexify: a double release loses no waiter', async () => {
    const { lock, permit } = held()
    const log: string[] = []
    const visits = ['a', 'b'].map((label) => visitor(lock, log, label))
    permit.release()
    permit.release()
    await Promise.all(visits)
    expect(log).toEqual(['a', 'b'])
  })

  test('async-primitives: an abort after the grant evicts no other waiter', async () => {
    const { lock, permit } = held()
    const log: string[] = []
    const controller = new AbortController()
    record(log, 'a', lock.acquire({ signal: controller.signal }))
    record(log, 'b', lock.acquire())
    permit.release()
    controller.abort('too late')
    expect(lock.waiting).toBe(1)
    lock.release()
    await drain()
    expect(log).toEqual(['a', 'b'])
  })

  test('@core/asyncutil: an abort rejects its own waiter and no other', async () => {
    const { lock } = held()
    const log: string[] = []
    const controllers = ['a', 'b', 'c'].map((label) => {
      const controller = new AbortController()
      record(log, label, lock.acquire({ signal: controller.signal }))
      return controller
    })
    controllers[1]?.abort('stop')
    await drain()
    expect(log).toEqual(['b! stop'])
    lock.release()
    lock.release()
    await drain()
    expect(log).toEqual(['b! stop', 'a', 'c'])
  })

  test('anyio #387: a lock handed to a waiter already cancelled is not stuck', async () => {
    const { lock } = held()
    const controller = new AbortController()
    controller.signal.addEventListener('abort', () => lock.release())
    const log: string[] = []
    record(log, 'a', lock.acquire({ signal: controller.signal }))
    controller.abort('stop')
    expect(lock.locked).toBe(false)
    record(log, 'b', lock.acquire())
    await drain()
    expect(log).toEqual(['a! stop', 'b'])
  })

  test('anyio #1145: cancelled entries that are skipped strand no later waiter', async () => {
    const { lock } = held()
    const controller = new AbortController()
    const { signal } = controller
    signal.addEventListener('abort', () => lock.release())
    const log: string[] = []
    for (const label of ['a', 'b']) record(log, label, lock.acquire({ signal }))
    record(log, 'c', lock.acquire())
    record(log, 'd', lock.acquire({ signal }))
    record(log, 'e', lock.acquire())
    controller.abort('stop')
    expect(lock.waiting).toBe(1)
    lock.release()
    lock.release()
    expect(lock.locked).toBe(false)
    await drain()
    expect(log.toSorted()).toEqual(['a! stop', 'b! stop', 'c', 'd! stop', 'e'])
  })

  test('async-lock: the 1001st waiter is served as the first', async () => {
    const { lock, permit } = held()
    const waits = Array.from({ length: 2000 }, () => lock.run(() => 'served'))
    permit.release()
    expect(new Set(await Promise.all(waits))).toEqual(new Set(['served']))
  })

  test('bpo-31620, async-lock: polling with timeouts leaves no entries behind', async () => {
    const { lock } = held()
    for (let poll = 0; poll < 100; poll++) {
      expect((await outcome(lock.acquire({ timeout: 0 }))).state).toBe('rejected')
      const acquired = outcome(lock.acquire({ signal: AbortSignal.abort() }))
      expect((await acquired).state).toBe('rejected')
    }
    expect(String(lock)).toBe('Lock <locked>')
  })

  test('p-queue #219: an aborted waiter takes no turn and keeps no listener', async () => {
    const { lock } = held()
    const controller = new AbortController()
    const acquired = outcome(lock.acquire({ signal: controller.signal }))
    controller.abort()
    expect([lock.waiting, listeners(controller.signal)]).toEqual([0, 0])
    expect((await acquired).state).toBe('rejected')
  })
})

describe('name and printing', () => {
  test('has the name that it was given', () => {
    expect(new Lock({ name: 'db' }).name).toBe('db')
    expect(new Lock({}).name).toBe(undefined)
    expect(new Lock({ name: undefined as never }).name).toBe(undefined)
    expect(new Lock(undefined).name).toBe(undefined)
  })

  test('prints what it is and how it stands, wherever it is printed', () => {
    const lock = new Lock()
    expect(renderings(lock)).toEqual(['Lock <unlocked>'])
    void lock.acquire()
    expect(renderings(lock)).toEqual(['Lock <locked>'])
    void lock.acquire()
    void lock.acquire()
    expect(renderings(lock)).toEqual(['Lock <locked, waiting: 2>'])
  })

  test('prints its name', () => {
    const lock = new Lock({ name: 'db' })
    expect(renderings(lock)).toEqual(['Lock "db" <unlocked>'])
    void lock.acquire()
    void lock.acquire()
    expect(renderings(lock)).toEqual(['Lock "db" <locked, waiting: 1>'])
  })
})

describe('bad input', () => {
  test.each(wrongOptions)('options: $title', async (wrong) => {
    expect(await refusal(() => new Lock(wrong.value as never))).toEqual(refused('threw', wrong, 'options'))
  })

  test.each(wrongNames)('name: $title', async (wrong) => {
    const make = (): Lock => new Lock({ name: wrong.value as never })
    expect(await refusal(make)).toEqual(refused('threw', wrong, 'name'))
  })

  test('signal: half of one, which cannot be listened to: rejects, and leaves nobody in the queue', async () => {
    const { lock } = held()
    const signal = { aborted: false, throwIfAborted: () => {} } as never
    expect(await refusal(() => lock.acquire({ signal }))).toMatchObject({ how: 'rejected', type: 'TypeError' })
    expect(String(lock)).toBe('Lock <locked>')
  })
})
