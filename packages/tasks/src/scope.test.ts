/** Scopes: what they keep. How a cancellation reaches each wait is tested wait by wait (test/cancellation.test.ts). */
import { Lock, Queue } from '@interlock/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { collectGarbage } from '../../core/test/garbage.ts'
import { pass } from '../test/clock.ts'
import { drain } from '../test/microtasks.ts'
import { createTask, gather, sleep, taskGroup, timeout } from './index.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Waits on `queue`, each in its own way, until the wait is over. */
const waits: Record<string, (queue: Queue<object>) => Promise<unknown>> = {
  'was granted': (queue) => queue.get(),
  'timed out': (queue) => queue.get({ timeout: 1 }).catch(() => {}),
  'was aborted': (queue) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 1)
    return queue.get({ signal: controller.signal }).catch(() => {})
  },
  'was left alone': (queue) => Promise.race([queue.get(), sleep(1)]),
  'was granted in a time limit': (queue) => timeout(5, () => queue.get()),
  'expired with its time limit': (queue) => timeout(1, () => queue.get()).catch(() => {}),
  'was granted in a group': (queue) => taskGroup(() => queue.get()),
  'was granted to a job of a gather': (queue) => gather(() => queue.get()),
}

test.each(Object.entries(waits))('a task that goes on keeps no wait that %s', async (how, wait) => {
  const lock = new Lock()
  lock.tryAcquire()
  let queue: WeakRef<Queue<object>> | undefined
  const task = createTask(async () => {
    await (async () => {
      const local = new Queue<object>()
      queue = new WeakRef(local)
      const waiting = wait(local)
      if (how.includes('granted') || how.includes('alone')) local.putNowait({})
      await waiting
    })()
    await lock.acquire()
  })
  await pass(5)
  // What a WeakRef was made for stays until the end of the turn.
  await drain()
  collectGarbage()
  expect(queue?.deref()).toBe(undefined)
  expect(task.done).toBe(false)
  lock.release()
  await task
})
