/** Queue: an item goes to exactly one, whole and in order; none is lost, but the one that a dead consumer was taking. */
import type { Queue as BytesQueue } from '../../../src/index.ts'
import { Aborter } from '../aborter.ts'
import type { Ghost, Program, Scenario, Thread } from '../machine.ts'
import { burying, only } from './roles.ts'

type Queue = BytesQueue<Uint8Array>

/** Which items somebody has begun to put, which are put for certain, and which have been got: a bit each. */
const BEGUN = 0
const PUT = 1
const GOT = 2
/** The latest item of each ten that was got. */
const LATEST = 8

const queueOf = ({ shipped, handles }: Thread): Queue => shipped.Queue.from<Uint8Array>(handles[0]!)

const begin = (thread: Thread, item: number): Uint8Array => {
  thread.note((ghost) => ghost.set(BEGUN, ghost.get(BEGUN) | (1 << item)))
  return Uint8Array.of(item)
}
const hasPut = (thread: Thread, item: number): void =>
  void thread.note((ghost) => ghost.set(PUT, ghost.get(PUT) | (1 << item)))

/** `inOrder`: by one consumer, for whom those of one producer, a ten, come in their order. */
function got(thread: Thread, bytes: Uint8Array, inOrder = false): void {
  thread.note((ghost) => {
    const item = bytes[0]!
    if (bytes.length !== 1) ghost.fail(`an item of ${bytes.length} bytes, and all have one`)
    if ((ghost.get(BEGUN) & (1 << item)) === 0) ghost.fail(`item ${item} is got, which nobody has put`)
    if ((ghost.get(GOT) & (1 << item)) !== 0) ghost.fail(`item ${item} is got twice`)
    ghost.set(GOT, ghost.get(GOT) | (1 << item))
    const producer = Math.floor(item / 10)
    if (inOrder && ghost.get(LATEST + producer) >= item)
      ghost.fail(`item ${item} comes after ${ghost.get(LATEST + producer)}`)
    ghost.set(LATEST + producer, item)
  })
}

const putting =
  (...items: number[]): Program =>
  (thread) => {
    const queue = queueOf(thread)
    return () => {
      for (const item of items) {
        queue.putSync(begin(thread, item))
        hasPut(thread, item)
      }
    }
  }

const puttingAsync =
  (...items: number[]): Program =>
  (thread) => {
    const queue = queueOf(thread)
    return () => {
      for (const item of items) {
        thread.task(function* () {
          yield queue.put(begin(thread, item))
          hasPut(thread, item)
        })
      }
    }
  }

const puttingInTime =
  (item: number): Program =>
  (thread) => {
    const queue = queueOf(thread)
    return () => {
      try {
        thread.within(10, () => queue.putSync(begin(thread, item) as never, { timeout: 10 }))
      } catch (error) {
        only('TimeoutError', error)
        thread.note((ghost) => ghost.set(BEGUN, ghost.get(BEGUN) & ~(1 << item)))
        return
      }
      hasPut(thread, item)
    }
  }

const getting =
  (times = 1, inOrder = false): Program =>
  (thread) => {
    const queue = queueOf(thread)
    return () => {
      for (let time = 0; time < times; time++) got(thread, queue.getSync(), inOrder)
    }
  }

const gettingAsync =
  (tasks = 1): Program =>
  (thread) => {
    const queue = queueOf(thread)
    return () => {
      for (let task = 0; task < tasks; task++) {
        thread.task(function* () {
          got(thread, yield queue.get())
        })
      }
    }
  }

const gettingInTime: Program = (thread) => {
  const queue = queueOf(thread)
  return () => {
    let bytes: Uint8Array
    try {
      bytes = thread.within(10, () => queue.getSync({ timeout: 10 }))
    } catch (error) {
      return only('TimeoutError', error)
    }
    got(thread, bytes)
  }
}

const aborted: Program = (thread) => {
  const queue = queueOf(thread)
  return () => {
    const controller = new Aborter()
    thread.task(function* () {
      let bytes: Uint8Array
      try {
        bytes = yield queue.get({ signal: controller.signal as never })
      } catch (error) {
        return only('AbortError', error)
      }
      got(thread, bytes)
    })
    thread.task(function* () {
      got(thread, yield queue.get())
    })
    thread.task(function* () {
      yield thread.turn()
      controller.abort()
    })
  }
}

/** Gets until it is shut down. */
const draining: Program = (thread) => {
  const queue = queueOf(thread)
  return () => {
    for (;;) {
      let bytes: Uint8Array
      try {
        bytes = queue.getSync()
      } catch (error) {
        return only('QueueShutDownError', error)
      }
      got(thread, bytes, true)
    }
  }
}

/** Puts one, and then nobody more does. */
const shutting =
  (item: number): Program =>
  (thread) => {
    const queue = queueOf(thread)
    return () => {
      queue.putSync(begin(thread, item))
      hasPut(thread, item)
      queue.shutdown()
    }
  }

/** Puts `items` and waits until all are done with. */
const joining =
  (...items: number[]): Program =>
  (thread) => {
    const queue = queueOf(thread)
    return () => {
      for (const item of items) {
        queue.putSync(begin(thread, item))
        hasPut(thread, item)
      }
      queue.joinSync()
      thread.note((ghost) => {
        for (const item of items)
          if ((ghost.get(GOT) & (1 << item)) === 0) ghost.fail(`joined, and item ${item} is not even got`)
      })
    }
  }

const working =
  (times: number): Program =>
  (thread) => {
    const queue = queueOf(thread)
    return () => {
      for (let time = 0; time < times; time++) {
        got(thread, queue.getSync())
        queue.taskDone()
      }
    }
  }

/** All that was put has been got. */
function end(ghost: Ghost): void {
  const lost = ghost.get(PUT) & ~ghost.get(GOT)
  if (lost !== 0) ghost.fail(`put and not got: ${lost.toString(2)}`)
}

function queueScenario(
  name: string,
  threads: readonly Program[],
  { maxsize = 0, bytes = 64, ...options }: Partial<Scenario> & { maxsize?: number; bytes?: number } = {},
): Scenario {
  return {
    name: `Queue${maxsize > 0 ? `(${maxsize})` : ''}: ${name}`,
    threads,
    objects: 1,
    make: (shipped, space) => [new shipped.Queue<Uint8Array>({ space, bytes, maxsize, codec: 'bytes' }), space],
    end,
    ...options,
  }
}

export const queueScenarios: readonly Scenario[] = [
  queueScenario('1 puts, 1 gets', [putting(1), getting()], { looks: 1 }),
  queueScenario('1 puts 2, 1 gets 2', [putting(1, 2), getting(2, true)], { maxsize: 1 }),
  queueScenario('1 puts 3 that have not room at once, 1 gets 3', [putting(1, 2, 3), getting(3, true)], { bytes: 32 }),
  queueScenario('1 puts, 1 awaits', [putting(1), gettingAsync()]),
  queueScenario('2 tasks put, 1 gets 2', [puttingAsync(1, 2), getting(2)], { maxsize: 1 }),
  queueScenario('1 puts 2, 1 gets, 1 awaits', [putting(1, 2), getting(), gettingAsync()]),
  queueScenario('2 put, 1 gets 2', [putting(1), putting(11), getting(2)], { maxsize: 1 }),
  queueScenario('1 puts, 1 puts in time, 1 gets', [putting(1), puttingInTime(11), getting()], {
    maxsize: 1,
    patient: () => true,
    end: () => {},
  }),
  queueScenario('1 puts, 1 gets in time, 1 gets', [putting(1, 2), gettingInTime, getting()], { end: () => {} }),
  queueScenario('1 puts 2, 1 of 2 tasks that get is aborted', [putting(1, 2), aborted], { end: () => {} }),
  queueScenario('1 puts and shuts it down, 1 drains', [shutting(1), draining]),
  queueScenario('1 puts and shuts it down, 2 drain', [shutting(1), draining, draining]),
  queueScenario('1 puts 2 and joins, 1 works', [joining(1, 2), working(2)]),
  queueScenario('who puts dies, 1 puts, 1 gets, 1 buries', [putting(1), putting(11), getting(), burying(0)], {
    deaths: 1,
    mortal: [0],
    end: () => {},
  }),
  queueScenario('who gets dies, 1 puts 2, 1 gets, 1 buries', [getting(), putting(1, 2), getting(), burying(0)], {
    deaths: 1,
    mortal: [0],
    end: () => {},
  }),
  queueScenario(
    'who gets dies, 1 puts 2 into no room, 1 buries',
    [getting(), putting(1, 2), gettingAsync(), burying(0)],
    {
      maxsize: 1,
      deaths: 1,
      mortal: [0],
      end: () => {},
    },
  ),
]
