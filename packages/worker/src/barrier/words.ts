/**
 * The words of a Barrier, and what may be done to them by whoever is there: any thread may die, or sleep, at any instruction, and none waits for
 * another to go on.
 *
 *   state   seq « 16 | seat « 6 | phase « 5 | outcome « 2 | broken « 1 | mixed
 *           seq counts the changes; `seat` made the last one. `phase` is 0 and 1 in turn: the one that is being filled. `outcome` is that of the
 *           phase before. `mixed`: somebody left who was not the last to have arrived, so that places are not simply the numbers on arrival.
 *   cell    seq « 18 | kind « 15 | phase « 14 | value
 *           WAITING       `value` tasks of that thread wait in `phase`
 *           ARRIVING      likewise, and one more will once the state's seq ends in `seq`, changed by this seat
 *           LEAVING       likewise, and one less will
 *           FROZEN        likewise, of a phase that has ended; nobody changes it but to NUMBERED
 *           NUMBERED      the places of that thread's tasks end before `value`; the phase before
 *           SETTLED       the same, of any earlier phase
 *           PASSED        an earlier phase was passed, and places are the numbers on arrival
 *           TURNED_AWAY   an earlier phase ended by the outcome `value`
 *
 * How many wait is nowhere but in the cells, and the cells change with the state: an operation is written into the thread's own cell first
 * (ARRIVING, LEAVING), takes place by one compare-and-swap of the state, and is then completed in the cell, by whoever comes next.
 *
 * Invariants:
 *   B1. At most one operation has taken place and is not completed in its cell: that of the state's `seat`, with the state's `seq`. Whoever reads
 *       the state completes it before anything else (`current()`).
 *   B2. While the state is the same, so are the members of its phase: the cells with that phase, `value` of each. Who has counted them and then
 *       changes the state by compare-and-swap has counted right.
 *   B3. Who ends a phase has first written the outcome of the one before into the cells of those who have not heard of it yet. So a cell of an
 *       unknown fate is of this phase or of the one before, and one bit tells them apart.
 *   B4. Of a mixed phase, no cell is taken off before all have been numbered. So whoever numbers sees all of them, or finds that the one it is
 *       about to number has been numbered.
 *
 * seq is 16 bits in the state and its last 14 in a cell: a compare-and-swap could be deceived only if its thread slept, between two instructions,
 * while the state changed a multiple of 65,536 times, or a cell of 16,384, and came to be the very same.
 */
import { OBJECT } from '../layout.ts'
import { cellAt, type Place } from '../place.ts'

/** Where the number of parties lies. */
export const PARTIES: number = OBJECT.OWN

/** What a cell's value can say. */
export const MOST_PARTIES = 0x3fff

const MIXED_BIT = 1
const BROKEN_BIT = 2
const PHASE_BIT = 1 << 5
/** phase, outcome, broken and mixed. */
const FLAGS = 0x3f

/** How a phase may end. */
export const IN_ORDER = 0
export const MIXED = 1
export const RESET = 2
export const ABORTED = 3
export const DIED = 4

export const WAITING = 0
export const ARRIVING = 1
export const LEAVING = 2
export const FROZEN = 3
export const NUMBERED = 4
export const SETTLED = 5
export const PASSED = 6
export const TURNED_AWAY = 7

const seqOf = (state: number): number => state >>> 16
const nextSeq = (state: number): number => (seqOf(state) + 1) & 0xffff
const seatOf = (state: number): number => (state >>> 6) & 0x3ff
const phaseOf = (state: number): number => (state >>> 5) & 1
export const outcomeOf = (state: number): number => (state >>> 2) & 7
export const isBroken = (state: number): boolean => (state & BROKEN_BIT) !== 0
export const isMixed = (state: number): boolean => (state & MIXED_BIT) !== 0

const CELL_SEQ = 0x3fff
const cellSeq = (cell: number): number => cell >>> 18
export const kindOf = (cell: number): number => (cell >>> 15) & 7
const cellPhase = (cell: number): number => (cell >>> 14) & 1
export const valueOf = (cell: number): number => cell & 0x3fff
const cellOf = (seq: number, kind: number, phase: number, value: number): number =>
  (seq << 18) | (kind << 15) | (phase << 14) | value
/** Another kind of cell of the same seq and phase. */
const turned = (cell: number, kind: number, value: number): number =>
  cellOf(cellSeq(cell), kind, cellPhase(cell), value)

/** Its tasks' fate has not been written into it. */
export const isOpen = (cell: number): boolean => kindOf(cell) <= LEAVING
/** Of the phase that `state` is filling. */
export const isPresent = (cell: number, state: number): boolean => cellPhase(cell) === phaseOf(state)

const isMember = (cell: number, state: number): boolean => isOpen(cell) && isPresent(cell, state) && valueOf(cell) > 0

/** The cell that says: one more of its tasks comes by the next change of `state`, or one less is there. `count`: as many as wait. */
export const pendingCell = (state: number, kind: typeof ARRIVING | typeof LEAVING, count: number): number =>
  cellOf(nextSeq(state) & CELL_SEQ, kind, phaseOf(state), count)

/** The same without what was to come. */
export const calmCell = (cell: number): number => turned(cell, WAITING, valueOf(cell))

/** The next state, changed by `seat` in the same phase. */
export const changed = (state: number, seat: number, mixed: boolean, broken: boolean): number =>
  (nextSeq(state) << 16) |
  (seat << 6) |
  (state & FLAGS & ~(MIXED_BIT | BROKEN_BIT)) |
  (broken ? BROKEN_BIT : 0) |
  (mixed ? MIXED_BIT : 0)

/** The next state, in which `seat` has ended the phase. */
export const ended = (state: number, seat: number, outcome: number, broken: boolean): number =>
  (nextSeq(state) << 16) | (seat << 6) | ((state & PHASE_BIT) ^ PHASE_BIT) | (outcome << 2) | (broken ? BROKEN_BIT : 0)

export const readState = ({ view, at }: Place): number => Atomics.load(view, at + OBJECT.WORD)

/** True if it was `state`, and is `next` now. */
export const swapState = ({ view, at }: Place, state: number, next: number): boolean =>
  Atomics.compareExchange(view, at + OBJECT.WORD, state, next) === state

/** The state, and what took place by its last change has been completed (B1). */
export function current(place: Place): number {
  const { view } = place
  const state = readState(place)
  const at = cellAt(place, seatOf(state))
  const cell = Atomics.load(view, at)
  const kind = kindOf(cell)
  // With that seq, it can be no later operation of that seat. Fails if another completes it.
  if ((kind === ARRIVING || kind === LEAVING) && cellSeq(cell) === (seqOf(state) & CELL_SEQ)) {
    const count = valueOf(cell) + (kind === ARRIVING ? 1 : -1)
    Atomics.compareExchange(view, at, cell, turned(cell, WAITING, count))
  }
  return state
}

/** Calls `fn` with each seat that has members in the phase of `state`. How many they are. */
export function countMembers(place: Place, state: number, fn?: (id: number) => void): number {
  let count = 0
  for (let id = 0; id < place.territory.used; id++) {
    const cell = Atomics.load(place.view, cellAt(place, id))
    if (!isMember(cell, state)) continue
    count += valueOf(cell)
    fn?.(id)
  }
  return count
}

/** B3: the outcome of the phase before that of `state` is in all its cells. False if the state is another by now: then it may not be so. */
export function publish(place: Place, state: number): boolean {
  const { view, territory } = place
  const outcome = outcomeOf(state)
  if (outcome === MIXED && !number(place, state)) return false
  for (let id = 0; id < territory.used; id++) {
    const at = cellAt(place, id)
    for (;;) {
      const cell = Atomics.load(view, at)
      if (isPresent(cell, state)) break
      const next = published(cell, outcome)
      if (next === cell) break
      // Else the cell, which was read later, may be of a later phase.
      if (readState(place) !== state) return false
      if (Atomics.compareExchange(view, at, cell, next) === cell) break
    }
  }
  return true
}

function published(cell: number, outcome: number): number {
  if (kindOf(cell) === NUMBERED) return turned(cell, SETTLED, valueOf(cell))
  if (!isOpen(cell) || valueOf(cell) === 0) return cell
  return outcome === IN_ORDER ? turned(cell, PASSED, 0) : turned(cell, TURNED_AWAY, outcome)
}

/**
 * Gives each seat its places of a mixed phase, the one before that of `state`: thread by thread, in the order in which they came. False if the
 * state is another by now.
 *
 * All who do it come to the same result: the cells are frozen first, and from then on numbered in an order that depends on nothing but them.
 * The first that is not numbered gets the places from where those end that are; so it matters not who goes on.
 */
export function number(place: Place, state: number): boolean {
  const { view, territory } = place
  for (;;) {
    const frozen: { at: number; cell: number }[] = []
    const seqs: number[] = []
    let taken = 0
    let moved = false
    for (let id = 0; id < territory.used; id++) {
      const at = cellAt(place, id)
      const cell = Atomics.load(view, at)
      const kind = kindOf(cell)
      if (isPresent(cell, state) || (isOpen(cell) && valueOf(cell) === 0)) continue
      if (isOpen(cell)) {
        // Else the cell, which was read later, may be of a later phase.
        if (readState(place) !== state) return false
        Atomics.compareExchange(view, at, cell, turned(cell, FROZEN, valueOf(cell)))
        moved = true
      } else if (kind === FROZEN || kind === NUMBERED) {
        seqs.push(cellSeq(cell))
        if (kind === FROZEN) frozen.push({ at, cell })
        else taken = Math.max(taken, valueOf(cell))
      }
    }
    if (readState(place) !== state) return false
    if (moved) continue
    const first = firstOf(seqs)
    frozen.sort((a, b) => ((cellSeq(a.cell) - first) & CELL_SEQ) - ((cellSeq(b.cell) - first) & CELL_SEQ))
    const done = frozen.every(({ at, cell }) => {
      taken += valueOf(cell)
      return Atomics.compareExchange(view, at, cell, turned(cell, NUMBERED, taken)) === cell
    })
    // Else another is ahead, or all are numbered and some of them gone.
    if (done) return true
  }
}

/** Of numbers that go round at 16,384, the earliest: the one after the widest gap. */
function firstOf(seqs: number[]): number {
  const sorted = seqs.toSorted((a, b) => a - b)
  let first = 0
  let widest = -1
  sorted.forEach((seq, index) => {
    const gap = (seq - sorted.at(index - 1)!) & CELL_SEQ
    if (gap <= widest) return
    widest = gap
    first = seq
  })
  return first
}

/** Who waits there has died: the barrier breaks for the rest. Who was about to come, or had passed, is missed by nobody. */
export function recoverBarrier(place: Place, dead: number): void {
  const { view, seat } = place
  const at = cellAt(place, dead)
  for (;;) {
    const state = current(place)
    const cell = Atomics.load(view, at)
    if (cell === 0) return
    if (isMember(cell, state)) {
      if (publish(place, state)) swapState(place, state, ended(state, seat.id, DIED, true))
      continue
    }
    // B4.
    if (!isPresent(cell, state) && outcomeOf(state) === MIXED && !number(place, state)) continue
    Atomics.compareExchange(view, at, cell, 0)
  }
}
