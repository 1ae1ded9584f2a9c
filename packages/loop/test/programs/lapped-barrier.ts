/** A barrier of a counter and an Event: a fast task that comes round again finds the Event still set, and passes alone. */
import { Barrier, Event, gather, type Op } from '../../src/index.ts'
import { assert, type Pair } from './pair.ts'

class OneLapBarrier {
  readonly #parties: number
  #arrived = 0
  readonly #all = new Event({ name: 'all are here' })

  constructor(parties: number) {
    this.#parties = parties
  }

  *wait(): Op<void> {
    this.#arrived++
    if (this.#arrived === this.#parties) this.#all.set()
    yield* this.#all.wait()
    this.#arrived--
    if (this.#arrived === 0) this.#all.clear()
  }
}

function* program(barrier: { wait(): Op<unknown> }): Op<void> {
  const arrived = [0, 0, 0]
  function* task(): Op<void> {
    for (const round of arrived.keys()) {
      arrived[round]!++
      yield* barrier.wait()
      assert(arrived[round] === 2, `passed round ${round} before all had arrived`)
    }
  }
  yield* gather(task(), task())
}

export const lappedBarrier: Pair = {
  title: 'a barrier that lets a fast task lap a slow one',
  broken: () => program(new OneLapBarrier(2)),
  right: () => program(new Barrier(2)),
  failure: /^Error: passed round 1 before all had arrived/,
}
