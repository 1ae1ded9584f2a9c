/** BoundedSemaphore: the statements BS1 and BS2, and what it shares with Semaphore. */
import { describe, expect, test } from 'vitest'
import { drain, outcome } from '../../test/microtasks.ts'
import { record, renderings } from '../../test/recording.ts'
import { notACount, refusal, refused, wrongOptions, wrongWaitOptions, zero } from '../../test/wrong-input.ts'
import { Semaphore } from '../semaphore/index.ts'
import { BoundedSemaphore } from './index.ts'

const rangeError = (how: 'threw' | 'rejected'): object => ({
  how,
  type: 'RangeError',
  message: expect.stringContaining('permits') as string,
})

describe('asyncio: BoundedSemaphore', () => {
  test('BS1: a release above the initial value is a RangeError and changes nothing', async () => {
    const semaphore = new BoundedSemaphore(2)
    expect(await refusal(() => semaphore.release())).toEqual(rangeError('threw'))
    expect(semaphore.value).toBe(2)
    await semaphore.acquire()
    semaphore.release()
    expect(await refusal(() => semaphore.release())).toEqual(rangeError('threw'))
    expect(semaphore.value).toBe(2)
  })

  test('BS1: nor does a release of several that would pass it give some of them back', async () => {
    const semaphore = new BoundedSemaphore(3)
    await semaphore.acquire({ permits: 2 })
    expect(await refusal(() => semaphore.release(3))).toEqual(rangeError('threw'))
    expect(semaphore.value).toBe(1)
    semaphore.release(2)
    expect(semaphore.value).toBe(3)
  })

  test('BS1: nor serve a waiter', async () => {
    const semaphore = new BoundedSemaphore(3)
    await semaphore.acquire()
    const heavy = semaphore.acquire({ permits: 3 })
    expect(await refusal(() => semaphore.release(2))).toEqual(rangeError('threw'))
    expect([semaphore.value, semaphore.waiting]).toEqual([2, 1])
    semaphore.release()
    expect((await outcome(heavy)).state).toBe('fulfilled')
  })

  test('BS2: a permit released twice frees nothing twice, though a waiter holds the grant', async () => {
    const semaphore = new BoundedSemaphore(1)
    const log: string[] = []
    const permit = await semaphore.acquire()
    record(log, 'a', semaphore.acquire())
    record(log, 'b', semaphore.acquire())
    permit.release()
    permit.release()
    await drain()
    expect(log).toEqual(['a'])
    expect([semaphore.value, semaphore.waiting]).toEqual([0, 1])
  })

  test("BS2: the check sees the counter: the second bare release passes as the waiter's own, the third is refused", async () => {
    const semaphore = new BoundedSemaphore(1)
    await semaphore.acquire()
    void semaphore.acquire()
    semaphore.release()
    semaphore.release()
    expect(await refusal(() => semaphore.release())).toEqual(rangeError('threw'))
    expect(semaphore.value).toBe(1)
  })

  test('a permit never takes it above the initial value', async () => {
    const semaphore = new BoundedSemaphore(1)
    const permit = await semaphore.acquire()
    semaphore.release()
    await refusal(() => permit.release())
    await refusal(() => permit.release())
    expect(semaphore.value).toBe(1)
  })

  test('a permit whose release was refused is spent: it frees no hold of another later', async () => {
    const semaphore = new BoundedSemaphore(1)
    const permit = await semaphore.acquire()
    semaphore.release()
    await refusal(() => permit.release())
    const next = await semaphore.acquire()
    await refusal(() => permit.release())
    expect([semaphore.value, next.released, permit.released]).toEqual([0, false, true])
  })

  test('0 permits: nothing can be released or acquired', async () => {
    const semaphore = new BoundedSemaphore(0)
    expect(await refusal(() => semaphore.release())).toEqual(rangeError('threw'))
    expect(await refusal(() => semaphore.acquire())).toEqual(rangeError('rejected'))
    expect(await refusal(() => semaphore.tryAcquire())).toEqual(rangeError('threw'))
    expect(String(semaphore)).toBe('BoundedSemaphore <locked>')
  })

  test('an acquire of more than the initial value is a RangeError at once', async () => {
    const semaphore = new BoundedSemaphore(2)
    const options = { permits: 3 }
    expect(await refusal(() => semaphore.acquire(options))).toEqual(rangeError('rejected'))
    expect(await refusal(() => semaphore.run(() => 1, options))).toEqual(rangeError('rejected'))
    expect(await refusal(() => semaphore.tryAcquire(3))).toEqual(rangeError('threw'))
    expect(String(semaphore)).toBe('BoundedSemaphore <value: 2>')
    expect((await outcome(semaphore.acquire({ permits: 2 }))).state).toBe('fulfilled')
  })

  test('is a Semaphore, and shares its fairness', async () => {
    const semaphore = new BoundedSemaphore(2)
    const log: string[] = []
    expect(semaphore).toBeInstanceOf(Semaphore)
    const worker = (label: string) => (): void => void log.push(`${label} ${semaphore.value}`)
    await Promise.all(['a', 'b', 'c', 'd'].map((label) => semaphore.run(worker(label))))
    expect(log.map((line) => line[0])).toEqual(['a', 'b', 'c', 'd'])
    expect(semaphore.value).toBe(2)
  })

  test('golang/sync#10: a heavy head that is aborted frees those behind it', async () => {
    const semaphore = new BoundedSemaphore(2)
    const controller = new AbortController()
    await semaphore.acquire()
    const heavy = outcome(semaphore.acquire({ permits: 2, signal: controller.signal }))
    const light = outcome(semaphore.acquire())
    controller.abort('stop')
    expect(await heavy).toEqual({ state: 'rejected', reason: 'stop' })
    expect((await light).state).toBe('fulfilled')
  })

  test('one permit unless told', () => {
    expect(new BoundedSemaphore().value).toBe(1)
    expect(new BoundedSemaphore(undefined, { name: 'db' }).name).toBe('db')
  })

  test('prints its own name', () => {
    expect(renderings(new BoundedSemaphore(3))).toEqual(['BoundedSemaphore <value: 3>'])
    const semaphore = new BoundedSemaphore(1, { name: 'db' })
    void semaphore.acquire()
    void semaphore.acquire()
    expect(renderings(semaphore)).toEqual(['BoundedSemaphore "db" <locked, waiting: 1>'])
  })
})

describe('bad input', () => {
  test.each(notACount)('value: $title', async (wrong) => {
    expect(await refusal(() => new BoundedSemaphore(wrong.value as never))).toEqual(refused('threw', wrong, 'value'))
  })

  test.each(wrongOptions)('options: $title', async (wrong) => {
    expect(await refusal(() => new BoundedSemaphore(1, wrong.value as never))).toEqual(
      refused('threw', wrong, 'options'),
    )
  })

  test.each([...notACount, zero])('permits: $title: refused, and nothing changes', async (wrong) => {
    const semaphore = new BoundedSemaphore(2)
    await semaphore.acquire()
    const permits = wrong.value as never
    expect(await refusal(() => semaphore.acquire({ permits }))).toEqual(refused('rejected', wrong, 'permits'))
    expect(await refusal(() => semaphore.tryAcquire(permits))).toEqual(refused('threw', wrong, 'permits'))
    expect(await refusal(() => semaphore.release(permits))).toEqual(refused('threw', wrong, 'permits'))
    expect(String(semaphore)).toBe('BoundedSemaphore <value: 1>')
  })

  test.each(wrongWaitOptions)('acquire, $title', async (wrong) => {
    const semaphore = new BoundedSemaphore(2)
    const acquire = (): unknown => semaphore.acquire(wrong.value as never)
    expect(await refusal(acquire)).toEqual(refused('rejected', wrong, wrong.name))
    expect(String(semaphore)).toBe('BoundedSemaphore <value: 2>')
  })
})
