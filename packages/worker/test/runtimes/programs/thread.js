/** What a thread of the cases does: it opens what it is given, and calls its methods when it is told to. */
import * as library from '@interlock/worker'
import { startThread } from './threads.js'

const classes = {
  abort: library.Abort,
  barrier: library.Barrier,
  'bounded-semaphore': library.BoundedSemaphore,
  condition: library.Condition,
  event: library.Event,
  lock: library.Lock,
  queue: library.Queue,
  'read-write-lock': library.ReadWriteLock,
  semaphore: library.Semaphore,
  space: library.Space,
}

const objects = new Map()
const permits = new Map()
let nested

const commands = {
  threadId: () => library.threadId,

  open(handle, name = handle.kind) {
    objects.set(name, classes[handle.kind].from(handle))
  },

  /** Makes one here, and answers its handle. */
  make(kind, name = kind) {
    const object = new classes[kind]()
    objects.set(name, object)
    return object.handle
  },

  ask: (name, property) => found(name)[property],

  /** `options.abort` may be a handle. What is answered, when it is a permit, is kept until give(). */
  async do(name, method, ...args) {
    const ready = args.map(withAbort)
    const result = await found(name)[method](...ready)
    if (typeof result?.release !== 'function') return result
    permits.set(name, result)
    return { abandoned: result.abandoned }
  },

  /** As do(), and says so in `flag` before it begins: it may block. */
  announce(flag, ...call) {
    Atomics.store(new Int32Array(flag), 0, 1)
    return commands.do(...call)
  },

  /** Joins, takes, says so, and is busy, all in one turn: it hears of nothing that its host has to say. */
  seize(handle, flag, ms) {
    commands.open(handle)
    permits.set(handle.kind, found(handle.kind).acquireSync())
    Atomics.store(new Int32Array(flag), 0, 1)
    commands.spin(ms)
  },

  give(name) {
    permits.get(name).release()
  },

  /** Adds one to a plain number so many times: under the lock, blocking and async in turn. */
  async add(name, memory, times) {
    const lock = found(name)
    const cell = new Int32Array(memory)
    for (let time = 0; time < times; time++) {
      if (time % 2 === 0) lock.runSync(() => cell[0]++)
      else await lock.run(() => cell[0]++)
    }
  },

  /** Waits under the lock of a condition until the number is `least`, blocking or not. */
  waitFor(name, memory, least, blocking) {
    const condition = found(name)
    const cell = new Int32Array(memory)
    if (blocking) return condition.runSync(() => condition.waitForSync(() => cell[0] >= least))
    return condition.run(() => condition.waitFor(() => cell[0] >= least))
  },

  /** Takes items until the queue is shut down. */
  async drain(name) {
    const items = []
    for await (const item of found(name)) items.push(item)
    return items
  },

  spin(ms) {
    for (const end = performance.now() + ms; performance.now() < end;);
  },

  /** By a thread that this one makes. */
  async nested(command, ...args) {
    nested ??= await startThread()
    return await nested.call(command, ...args)
  },

  async killNested() {
    await nested.kill()
  },
}

/** Options as they crossed: an Abort by its handle. */
function withAbort(arg) {
  return arg?.abort === undefined ? arg : Object.assign(arg, { abort: library.Abort.from(arg.abort) })
}

/** `name`, or `name.side` of a ReadWriteLock. */
function found(name) {
  const [object, side] = name.split('.')
  return side === undefined ? objects.get(object) : objects.get(object)[side]
}

async function answer({ id, command, args }, reply) {
  try {
    reply({ id, value: await commands[command](...args) })
  } catch (error) {
    reply({ id, error: { name: error.name, code: error.code, message: error.message } })
  }
}

const { deno, node } = globalThis.process?.versions ?? {}

if (node === undefined || deno !== undefined) {
  self.addEventListener('message', ({ data }) => void answer(data, (message) => self.postMessage(message)))
} else {
  const { parentPort } = await import('node:worker_threads')
  parentPort.on('message', (data) => void answer(data, (message) => parentPort.postMessage(message)))
}
