/** Three philosophers, three forks between them. If each takes the fork on his left first, all may wait for the one on their right. */
import { gather, Lock, type Op } from '../../src/index.ts'
import { assert, type Pair } from './pair.ts'

const SEATS = 3

function* program(ordered: boolean): Op<void> {
  const forks = Array.from({ length: SEATS }, (_, seat) => new Lock({ name: `fork ${seat}` }))
  let meals = 0
  function* philosopher(seat: number): Op<void> {
    const left = seat
    const right = (seat + 1) % SEATS
    const [first, second] = ordered && left > right ? [right, left] : [left, right]
    yield* forks[first]!.acquire()
    yield
    yield* forks[second]!.acquire()
    meals++
    forks[second]!.release()
    forks[first]!.release()
  }
  yield* gather(...forks.map((_, seat) => philosopher(seat)))
  assert(meals === SEATS, `${meals} have eaten`)
}

export const philosophers: Pair = {
  title: 'dining philosophers who all take the left fork first',
  broken: () => program(false),
  right: () => program(true),
  failure: /^DeadlockError: .*acquire\(\) of Lock "fork \d"/,
}
