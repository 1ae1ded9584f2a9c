/**
 * Ways to break core: in `file`, `find` becomes `replace`. Each must make a test fail (`npm run mutate`); what one lets live is a guarantee
 * that nobody tests. `find` stands once in its file, or the mutation is out of date and says so.
 */
export interface Mutation {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

export const mutations: readonly Mutation[] = [
  // The first three are also found by exploring every order: explore.test.ts.
  {
    name: 'wait queue: a cancelled head is not skipped',
    file: 'wait-queue.ts',
    find: 'while (hearAbort(this.head?.signal));',
    replace: '',
  },
  {
    name: 'wait queue: a grant wakes two',
    file: 'wait-queue.ts',
    find: '    this.disarm()\n    this.resolve(value)\n    this.#sighting?.woken()',
    replace: `    this.disarm()
    this.resolve(value)
    const second = this.queue.head as CancellableWaiter<T, Ask> | null
    if (second !== null) {
      this.queue.remove(second)
      second.resolve(value)
    }
    this.#sighting?.woken()`,
  },
  {
    name: 'wait queue: a grant to one who turns out to be aborted is passed on to nobody',
    file: 'wait-queue.ts',
    find: '    const waiter = this.peek()\n',
    replace: '    const waiter = hearAbort(this.head?.signal) ? null : this.head\n',
  },
  {
    name: 'wait queue: a cancelled waiter stays in its queue',
    file: 'wait-queue.ts',
    find: '    this.queue.remove(this)\n    this.refuse(reason)\n    return true',
    replace: '    this.refuse(reason)\n    return true',
  },
  {
    name: 'wait queue: who has been taken out for a grant can still be cancelled',
    file: 'wait-queue.ts',
    find: '    if (!this.queue.holds(this)) return false\n',
    replace: '',
  },
  {
    name: 'wait queue: nobody is served after a cancelled head',
    file: 'wait-queue.ts',
    find: 'if (cancelled) this.queue.left?.()',
    replace: '',
  },
  {
    name: 'wait queue: a shared signal serves those behind before it has withdrawn all',
    file: 'wait-queue.ts',
    find: 'waiter = waiter.signalNext) waiter.withdraw(signal.reason)',
    replace: 'waiter = waiter.signalNext) waiter.cancel(signal.reason)',
  },
  {
    name: 'wait queue: the abort listener stays',
    file: 'wait-queue.ts',
    find: "  waitersOf.delete(signal)\n  signal.removeEventListener('abort', waiters)\n",
    replace: '  waitersOf.delete(signal)\n',
  },
  {
    name: 'wait queue: who leaves a signal takes his neighbours along',
    file: 'wait-queue.ts',
    find: '  else signalPrev.signalNext = signalNext\n',
    replace: '  else signalPrev.signalNext = null\n',
  },
  {
    name: 'wait queue: those whom a signal aborted keep each other alive',
    file: 'wait-queue.ts',
    find: '    waiter.signalPrev = waiter.signalNext = null\n    waiter.queue.left?.()\n',
    replace: '    waiter.queue.left?.()\n',
  },
  {
    name: 'wait queue: a listener for every waiter',
    file: 'wait-queue.ts',
    find: "    signal.addEventListener('abort', waiters)\n    waitersOf.set(signal, waiters)\n  }",
    replace: "    waitersOf.set(signal, waiters)\n  }\n  signal.addEventListener('abort', () => hearAbort(signal))",
  },
  { name: 'wait queue: the timer stays', file: 'wait-queue.ts', find: '    clearTimeout(this.#timer)\n', replace: '' },
  {
    name: 'wait queue: a long time-out rings at once',
    file: 'wait-queue.ts',
    find: 'Math.min(Math.ceil(left), LONGEST_TIMER)',
    replace: 'Math.ceil(left)',
  },
  {
    name: 'wait queue: last come, first served',
    file: 'wait-queue.ts',
    find: '    const waiter = this.peek()\n    if (waiter !== null) this.remove(waiter)\n    return waiter',
    replace:
      '    this.peek()\n    const waiter = this.tail\n    if (waiter !== null) this.remove(waiter)\n    return waiter',
  },
  {
    name: 'wait queue: an aborted signal is not heard where nothing has to wait',
    file: 'wait-options.ts',
    find: '    terms?.signal?.throwIfAborted()\n',
    replace: '',
  },
  {
    name: 'Lock: a newcomer barges in on a lock that is being handed over',
    file: 'lock/index.ts',
    find: '    const next = this.#waiters.shift()\n',
    replace: '    this[HOLDER] = null\n    const next = this.#waiters.shift()\n',
  },
  {
    name: 'Lock: a release wakes nobody',
    file: 'lock/index.ts',
    find: 'if (next === null) this[HOLDER] = null',
    replace: 'if (next !== null) this[HOLDER] = null',
  },
  {
    name: 'Lock: a release wakes two',
    file: 'lock/index.ts',
    find: '    else next.grant(this.#hold())',
    replace: '    else {\n      next.grant(this.#hold())\n      this.#waiters.shift()?.grant(this.#hold())\n    }',
  },
  {
    name: 'permit: a second release frees the next hold',
    file: 'lockable.ts',
    find: 'if (this.lock[HOLDER] === this) this.lock.release()',
    replace: 'this.lock.release()',
  },
  {
    name: 'run: the lock is kept when the function throws',
    file: 'lockable.ts',
    find: '    try {\n      return await fn()\n    } finally {\n      if (giveBack === undefined) permit.release()\n      else giveBack()\n    }',
    replace:
      '    const value = await fn()\n    if (giveBack === undefined) permit.release()\n    else giveBack()\n    return value',
  },
  {
    name: 'run: begins before it has returned',
    file: 'lockable.ts',
    find: '      permit = await from.acquire(options)\n',
    replace:
      '      const at = from as { tryAcquire?: () => Permit | null }\n      permit = at.tryAcquire?.() ?? (await from.acquire(options))\n',
  },
  {
    name: 'Semaphore: a small request overtakes a large one',
    file: 'semaphore/index.ts',
    find: 'return this.#value >= permits && this.#waiters.size === 0',
    replace: 'return this.#value >= permits',
  },
  {
    name: 'Semaphore: a release serves one waiter at most',
    file: 'semaphore/index.ts',
    find: '      head.grant(this.#take(head.ask))\n',
    replace: '      head.grant(this.#take(head.ask))\n      return\n',
  },
  {
    name: 'Semaphore: a permit gives one back whatever it took',
    file: 'semaphore/index.ts',
    find: 'semaphore?.release(this.permits)',
    replace: 'semaphore?.release(1)',
  },
  {
    name: 'BoundedSemaphore: no bound',
    file: 'bounded-semaphore/index.ts',
    find: 'this[BOUND] = value',
    replace: 'this[BOUND] = value + 1',
  },
  {
    name: 'Event: clear() takes the wake-up back',
    file: 'event/index.ts',
    find: '    this.#isSet = true\n    grantAll(this.#waiters, undefined)',
    replace: '    this.#isSet = true\n    queueMicrotask(() => this.#isSet && grantAll(this.#waiters, undefined))',
  },
  {
    name: 'Condition: a cancelled waiter keeps its notification',
    file: 'condition/index.ts',
    find: 'if (this.#notified) this.queue.shift()?.grant()',
    replace: '',
  },
  {
    name: 'Condition: a cancelled waiter passes on a notification that it never had',
    file: 'condition/index.ts',
    find: 'if (this.#notified) this.queue.shift()?.grant()',
    replace: 'this.queue.shift()?.grant()',
  },
  {
    name: 'Condition: an interrupted wait settles without the lock',
    file: 'condition/index.ts',
    find: '      this.queue.remove(this)\n      this.#relock()\n    }\n    return true',
    replace: '      this.queue.remove(this)\n      this.refuse(reason)\n    }\n    return true',
  },
  {
    name: 'Condition: the permit from before is lost',
    file: 'condition/index.ts',
    find: '    this.#resume?.(permit)\n',
    replace: '',
  },
  {
    name: 'Condition: an abort while re-acquiring is forgotten',
    file: 'condition/index.ts',
    find: '    this.#settle(this.#interruption)\n',
    replace: '    this.#settle(this.#notified ? undefined : this.#interruption)\n',
  },
  {
    name: 'Condition: run() over a foreign lock forgets the hold that a wait acquired',
    file: 'condition/index.ts',
    find: 'if (present !== undefined) successorOf.set(present, permit)',
    replace: '',
  },
  {
    name: 'ReadWriteLock: a permit is over after a wait, as nobody read meanwhile',
    file: 'read-write-lock/index.ts',
    find: 'if (this.#suspended === 0) this.epoch++',
    replace: 'this.epoch++',
  },
  {
    name: 'Barrier: an aborted waiter is counted at the trip',
    file: 'barrier/index.ts',
    find: 'if (this.waiting >= this.parties - 1) hearAborts(this.#waiters)',
    replace: '',
  },
  {
    name: 'Barrier: the last gets the first place',
    file: 'barrier/index.ts',
    find: 'return Promise.resolve(last)',
    replace: 'return Promise.resolve(0)',
  },
  {
    name: 'Barrier: reset() leaves it broken',
    file: 'barrier/index.ts',
    find: '    this.#broken = false\n    this.#turnAway',
    replace: '    this.#turnAway',
  },
  {
    name: 'Queue: a get admits no putter',
    file: 'queue/index.ts',
    find: '    this.#admitPutters()\n',
    replace: '',
  },
  {
    name: 'Queue: an item goes into the store past a getter',
    file: 'queue/index.ts',
    find: 'const getter = this.#getters.shift()',
    replace: 'const getter = this.#getters.size > 1 ? this.#getters.shift() : null',
  },
  {
    name: 'Queue: shutdown() leaves getters waiting',
    file: 'queue/index.ts',
    find: "if (this.#getters.size > 0) refuseAll(this.#getters, this.#shutDownError('get'))",
    replace: '',
  },
  {
    name: 'Queue: a loop that is left swallows the next item',
    file: 'queue/items.ts',
    find: '    for (const waiter of this.#pending) waiter.cancel(LEFT)\n',
    replace: '',
  },
  {
    name: 'Queue: an item that cannot be placed takes the slot of the next',
    file: 'queue/index.ts',
    find: '        putter.refuse(error)\n        continue',
    replace: '        putter.refuse(error)\n        return',
  },
  {
    name: 'Queue: chunks are read past their end',
    file: 'queue/fifo.ts',
    find: '} else if (this.#from === items.length) {',
    replace: '} else if (this.#from > items.length) {',
  },
  {
    name: 'PriorityQueue: a newcomer goes before its equals',
    file: 'priority-queue/skip-list.ts',
    find: 'return order > 0',
    replace: 'return order >= 0',
  },
  {
    name: 'PriorityQueue: a compare that throws has moved something',
    file: 'priority-queue/skip-list.ts',
    find: '    let next = this.#lanes\n',
    replace: '    let next = this.#lanes\n    this.size++\n',
  },
  {
    name: 'PriorityQueue: a lane keeps what was taken',
    file: 'priority-queue/skip-list.ts',
    find: 'for (const [lane, node] of first.next.entries()) this.#lanes[lane] = node',
    replace: 'this.#lanes[0] = first.next[0]',
  },
  {
    name: 'ReadWriteLock: a reader goes past a waiting writer',
    file: 'read-write-lock/index.ts',
    find: 'return this.open && this.queue.size === 0',
    replace: 'return this.open',
  },
  {
    name: 'ReadWriteLock: a writer goes in among readers',
    file: 'read-write-lock/index.ts',
    find: 'return !this.locked && !this.#read.locked',
    replace: 'return !this.locked',
  },
  {
    name: 'ReadWriteLock: readers stay behind a writer that gave up',
    file: 'read-write-lock/index.ts',
    find: "super(primitive, 'acquire', () => this.admit())",
    replace: "super(primitive, 'acquire')",
  },
  {
    name: 'ReadWriteLock: a permit of an earlier time frees a hold of today',
    file: 'read-write-lock/index.ts',
    find: 'if (this.#suspended === 0) this.epoch++',
    replace: '',
  },
  {
    name: 'KeyedLock: idle keys stay',
    file: 'keyed-lock/index.ts',
    find: '    this.#locks.delete(this.#key as K)\n',
    replace: '',
  },
  {
    name: 'KeyedLock: a failed acquire leaves its key behind',
    file: 'keyed-lock/index.ts',
    find: 'if (lock.locked) this.#locks.set(key, lock)',
    replace: 'this.#locks.set(key, lock)',
  },
  {
    name: 'observe: the end of a wait goes to those who did not see it park',
    file: 'observe/index.ts',
    find: '    this.#watchers = [...this.#watchers, watcher]\n',
    replace: '    ;(this.#watchers as Watcher[]).push(watcher)\n',
  },
  {
    name: 'observe: who has ended his observing goes on hearing of waits',
    file: 'observe/index.ts',
    find: '      if (watcher.ended) continue\n',
    replace: '',
  },
  {
    name: "observe: an observer is given another's note",
    file: 'observe/index.ts',
    find: 'this.#notes[index] = observer.parked',
    replace: 'this.#notes[0] = observer.parked',
  },
  {
    name: 'observe: a wait that an observer ended is an unhandled rejection',
    file: 'observe/index.ts',
    find: '    excuse(reason, promise)\n',
    replace: '',
  },
  {
    name: 'observe: to withdraw a wait is to serve those behind it',
    file: 'observe/index.ts',
    find: 'return () => queue.left?.()',
    replace: 'queue.left?.()\n    return () => {}',
  },
  {
    name: 'observe: a run() whose wait an observer ended is an unhandled rejection',
    file: 'watch.ts',
    find: 'if (running !== undefined && watch.reasons?.has(error as object)) excuse(error, running)',
    replace: '',
  },
  {
    name: 'observe: re-acquiring in a Condition counts as a wait of the notifier',
    file: 'watch.ts',
    find: '  watch.listener = undefined\n  try {',
    replace: '  try {',
  },
]
