import { describe, expect, test } from 'vitest'
import { Worker } from 'node:worker_threads'
import { spawn } from '../../test/threads.ts'
import { declareDead, Event, Lock, supervise, terminate, threadId } from '../index.ts'

const holder = (lock: Lock) =>
  spawn(({ Lock: L, threadId: its }, handle, say) => {
    L.from(handle).acquireSync()
    say(its)
    return new Promise(() => setInterval(() => {}, 1e6))
  }, lock.handle)

describe('supervise()', () => {
  test('answers the worker, and may be called twice', async () => {
    const lock = new Lock()
    const { worker, said } = holder(lock)
    expect(supervise(worker)).toBe(worker)
    expect(supervise(worker)).toBe(worker)
    expect(await said()).toBe(worker.threadId)
    const next = lock.acquire()
    await worker.terminate()
    expect((await next).abandoned).toBe(true)
  })

  test.each([[undefined], [null], [1], ['worker'], [{}], [{ terminate() {}, on() {} }]])(
    '%o is no worker: TypeError',
    async (worker) => {
      expect(() => supervise(worker)).toThrow(TypeError)
      expect(() => supervise(worker)).toThrow('worker must be a Worker, got')
      await expect(terminate(worker)).rejects.toThrow(TypeError)
    },
  )

  test('of one that has ended is a TypeError', async () => {
    const worker = new Worker('', { eval: true })
    await worker.terminate()
    expect(() => supervise(worker)).toThrow(TypeError)
    await terminate(worker)
  })

  test('without it nobody is told: not by time', async () => {
    const lock = new Lock()
    const { worker, said } = holder(lock)
    await said()
    const thread = worker.threadId
    await worker.terminate()
    await expect(lock.acquire({ timeout: 300 })).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }))
    declareDead(thread)
    expect((await lock.acquire()).abandoned).toBe(true)
  })
})

test('terminate() resolves when what it held has been recovered', async () => {
  const lock = new Lock()
  const { worker, said } = holder(lock)
  await said()
  await terminate(worker)
  expect(lock.locked).toBe(false)
  expect(lock.tryAcquire()!.abandoned).toBe(true)
})

describe('declareDead()', () => {
  test.each([[undefined], [null], ['1'], [-1], [1.5], [NaN], [threadId]])('%o is a TypeError', (thread) => {
    expect(() => declareDead(thread as never)).toThrow(TypeError)
    expect(() => declareDead(thread as never)).toThrow('threadId must be')
  })

  test('of a thread that was never here does nothing', () => {
    const lock = new Lock()
    const permit = lock.acquireSync()
    declareDead(2 ** 30)
    expect(permit.released).toBe(false)
    expect(lock.locked).toBe(true)
    permit.release()
  })
})

test('a thread that dies in the middle of anything blocks nobody: killed at random', async () => {
  const lock = new Lock()
  const done = new Event()
  const memory = new SharedArrayBuffer(8)
  const worker = () =>
    supervise(
      spawn(
        async ({ Lock: L }, { handle, memory: shared }, say) => {
          const there = L.from(handle)
          const words = new Int32Array(shared)
          say('runs')
          for (;;) {
            // oxlint-disable-next-line no-await-in-loop
            const permit = Math.random() < 0.5 ? there.acquireSync() : await there.acquire()
            if (permit.abandoned) Atomics.store(words, 0, 0)
            if (Atomics.add(words, 0, 1) !== 0) Atomics.add(words, 1, 1)
            Atomics.sub(words, 0, 1)
            permit.release()
          }
        },
        { handle: lock.handle, memory },
      ).worker,
    )
  const survivor = worker()
  for (let round = 0; round < 12; round++) {
    const victim = worker()
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => victim.once('message', resolve))
    // oxlint-disable-next-line no-await-in-loop
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
    // oxlint-disable-next-line no-await-in-loop
    await terminate(victim)
  }
  await terminate(survivor)
  const permit = await lock.acquire()
  permit.release()
  expect(new Int32Array(memory)[1]).toBe(0)
  done.free()
})
