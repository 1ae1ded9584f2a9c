import { Worker } from 'node:worker_threads'
import * as Comlink from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { Context, ContextVar } from '@interlock/contextvar'
import { BaggageError } from '@interlock/contextvar/propagate'
import * as core from '@interlock/core'
import {
  Abort,
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  HandleError,
  Lock,
  NotAcquiredError,
  Queue,
  ReadWriteLock,
  Semaphore,
  Space,
  SpaceFullError,
} from '@interlock/worker'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { collectGarbage } from '../../test/garbage.ts'
import { bundle } from '../../test/bundle.ts'
import type { Api, Setup } from '../../test/comlink-thread.ts'
import { expose, install, wrap } from './index.ts'

// Threads are slow to start on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const program = `${await bundle(new URL('../../test/comlink-thread.ts', import.meta.url))}({}, require)`

const workers: Worker[] = []
const lasting: Worker[] = []
const ports: MessagePort[] = []

function startWorker(setup: Setup = { vars: false }): Worker {
  const worker = new Worker(program, { eval: true, workerData: setup })
  workers.push(worker)
  return worker
}

const startThread = (setup?: Setup): Comlink.Endpoint => nodeEndpoint(startWorker(setup))

/** The threads of most tests, once started: many would take long. */
const kept: { api?: Comlink.Remote<Api>; withVars?: Comlink.Remote<Api> } = {}

/** The API of a thread, by Comlink's own expose() and wrap(). */
const startApi = (): Comlink.Remote<Api> => (kept.api ??= keep(() => Comlink.wrap<Api>(startThread())))

/** Keeps the thread that `start` starts beyond the test. */
function keep<T>(start: () => T): T {
  const started = start()
  lasting.push(...workers.splice(-1))
  return started
}

function connect(): [MessagePort, MessagePort] {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  return [port1, port2]
}

/** What `call` is rejected with. */
const failure = <E>(call: Promise<unknown>): Promise<E> =>
  call.then(
    (value) => expect.fail(`resolved with ${String(value)}`),
    (error: E) => error,
  )

beforeAll(() => install(Comlink))

afterEach(async () => {
  for (const port of ports.splice(0)) port.close()
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()))
})

afterAll(async () => {
  await Promise.all(lasting.map((worker) => worker.terminate()))
})

describe('what crosses', () => {
  test('a lock as an argument: two threads count under it, and no increment is lost', async () => {
    const apis = [startApi(), Comlink.wrap<Api>(startThread())]
    const lock = new Lock()
    const memory = new SharedArrayBuffer(4)
    await Promise.all(apis.map(async (api) => await api.add(lock, memory, 500)))
    expect(new Int32Array(memory)[0]).toBe(1000)
  })

  test('it is the same lock: held there, it is locked here', async () => {
    const api = startApi()
    const lock = new Lock({ name: 'db' })
    await api.hold(lock)
    expect(lock.locked).toBe(true)
    await api.letGo(lock)
    expect(lock.locked).toBe(false)
    // The name is this thread's own.
    expect(await api.describe(lock)).toBe('Lock <unlocked>')
  })

  test('as a result, from there and back', async () => {
    const api = startApi()
    const lock = new Lock()
    const back: Lock = (await api.same(lock)) as Lock
    expect(back).toBeInstanceOf(Lock)
    using _ = lock.acquireSync()
    expect(back.locked).toBe(true)
  })

  test('as a property that is read, and one that is written', async () => {
    const api = startApi()
    const lock = await api.lock
    expect(lock).toBeInstanceOf(Lock)
    using _ = await lock.acquire()
    expect(await api.describe(lock)).toBe('Lock <locked>')
    expect(await (api.lock as unknown as { locked: Promise<boolean> }).locked).toBe(true)
    await Promise.resolve(((api as { kept: unknown }).kept = new Abort()))
    expect(await api.describeKept()).toBe('Abort <not aborted>')
  })

  test('as an argument of a constructor', async () => {
    const api = startApi()
    const tally = await new api.Tally(new Lock())
    expect(await tally.increment()).toBe(1)
    expect(await tally.increment()).toBe(2)
  })

  test('to a function of ours that was sent along as Comlink.proxy()', async () => {
    const [port1, port2] = connect()
    Comlink.expose((told: (lock: Lock) => Promise<string>) => told(new Lock()), port2)
    const call = Comlink.wrap<(told: (lock: Lock) => string) => string>(port1)
    expect(await call(Comlink.proxy((lock: Lock) => String(lock)))).toBe('Lock <unlocked>')
  })

  const all: [make: () => { readonly handle: unknown }, there: string][] = [
    [() => new Abort(), 'Abort <not aborted>'],
    [() => new Barrier(2), 'Barrier <filling, 0/2>'],
    [() => new BoundedSemaphore(3), 'BoundedSemaphore <value: 3>'],
    [() => new Condition(), 'Condition <unlocked>'],
    [() => new Event(), 'Event <unset>'],
    [() => new Lock(), 'Lock <unlocked>'],
    [() => new Queue({ maxsize: 2 }), 'Queue <size: 0, maxsize: 2>'],
    [() => new ReadWriteLock(), 'ReadWriteLock <unlocked>'],
    [() => new Semaphore(2), 'Semaphore <value: 2>'],
  ]
  test('every primitive, there and back, of the same class', async () => {
    const api = startApi()
    for (const [make, there] of all) {
      const primitive = make()
      expect(await api.describe(primitive)).toBe(there)
      const back = await api.same(primitive)
      expect(back).toBeInstanceOf(primitive.constructor)
      expect((back as typeof primitive).handle).toEqual(primitive.handle)
      expect((back as object).constructor).toBe(primitive.constructor)
    }
  })

  test('a Queue knows its codec there, unless it is one of your own', async () => {
    const api = startApi()
    const queue = new Queue<Uint8Array>({ codec: 'bytes' })
    const back = (await api.same(queue)) as typeof queue
    back.putNowait(new Uint8Array([1, 2]))
    expect(queue.getNowait()).toEqual(new Uint8Array([1, 2]))
    const own = new Queue<string>({
      codec: { encode: (text) => new TextEncoder().encode(text), decode: (bytes) => new TextDecoder().decode(bytes) },
    })
    await expect(api.describe(own)).rejects.toThrow(/codec/)
  })

  test('an Abort: its signal there hears this thread', async () => {
    const api = startApi()
    const abort = new Abort()
    const heard = api.waitFor(abort)
    abort.abort()
    expect(await heard).toBe('AbortError')
  })

  test('a Space', async () => {
    const api = startApi()
    const space = new Space()
    expect(new Lock({ space }).locked).toBe(false)
    expect(await api.threads(space)).toBe(2)
  })

  test('what is nothing of ours goes as before', async () => {
    const api = startApi()
    const plain = { a: [1, { b: new Map([[1, new Set(['x'])]]) }], bytes: new Uint8Array([1, 2]), when: new Date(0) }
    expect(await api.same(plain)).toEqual(plain)
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const back = (await api.same(cyclic)) as typeof cyclic
    expect(back.self).toBe(back)
    expect(await api.same({ handle: new Lock().handle })).toMatchObject({ handle: { kind: 'lock' } })
    await expect(api.unclonable()).rejects.toThrow('Unserializable return value')
  })
})

describe('what is refused, where it is sent', () => {
  const nested: [why: string, value: () => unknown, path: string][] = [
    ['an object', () => ({ lock: new Lock() }), 'lock'],
    ['an array', () => [1, new Lock()], '[1]'],
    ['a tree', () => ({ jobs: [{ id: 1 }, { id: 2, tools: { lock: new Lock() } }] }), 'jobs[1].tools.lock'],
    ['a Map', () => new Map([['a', { lock: new Lock() }]]), '.get("a").lock'],
    ['a Set', () => new Set([new Lock()]), '.values()'],
    [
      'an instance of a class',
      () =>
        new (class Job {
          readonly lock = new Lock()
        })(),
      'lock',
    ],
  ]
  test.for(nested)('a lock nested in %s', async ([, value, path]) => {
    const [port1] = connect()
    const api = Comlink.wrap<Api>(port1)
    const call = async (): Promise<unknown> => await api.same(value())
    await expect(call).rejects.toThrow(TypeError)
    await expect(call).rejects.toThrow(
      `a Lock must not be nested in what Comlink sends, got one at ${path.replace(/^\./, '')}: Comlink does not look into objects. Pass the Lock as an argument of its own, or nest its .handle and call Lock.from() on the other side`,
    )
  })

  test('a Space nested in an object', () => {
    const [port1] = connect()
    const api = Comlink.wrap<Api>(port1)
    expect(() => api.same({ space: new Space() })).toThrow(
      /^a Space must not be nested .* at space: .* Space\.from\(\)/,
    )
  })

  test('in a result, the caller is told', async () => {
    const api = startApi()
    const expected = /a Lock must not be nested in what Comlink sends, got one at (\[0\]\.lock|deep\.get\("lock"\)):/
    await expect(api.nested()).rejects.toThrow(expected)
    await expect(api.nestedLater()).rejects.toThrow(expected)
    const errors = await Promise.allSettled([api.nested(), api.nestedLater(), api.unclonable(), api.permit()])
    expect(errors.map((settled) => (settled as PromiseRejectedResult).reason.message)).toEqual([
      expect.stringContaining('[0].lock'),
      expect.stringContaining('deep.get("lock")'),
      'Unserializable return value',
      expect.stringContaining('a permit must not be sent'),
    ])
  })

  test('an argument that was refused does not lend its reason to a result', async () => {
    const [port1, port2] = connect()
    Comlink.expose({ unclonable: () => () => {} }, port2)
    const api = Comlink.wrap<{ unclonable(value?: unknown): unknown }>(port1)
    const call = api.unclonable()
    expect(() => api.unclonable([new Lock()])).toThrow(/nested/)
    await expect(call).rejects.toThrow('Unserializable return value')
  })

  test('a property that is set to a nest of them', () => {
    const [port1] = connect()
    const api = Comlink.wrap<{ kept: unknown }>(port1) as { kept: unknown }
    expect(() => (api.kept = { lock: new Lock() })).toThrow(/nested/)
  })

  test('permits, of ours and of core', async () => {
    const [port1] = connect()
    const api = Comlink.wrap<Api>(port1)
    using hold = new Lock().acquireSync()
    using permits = new Semaphore(2).acquireSync({ permits: 2 })
    using reading = new ReadWriteLock().read.acquireSync()
    using another = new core.Lock().tryAcquire()!
    for (const value of [hold, permits, reading, another]) {
      expect(() => api.same(value)).toThrow(/^a permit must not be sent to another thread: a hold belongs/)
      expect(() => api.same([value])).toThrow(/^a permit must not be sent to another thread, got one at \[0\]:/)
    }
  })

  test('an AbortSignal, which Node would deliver as {}', () => {
    const [port1] = connect()
    const api = Comlink.wrap<Api>(port1)
    const { signal } = new AbortController()
    expect(() => api.same(signal)).toThrow(/^an AbortSignal must not be sent .* send an Abort/)
    expect(() => api.same({ signal })).toThrow(/, got one at signal: send an Abort/)
  })

  test("core's primitives", () => {
    const [port1] = connect()
    const api = Comlink.wrap<Api>(port1)
    expect(() => api.same(new core.Semaphore(2))).toThrow(
      /^a Semaphore that is no object of a space .* @interlock\/worker/,
    )
  })

  test("but a handler of one's own goes before, whenever it was added", async () => {
    class Job {
      readonly lock = new Lock()
    }
    const [port1, port2] = connect()
    Comlink.expose({ same: <T>(value: T) => value }, port2)
    const api = Comlink.wrap<Api>(port1)
    expect(() => api.same(new Job())).toThrow(/nested/)
    Comlink.transferHandlers.set('job', {
      canHandle: (value): value is Job => value instanceof Job,
      serialize: (job: Job) => [job.lock.handle, []],
      deserialize: (handle: Lock['handle']) => Lock.from(handle),
    })
    try {
      expect(await api.same(new Job())).toBeInstanceOf(Lock)
    } finally {
      Comlink.transferHandlers.delete('job')
    }
  })
})

describe('what cannot be received', () => {
  test('a lock that was freed on the way: the call is rejected, and the thread lives', async () => {
    const api = startApi()
    // The thread is blocked while the next call is on its way.
    const gate = new Lock()
    const permit = gate.acquireSync()
    const held = api.hold(gate)
    const lock = new Lock()
    const call = api.describe(lock)
    lock.free()
    permit.release()
    await held
    await expect(call).rejects.toThrow(HandleError)
    await api.letGo(gate)
    expect(await api.same(2)).toBe(2)
  })

  test('a space that is full', async () => {
    const api = startApi()
    const space = new Space({ threads: 1 })
    await expect(api.hold(new Lock({ space }))).rejects.toThrow(SpaceFullError)
    await expect(api.hold(new Lock({ space }))).rejects.toThrow(/all 1 seats of the space are taken/)
    expect(await api.same(2)).toBe(2)
  })

  test('as a result', async () => {
    const [port1, port2] = connect()
    Comlink.expose(() => {
      const lock = new Lock()
      queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => lock.free()))))
      return lock
    }, port2)
    await expect(Comlink.wrap<() => Lock>(port1)()).rejects.toThrow(HandleError)
  })
})

describe('what is thrown', () => {
  test('errors of ours keep name, message, code and class, and the stack of where they were thrown', async () => {
    const api = startApi()
    const error = await failure<HandleError>(api.fail('HandleError'))
    expect(error).toBeInstanceOf(HandleError)
    expect(error).toMatchObject({
      name: 'HandleError',
      code: 'ERR_HANDLE',
      message: expect.stringMatching(/^handle must be a lock's/),
    })
    expect(error.stack).toMatch(/at Object\.fail /)
    expect(Object.keys(error)).toEqual(['code'])
    await expect(api.fail('NotAcquiredError')).rejects.toThrow(NotAcquiredError)
    await expect(api.fail('NotAcquiredError')).rejects.toMatchObject({
      name: 'NotAcquiredError',
      code: 'ERR_NOT_ACQUIRED',
    })
  })

  test('a subclass keeps its name, and is of the class of ours that it extends', async () => {
    const error = await failure<HandleError>(startApi().fail('subclass'))
    expect(error).toBeInstanceOf(HandleError)
    expect(error).toMatchObject({ name: 'MyError', message: 'mine' })
  })

  test('a time-out is a DOMException', async () => {
    const api = startApi()
    const lock = new Lock({ name: 'db' })
    using _ = lock.acquireSync()
    const error = await failure<DOMException>(api.timeOut(lock))
    expect(error).toBeInstanceOf(DOMException)
    expect(error).toMatchObject({ name: 'TimeoutError', code: DOMException.TIMEOUT_ERR })
  })

  test("others' are as Comlink has them", async () => {
    const api = startApi()
    await expect(api.fail('text')).rejects.toBe('text')
    const error = await failure<Error>(api.fail('far off'))
    expect(error).toMatchObject({ name: 'RangeError', message: 'far off' })
  })
})

describe('variables', () => {
  const requestId = new ContextVar<string>('requestId')
  const tenant = new ContextVar<unknown>('tenant')
  const secret = new ContextVar<string>('secret')
  const vars = [requestId, tenant]

  const startWithVars = (): Comlink.Remote<Api> =>
    (kept.withVars ??= keep(() => wrap<Api>(startThread({ vars: true }), { vars })))

  const inContext = <T>(fn: () => T): T => new Context().run(fn)

  test('travel with each call by their names, and are seen across its awaits; what is not listed stays', async () => {
    const api = startWithVars()
    const calls = ['a', 'b', 'c'].map((id) =>
      inContext(() => {
        requestId.set(id)
        tenant.set({ of: id })
        secret.set('s')
        return api.read()
      }),
    )
    expect(await Promise.all(calls)).toEqual(
      ['a', 'b', 'c'].map((id) => ({ atOnce: id, requestId: id, tenant: { of: id }, secret: 'unset' })),
    )
    // In another Context, nothing of it is left.
    expect(await inContext(() => api.read())).toEqual({
      atOnce: 'unset',
      requestId: 'unset',
      tenant: 'unset',
      secret: 'unset',
    })
  })

  test('with properties, and with primitives as arguments', async () => {
    const api = startWithVars()
    await inContext(async () => {
      requestId.set('42')
      expect(await api.id).toBe('42')
      expect(await api.same(new Lock())).toBeInstanceOf(Lock)
    })
  })

  test('what one call sets, no other sees', async () => {
    const api = startWithVars()
    await inContext(() => api.setId('mine'))
    expect(await inContext(() => api.id)).toBe('unset')
  })

  test('only what both sides list', async () => {
    const endpoint = startThread({ vars: true })
    const listening = wrap<Api>(endpoint, { vars: [requestId, secret] })
    const silent = wrap<Api>(endpoint)
    const deaf = wrap<Api>(startThread({ vars: false }), { vars })
    await inContext(async () => {
      requestId.set('42')
      tenant.set(7)
      secret.set('s')
      expect(await listening.read()).toMatchObject({ requestId: '42', tenant: 'unset', secret: 'unset' })
      expect(await deaf.read()).toMatchObject({ requestId: 'unset' })
      expect(await silent.read()).toMatchObject({ requestId: 'unset' })
      // Comlink's own wrap() can call what ours exposes.
      expect(await Comlink.wrap<Api>(endpoint).read()).toMatchObject({ requestId: 'unset' })
    })
  })

  test('too much, or without a JSON form: the call is rejected and not made', async () => {
    const api = wrap<Api>(startThread({ vars: true }), { vars, limit: 100 })
    await inContext(async () => {
      requestId.set('x'.repeat(200))
      await expect(api.setId('made')).rejects.toThrow(RangeError)
      await expect(api.setId('made')).rejects.toThrow(/requestId.* does not fit: baggage must be at most 100 bytes/)
      requestId.set('x')
      tenant.set(() => {})
      await expect(api.read()).rejects.toThrow(TypeError)
      tenant.set(1)
      expect(await api.read()).toMatchObject({ requestId: 'x', tenant: 1 })
    })
  })

  test('more than the other side takes, or malformed: BaggageError, and the thread lives', async () => {
    const endpoint = startThread({ vars: true, limit: 100 })
    const api = wrap<Api>(endpoint, { vars })
    await inContext(async () => {
      requestId.set('x'.repeat(200))
      const error = await failure<BaggageError>(api.read())
      expect(error).toBeInstanceOf(BaggageError)
      expect(error).toMatchObject({ name: 'BaggageError', code: 'ERR_BAD_BAGGAGE' })
      requestId.set('x')
      expect(await api.id).toBe('x')
    })
    const answer = new Promise<{ value: unknown }>((heard) =>
      endpoint.addEventListener('message', ((event: MessageEvent) => heard(event.data)) as never),
    )
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window's
    endpoint.postMessage({ id: '1', type: 'APPLY', path: ['read'], argumentList: [], baggage: 'requestId=%E0%A4%A' })
    expect(await answer).toMatchObject({
      id: '1',
      name: 'throw',
      value: { interlock: 'BaggageError', value: { code: 'ERR_BAD_BAGGAGE' } },
    })
  })

  test("allowedOrigins are Comlink's: to whom may not call, nothing is said", async () => {
    const [port1, port2] = connect()
    expose({ read: () => requestId.get('unset') }, port2, { vars, allowedOrigins: ['https://example.org'] })
    const answered = new Promise((heard) => port1.addEventListener('message', heard))
    port1.start()
    port1.postMessage({ id: '1', type: 'APPLY', path: ['read'], argumentList: [], baggage: 'requestId=%' })
    port1.postMessage({ id: '2', type: 'APPLY', path: ['read'], argumentList: [] })
    const after = new Promise((resolve) => setTimeout(resolve, 50, 'silence'))
    expect(await Promise.race([answered, after])).toBe('silence')
  })

  test('releasing closes both ports, as in Comlink', async () => {
    const [port1, port2] = connect()
    let finalized = 0
    expose({ [Comlink.finalizer]: () => finalized++, one: () => 1 }, port2, { vars })
    const api = wrap<{ one(): number }>(port1, { vars })
    expect(await api.one()).toBe(1)
    const closed = new Promise((heard) => (port2 as unknown as NodeJS.EventEmitter).once('close', heard))
    api[Comlink.releaseProxy]()
    await closed
    expect(finalized).toBe(1)
    expect(() => api.one()).toThrow('Proxy has been released')
  })

  test('a listener that is an object, and one that is removed', async () => {
    const [port1, port2] = connect()
    expose({ one: () => 1 }, port2, { vars })
    const endpoint = await wrap<{ one(): number }>(port1, { vars })[Comlink.createEndpoint]()
    ports.push(endpoint)
    expect(await Comlink.wrap<{ one(): number }>(endpoint).one()).toBe(1)
  })
})

describe("Node's own endpoints", () => {
  test('a Worker and parentPort are taken as they are', async () => {
    const api = wrap<Api>(startWorker({ vars: true, bare: true }))
    expect(await api.same(new Lock())).toBeInstanceOf(Lock)
    api[Comlink.releaseProxy]()
    expect(() => api.same(1)).toThrow('Proxy has been released')
  })
})

describe('a call whose proxy nobody keeps (comlink#692)', () => {
  interface Slow {
    slow(): Promise<string>
  }

  /** What became of such a call once its proxy has been collected, if it is. */
  async function outcome(wrapIt: (port: MessagePort) => Comlink.Remote<Slow>): Promise<string> {
    const [port1, port2] = connect()
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const { promise: began, resolve: begin } = Promise.withResolvers<void>()
    const slow = async (): Promise<string> => {
      begin()
      await gate
      return 'answered'
    }
    Comlink.expose({ slow }, port2)
    const closed = new Promise<string>((heard) =>
      (port2 as unknown as NodeJS.EventEmitter).once('close', () => heard('closed')),
    )
    const call = (() => wrapIt(port1).slow())()
    await began
    for (let time = 0; time < 20; time++) {
      await collectGarbage()
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    open()
    const after = new Promise<string>((resolve) => setTimeout(resolve, 50, 'lost'))
    const answer = await Promise.race([call, after])
    // What was put off is not forgotten.
    return `${answer}, ${await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 5000, 'open'))])}`
  }

  test('is answered, and then the connection ends', async () => {
    expect(await outcome((port) => wrap<Slow>(port))).toBe('answered, closed')
  })

  test("is lost by Comlink's own wrap(): the day that this fails, the pin may go", async () => {
    expect(await outcome((port) => Comlink.wrap<Slow>(port))).toBe('lost, closed')
  })

  test('and then the connection ends, as in Comlink', async () => {
    const [port1, port2] = connect()
    Comlink.expose({ slow: () => 'done' }, port2)
    const closed = new Promise<string>((heard) =>
      (port2 as unknown as NodeJS.EventEmitter).once('close', () => heard('closed')),
    )
    await (async () => await wrap<Slow>(port1).slow())()
    let ended = 'open'
    for (let time = 0; time < 100 && ended === 'open'; time++) {
      await collectGarbage()
      const soon = new Promise<string>((resolve) => setTimeout(resolve, 2, 'open'))
      ended = await Promise.race([closed, soon])
    }
    expect(ended).toBe('closed')
  })
})

describe('wrong arguments', () => {
  test.for([undefined, null, 5, {}, { transferHandlers: {} }, { default: Comlink }])('install(%s)', (module) => {
    expect(() => install(module as never)).toThrow(TypeError)
    expect(() => install(module as never)).toThrow(/^Comlink must be the module, .*, got /)
  })

  test('install() again changes nothing', () => {
    const before = [...Comlink.transferHandlers]
    install(Comlink)
    expect([...Comlink.transferHandlers]).toEqual(before)
    expect(before.map(([name]) => name)).toEqual(['proxy', 'throw', '@interlock/worker', '@interlock/worker: refused'])
  })

  test('endpoint', () => {
    for (const endpoint of [null, 5, {}, { postMessage() {} }, { on() {}, off() {} }]) {
      expect(() => wrap(endpoint as never)).toThrow(/^endpoint must be an endpoint: .* parentPort, got /)
      expect(() => expose({}, endpoint as never)).toThrow(TypeError)
    }
    expect(() => wrap(undefined as never)).toThrow(/^endpoint must be/)
    // This thread itself is no endpoint in Node.
    expect(() => expose({})).toThrow(/^endpoint must be/)
  })

  test('options', () => {
    const [port1] = connect()
    for (const make of [
      (options: unknown) => wrap(port1, options as never),
      (options: unknown) => expose({}, port1, options as never),
    ]) {
      expect(() => make(5)).toThrow(/^options must be an object, got 5/)
      for (const vars of [5, null, 'id', ['id'], [new ContextVar('a'), null]])
        expect(() => make({ vars })).toThrow(/^vars must be an iterable of ContextVars, got /)
      expect(() => make({ vars: [new ContextVar('a'), new ContextVar('a')] })).toThrow(/^vars must have a name each/)
      expect(() => make({ limit: -1 })).toThrow(RangeError)
      expect(() => make({ limit: '5' })).toThrow(/^limit must be a whole number of bytes/)
    }
    expect(() => expose({}, port1, { allowedOrigins: '*' as never })).toThrow(/^allowedOrigins must be an array/)
  })
})
