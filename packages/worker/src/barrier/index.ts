/**
 * Barrier: a point that a number of threads and tasks reach before any goes on.
 *
 * States: filling (fewer than `parties` wait) → all go on, and it fills again | broken, by abort() or by the death of who waited, until reset().
 * Fairness: places are given in the order of arrival. Only when somebody leaves who was not the last to have come, and some thread has several
 *   tasks there, may the order between threads be another; each place is given once all the same.
 * Cancellation: a waiter that is cancelled leaves, and the barrier goes on filling.
 * Death: of a thread that waits breaks the barrier for the rest. One that died before it had arrived, or after all had, is not missed.
 * Linearization point: the compare-and-swap of the state word (`words.ts`, where the invariants are).
 *
 * The races, and both orders of each:
 *   Arrive, leave, reset, abort and death against each other: the state word is changed by one of them first; the other one's compare-and-swap
 *     fails, and it looks again. Cancelled before the last arrives: it is missing. After: it has passed, and has its place.
 *   A late thread against the next phases: whoever ends a phase first writes the outcome of the one before into the cell of who has not heard of
 *     it (B3). So it learns what became of its own phase, however many have come and gone.
 *   Death between the operation and its entry in the cell: whoever comes next enters it (B1). Between that and ringing: recovery rings everybody.
 */
import type { WaitOptions } from '@interlock/core'
import { hearAborts, termsOf, whole } from '@interlock/core/internal'
import { readSyncTerms, type SyncWaitOptions } from '../blocking.ts'
import type { Handle } from '../handle.ts'
import { checkMayBlock } from '../seat.ts'
import { Found, findPlace, placeFor, Shared, type SharedOptions } from '../shared.ts'
import { LocalBarrier } from './local.ts'
import { ABORTED, MOST_PARTIES, PARTIES, RESET } from './words.ts'

export type { Handle, SharedOptions, SyncWaitOptions, WaitOptions }

/**
 * Holds threads back until `parties` of them have arrived, then lets all of them go on, and starts over. Several tasks of one thread may be
 * parties, too.
 *
 * Use it for work in phases, in which each thread does its share and none may begin the next before all have ended the last. To wait until
 * threads have ended await their exit, to wait for one thing an Event.
 *
 * A thread that dies while it waits breaks the barrier: the others, and all who come later, get BrokenBarrierError until reset().
 *
 * Semantics: asyncio.Barrier, with places that are never given twice (CPython gh-155233). All is O(threads).
 *
 * @example
 * ```ts
 * import { Barrier } from '@interlock/worker'
 *
 * const barrier = new Barrier(3)
 * const inAnotherThread = Barrier.from(barrier.handle) // the handle came by postMessage
 * const first = inAnotherThread.wait()
 * const second = barrier.wait()
 * String(barrier) // => 'Barrier <filling, 2/3>'
 * await Promise.all([first, second, barrier.wait()]) // => [0, 1, 2]
 * String(barrier) // => 'Barrier <filling, 0/3>'
 * ```
 */
export class Barrier extends Shared {
  /** @internal */
  readonly local: LocalBarrier

  /**
   * @param parties A whole number from 1 to 16,383.
   * @throws RangeError or TypeError for any other value, and for wrong options; SpaceFullError when a space of your own is full.
   */
  constructor(parties: number, options?: SharedOptions) {
    super(options)
    const found = options instanceof Found
    if (!found) whole('parties', parties, 1, MOST_PARTIES)
    const place = placeFor('barrier', options)
    if (!found) Atomics.store(place.view, place.at + PARTIES, parties)
    this.local = place.territory.localAt(place, () => new LocalBarrier(place, this))
  }

  /** The one of a handle, in this thread. @throws HandleError when `handle` is none, is another kind's, or has been freed. */
  static from(handle: Handle, options?: { name?: string }): Barrier {
    return new Barrier(0, Found.of(findPlace(handle, 'barrier'), options))
  }

  /** How many must arrive for all to go on. */
  get parties(): number {
    return this.local.parties
  }

  /** How many have arrived in this round, in all threads. */
  get waiting(): number {
    return this.local.waiting
  }

  /** True from abort(), or the death of a thread that waited, until reset(). */
  get broken(): boolean {
    return this.local.broken
  }

  /**
   * Resolves once `parties` wait, with this task's place in the order of arrival among those who pass: 0 to parties - 1, each once.
   *
   * @throws BrokenBarrierError when the barrier is broken, or is reset, aborted or left by a dying thread meanwhile; the signal's reason;
   *   DOMException TimeoutError; TypeError and RangeError for wrong options; HandleError when it is freed. All as rejections.
   */
  wait(options?: WaitOptions): Promise<number> {
    // Who is being aborted, though it has not heard so yet, is no party. Before all else: observers are told, and may act.
    hearAborts(this.local.waiters)
    const terms = termsOf(options)
    if (terms instanceof Promise) return terms
    return this.local.park(terms)
  }

  /**
   * Blocks the thread until `parties` wait, and answers the place. None of its tasks runs meanwhile, so none of them can be a party that is still
   * to come.
   *
   * @throws BrokenBarrierError as wait(); DOMException TimeoutError; AbortError when `abort` aborts; TypeError and RangeError for wrong options,
   *   and where the thread must not block; HandleError when it is freed.
   */
  waitSync(options?: SyncWaitOptions): number {
    checkMayBlock('waitSync', 'wait')
    const terms = readSyncTerms(options)
    hearAborts(this.local.waiters)
    return this.local.block(terms)
  }

  /** Turns away those who wait, with BrokenBarrierError; the barrier is empty and whole again. It waits for nobody. */
  reset(): void {
    this.local.turnAway(RESET)
  }

  /** Turns away those who wait and all who come later, with BrokenBarrierError, until reset(). It waits for nobody. */
  abort(): void {
    this.local.turnAway(ABORTED)
  }

  override get [Symbol.toStringTag](): string {
    return 'Barrier'
  }

  protected override state(): string {
    return this.broken ? 'broken' : `filling, ${this.waiting}/${this.parties}`
  }

  protected override spoil(): void {}
}
