/** Queue: what the contract says of it beyond core's suite (`test/queue-suite.test.ts`); between threads, `test/queue-threads.test.ts`. */
import { observeWaits } from '@interlock/core/observe'
import { describe, expect, test } from 'vitest'
import { drain, outcome } from '../../../core/test/microtasks.ts'
import { notANumber, refusal, refused, wrongOptions } from '../../../core/test/wrong-input.ts'
import { spawn } from '../../test/threads.ts'
import {
  Abort,
  HandleError,
  Lock,
  Queue,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  Space,
  SpaceFullError,
} from '../index.ts'
import { wordsFor } from '../layout.ts'
import type { Codec } from './index.ts'
import { forget, joinedTerritories } from '../territory.ts'
import { wordsForRing } from './ring.ts'

/** Room for so many rings of `bytes` bytes. */
const spaceFor = (rings: number, bytes: number, objects = 16): Space =>
  new Space({
    threads: 2,
    objects,
    memory: new SharedArrayBuffer((wordsFor(2, objects) + rings * wordsForRing(bytes)) * 4),
  })

const filled = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value)

describe('what it carries', () => {
  const cyclic: Record<string, unknown> = { name: 'ring' }
  cyclic['self'] = cyclic
  const list: unknown[] = [1]
  list.push(list)
  const map = new Map<unknown, unknown>([['k', { deep: new Set([1n]) }]])
  map.set('me', map)

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['NaN', NaN],
    ['infinities', [Infinity, -Infinity, 2 ** 53, -(2 ** 53), 0.1]],
    ['-0', -0],
    ['-0 within', { a: [-0, new Map([[-0.5, -0]]), new Set([{ b: -0 }])], c: -0 }],
    ['bigints', [1n, -1n, 2n ** 64n - 1n, 2n ** 200n, -(2n ** 200n)]],
    ['strings', ['', 'ascii', 'naïve ☃ 😀', 'x'.repeat(5000), '\ufeffmark'.repeat(50)]],
    ['a Map of Maps', new Map<unknown, unknown>([[1, new Map([[{ a: 1 }, 'b']])]])],
    ['a Set', new Set([1, 'a', null])],
    ['dates', [new Date(0), new Date(-1500), new Date(1234567890123), new Date(8.64e15)]],
    ['a RegExp', /a+b?/giu],
    ['bytes', [filled(3), new Uint8ClampedArray([1]), new DataView(new ArrayBuffer(2)), new ArrayBuffer(5)]],
    ['numbers in arrays', [new Int8Array([-1]), new Int16Array([-2]), new Uint16Array([3]), new Int32Array([4])]],
    [
      'more of them',
      [new Uint32Array([5]), new Float32Array([1.5]), new Float64Array([NaN, -0]), new BigInt64Array([1n])],
    ],
    ['an object that undefined is in', { a: undefined, b: [undefined] }],
    ['many keys', Object.fromEntries(Array.from({ length: 300 }, (_, key) => [`key ${key}`, key]))],
    ['a cyclic object', cyclic],
    ['a cyclic array', list],
    ['a cyclic Map', map],
  ])('structured: %s', (_, item) => {
    const queue = new Queue<unknown>()
    const same = Queue.from<unknown>(queue.handle)
    queue.putNowait(item)
    const got = same.getNowait()
    expect(got).toEqual(structuredClone(item))
    expect({}.toString.call(got)).toBe({}.toString.call(item))
    queue.free()
  })

  test('structured: what is one object stays one', () => {
    const shared = { x: 1 }
    const queue = new Queue<[object, object, -0?]>()
    for (const item of [[shared, shared] as [object, object], [shared, shared, -0] as [object, object, -0]]) {
      queue.putNowait(item)
      const got = queue.getNowait()
      expect(got).toEqual(item)
      expect(got[0]).toBe(got[1])
      expect(got[0]).not.toBe(shared)
    }
  })

  test('structured: errors, with their names, messages and causes', () => {
    const queue = new Queue<Error>()
    queue.putNowait(new RangeError('too far', { cause: { at: 9 } }))
    const got = queue.getNowait()
    expect(got).toBeInstanceOf(RangeError)
    expect(got).toMatchObject({ name: 'RangeError', message: 'too far', cause: { at: 9 } })
  })

  test.each<[string, unknown]>([
    ['a function', () => {}],
    ['a function within', { method() {} }],
    ['a symbol', Symbol('s')],
    ['a symbol within', [Symbol('s')]],
  ])('structured: %s is refused, and nothing is put', async (_, item) => {
    const queue = new Queue<unknown>()
    const isDataCloneError = (error: unknown): boolean =>
      error instanceof DOMException && error.name === 'DataCloneError'
    const caught = (call: () => unknown): unknown => {
      try {
        return call()
      } catch (error) {
        return error
      }
    }
    expect(caught(() => queue.putNowait(item))).toSatisfy(isDataCloneError)
    expect(caught(() => queue.putSync(item))).toSatisfy(isDataCloneError)
    expect(await queue.put(item).catch((error: unknown) => error)).toSatisfy(isDataCloneError)
    expect(queue.size).toBe(0)
    queue.putNowait({ a: 1 })
    expect(queue.getNowait()).toEqual({ a: 1 })
  })

  test('structured: toJSON() is not asked, and a getter that throws leaves all as it was', () => {
    const queue = new Queue<unknown>()
    queue.putNowait(Object.assign(new Map([[1, 2]]), { toJSON: undefined }))
    expect(queue.getNowait()).toEqual(new Map([[1, 2]]))
    const thrower = {
      get bad(): never {
        throw new Error('no')
      },
    }
    expect(() => queue.putNowait(thrower)).toThrow('no')
    queue.putNowait(5)
    expect(queue.getNowait()).toBe(5)
  })

  test('an item is as it was when it was put', async () => {
    const queue = new Queue<number[]>({ maxsize: 1 })
    queue.putNowait([0])
    const item = [1]
    const putting = queue.put(item)
    item[0] = 2
    const more = [3]
    const waiting = queue.put(more)
    expect([queue.getNowait(), queue.getNowait(), queue.getNowait()]).toEqual([[0], [1], [3]])
    await Promise.all([putting, waiting])
  })

  test('an item is not disturbed by one that an observer takes meanwhile', async () => {
    const queue = new Queue<string>({ maxsize: 2 })
    queue.putNowait('the first item')
    queue.putNowait('2')
    let second: string | undefined
    const stop = observeWaits({
      parked() {},
      cancelled() {},
      woken() {
        second ??= queue.getNowait()
      },
    })
    const waiting = queue.put('3')
    expect(queue.getNowait()).toBe('the first item')
    stop()
    expect([second, queue.getNowait()]).toEqual(['2', '3'])
    await waiting
  })

  test('nor by one that it takes from another queue, after this thread was blocked', async () => {
    const [go, queue, other] = [new Queue<number>(), new Queue<string>(), new Queue<string>()]
    const producer = spawn(
      ({ Queue: Q }, [goes, items]) => {
        const [there, its] = [Q.from<number>(goes!), Q.from<string>(items!)]
        for (let round = there.getSync(); round >= 0; round = there.getSync()) {
          its.putNowait(`the first item of round ${round}`)
          its.putNowait(`the second item of round ${round}`)
        }
      },
      [go.handle, queue.handle],
    )
    for (let round = 0; round < 50; round++) {
      other.putNowait('what would come to lie in its place')
      const stop = observeWaits({
        parked() {},
        cancelled() {},
        woken() {
          if (!other.empty) other.getNowait()
        },
      })
      const waiting = queue.get()
      go.putNowait(round)
      const blocked = queue.getSync({ timeout: 10_000 })
      // oxlint-disable-next-line no-await-in-loop
      expect([blocked, await waiting].toSorted()).toEqual([
        `the first item of round ${round}`,
        `the second item of round ${round}`,
      ])
      stop()
    }
    go.putNowait(-1)
    await producer.result
  })

  test('json', () => {
    const queue = new Queue<unknown>({ codec: 'json' })
    for (const item of [{ a: [1, 'ü😀', null] }, 'text', 0, null]) {
      queue.putNowait(item)
      expect(queue.getNowait()).toEqual(item)
    }
    expect(() => queue.putNowait(undefined)).toThrow(TypeError)
    expect(() => queue.putNowait(undefined)).toThrow('item must be a value that JSON knows, got undefined')
    expect(() => queue.putNowait(1n)).toThrow(TypeError)
    expect(queue.size).toBe(0)
  })

  test('bytes: each is its own', () => {
    const queue = new Queue<Uint8Array>({ codec: 'bytes', bytes: 64 })
    const item = filled(5)
    for (let round = 0; round < 50; round++) {
      item.fill(round)
      queue.putNowait(item)
      const got = queue.getNowait()
      expect(got).toEqual(filled(5, round))
      expect(got.buffer).toBeInstanceOf(ArrayBuffer)
      expect(got.buffer.byteLength).toBe(5)
    }
    queue.putNowait(new Uint8Array())
    expect(queue.getNowait()).toEqual(new Uint8Array())
    queue.putNowait(Buffer.from('abc').subarray(1))
    expect(new TextDecoder().decode(queue.getNowait())).toBe('bc')
    for (const wrong of ['x', null, [1], new Int8Array(1), new ArrayBuffer(1)])
      expect(() => queue.putNowait(wrong as never)).toThrow('item must be a Uint8Array, got ')
  })

  test('a codec of one’s own', async () => {
    const codec: Codec<string> = {
      encode: (item) => new TextEncoder().encode(item),
      decode: (bytes) => new TextDecoder().decode(bytes),
    }
    const queue = new Queue<string>({ codec })
    expect(() => Queue.from(queue.handle)).toThrow("codec must be the queue's own")
    const same = Queue.from<string>(queue.handle, { codec })
    await queue.put('over')
    expect(await same.get()).toBe('over')
    const wrong = new Queue<string>({ codec: { ...codec, encode: () => 'text' as never } })
    expect(() => wrong.putNowait('x')).toThrow('codec.encode() must answer a Uint8Array, got "text"')
    expect(wrong.size).toBe(0)
  })

  describe('a codec that borrows', () => {
    /** The sum of the bytes, and which memory they came in. */
    const memories = new Set<ArrayBufferLike>()
    const codec: Codec<number> = {
      borrows: true,
      encode: (item) => new Uint8Array(item).fill(1),
      decode(bytes) {
        memories.add(bytes.buffer)
        return bytes.reduce((sum, byte) => sum + byte, 0)
      },
    }

    test('is given the very bytes of the item, in memory that is used again', async () => {
      memories.clear()
      const queue = new Queue<number>({ codec, bytes: 4096 })
      for (const length of [1000, 0, 3, 999, 1000]) {
        queue.putNowait(length)
        expect(queue.getNowait()).toBe(length)
        queue.putNowait(length)
        expect(queue.getSync()).toBe(length)
        queue.putNowait(length)
        // oxlint-disable-next-line no-await-in-loop
        expect(await queue.get()).toBe(length)
      }
      expect(memories.size).toBe(1)
    })

    test('also where the thread blocked for it, and each put waits for room', async () => {
      const queue = new Queue<number>({ codec, bytes: 1024 })
      const producer = spawn(({ Queue: Q }, handle) => {
        const its = Q.from<number>(handle, {
          codec: { borrows: true, encode: (item) => new Uint8Array(item).fill(1), decode: (bytes) => bytes.length },
        })
        for (let item = 500; item < 1000; item++) its.putSync(item)
      }, queue.handle)
      memories.clear()
      for (let item = 500; item < 1000; item++) expect(queue.getSync({ timeout: 10_000 })).toBe(item)
      expect(memories.size).toBe(1)
      await producer.result
    })

    test('decode() may get the next item: its own stays as it is', () => {
      const inner: number[][] = []
      const nested: Codec<number[]> = {
        borrows: true,
        encode: (item) => Uint8Array.from(item),
        decode(bytes) {
          for (const from of [queue, same, other]) if (!from.empty) inner.push(from.getNowait())
          return [...bytes]
        },
      }
      const queue = new Queue<number[]>({ codec: nested })
      const same = Queue.from<number[]>(queue.handle, { codec: nested })
      const other = new Queue<number[]>({ codec: nested })
      for (const first of [1, 2, 3]) {
        queue.putNowait([first, first, first])
        other.putNowait([first + 3, first + 3, first + 3, first + 3])
      }
      expect(queue.getNowait()).toEqual([1, 1, 1])
      expect(inner).toHaveLength(5)
      expect(inner.filter(([first, ...rest]) => rest.some((byte) => byte !== first))).toEqual([])
    })

    test('who waits for room in this thread is served while it is being got', async () => {
      const queue = new Queue<number>({ codec, maxsize: 1 })
      queue.putNowait(5)
      const waiting = queue.put(9)
      expect(queue.getSync()).toBe(5)
      await waiting
      expect(queue.getSync()).toBe(9)
    })

    test.each([1, 'yes', null])('borrows: %o is refused', (borrows) => {
      expect(() => new Queue({ codec: { ...codec, borrows: borrows as never } })).toThrow(
        'codec.borrows must be a boolean, got ',
      )
    })
  })

  test('a codec that throws: at encoding nothing is put, at decoding that item is gone', async () => {
    const codec: Codec<number> = {
      encode(item) {
        if (item < 0) throw new Error('negative')
        return Uint8Array.of(item)
      },
      decode([byte]) {
        if (byte === 7) throw new Error('seven')
        return byte!
      },
    }
    const queue = new Queue<number>({ codec })
    await expect(queue.put(-1)).rejects.toThrow('negative')
    expect(() => queue.putNowait(-1)).toThrow('negative')
    const waiting = queue.get()
    for (const item of [7, 1, 7, 7, 2]) queue.putNowait(item)
    await expect(waiting).rejects.toThrow('seven')
    expect(await queue.get()).toBe(1)
    await expect(queue.get()).rejects.toThrow('seven')
    expect(() => queue.getNowait()).toThrow('seven')
    expect(queue.getSync()).toBe(2)
    expect(queue.empty).toBe(true)
  })
})

describe('its buffer', () => {
  test('an item of up to half of it always fits, wherever the ring stands', () => {
    for (const bytes of [16, 17, 40, 64, 250]) {
      const queue = new Queue<Uint8Array>({ codec: 'bytes', bytes })
      const half = Math.floor(bytes / 2)
      for (let round = 0; round < 100; round++) {
        const length = round % 3 === 0 ? half : round % (half + 1)
        queue.putNowait(filled(length, round))
        expect(queue.getNowait()).toEqual(filled(length, round))
      }
      queue.free()
    }
  })

  test('one that can never fit is a RangeError, in every way to put; nothing is put', async () => {
    const queue = new Queue<Uint8Array>({ codec: 'bytes', bytes: 64 })
    const message =
      'item must have at most 56 bytes to fit into the queue, got 57: make the queue larger, as in new Queue({ bytes: 114 })'
    expect(() => queue.putNowait(filled(57))).toThrow(RangeError)
    expect(() => queue.putNowait(filled(57))).toThrow(message)
    expect(() => queue.putSync(filled(57))).toThrow(message)
    await expect(queue.put(filled(57))).rejects.toThrow(message)
    expect(queue.size).toBe(0)
    await queue.put(filled(56))
    expect(queue.full).toBe(true)
  })

  test('it is full when an item like the latest would have to wait', async () => {
    const queue = new Queue<Uint8Array>({ codec: 'bytes', bytes: 128 })
    let put = 0
    while (!queue.full) {
      queue.putNowait(filled(8, put))
      put++
    }
    expect(put).toBe(8)
    expect(() => queue.putNowait(filled(8))).toThrow(QueueFullError)
    const waiting = queue.put(filled(8, 99))
    expect(await outcome(waiting)).toEqual({ state: 'pending' })
    expect(() => queue.putSync(filled(1), { timeout: 0 })).toThrow('put timed out after 0 ms')
    expect(queue.getNowait()[0]).toBe(0)
    await waiting
    expect(queue.size).toBe(8)
  })

  test('a large item that stands first is not overtaken by small ones', async () => {
    const queue = new Queue<Uint8Array>({ codec: 'bytes', bytes: 128 })
    for (let item = 0; item < 8; item++) queue.putNowait(filled(8, item))
    const large = queue.put(filled(40, 77))
    const small = queue.put(filled(1, 78))
    queue.getNowait()
    expect(() => queue.putNowait(filled(1))).toThrow(QueueFullError)
    expect(await outcome(small)).toEqual({ state: 'pending' })
    for (let item = 0; item < 3; item++) queue.getNowait()
    await Promise.all([large, small])
    const rest: number[] = []
    while (!queue.empty) rest.push(queue.getNowait()[0]!)
    expect(rest).toEqual([4, 5, 6, 7, 77, 78])
  })

  test('with maxsize it is bounded by both', () => {
    const queue = new Queue<Uint8Array>({ codec: 'bytes', bytes: 64, maxsize: 3 })
    queue.putNowait(filled(16))
    queue.putNowait(filled(16))
    expect(() => queue.putNowait(filled(16))).toThrow(QueueFullError)
    queue.putNowait(filled(8))
    expect(queue.full).toBe(true)
    expect(Queue.from(queue.handle).maxsize).toBe(3)
  })
})

describe('options', () => {
  test.each([
    ...notANumber,
    ...[0, 15, 16.5, NaN, Infinity, 2 ** 30 + 1].map((value) => ({
      type: 'RangeError' as const,
      title: String(value),
      value,
      shown: String(value),
    })),
  ])('bytes $title is refused', async (wrong) => {
    expect(await refusal(() => new Queue({ bytes: wrong.value as never }))).toEqual(refused('threw', wrong, 'bytes'))
  })

  test.each(['xml', '', null, 5, {}, { encode() {} }, { decode() {} }, () => {}])('codec %o is refused', (codec) => {
    expect(() => new Queue({ codec: codec as never })).toThrow(TypeError)
    expect(() => new Queue({ codec: codec as never })).toThrow('codec must be ')
    const { handle } = new Queue()
    expect(() => Queue.from(handle, { codec: codec as never })).toThrow('codec must be ')
  })

  test.each([null, 5, {}, new Lock()])('space %o is refused', (space) => {
    expect(() => new Queue({ space: space as never })).toThrow('space must be a Space, got ')
  })

  test.each([null, 7, 'x', {}, [], { interlock: 1 }, new Lock().handle])('handle %o is refused', (handle) => {
    expect(() => Queue.from(handle as never)).toThrow(HandleError)
  })

  test.each(wrongOptions)('from(handle, $title) is refused', async (wrong) => {
    const { handle } = new Queue()
    expect(await refusal(() => Queue.from(handle, wrong.value as never))).toEqual(refused('threw', wrong, 'options'))
  })

  test('from() knows the codec, and refuses another', () => {
    for (const codec of ['structured', 'json', 'bytes'] as const) {
      const queue = new Queue<never>({ codec })
      expect(Queue.from(queue.handle)).toBeInstanceOf(Queue)
      expect(Queue.from(queue.handle, { codec })).toBeInstanceOf(Queue)
      const other = codec === 'json' ? 'bytes' : 'json'
      expect(() => Queue.from<never>(queue.handle, { codec: other })).toThrow(
        `codec must be '${codec}', as the queue's is, got "${other}"`,
      )
    }
  })

  test.each([
    [{ timeout: -1 }, RangeError, 'timeout'],
    [{ timeout: NaN }, RangeError, 'timeout'],
    [{ timeout: '5' }, TypeError, 'timeout'],
    [{ abort: new AbortController() }, TypeError, 'abort'],
    [{ abort: {} }, TypeError, 'abort'],
    [{ signal: new AbortController().signal }, TypeError, 'abort'],
    [null, TypeError, 'options'],
    [5, TypeError, 'options'],
  ])('blocking with %o is refused, and changes nothing', (options, type, name) => {
    const queue = new Queue<number>()
    queue.putNowait(1)
    for (const call of [
      () => queue.getSync(options as never),
      () => queue.putSync(2, options as never),
      () => queue.joinSync(options as never),
    ]) {
      expect(call).toThrow(type)
      expect(call).toThrow(name)
    }
    expect(queue.size).toBe(1)
  })

  test('shutdown(immediate) of no boolean is refused', () => {
    const queue = new Queue()
    expect(() => queue.shutdown('now' as never)).toThrow('immediate must be a boolean, got "now"')
    expect(queue.isShutdown).toBe(false)
  })
})

describe('blocking', () => {
  test('what is there is had at once; else it times out, and nothing is taken or put', () => {
    const queue = new Queue<number>({ name: 'jobs', maxsize: 1 })
    expect(() => queue.getSync({ timeout: 5 })).toThrow('Queue "jobs" <size: 0, maxsize: 1>: get timed out after 5 ms')
    expect(() => queue.getSync({ timeout: 0 })).toThrow('timed out')
    queue.putSync(1)
    expect(() => queue.putSync(2, { timeout: 5 })).toThrow('put timed out after 5 ms')
    expect(() => queue.joinSync({ timeout: 5 })).toThrow('join timed out after 5 ms')
    expect(queue.getSync({ timeout: 5 })).toBe(1)
    queue.taskDone()
    queue.joinSync()
    queue.shutdown()
    expect(() => queue.getSync()).toThrow(QueueShutDownError)
    expect(() => queue.putSync(3)).toThrow('putSync() of Queue "jobs" <size: 0, maxsize: 1, shut down>')
  })

  test('in another thread: served, aborted, and ended by a shutdown', async () => {
    const queue = new Queue<number>({ maxsize: 1 })
    const abort = new Abort()
    const thread = spawn(
      ({ Abort: A, Queue: Q }, handles, say) => {
        const theirs = Q.from<number>(handles.queue)
        const stop = A.from(handles.abort)
        const name = (call: () => unknown): unknown => {
          try {
            return call()
          } catch (error) {
            return (error as Error).name
          }
        }
        say('blocks')
        const got = theirs.getSync()
        theirs.taskDone()
        say('blocks')
        const aborted = name(() => theirs.getSync({ abort: stop }))
        theirs.putSync(1)
        say('blocks')
        const put = name(() => theirs.putSync(2))
        return [got, aborted, put]
      },
      { queue: queue.handle, abort: abort.handle },
    )
    await thread.said()
    await queue.put(5)
    await queue.join()
    await thread.said()
    abort.abort()
    await thread.said()
    queue.shutdown()
    expect(await thread.result).toEqual([5, 'AbortError', 'QueueShutDownError'])
    expect(await queue.get()).toBe(1)
    await expect(queue.get()).rejects.toThrow(QueueShutDownError)
  })

  test('join() in one thread, taskDone() in another; shutdown(true) leaves those in flight', async () => {
    const queue = new Queue<number>()
    for (let item = 0; item < 5; item++) queue.putNowait(item)
    const thread = spawn(({ Queue: Q }, handle, say) => {
      const theirs = Q.from<number>(handle)
      theirs.getSync()
      theirs.getSync()
      say('got two')
      theirs.joinSync()
      return theirs.size
    }, queue.handle)
    await thread.said()
    const joining = queue.join()
    queue.shutdown(true)
    expect(queue.size).toBe(0)
    expect(await outcome(joining)).toEqual({ state: 'pending' })
    queue.taskDone()
    expect(await outcome(joining)).toEqual({ state: 'pending' })
    queue.taskDone()
    await joining
    expect(await thread.result).toBe(0)
    expect(() => queue.taskDone()).toThrow(RangeError)
  })

  test('a join() that began is not fooled by items put after the moment at which all was done', async () => {
    const queue = new Queue<number>()
    const same = Queue.from<number>(queue.handle)
    queue.putNowait(1)
    const joining = queue.join()
    queue.getNowait()
    same.taskDone()
    same.putNowait(2)
    await joining
    const later = queue.join()
    expect(await outcome(later)).toEqual({ state: 'pending' })
    queue.taskDone()
    await later
  })
})

describe('free() and its memory', () => {
  test('whatever waits, and every later use, gets HandleError', async () => {
    const queue = new Queue<number>({ maxsize: 1 })
    const same = Queue.from<number>(queue.handle)
    const { handle } = queue
    const getting = queue.get()
    const thread = spawn(({ Queue: Q }, theirs, say) => {
      const blocked = Q.from(theirs)
      say('blocks')
      try {
        return blocked.getSync()
      } catch (error) {
        return (error as Error).name
      }
    }, handle)
    await thread.said()
    queue.free()
    await expect(getting).rejects.toThrow(HandleError)
    expect(await thread.result).toBe('HandleError')
    for (const call of [
      () => queue.free(),
      () => same.getNowait(),
      () => same.putNowait(1),
      () => same.getSync(),
      () => same.putSync(1),
      () => same.taskDone(),
      () => same.joinSync(),
      () => same.shutdown(),
      () => same.size,
      () => same.full,
      () => same.maxsize,
      () => same.isShutdown,
      () => same.handle,
      () => Queue.from(handle),
    ])
      expect(call).toThrow(HandleError)
    for (const call of [() => same.get(), () => same.put(1), () => same.join()])
      await expect(call()).rejects.toThrow(HandleError)
  })

  test('of a space: what is given back is used again, and what is full says how to make room', () => {
    const space = spaceFor(2, 1000)
    const first = new Queue<number>({ space, bytes: 1000 })
    const second = new Queue<number>({ space, bytes: 1000 })
    const full = `the space has no room for a buffer of ${wordsForRing(100) * 4} bytes: 0 bytes beyond its objects are not given out. Make it of more memory, as in new Space({ threads: 2, objects: 16, memory: new SharedArrayBuffer(`
    expect(() => new Queue({ space, bytes: 100 })).toThrow(SpaceFullError)
    expect(() => new Queue({ space, bytes: 100 })).toThrow(full)
    second.putNowait(2)
    for (let round = 0; round < 40; round++) {
      const queue = round === 0 ? first : new Queue<number>({ space, bytes: 1000 - round })
      queue.putNowait(round)
      expect(queue.getNowait()).toBe(round)
      queue.putNowait(round)
      queue.shutdown(round % 2 === 0)
      queue.free()
      expect(() => queue.taskDone()).toThrow(HandleError)
    }
    const again = new Queue<number>({ space, bytes: 1000 })
    expect(again).toMatchObject({ size: 0, isShutdown: false, full: false })
    again.joinSync()
    expect(second.getNowait()).toBe(2)
  })

  test('the space that is told to be made is large enough', () => {
    const space = spaceFor(0, 0)
    let message = ''
    try {
      void new Queue({ space, bytes: 5000 })
    } catch (error) {
      ;({ message } = error as Error)
    }
    const bytes = Number(/SharedArrayBuffer\((\d+)\)/.exec(message)![1])
    const larger = new Space({ threads: 2, objects: 16, memory: new SharedArrayBuffer(bytes) })
    expect(new Queue({ space: larger, bytes: 5000 }).size).toBe(0)
  })

  test('a space full of objects keeps its heap', () => {
    const space = spaceFor(1, 100, 1)
    new Uint8Array(space.handle.memory).subarray(wordsFor(2, 1) * 4).fill(255)
    const lock = new Lock({ space })
    expect(() => new Queue({ space, bytes: 100 })).toThrow(SpaceFullError)
    lock.free()
    expect(new Queue({ space, bytes: 100 }).size).toBe(0)
  })

  test('memory of one’s own holds what is not the space’s untouched until a queue is made', () => {
    const memory = new SharedArrayBuffer(2 ** 16)
    const bytes = new Uint8Array(memory)
    bytes.fill(9)
    const space = new Space({ threads: 1, objects: 1, memory })
    expect(bytes.at(-1)).toBe(9)
    const queue = new Queue<string>({ space, bytes: 2000 })
    expect([queue.size, queue.full, queue.isShutdown]).toEqual([0, false, false])
    for (let round = 0; round < 100; round++) {
      queue.putNowait('x'.repeat(round))
      expect(queue.getNowait()).toBe('x'.repeat(round))
    }
    expect(bytes.at(-1)).toBe(9)
  })

  test('what another thread has freed is not kept for ever', () => {
    const queue = new Queue<number>()
    const { territory } = queue.local.place
    // As if it were another thread's.
    forget(territory)
    const known = Queue.from<number>(queue.handle).local.place.territory
    queue.free()
    expect(joinedTerritories()).toContain(known)
    for (let count = joinedTerritories().length + 16; count >= 0; count--) new Queue().free()
    expect(joinedTerritories()).not.toContain(known)
  })

  test('several queues of one thread on one handle are one queue', async () => {
    const queue = new Queue<number>()
    const same = Queue.from<number>(queue.handle, { name: 'same' })
    expect(same.name).toBe('same')
    const got = [queue.get(), same.get(), queue.get()]
    for (const item of [1, 2, 3]) same.putNowait(item)
    expect(await Promise.all(got)).toEqual([1, 2, 3])
    const iterator = same[Symbol.asyncIterator]()
    const next = iterator.next()
    await drain()
    await iterator.return!()
    expect(await next).toEqual({ done: true, value: undefined })
    queue.putNowait(4)
    expect(queue.getNowait()).toBe(4)
    expect(() => queue.getNowait()).toThrow(QueueEmptyError)
  })
})
