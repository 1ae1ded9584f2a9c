import { describe, expect, test } from 'vitest'
import { outcome } from '../../../core/test/microtasks.ts'
import { spawn } from '../../test/threads.ts'
import { Abort, Event, HandleError, supervise } from '../index.ts'

describe('within a thread', () => {
  test('wakes all who wait, and lets through who comes later, until clear()', async () => {
    const event = new Event({ name: 'ready' })
    expect(event.isSet).toBe(false)
    const waits = [event.wait(), event.wait({ timeout: 1e6 })]
    expect(String(event)).toBe('Event "ready" <unset, waiting: 2>')
    event.set()
    event.set()
    expect(await Promise.all(waits)).toEqual([undefined, undefined])
    await event.wait()
    event.waitSync()
    expect(event.isSet).toBe(true)
    event.clear()
    expect(event.isSet).toBe(false)
    expect(await outcome(event.wait())).toEqual({ state: 'pending' })
  })

  test('who waits is woken though clear() follows at once', async () => {
    const event = new Event()
    const waiting = event.wait()
    event.set()
    event.clear()
    expect(await waiting).toBe(undefined)
    expect(event.isSet).toBe(false)
    expect(await outcome(event.wait())).toEqual({ state: 'pending' })
  })

  test('a wait that is cancelled leaves, the others wake', async () => {
    const event = new Event()
    const controller = new AbortController()
    const cancelled = event.wait({ signal: controller.signal })
    // Heard of from now on: it may be over before anything else is awaited.
    const late = event.wait({ timeout: 5 }).catch((error: unknown) => error)
    const other = event.wait()
    controller.abort('enough')
    expect(await outcome(cancelled)).toEqual({ state: 'rejected', reason: 'enough' })
    expect(await late).toMatchObject({ name: 'TimeoutError' })
    event.set()
    await other
  })

  test('timeout 0 waits for nothing', async () => {
    const event = new Event()
    await expect(event.wait({ timeout: 0 })).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }))
    expect(() => event.waitSync({ timeout: 0 })).toThrow(expect.objectContaining({ name: 'TimeoutError' }))
    event.set()
    await event.wait({ timeout: 0 })
    event.waitSync({ timeout: 0 })
  })

  test.each([
    [{ timeout: -1 }, RangeError, 'timeout'],
    [{ timeout: 'x' }, TypeError, 'timeout'],
    [{ abort: 1 }, TypeError, 'abort'],
    [{ signal: AbortSignal.abort() }, TypeError, 'abort'],
    [null, TypeError, 'options'],
  ])('waitSync(%o) is refused, set or not', (options, type, message) => {
    const event = new Event()
    expect(() => event.waitSync(options as never)).toThrow(type)
    event.set()
    expect(() => event.waitSync(options as never)).toThrow(message)
  })

  test('freed: whoever waits and every use is a HandleError', async () => {
    const event = new Event()
    const waiting = event.wait()
    const { result, said } = spawn(({ Event: E }, handle, say) => {
      const there = E.from(handle)
      say('waits')
      try {
        there.waitSync()
      } catch (error) {
        return (error as { code: string }).code
      }
    }, event.handle)
    await said()
    event.free()
    await expect(waiting).rejects.toThrow(HandleError)
    expect(await result).toBe('ERR_HANDLE')
    expect(() => event.isSet).toThrow(HandleError)
    expect(() => event.set()).toThrow(HandleError)
    expect(() => event.clear()).toThrow(HandleError)
    expect(() => event.waitSync()).toThrow(HandleError)
    await expect(event.wait()).rejects.toThrow(HandleError)
  })
})

describe('across threads', () => {
  test('set() in one wakes all others, blocked or not', async () => {
    const event = new Event()
    const threads = [true, true, false].map((blocked) =>
      spawn(
        async ({ Event: E }, { handle, blocked: sync }, say) => {
          const there = E.from(handle)
          say('waits')
          if (sync) there.waitSync()
          else await there.wait()
          return there.isSet
        },
        { handle: event.handle, blocked },
      ),
    )
    const here = event.wait()
    await Promise.all(threads.map(({ said }) => said()))
    const setter = spawn(({ Event: E }, handle) => E.from(handle).set(), event.handle)
    await here
    await setter.result
    expect(await Promise.all(threads.map(({ result }) => result))).toEqual([true, true, true])
  })

  test('a blocked wait hears an abort, and a time-out', async () => {
    const event = new Event()
    const abort = new Abort()
    const { result, said } = spawn(
      ({ Abort: A, Event: E }, [theEvent, theAbort], say) => {
        const names = [{ timeout: 10 }, { abort: A.from(theAbort) }].map((options) => {
          say('waits')
          try {
            E.from(theEvent).waitSync(options)
          } catch (error) {
            return (error as Error).name
          }
          return 'woken'
        })
        return names
      },
      [event.handle, abort.handle] as const,
    )
    await said()
    await said()
    abort.abort()
    expect(await result).toEqual(['TimeoutError', 'AbortError'])
  })

  test('a thread that dies while it waits disturbs nobody', async () => {
    const event = new Event()
    const dead = spawn(({ Event: E }, handle, say) => {
      say('waits')
      E.from(handle).waitSync()
    }, event.handle)
    supervise(dead.worker)
    await dead.said()
    const here = event.wait()
    await dead.worker.terminate()
    event.set()
    await here
  })
})

describe('Abort', () => {
  test('aborts once, for good, in every thread', async () => {
    const abort = new Abort({ name: 'stop' })
    const same = Abort.from(abort.handle)
    expect(same.aborted).toBe(false)
    expect(String(abort)).toBe('Abort "stop" <not aborted>')
    const { signal } = same
    expect(signal).toBe(same.signal)
    let heard = 0
    signal.addEventListener('abort', () => heard++)
    const { result } = spawn(({ Abort: A }, handle) => A.from(handle).abort(), abort.handle)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    await result
    expect(signal.reason).toMatchObject({ name: 'AbortError' })
    abort.abort()
    expect([heard, abort.aborted, same.aborted, Abort.from(abort.handle).signal.aborted]).toEqual([1, true, true, true])
    expect(String(abort)).toBe('Abort "stop" <aborted>')
  })

  test('of another space is heard as well', async () => {
    const event = new Event()
    const { result, said } = spawn(({ Abort: A, Event: E }, handle, say) => {
      // In this thread's own default space.
      const abort = new A()
      say(abort.handle)
      try {
        E.from(handle).waitSync({ abort })
      } catch (error) {
        return (error as Error).name
      }
    }, event.handle)
    Abort.from((await said()) as never).abort()
    expect(await result).toBe('AbortError')
  })

  test('freed: every use is a HandleError', () => {
    const abort = new Abort()
    abort.free()
    expect(() => abort.aborted).toThrow(HandleError)
    expect(() => abort.abort()).toThrow(HandleError)
  })
})
