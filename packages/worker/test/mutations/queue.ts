/** Ways to break the Queue across threads. */
import type { Mutation } from '../../../core/test/mutations.ts'

export const queueMutations: readonly Mutation[] = [
  {
    name: 'Queue: a put writes over the tail that counts before it has happened',
    file: 'queue/ring.ts',
    find: 'Atomics.store(view, this.#tails + slot(next), this.#after(tail, size))',
    replace: 'Atomics.store(view, this.#tails + slot(puts), this.#after(tail, size))',
  },
  {
    name: 'Queue: a put happens before its new tail is written',
    file: 'queue/ring.ts',
    find: '    Atomics.store(view, this.#tails + slot(next), this.#after(tail, size))\n    // Q1, Q2.\n    if (Atomics.compareExchange(view, this.#puts, puts, next) !== puts) return false\n',
    replace:
      '    if (Atomics.compareExchange(view, this.#puts, puts, next) !== puts) return false\n    Atomics.store(view, this.#tails + slot(next), this.#after(tail, size))\n',
  },
  {
    name: 'Queue: a put happens before the item is written',
    file: 'queue/ring.ts',
    find: '    if (Atomics.compareExchange(view, this.#puts, puts, next) !== puts) return false\n    this.#lastPuts = next\n',
    replace:
      '    if (Atomics.compareExchange(view, this.#puts, puts, next) !== puts) return false\n    this.#lastPuts = next\n    this.#bytes.fill(0, Math.min(at + RECORD_HEAD, capacity), Math.min(at + size, capacity))\n    Atomics.load(view, this.#puts)\n    this.#write(at + RECORD_HEAD, bytes, length)\n',
  },
  {
    name: 'Queue: a get takes the item before its new head is written',
    file: 'queue/ring.ts',
    find: '    Atomics.store(view, this.#heads + slot(next), this.#after(head, recordSize(length)))\n    // Q1, Q2.\n    if (Atomics.compareExchange(view, this.#gets, gets, next) !== gets) return undefined\n',
    replace:
      '    if (Atomics.compareExchange(view, this.#gets, gets, next) !== gets) return undefined\n    Atomics.store(view, this.#heads + slot(next), this.#after(head, recordSize(length)))\n',
  },
  {
    name: 'Queue: what is free is remembered though another has put',
    file: 'queue/ring.ts',
    find: 'if (puts !== this.#lastPuts || this.#free',
    replace: 'if (this.#free',
  },
  {
    name: 'Queue: what is there is remembered though another has taken',
    file: 'queue/ring.ts',
    find: 'if (gets !== this.#lastGets || difference',
    replace: 'if (difference',
  },
  {
    name: 'Queue: an item at the end of the buffer is cut off',
    file: 'queue/ring.ts',
    find: '    this.#bytes.set(bytes.subarray(first), 0)\n',
    replace: '',
  },
  {
    name: 'Queue: the buffer is overfilled by a record',
    file: 'queue/ring.ts',
    find: 'if (this.#free(tail, this.#knownHead) < size) return false',
    replace: 'if (this.#free(tail, this.#knownHead) < size - RECORD_HEAD) return false',
  },
  {
    name: 'Queue: no maxsize',
    file: 'queue/ring.ts',
    find: 'if (this.maxsize > 0 && difference(puts, Atomics.load(view, this.#gets)) >= this.maxsize) return false',
    replace: '',
  },
  {
    name: 'Queue: a put after shutdown() is accepted',
    file: 'queue/ring.ts',
    find: '    if ((puts & SHUT) !== 0) return false\n',
    replace: '',
  },
  {
    name: 'Queue: an item that was dropped is taken',
    file: 'queue/ring.ts',
    find: '    if ((gets & DROPPED) !== 0) return undefined\n',
    replace: '',
  },
  {
    name: 'Queue: an item that was dropped is unfinished for ever',
    file: 'queue/ring.ts',
    find: '(gets & DROPPED) !== 0 ? gets : Atomics.load(this.view, this.#puts), dones)',
    replace: 'Atomics.load(this.view, this.#puts), dones)',
  },
  {
    name: 'Queue: whoever joins misses the moment if others put on',
    file: 'queue/ring.ts',
    find: 'return difference(Atomics.load(this.view, this.#zero), point) >= 0 || this.unfinished === 0',
    replace: 'return this.unfinished === 0',
  },
  {
    name: 'Queue: taskDone() as often as one likes',
    file: 'queue/ring.ts',
    find: '      if (this.#unfinished(dones) === 0) return false\n',
    replace: '',
  },
  {
    name: 'Queue: a record is not padded',
    file: 'queue/ring.ts',
    find: 'RECORD_HEAD + ((length + 7) & ~7)',
    replace: 'RECORD_HEAD + length',
  },
  {
    name: 'Queue: full does not ask for room',
    file: 'queue/ring.ts',
    find: 'return this.#fills(size) || free <',
    replace: 'return this.#fills(size) || -free >',
  },
  {
    name: 'Queue: who stands to get is not told of a put',
    file: 'queue/local.ts',
    find: 'if (this.ring.mustRing(GET)) this.getters.ringStander()',
    replace: '',
  },
  {
    name: 'Queue: who stands to put is not told of room',
    file: 'queue/local.ts',
    find: 'const its = this.ring.mustRing(PUT) ? this.#ringPutters(bytes, into) : bytes',
    replace: 'const its = bytes',
  },
  {
    name: 'Queue: who stands does not say so',
    file: 'queue/local.ts',
    find: 'this.ring.need(this.#side, ask === undefined ? 0 : this.amount(ask))',
    replace: 'this.ring.need(this.#side, 0)',
  },
  {
    name: 'Queue: whoever waits in this thread is overtaken',
    file: 'queue/local.ts',
    find: 'return this.waiters.size === 0 && this.word.take()',
    replace: 'return this.word.take() || (this.waiters.size > 0 && this.word.retract())',
  },
  {
    name: 'Queue: who joins is not told',
    file: 'queue/local.ts',
    find: "if (done === 'last') this.joiners.ring()",
    replace: '',
  },
  {
    name: 'Queue: a shutdown leaves those who wait here',
    file: 'queue/local.ts',
    find: 'for (const side of [putters, getters]) if (side.step()) seat.ignore(side)',
    replace: 'void putters',
  },
  {
    name: 'Queue: what waits to be put is overwritten by the next item',
    file: 'queue/index.ts',
    find: 'this.#coder.transient ? new Uint8Array(bytes) : bytes',
    replace: 'bytes',
  },
  {
    name: 'Queue: an item lies where the next one comes to lie that an observer takes',
    file: 'queue/local.ts',
    find: "if (into !== 'own') its = bytes.slice(0, taken)",
    replace: '',
  },
  {
    name: 'Queue: a codec that borrows is lent memory that it has lent already',
    file: 'queue/index.ts',
    find: "    this.#into = 'own'\n",
    replace: '',
  },
  {
    name: 'Queue: a codec that borrows has the memory of all others',
    file: 'queue/index.ts',
    find: 'foreign ? new Scratch(MOST_BYTES) : scratch',
    replace: 'scratch',
  },
  {
    name: 'Queue: memory is lent to who blocked, though others of its thread are served',
    file: 'queue/index.ts',
    find: "getters.block(terms, getters.waiters.size === 0 ? this.#into : 'own')",
    replace: 'getters.block(terms, this.#into)',
  },
  {
    name: 'Queue: whoever leaves a loop takes an item along',
    file: 'queue/items.ts',
    find: 'for (const { waiter } of this.#pending) waiter?.cancel(LEFT)',
    replace: '',
  },
  {
    name: 'Queue: who died putting is in the way for ever',
    file: 'queue/ring.ts',
    find: '  recoverWord(place, dead, putWordOf(block), masks)\n',
    replace: '',
  },
  {
    name: 'Queue: who died getting is in the way for ever',
    file: 'queue/ring.ts',
    find: '  recoverWord(place, dead, getWordOf(block), masks + territory.masks)\n',
    replace: '',
  },
  {
    name: 'Queue: -0 arrives as 0',
    file: 'queue/structured.ts',
    find: 'value === 0 && 1 / value < 0',
    replace: 'false',
  },
  {
    name: 'Queue: functions arrive as undefined',
    file: 'queue/structured.ts',
    find: "if (type === 'function' || type === 'symbol') throw unclonable(type)",
    replace: '',
  },
  {
    name: 'heap: what is given back is lost',
    file: 'heap.ts',
    find: 'if (generation < LAST_GENERATION - 1) Atomics.store(view, block + BLOCK.STATE, FREE)',
    replace: 'void generation',
  },
  {
    name: 'heap: a block is reused though it is too small',
    file: 'heap.ts',
    find: 'if (size < words || size >= bestSize ||',
    replace: 'if (size >= bestSize ||',
  },
  {
    name: 'heap: a block in use is used again',
    file: 'heap.ts',
    find: ' || Atomics.load(view, block + BLOCK.STATE) !== FREE) continue',
    replace: ') continue',
  },
  {
    name: 'heap: what the dead had claimed is lost',
    file: 'heap.ts',
    find: '    Atomics.compareExchange(view, block + BLOCK.STATE, -(dead + 1), FREE)\n',
    replace: '',
  },
]
