/** Every wait of these packages, each on a fresh primitive on which it has to wait. */
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  KeyedLock,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  ReadWriteLock,
  Semaphore,
} from '@interlock/core'
import { vi } from 'vitest'
import {
  createTask,
  gather,
  gatherSettled,
  shield,
  sleep,
  taskGroup,
  timeout,
  wait as waitForTasks,
} from '../src/index.ts'

/** One wait. */
export interface Subject {
  wait(): Promise<unknown>
  /** Lets the head waiter through, or all of them where there is no difference; the next wait too if nobody waits. */
  grant(): void
  waiting(): number
}

export interface Row {
  readonly name: string
  make(): Subject
  /** Whom one grant lets through, in the end. */
  readonly serves: 'one' | 'all'
  /**
   * Until when a cancellation beats the grant: a Condition's wait looks once more when it has its lock back; what waits for tasks is cancelled until they have
   * ended.
   */
  readonly cancelBeatsGrant?: true
}

function held<L extends { tryAcquire(): unknown }>(lock: L): L {
  if (lock.tryAcquire() === null) throw new Error('a new lock was to be free')
  return lock
}

/** Counts the waits that have begun and not ended: for what does not show who waits. */
function counted(wait: () => Promise<unknown>, grant: () => void): Subject {
  let waiting = 0
  const ended = (): void => void waiting--
  return {
    wait: () => {
      waiting++
      const promise = wait()
      promise.then(ended, ended)
      return promise
    },
    grant,
    waiting: () => waiting,
  }
}

/** A wait under a condition, whose task gives the lock back once it is over. */
const underCondition = (
  condition: Condition,
  waitFor: () => Promise<unknown>,
  change: () => void = () => {},
): Subject => ({
  wait: () => {
    held(condition)
    return waitFor().finally(() => condition.release())
  },
  grant: () => {
    held(condition)
    change()
    condition.notify()
    condition.release()
  },
  waiting: () => condition.waiting,
})

/** A wait for a task that waits for an event. */
function forATask(waitFor: (task: ReturnType<typeof createTask<void>>) => Promise<unknown>): Subject {
  const event = new Event()
  const task = createTask(() => event.wait())
  return counted(
    () => waitFor(task),
    () => event.set(),
  )
}

const forAnEvent = (waitFor: (event: Event) => Promise<unknown>): Subject => {
  const event = new Event()
  return counted(
    () => waitFor(event),
    () => event.set(),
  )
}

const full = <Q extends Queue<number>>(queue: Q): Q => {
  while (!queue.full) queue.putNowait(0)
  return queue
}

export const rows: readonly Row[] = [
  {
    name: 'Lock.acquire',
    serves: 'one',
    make: () => {
      const lock = held(new Lock())
      return { wait: () => lock.acquire(), grant: () => lock.release(), waiting: () => lock.waiting }
    },
  },
  {
    name: 'Lock.run',
    serves: 'all',
    make: () => {
      const lock = held(new Lock())
      return {
        wait: () => lock.run(() => {}),
        grant: () => void (lock.locked && lock.release()),
        waiting: () => lock.waiting,
      }
    },
  },
  {
    name: 'Semaphore.acquire',
    serves: 'one',
    make: () => {
      const semaphore = new Semaphore(0)
      return {
        wait: () => semaphore.acquire(),
        grant: () => semaphore.release(),
        waiting: () => semaphore.waiting,
      }
    },
  },
  {
    name: 'Semaphore.acquire of three',
    serves: 'one',
    make: () => {
      const semaphore = new Semaphore(2)
      return {
        wait: () => semaphore.acquire({ permits: 3 }),
        grant: () => semaphore.release(3 - semaphore.value),
        waiting: () => semaphore.waiting,
      }
    },
  },
  {
    name: 'Semaphore.run',
    serves: 'all',
    make: () => {
      const semaphore = new Semaphore(0)
      return {
        wait: () => semaphore.run(() => {}),
        grant: () => semaphore.release(),
        waiting: () => semaphore.waiting,
      }
    },
  },
  {
    name: 'BoundedSemaphore.acquire',
    serves: 'one',
    make: () => {
      const semaphore = held(new BoundedSemaphore(1))
      return { wait: () => semaphore.acquire(), grant: () => semaphore.release(), waiting: () => semaphore.waiting }
    },
  },
  {
    name: 'Event.wait',
    serves: 'all',
    make: () => {
      const event = new Event()
      return { wait: () => event.wait(), grant: () => event.set(), waiting: () => event.waiting }
    },
  },
  {
    name: 'Condition.acquire',
    serves: 'one',
    make: () => {
      const lock = new Lock()
      const condition = held(new Condition(lock))
      return { wait: () => condition.acquire(), grant: () => condition.release(), waiting: () => lock.waiting }
    },
  },
  {
    name: 'Condition.run',
    serves: 'all',
    make: () => {
      const lock = new Lock()
      const condition = held(new Condition(lock))
      return {
        wait: () => condition.run(() => {}),
        grant: () => void (lock.locked && lock.release()),
        waiting: () => lock.waiting,
      }
    },
  },
  {
    name: 'Condition.wait',
    serves: 'one',
    cancelBeatsGrant: true,
    make: () => {
      const condition = new Condition()
      return underCondition(condition, () => condition.wait())
    },
  },
  {
    name: 'Condition.waitFor',
    serves: 'one',
    cancelBeatsGrant: true,
    make: () => {
      const condition = new Condition()
      let items = 0
      return underCondition(
        condition,
        () => condition.waitFor(() => items > 0).then(() => items--),
        () => items++,
      )
    },
  },
  {
    name: 'Condition.wait over a write lock',
    serves: 'one',
    cancelBeatsGrant: true,
    make: () => {
      const condition = new Condition(new ReadWriteLock().write)
      return underCondition(condition, () => condition.wait())
    },
  },
  {
    name: 'Barrier.wait',
    serves: 'all',
    make: () => {
      const barrier = new Barrier(9)
      return {
        wait: () => barrier.wait(),
        grant: () => {
          for (let missing = 9 - barrier.waiting; missing > 0; missing--) void barrier.wait()
        },
        waiting: () => barrier.waiting,
      }
    },
  },
  ...[Queue, PriorityQueue, LifoQueue].flatMap((Kind): Row[] => [
    {
      name: `${Kind.name}.get`,
      serves: 'one',
      make: () => {
        const queue = new Kind<number>()
        return counted(
          () => queue.get(),
          () => queue.putNowait(1),
        )
      },
    },
    {
      name: `${Kind.name}.put`,
      serves: 'one',
      make: () => {
        const queue = full(new Kind<number>(1))
        return counted(
          () => queue.put(1),
          () => void queue.getNowait(),
        )
      },
    },
  ]),
  {
    name: 'Queue.join',
    serves: 'all',
    make: () => {
      const queue = full(new Queue<number>(1))
      let done = false
      return counted(
        () => queue.join(),
        () => {
          if (!done) queue.taskDone()
          done = true
        },
      )
    },
  },
  {
    name: 'Queue.items',
    serves: 'one',
    make: () => {
      const queue = new Queue<number>()
      return counted(
        () => queue.items().next(),
        () => queue.putNowait(1),
      )
    },
  },
  {
    name: 'for await over a Queue',
    serves: 'one',
    make: () => {
      const queue = new Queue<number>()
      const one = async (): Promise<unknown> => {
        for await (const item of queue) return item
      }
      return counted(one, () => queue.putNowait(1))
    },
  },
  {
    name: 'ReadWriteLock.read.acquire',
    serves: 'all',
    make: () => {
      const both = new ReadWriteLock()
      held(both.write)
      return {
        wait: () => both.read.acquire(),
        grant: () => void (both.write.locked && both.write.release()),
        waiting: () => both.read.waiting,
      }
    },
  },
  {
    name: 'ReadWriteLock.write.acquire',
    serves: 'one',
    make: () => {
      const { write } = new ReadWriteLock()
      held(write)
      return { wait: () => write.acquire(), grant: () => write.release(), waiting: () => write.waiting }
    },
  },
  {
    name: 'ReadWriteLock.write.run',
    serves: 'all',
    make: () => {
      const { write } = new ReadWriteLock()
      held(write)
      return {
        wait: () => write.run(() => {}),
        grant: () => void (write.locked && write.release()),
        waiting: () => write.waiting,
      }
    },
  },
  {
    name: 'KeyedLock.acquire',
    serves: 'one',
    make: () => {
      const keyed = new KeyedLock<string>()
      keyed.tryAcquire('key')
      return {
        wait: () => keyed.acquire('key'),
        grant: () => keyed.release('key'),
        waiting: () => keyed.waiting('key'),
      }
    },
  },
  {
    name: 'KeyedLock.run',
    serves: 'all',
    make: () => {
      const keyed = new KeyedLock<string>()
      keyed.tryAcquire('key')
      return {
        wait: () => keyed.run('key', () => {}),
        grant: () => void (keyed.locked('key') && keyed.release('key')),
        waiting: () => keyed.waiting('key'),
      }
    },
  },
  {
    name: 'sleep',
    serves: 'all',
    make: () => ({
      wait: () => sleep(10),
      grant: () => void vi.advanceTimersByTime(10),
      waiting: () => vi.getTimerCount(),
    }),
  },
  { name: 'shield', serves: 'all', cancelBeatsGrant: true, make: () => forATask((task) => shield(task)) },
  { name: 'wait', serves: 'all', cancelBeatsGrant: true, make: () => forATask((task) => waitForTasks([task])) },
  { name: 'timeout', serves: 'all', make: () => forAnEvent((event) => timeout(60_000, () => event.wait())) },
  {
    name: 'gather',
    serves: 'all',
    make: () =>
      forAnEvent((event) =>
        gather(
          () => event.wait(),
          () => event.wait(),
        ),
      ),
  },
  {
    name: 'gatherSettled',
    serves: 'all',
    make: () => forAnEvent((event) => gatherSettled(() => event.wait())),
  },
  {
    name: 'taskGroup, in its body',
    serves: 'all',
    make: () => forAnEvent((event) => taskGroup(() => event.wait())),
  },
  {
    name: 'taskGroup, for its children',
    serves: 'all',
    cancelBeatsGrant: true,
    make: () =>
      forAnEvent((event) =>
        taskGroup((group) => {
          group.spawn(() => event.wait())
          group.spawn(() => event.wait())
        }),
      ),
  },
  {
    name: 'Promise.all of several waits',
    serves: 'all',
    make: () => {
      const [one, other] = [new Event(), new Event()]
      return counted(
        () => Promise.all([one.wait(), other.wait(), one.wait()]),
        () => {
          one.set()
          other.set()
        },
      )
    },
  },
]
