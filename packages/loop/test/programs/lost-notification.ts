/** Two consumers wait for an item; it comes, one of them is notified, and the first is cancelled at some moment. The other must get it. */
import { CancelledError, Condition, Future, Lock, type Op, spawn, type Task } from '../../src/index.ts'
import { assert, type Pair } from './pair.ts'

interface Waiting {
  readonly lock: Lock
  wait(): Op<void>
  notify(): void
}

/** A Condition as one writes it at first: who is cancelled after it has been notified takes the notification along. */
class ForgetfulCondition implements Waiting {
  readonly lock = new Lock()
  readonly #waiters = new Set<Future<void>>();

  *wait(): Op<void> {
    const notified = new Future<void>()
    this.#waiters.add(notified)
    this.lock.release()
    let cancelled: CancelledError | undefined
    try {
      yield* notified
    } catch (error) {
      cancelled = error as CancelledError
    }
    this.#waiters.delete(notified)
    yield* this.lock.acquire()
    if (cancelled !== undefined) throw cancelled
  }

  notify(): void {
    for (const waiter of this.#waiters) {
      if (waiter.done) continue
      waiter.setResult()
      return
    }
  }
}

function* program(changed: Waiting): Op<void> {
  const { lock } = changed
  const items: string[] = []
  function* consumer(): Op<string> {
    yield* lock.acquire()
    try {
      while (items.length === 0) yield* changed.wait()
      return items.pop()!
    } finally {
      lock.release()
    }
  }
  function* producer(): Op<void> {
    yield* lock.acquire()
    items.push('item')
    changed.notify()
    lock.release()
  }
  /** Cancelled, it has got nothing. */
  function* outcome(task: Task<string>): Op<string> {
    try {
      return yield* task
    } catch (error) {
      assert(error instanceof CancelledError, String(error))
      return 'nothing'
    }
  }
  const first = yield* spawn(consumer(), 'first')
  const second = yield* spawn(consumer(), 'second')
  const putting = yield* spawn(producer(), 'producer')
  yield
  first.cancel()
  yield* putting
  // If the first has got it all the same, there must be another for the second.
  if ((yield* outcome(first)) === 'item') yield* producer()
  assert((yield* second) === 'item', 'nobody got it')
}

export const lostNotification: Pair = {
  title: 'a Condition that loses a notification with a cancelled waiter',
  broken: () => program(new ForgetfulCondition()),
  right: () => program(new Condition()),
  failure: /^DeadlockError: .*"second" waits for/,
}
