/** A thread that never contends: no timer, no listener, no notification, nothing that keeps the process alive. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  Lock,
  Queue,
  ReadWriteLock,
  Semaphore,
  Space,
} from '../src/index.ts'

const rounds = 100

/** What each does where nobody waits and nothing is waited for. */
const alone: Record<string, (space: Space) => () => Promise<void>> = {
  Lock(space) {
    const lock = new Lock({ space })
    return async () => {
      lock.acquireSync().release()
      lock.tryAcquire()?.release()
      ;(await lock.acquire()).release()
      await lock.run(() => lock.locked)
      lock.runSync(() => 0)
    }
  },
  ...Object.fromEntries(
    [Semaphore, BoundedSemaphore].map((Its) => [
      Its.name,
      (space: Space) => {
        const semaphore = new Its(2, { space })
        return async () => {
          semaphore.acquireSync({ permits: 2 }).release()
          semaphore.tryAcquire()?.release()
          ;(await semaphore.acquire()).release()
        }
      },
    ]),
  ),
  Event(space) {
    const event = new Event({ space })
    return async () => {
      event.set()
      await event.wait()
      event.waitSync()
      event.clear()
    }
  },
  Condition(space) {
    const condition = new Condition(new Lock({ space }))
    return async () => {
      const permit = condition.acquireSync()
      condition.notify()
      condition.notifyAll()
      permit.release()
      ;(await condition.acquire()).release()
    }
  },
  Barrier(space) {
    const barrier = new Barrier(1, { space })
    return async () => {
      await barrier.wait()
      barrier.waitSync()
    }
  },
  ReadWriteLock(space) {
    const lock = new ReadWriteLock({ space })
    return async () => {
      lock.read.acquireSync().release()
      lock.write.acquireSync().release()
      ;(await lock.read.acquire()).release()
      ;(await lock.write.acquire()).release()
    }
  },
  Queue() {
    const queue = new Queue<number>({ bytes: 1024 })
    return async () => {
      await queue.put(1)
      queue.putSync(2)
      await queue.get()
      queue.getSync()
      queue.taskDone()
      queue.taskDone()
      await queue.join()
    }
  },
}

describe('a thread that never contends', () => {
  afterEach(() => vi.restoreAllMocks())

  test.each(Object.keys(alone))(
    '%s: notifies nobody, waits for nothing, sets no timer, keeps nothing alive',
    async (name) => {
      const round = alone[name]!(new Space({ objects: 8 }))
      await round()
      const alive = process.getActiveResourcesInfo().toSorted()
      const spies = [
        ...(['notify', 'wait', 'waitAsync'] as const).map((method) => vi.spyOn(Atomics, method)),
        ...(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'] as const).map((timer) =>
          vi.spyOn(globalThis, timer),
        ),
        vi.spyOn(EventTarget.prototype, 'addEventListener'),
        vi.spyOn(process, 'on'),
      ]
      for (let index = 0; index < rounds; index++) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other: nobody else is there
        await round()
      }
      const calls = spies.map((spy) => [spy.getMockName(), spy.mock.calls.length])
      expect(calls.filter(([, count]) => count !== 0)).toEqual([])
      expect(process.getActiveResourcesInfo().toSorted()).toEqual(alive)
    },
  )
})
