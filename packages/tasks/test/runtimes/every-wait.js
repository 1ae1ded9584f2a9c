/** Every wait of core and of tasks, in this runtime: a cancel ends it, with one error, and leaves nothing. */
import {
  Barrier,
  Condition,
  Event,
  KeyedLock,
  Lock,
  PriorityQueue,
  Queue,
  ReadWriteLock,
  Semaphore,
} from '@interlock/core'
import { createTask, gather, shield, sleep, taskGroup, timeout, wait } from '@interlock/tasks'
import { drain, equal, rejects, test } from '../../../../scripts/runtimes/conformance.js'

const held = (lock) => {
  lock.tryAcquire()
  return lock
}
const never = () => new Event().wait()

/** Each answers what waits, and how many wait. */
const waits = {
  'Lock.acquire': () => of(held(new Lock()), (lock) => lock.acquire()),
  'Lock.run': () => of(held(new Lock()), (lock) => lock.run(() => {})),
  'Semaphore.acquire': () => of(new Semaphore(1), (semaphore) => semaphore.acquire({ permits: 2 })),
  'Event.wait': () => of(new Event(), (event) => event.wait()),
  'Barrier.wait': () => of(new Barrier(2), (barrier) => barrier.wait()),
  'Condition.wait': () => of(new Condition(), (condition) => condition.run(() => condition.wait())),
  'Condition.waitFor': () => of(new Condition(), (condition) => condition.run(() => condition.waitFor(() => false))),
  'Queue.get': () => of(new Queue(), (queue) => queue.get()),
  'Queue.put': () => {
    const queue = new Queue(1)
    queue.putNowait(1)
    return of(queue, () => queue.put(2))
  },
  'Queue, for await': () =>
    of(new Queue(), async (queue) => {
      for await (const item of queue) equal(item, 'none')
    }),
  'PriorityQueue.get': () => of(new PriorityQueue(), (queue) => queue.get()),
  'ReadWriteLock.read': () => {
    const lock = new ReadWriteLock()
    held(lock.write)
    return of(lock.read, (read) => read.acquire())
  },
  'KeyedLock.acquire': () => {
    const keyed = new KeyedLock()
    keyed.tryAcquire('key')
    return { start: () => keyed.acquire('key'), waiting: () => keyed.waiting('key') }
  },
  sleep: () => ({ start: () => sleep(2 ** 30) }),
  'another task': () => ({ start: async () => await createTask(never) }),
  gather: () => ({ start: () => gather(never, never) }),
  shield: () => ({ start: () => shield(createTask(never)) }),
  wait: () => ({ start: () => wait([createTask(never)]) }),
  timeout: () => ({ start: () => timeout(2 ** 30, never) }),
  'taskGroup, its body': () => ({ start: () => taskGroup(never) }),
  'taskGroup, its children': () => ({ start: () => taskGroup((group) => void group.spawn(never)) }),
}

function of(primitive, start) {
  return { start: () => start(primitive), waiting: () => primitive.waiting ?? 0 }
}

for (const [name, make] of Object.entries(waits)) {
  test(`cancel() ends ${name}, in a call that it was handed nothing for`, async () => {
    const { start, waiting = () => 0 } = make()
    const deep = async (depth) => (depth === 0 ? await start() : await deep(depth - 1))
    const task = createTask(() => deep(3))
    await drain()
    await drain()
    task.cancel('enough')
    await rejects(task, { name: 'CancelledError', code: 'ERR_CANCELLED', cause: 'enough' })
    equal([task.cancelled, waiting()], [true, 0])
  })
}
