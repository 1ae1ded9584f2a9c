/** Ways to break the Condition. */
import type { Explored } from '../mutations.ts'

export const conditionMutations: readonly Explored[] = [
  {
    name: 'condition: a blocked waiter is counted only after it has given the lock up',
    file: 'condition/local.ts',
    find: '    this.#enter()\n    const permit = lock.holder as HolderPermit\n    const deadline = performance.now() + left\n    const deafen = abort?.listen()\n    let interruption: Interruption | undefined\n    let notified: boolean\n    try {\n      lock.cede()\n',
    replace:
      '    const permit = lock.holder as HolderPermit\n    const deadline = performance.now() + left\n    const deafen = abort?.listen()\n    let interruption: Interruption | undefined\n    let notified: boolean\n    try {\n      lock.cede()\n      this.#enter()\n',
    by: 'Condition: 1 blocks, 1 notifies',
  },
  {
    name: 'condition: who notifies rings nobody',
    file: 'condition/local.ts',
    find: '    for (const id of seats) if (id !== seat.id) seat.ring(id)\n    if (seats.has',
    replace: '    if (seats.has',
    by: 'Condition: 1 blocks, 1 notifies',
  },
  {
    name: 'condition: the bell is read after the cell',
    file: 'condition/local.ts',
    find: 'seat.sleep(seen, Math.min(left, SLICE))',
    replace: 'seat.sleep(seat.rung(), Math.min(left, SLICE))',
    by: 'Condition: 1 blocks, 1 notifies',
  },
  {
    name: 'condition: who is interrupted keeps its notification to itself',
    file: 'condition/local.ts',
    find: 'if (interruption !== undefined) this.#passOn()',
    replace: 'if (interruption !== undefined) this.part()',
    by: 'Condition: 1 blocks, 1 in time, 1 notifies',
  },
  {
    name: 'condition: who is interrupted does not find that it has been notified',
    file: 'condition/local.ts',
    find: '        this.#granted++\n        return true\n',
    replace: '        return false\n',
    by: 'Condition: 1 blocks, 1 in time, 1 notifies',
  },
  {
    name: 'condition: one notification wakes two tasks of a thread',
    file: 'condition/local.ts',
    find: '        this.#granted++\n        waiter.grant()',
    replace: '        waiter.grant()',
    by: 'Condition: 2 tasks await, 1 notifies twice',
  },
  {
    name: 'condition: a blocking wait gives the lock to a task of its own thread',
    file: 'condition/local.ts',
    find: '      lock.cede()\n',
    replace: '      lock.release()\n',
    by: 'Condition: 2 tasks of 1 thread, the last one blocks, 1 notifies twice',
  },
  {
    name: 'condition: a notification counts as used as soon as the wait has returned',
    file: 'condition/local.ts',
    find: '    else this.lock.parting = this\n',
    replace: '    else this.part()\n',
    by: 'Condition: 2 block, 1 notifies the one that dies, and buries it',
  },
  {
    name: 'condition: what the dead was notified of is forgotten',
    file: 'condition/words.ts',
    find: '      notifyNext(place)\n      Atomics',
    replace: '      Atomics',
    by: 'Condition: 2 block, 1 notifies the one that dies, and buries it',
  },
  {
    name: 'condition: the dead can still be notified',
    file: 'condition/words.ts',
    find: 'if (waitingIn(was) > notified) Atomics.compareExchange(view, cell, was, notified * (WAITING + NOTIFIED))\n    else {',
    replace: 'if (notified === 0) return\n    else {',
    by: 'Condition: 2 block, 1 buries the one that dies, and notifies',
  },
  {
    name: 'condition: who waits for what is freed is not told',
    file: 'condition/local.ts',
    find: '      const seen = seat.rung()\n      this.check()\n',
    replace: '      const seen = seat.rung()\n',
    by: 'Condition: 1 blocks, another frees it',
  },
]
