/** Transfers between two accounts, one in each direction, each under both accounts' locks. */
import { gather, Lock, type Op } from '../../src/index.ts'
import { assert, type Pair } from './pair.ts'

interface Account {
  readonly number: number
  readonly lock: Lock
  balance: number
}

function* program(inOrder: boolean): Op<void> {
  const a: Account = { number: 1, lock: new Lock({ name: 'a' }), balance: 10 }
  const b: Account = { number: 2, lock: new Lock({ name: 'b' }), balance: 10 }
  function* transfer(from: Account, to: Account, sum: number): Op<void> {
    const [first, second] = inOrder && from.number > to.number ? [to, from] : [from, to]
    yield* first.lock.acquire()
    yield
    yield* second.lock.acquire()
    from.balance -= sum
    to.balance += sum
    second.lock.release()
    first.lock.release()
  }
  yield* gather(transfer(a, b, 3), transfer(b, a, 1), transfer(a, b, 1))
  assert(a.balance === 7 && b.balance === 13, `the balances are ${a.balance} and ${b.balance}`)
}

export const abba: Pair = {
  title: 'two locks, taken in either order (ABBA)',
  broken: () => program(false),
  right: () => program(true),
  failure: /^DeadlockError: .*acquire\(\) of Lock "[ab]"/,
}
