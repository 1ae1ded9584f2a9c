/**
 * The words of a Condition, and what is done to them without its lock's help: to notify, and to recover. By both a notification is only ever
 * moved to a cell that can take it, by one compare-and-swap.
 *
 *   cell of a seat   waiting « 16 | notified: how many tasks of that thread wait, and how many of them have been notified and have not
 *                    seen to it yet. Which ones, only that thread knows: first come, first served.
 *
 * Invariants:
 *   C1. notified <= waiting, in each cell.
 *   C2. `waiting` grows while the lock is held, before it is given up. So who holds the lock finds all who wait.
 *   C3. A notification is taken off a cell when who had it has held the lock again and gives it up, and not before: until then, if that thread
 *       dies, recovery finds it in the cell and moves it on. So what it was woken for is not left undone, and whoever is woken in its place
 *       finds the lock abandoned.
 *   C4. A notification is put onto the next cell before it is taken off the last. A death in between makes it two, never none.
 */
import { OBJECT } from '../layout.ts'
import { cellAt, type Place } from '../place.ts'

/** Where its lock lies. */
export const LOCK: number = OBJECT.OWN
/** The lock's tag. */
export const LOCK_TAG: number = OBJECT.OWN + 1
/** 1: the lock was made with it, and is freed with it. */
export const MADE_LOCK: number = OBJECT.OWN + 2
/** The seat that was notified last: the next one goes round from it. */
const CURSOR: number = OBJECT.OWN + 3

/** One more that waits, in a cell. */
export const WAITING: number = 1 << 16
/** One more notification, in a cell. */
export const NOTIFIED = 1

/** Tasks of one thread that may wait on one Condition. */
export const MOST_WAITING = 0xffff

export const waitingIn = (cell: number): number => cell >>> 16
export const notifiedIn = (cell: number): number => cell & 0xffff

/** How many wait and have not been notified, in all threads. */
export function countWaiting(place: Place): number {
  let count = 0
  for (let id = 0; id < place.territory.used; id++) {
    const cell = Atomics.load(place.view, cellAt(place, id))
    count += waitingIn(cell) - notifiedIn(cell)
  }
  return count
}

/** Notifies one more of some seat's tasks, going round from the last. The seat, which is to be rung; -1 when nobody waits. */
export function notifyNext(place: Place): number {
  const { view, at, territory } = place
  const { used } = territory
  const last = Atomics.load(view, at + CURSOR)
  for (let step = 1; step <= used; step++) {
    const id = (last + step) % used
    const cell = cellAt(place, id)
    for (let was = Atomics.load(view, cell); waitingIn(was) > notifiedIn(was); was = Atomics.load(view, cell)) {
      // Fails if recovery does something to it. C1: it may be the last one there.
      if (Atomics.compareExchange(view, cell, was, was + NOTIFIED) !== was) continue
      Atomics.store(view, at + CURSOR, id)
      return id
    }
  }
  return -1
}

/** Notifies all of a seat's tasks. False if none of them waits. */
export function notifyEach({ view }: Place, cell: number): boolean {
  for (;;) {
    const was = Atomics.load(view, cell)
    const waiting = waitingIn(was)
    if (waiting === notifiedIn(was)) return false
    if (Atomics.compareExchange(view, cell, was, waiting * WAITING + waiting) === was) return true
  }
}

/**
 * The dead wait no more, and what they were notified of goes to others. Done twice, it may notify one more for each time that it was cut
 * short (C4).
 */
export function recoverCondition(place: Place, dead: number): void {
  const { view } = place
  const cell = cellAt(place, dead)
  for (let was = Atomics.load(view, cell); was !== 0; was = Atomics.load(view, cell)) {
    const notified = notifiedIn(was)
    // First nobody may notify the dead any more; then its notifications go, one by one.
    if (waitingIn(was) > notified) Atomics.compareExchange(view, cell, was, notified * (WAITING + NOTIFIED))
    else {
      notifyNext(place)
      Atomics.compareExchange(view, cell, was, was - WAITING - NOTIFIED)
    }
  }
}
