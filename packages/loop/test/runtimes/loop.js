/** The event loop, its primitives and explore() in this runtime. */
import {
  Barrier,
  CancelledError,
  Condition,
  DeadlockError,
  Event,
  EventLoop,
  explore,
  Future,
  gather,
  Lock,
  Queue,
  replay,
  Semaphore,
  sleep,
  spawn,
} from '@interlock/loop'
import { equal, same, test, throws } from '../../../../scripts/runtimes/conformance.js'

const run = (op) => new EventLoop().runUntilComplete(op)

test('a day of sleeping takes no time', () => {
  const loop = new EventLoop()
  const began = Date.now()
  loop.runUntilComplete(gather(sleep(86_400_000), sleep(1000)))
  same(loop.time(), 86_400_000)
  same(Date.now() - began < 60_000, true)
})

test('the real clock waits in its thread', () => {
  const loop = new EventLoop({ clock: 'real' })
  const began = Date.now()
  loop.runUntilComplete(gather(sleep(12), sleep(5)))
  // A Date is cut to milliseconds.
  same(Date.now() - began >= 11, true)
})

test('tasks, callbacks and timers go in order', () => {
  const loop = new EventLoop()
  const log = []
  function* worker(name, ms) {
    log.push(`${name} begins`)
    yield* sleep(ms)
    log.push(`${name} ends`)
  }
  loop.callSoon(() => log.push('callback'))
  loop.callLater(2, () => log.push('timer'))
  loop.runUntilComplete(gather(worker('a', 3), worker('b', 1)))
  equal(log, ['callback', 'a begins', 'b begins', 'b ends', 'timer', 'a ends'])
})

test('a Lock: one at a time, in order; a cancel beats a grant of the same step, which is passed on', () => {
  const lock = new Lock()
  const log = []
  function* user(name) {
    yield* lock.acquire()
    log.push(name)
    yield
    lock.release()
  }
  function* main() {
    yield* lock.acquire()
    const [a, b] = [yield* spawn(user('a')), yield* spawn(user('b'))]
    yield
    lock.release()
    a.cancel()
    yield* b
    same(a.cancelled, true)
  }
  run(main())
  equal([log, lock.locked], [['b'], false])
})

test('Event, Semaphore, Condition, Barrier and Queue', () => {
  const [event, semaphore, condition, barrier, queue] = [
    new Event(),
    new Semaphore(1),
    new Condition(),
    new Barrier(2),
    new Queue(1),
  ]
  let ready = false
  function* consumer() {
    yield* event.wait()
    const item = yield* queue.get()
    yield* condition.run(() => condition.waitFor(() => ready))
    const place = yield* barrier.wait()
    return yield* semaphore.run(function* () {
      return [item, place]
    })
  }
  function* producer() {
    yield
    event.set()
    yield* queue.put('item')
    yield* condition.acquire()
    ready = true
    condition.notifyAll()
    condition.release()
    return yield* barrier.wait()
  }
  const [consumed, place] = run(gather(consumer(), producer()))
  equal([consumed[0], consumed[1] + place], ['item', 1])
})

test('errors: a deadlock names who waits; a cancelled Future; a yield without its star', () => {
  function* waits() {
    yield* new Event().wait()
  }
  throws(() => run(waits()), { name: 'DeadlockError', code: 'ERR_DEADLOCK', blocked: ['Task-1'] })
  const future = new Future(new EventLoop())
  future.cancel('why')
  throws(() => future.result(), { name: 'CancelledError', code: 'ERR_CANCELLED', cause: 'why' })
  function* forgets() {
    yield new Future()
  }
  throws(() => run(forgets()), { code: 'ERR_INVALID_STATE' })
  same(new CancelledError('x') instanceof DeadlockError, false)
})

test('explore() runs every order, finds the one that fails, and replay() runs it again', () => {
  const program = (guarded) =>
    function* () {
      const lock = new Lock()
      let counter = 0
      function* increment() {
        const seen = counter
        yield
        counter = seen + 1
      }
      const task = () => (guarded ? lock.run(increment) : increment())
      yield* gather(task(), task())
      if (counter !== 2) throw new Error('lost update')
    }
  let found
  try {
    explore(program(false))
  } catch (error) {
    found = error
  }
  equal([found.code, found.cause.message], ['ERR_EXPLORATION', 'lost update'])
  throws(() => replay(program(false), found.schedule), { message: 'lost update' })
  same(explore(program(true)).complete, true)
})
