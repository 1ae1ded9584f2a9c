/**
 * Ways to break the algorithm between threads: in `file` of src, `find` becomes `replace`. Each has to be found by the exploration of the scenario
 * that it names, which is also a test (explore/mutations.test.ts). `npm run mutate` runs all tests of the package against each.
 */
import type { Mutation } from '../../core/test/mutations.ts'
import { queueMutations } from './mutations/queue.ts'
import { barrierMutations } from './mutations/barrier.ts'
import { conditionMutations } from './mutations/condition.ts'

export interface Explored extends Mutation {
  /** The name of the scenario that finds it. */
  readonly by: string
  /** How often somebody has to be interrupted for it, if more than three times. */
  readonly preemptions?: number
  /** How many states are to be met for it, if more than 400,000. */
  readonly states?: number
}

export const explored: readonly Explored[] = [
  {
    name: 'bounded semaphore: a release that is refused after it has given back something tells nobody',
    file: 'semaphore/local.ts',
    find: '        this.#ring()\n        throw',
    replace: '        throw',
    by: 'BoundedSemaphore(2): 1 blocks for 2, 1 gives back 2 one by one, 1 releases 2 that it does not hold',
  },
  {
    name: 'space: while the place of a freed lock is made ready for another, its word is a free one',
    file: 'territory.ts',
    find: 'if (word !== OBJECT.WORD || !isOwned(kind)) Atomics.store(view, at + word, 0)',
    replace: 'Atomics.store(view, at + word, 0)',
    by: 'Space: 1 awaits, 1 frees and makes anew',
    preemptions: Infinity,
  },
  {
    name: 'word: who announces itself at a freed lock stays in the mask, which is another one by now',
    file: 'word.ts',
    find: '      clearBit(this.view, this.mask, this.seat.id)\n      throw error',
    replace: '      throw error',
    by: 'Space: 1 blocks, who holds frees and makes anew',
    preemptions: Infinity,
  },
  {
    name: 'bounded semaphore: of two who give back one permit, neither is told',
    file: 'semaphore/local.ts',
    find: 'if (this.held < rest) {',
    replace: 'if (this.held < rest) return\n      if (this.held < 0) {',
    by: 'BoundedSemaphore(1): 1 blocks, 1 releases what it does not hold',
  },
  {
    name: 'word: the releaser does not look again whether it has reserved for one who has gone',
    file: 'word.ts',
    find: '      if (hasBit(view, mask, next)) return seat.ring(next)\n      if (!this.#revoke(next + 1)) return',
    replace: '      return seat.ring(next)',
    by: 'Lock: 2 block, 1 in time',
  },
  {
    name: 'word: the releaser reserves, and rings nobody',
    file: 'word.ts',
    find: 'if (hasBit(view, mask, next)) return seat.ring(next)',
    replace: 'if (hasBit(view, mask, next)) return',
    by: 'Lock: 2 block',
  },
  {
    name: 'word: the releaser rings before it has reserved',
    file: 'word.ts',
    find: '      if (!this.#publish(free | (next + 1) | RESERVED | others | handOff)) return\n      if (hasBit(view, mask, next)) return seat.ring(next)\n',
    replace:
      '      seat.ring(next)\n      if (!this.#publish(free | (next + 1) | RESERVED | others | handOff)) return\n      if (hasBit(view, mask, next)) return\n',
    by: 'Lock: 2 block',
  },
  {
    name: 'word: it is made free whether or not somebody has come since the mask was looked at',
    file: 'word.ts',
    find: 'if (Atomics.compareExchange(view, at, mine, free) === mine) return\n        continue',
    replace: 'Atomics.store(view, at, free)\n        return',
    by: 'Lock: 3 block',
  },
  {
    name: 'word: who finds it taken does not say so',
    file: 'word.ts',
    find: 'if ((word & wish) === wish || Atomics.compareExchange(view, at, word, word | wish) === word) return false',
    replace: 'return false',
    by: 'Lock: 2 block',
  },
  {
    name: 'word: a reservation does not say that there are others',
    file: 'word.ts',
    find: 'const others = emptyBut(view, mask, masks, next) ? 0 : CONTENDED',
    replace: 'const others = 0',
    by: 'Lock: 3 block',
  },
  {
    name: 'word: publishing a reservation forgets who has come since the mask was looked at',
    file: 'word.ts',
    find: 'Atomics.compareExchange(view, at, word, reserved | (word & CONTENDED))',
    replace: 'Atomics.compareExchange(view, at, word, reserved)',
    by: 'Lock: 3 block',
  },
  {
    name: 'word: the mask is looked at before CONTENDED is cleared',
    file: 'word.ts',
    find: '      if (word !== mine && Atomics.compareExchange(view, at, word, mine) !== word) continue\n      const next = nextAfter(view, mask, masks, seat.id)\n',
    replace:
      '      const next = nextAfter(view, mask, masks, seat.id)\n      const alone = emptyBut(view, mask, masks, next)\n      if (word !== mine && Atomics.compareExchange(view, at, word, mine) !== word) continue\n      if (alone) return void (this.#publish(free | (next + 1) | RESERVED) && seat.ring(next))\n',
    by: 'Lock: 3 block',
  },
  {
    name: 'word: who accepts a reservation forgets the others',
    file: 'word.ts',
    find: 'else if (owner === seat.owner) next = word & ~(RESERVED | HANDOFF)',
    replace: 'else if (owner === seat.owner) next = word & ~(RESERVED | HANDOFF | CONTENDED)',
    by: 'Lock: 3 block',
  },
  {
    name: 'word: who leaves does not take what is reserved for it',
    file: 'word.ts',
    find: '      if (Atomics.compareExchange(view, at, word, word & ~(RESERVED | HANDOFF)) !== word) continue\n      this.#owned(word)\n      return true',
    replace: '      return false',
    by: 'Lock: 1 blocks, 1 is aborted',
  },
  {
    name: 'word: who leaves looks at the word before it clears its bit',
    file: 'word.ts',
    find: '    clearBit(view, this.mask, seat.id)\n    for (;;) {\n      const word = Atomics.load(view, at)\n',
    replace:
      '    const seen = Atomics.load(view, at)\n    clearBit(view, this.mask, seat.id)\n    for (;;) {\n      const word = seen\n',
    by: 'Lock: 1 blocks, 1 is aborted',
  },
  {
    name: 'word: who comes looks at the word before it announces itself',
    file: 'turnstile.ts',
    find: '        word.announce()\n        const now = performance.now()\n        // Who stands, and was not robbed, and could not pass, has but to wait.\n        if (!(stands && word.promised && !this.passable!()) && word.seek(now, since, this.passable)) {',
    replace:
      '        const now = performance.now()\n        const sought = word.seek(now, since, this.passable)\n        word.announce()\n        if (sought) {',
    by: 'Lock: 2 block',
  },
  {
    name: 'word: two may own it, for the taking is no compare-and-swap',
    file: 'word.ts',
    find: 'return Atomics.compareExchange(this.view, this.at, this.free, this.mine) === this.free',
    replace:
      'if (Atomics.load(this.view, this.at) !== this.free) return false\n    Atomics.store(this.view, this.at, this.mine)\n    return true',
    by: 'Lock: 2 block',
  },
  {
    name: 'word: a robber does not look whether the reservation still stands',
    file: 'word.ts',
    find: '} else if (Atomics.compareExchange(view, at, word, next) === word) {',
    replace: '} else if ((Atomics.store(view, at, next), true)) {',
    by: 'ReadWriteLock: 1 reads and writes, 1 blocks to write',
  },
  {
    name: 'word: a revoked reservation is taken back though its owner has come',
    file: 'word.ts',
    find: 'if (Atomics.compareExchange(view, at, word, mine | CONTENDED | (word & HANDOFF)) === word) return true',
    replace: 'Atomics.store(view, at, mine | CONTENDED | (word & HANDOFF))\n      return true',
    by: 'Lock: 1 blocks twice, 1 in time',
    preemptions: 5,
  },
  {
    name: 'recovery: a word owned by the dead is merely freed',
    file: 'word.ts',
    find: '? free | ORPHANED : free',
    replace: '? free : free',
    by: 'Lock: 1 dies, 1 blocks, 1 buries',
  },
  {
    name: 'recovery: the word stays with the dead',
    file: 'word.ts',
    find: 'if (owner === dead + 1) next =',
    replace: 'if (owner === dead + 1 && reserved) next =',
    by: 'Lock: 1 dies, 1 blocks, 1 buries',
  },
  {
    name: 'recovery: what the dead reserved for one who has gone stays reserved',
    file: 'word.ts',
    find: 'else if (reserved && owner <= territory.threads && !hasBit(view, mask, owner - 1)) next = free\n    else return',
    replace: 'else return',
    by: 'Lock: 1 dies, 1 in time, 1 buries',
  },
  {
    name: 'recovery: the dead stays in the mask',
    file: 'word.ts',
    find: '  clearBit(view, mask, dead)\n  for (;;) {',
    replace: '  for (;;) {',
    by: 'Lock: 1 dies, 1 blocks, 1 buries',
  },
  {
    name: 'recovery: nobody is rung',
    file: 'territory.ts',
    find: '    this.ringAll(seat)\n',
    replace: '',
    by: 'Lock: 1 dies, 1 blocks, 1 buries',
  },
  {
    name: 'seat: the bell is read after looking',
    file: 'turnstile.ts',
    find: 'seat.sleep(seen, Math.min(since + timeout - now',
    replace: 'seat.sleep(seat.rung(), Math.min(since + timeout - now',
    by: 'Lock: 2 block',
  },
  {
    name: 'seat: an async wait begins to listen at a bell that it has not read before looking',
    file: 'turnstile.ts',
    find: '    const seen = seat.rung()\n    if (!this.#step()) seat.listen(this, seen)',
    replace: '    if (!this.#step()) seat.listen(this, seat.rung())',
    by: 'Lock: 2 await',
  },
  {
    name: 'seat: a ring counts, and wakes nobody',
    file: 'seat.ts',
    find: 'if (surely || (before & ASLEEP) !== 0) Atomics.notify(view, bell)',
    replace: '',
    by: 'Lock: 2 block',
  },
  {
    name: 'seat: a ring wakes, and does not count',
    file: 'seat.ts',
    find: '(before + RING) & ~ASLEEP',
    replace: 'before & ~ASLEEP',
    by: 'Lock: 2 block',
  },
  {
    name: 'seat: it listens but once',
    file: 'seat.ts',
    find: '    if (this.#busy) this.#arm(seen)',
    replace: '',
    by: 'Semaphore(1): 2 await',
  },
  {
    name: 'turnstile: a cancelled waiter that was given the word does not pass it on',
    file: 'turnstile.ts',
    find: '        if (word.retract()) this.#release()\n        return true',
    replace: '        word.retract()\n        return true',
    by: 'Lock: 1 blocks, 1 is aborted',
  },
  {
    name: 'turnstile: whoever stands does not look again',
    file: 'turnstile.ts',
    find: 'if (this.#stands && !this.passable!()) return false',
    replace: 'if (this.#stands) return false',
    by: 'Semaphore(0): 1 awaits, 1 signals',
  },
  {
    name: 'turnstile: a blocking call that stands does not look again',
    file: 'turnstile.ts',
    find: '          if (this.passable!()) continue\n',
    replace: '',
    by: 'Semaphore(0): 1 blocks for 2, 1 for 1, 1 signals 3',
  },
  {
    name: 'turnstile: a blocking call that stood at once does not look again',
    file: 'turnstile.ts',
    find: '!(stands && word.promised && !this.passable!())',
    replace: '!(stands && word.promised)',
    by: 'Semaphore(0): 1 blocks for 2, 2 signal',
  },
  {
    name: 'territory: recovery rings but who seems to sleep',
    file: 'territory.ts',
    find: 'seat.ring(id, true)',
    replace: 'seat.ring(id)',
    by: 'Lock: 1 dies, 1 blocks, 1 buries',
  },
  {
    name: 'semaphore: a release rings nobody',
    file: 'semaphore/local.ts',
    find: 'if (owner !== seat.owner) seat.ring(owner - 1)',
    replace: 'if (owner !== seat.owner) return',
    by: 'Semaphore(0): 1 awaits, 1 signals',
  },
  {
    name: 'semaphore: a release looks who stands before it gives back',
    file: 'semaphore/local.ts',
    find: '    if (this.#bounded) this.#releaseBounded(permits)\n    else this.#releaseUnbounded(permits)\n    this.#ring()',
    replace:
      '    this.#ring()\n    if (this.#bounded) this.#releaseBounded(permits)\n    else this.#releaseUnbounded(permits)',
    by: 'Semaphore(0): 1 awaits, 1 signals',
  },
  {
    name: 'semaphore: permits are taken without the word',
    file: 'semaphore/local.ts',
    find: 'if (this.waiters.size > 0 || !this.word.take()) return undefined\n    const permit = this.admit(permits)\n    this.word.release()\n    return permit',
    replace: 'return this.admit(permits)',
    by: 'Semaphore(1): 2 block',
  },
  {
    name: 'semaphore: permits of the dead are lost',
    file: 'recovery.ts',
    find: '  Atomics.store(place.view, cellAt(place, dead), 0)\n',
    replace: '',
    by: 'Semaphore(1): 1 dies, 1 blocks, 1 buries',
  },
  {
    name: 'semaphore: giving back is no compare-and-swap',
    file: 'semaphore/local.ts',
    find: 'if (given === 0 || Atomics.compareExchange(this.#view, cell, held, held - given) === held) return given',
    replace: 'Atomics.store(this.#view, cell, held - given + 1)\n      return given',
    by: 'Semaphore(1): 2 block',
  },
  {
    name: 'event: set() rings nobody',
    file: 'event/index.ts',
    find: 'if (id !== seat.id) seat.ring(id)',
    replace: 'if (id === seat.id) seat.ring(id)',
    by: 'Event: 1 blocks, 1 sets',
  },
  {
    name: 'event: set() looks who waits before it sets',
    file: 'event/index.ts',
    find: '      if (Atomics.compareExchange(this.#view, this.#at, word, (word + 2) | 1) === word) break\n    }\n    const { seat, territory } = this.place\n',
    replace:
      '      const ids: number[] = []\n      eachIn(this.#view, this.#mask, this.place.territory.masks, (id) => ids.push(id))\n      if (Atomics.compareExchange(this.#view, this.#at, word, (word + 2) | 1) !== word) continue\n      for (const id of ids) this.place.seat.ring(id)\n      return\n    }\n    const { seat, territory } = this.place\n',
    by: 'Event: 1 blocks, 1 sets',
  },
  {
    name: 'event: it does not count how often it is set',
    file: 'event/index.ts',
    find: 'word, (word + 2) | 1)',
    replace: 'word, word | 1)',
    by: 'Event: 1 blocks, 1 sets and clears at once',
  },
  {
    name: 'read-write lock: a reader does not look at the word after it has set its bit',
    file: 'read-write-lock/local.ts',
    find: '    setBit(word.view, this.#readers, word.seat.id)\n    // RW1.\n    if (Atomics.load(word.view, word.at) === word.free) return this.#reads(false)\n',
    replace:
      '    if (Atomics.load(word.view, word.at) !== word.free) return undefined\n    setBit(word.view, this.#readers, word.seat.id)\n    return this.#reads(false)\n',
    by: 'ReadWriteLock: 1 reads, 1 writes, blocking',
  },
  {
    name: 'read-write lock: the last reader rings nobody',
    file: 'read-write-lock/local.ts',
    find: 'if (owner !== seat.owner) seat.ring(owner - 1)',
    replace: 'if (owner !== seat.owner) return',
    by: 'ReadWriteLock: 1 reads, 1 writes, blocking',
  },
  {
    name: 'read-write lock: a reader that leaves looks who stands before it clears its bit',
    file: 'read-write-lock/local.ts',
    find: '    clearBit(view, this.#readers, seat.id)\n    const word = this.word.read()\n',
    replace: '    const word = this.word.read()\n    clearBit(view, this.#readers, seat.id)\n',
    by: 'ReadWriteLock: 1 reads, 1 writes, awaiting',
  },
  {
    name: 'read-write lock: a dead reader reads for ever',
    file: 'recovery.ts',
    find: '  clearBit(place.view, place.at + OBJECT.MASKS + place.territory.masks, dead)\n',
    replace: '',
    by: 'ReadWriteLock: a reader dies, 1 writes, 1 buries',
  },
  {
    name: 'space: a recoverer says that it is done before another may sit there',
    file: 'territory.ts',
    find: '    Atomics.store(view, at + SEAT.CERTIFIED, 0)\n    // Only now',
    replace:
      '    Atomics.store(view, at + SEAT.RECOVERER, 0)\n    Atomics.store(view, at + SEAT.CERTIFIED, 0)\n    // Only now',
    by: 'Space: 1 dies, 2 bury, and its seat is taken',
    states: 2_000_000,
  },
  {
    name: 'space: who recovers does not look whether another has done it meanwhile',
    file: 'territory.ts',
    find: 'if (Atomics.load(view, at + SEAT.THREAD) === sits) this.#clear',
    replace: 'this.#clear',
    by: 'Space: 1 dies, 2 bury, and its seat is taken',
    states: 2_000_000,
  },
  {
    name: 'space: a seat is taken by who finds it free, without a compare-and-swap',
    file: 'territory.ts',
    find: 'if (Atomics.compareExchange(view, at + SEAT.THREAD, 0, host.threadId + 1) !== 0) continue',
    replace:
      'if (Atomics.load(view, at + SEAT.THREAD) !== 0) continue\n      Atomics.store(view, at + SEAT.THREAD, host.threadId + 1)',
    by: 'Space: 2 join',
  },
  ...conditionMutations,
  ...barrierMutations,
]

export const mutations: readonly Mutation[] = [...explored, ...queueMutations]
