/** Ways to break the Barrier. */
import type { Explored } from '../mutations.ts'

export const barrierMutations: readonly Explored[] = [
  {
    name: 'barrier: whoever comes next completes only what it began itself',
    file: 'barrier/words.ts',
    find: '  if ((kind === ARRIVING || kind === LEAVING) &&',
    replace: '  if (seatOf(state) === place.seat.id && (kind === ARRIVING || kind === LEAVING) &&',
    by: 'Barrier of 2: 2 block',
  },
  {
    name: 'barrier: who ends a phase does not leave word of the one before',
    file: 'barrier/local.ts',
    find: '      if (last && !publish(place, state)) continue\n',
    replace: '',
    by: 'Barrier of 2: 1 awaits once, 1 blocks once, 1 blocks twice',
  },
  {
    name: 'barrier: the last to come rings nobody',
    file: 'barrier/local.ts',
    find: '      if (last) this.#ring(seats)\n',
    replace: '',
    by: 'Barrier of 2: 2 block',
  },
  {
    name: 'barrier: who breaks it rings nobody',
    file: 'barrier/local.ts',
    find: '        this.#ring(seats)\n        this.#collect()\n        return\n',
    replace: '        this.#collect()\n        return\n',
    by: 'Barrier of 2: 2 block, 1 aborts it',
  },
  {
    name: 'barrier: places are the numbers on arrival, whoever has left since',
    file: 'barrier/local.ts',
    find: 'const mixed = count > 1 && (isMixed(state) || arrival.number !== count - 1)',
    replace: 'const mixed = false',
    by: 'Barrier of 3: 1 in time, 2 follow one another',
  },
  {
    name: 'barrier: who leaves is counted still',
    file: 'barrier/words.ts',
    find: 'valueOf(cell) + (kind === ARRIVING ? 1 : -1)',
    replace: 'valueOf(cell) + (kind === ARRIVING ? 1 : 0)',
    by: 'Barrier of 2: 1 blocks, 1 in time',
  },
  {
    name: 'barrier: the state is changed though it is another than was counted by',
    file: 'barrier/words.ts',
    find: 'Atomics.compareExchange(view, at + OBJECT.WORD, state, next) === state',
    replace: '(Atomics.store(view, at + OBJECT.WORD, next), true)',
    by: 'Barrier of 2: 2 block',
  },
  {
    name: 'barrier: not all cells are frozen when they are numbered',
    file: 'barrier/words.ts',
    find: '    if (moved) continue\n',
    replace: '',
    by: 'Barrier of 3: 1 in time, 2 follow one another',
  },
  {
    name: 'barrier: a numbered cell is taken off though others are not numbered yet',
    file: 'barrier/local.ts',
    find: '        if (!number(place, state)) continue\n        outcome = MIXED',
    replace: '        outcome = MIXED',
    by: 'Barrier of 3: 1 in time, 2 follow one another',
  },
  {
    name: 'barrier: who waits asks for the state after its cell',
    file: 'barrier/local.ts',
    find: '      const state = current(place)\n      const cell = Atomics.load(view, this.#cell)\n      const kind = kindOf(cell)\n',
    replace:
      '      const cell = Atomics.load(view, this.#cell)\n      const state = current(place)\n      const kind = kindOf(cell)\n',
    by: 'Barrier of 2: 1 awaits once, 1 blocks once, 1 blocks twice',
  },
  {
    name: 'barrier: the death of who waits breaks nothing',
    file: 'barrier/words.ts',
    find: '      if (publish(place, state)) swapState(place, state, ended(state, seat.id, DIED, true))\n      continue\n',
    replace: '',
    by: 'Barrier of 3: 1 waits and dies, 1 blocks, 1 buries',
  },
]
