/**
 * `npm run test:explore -- loop`: the programs that explore() must break and pass (programs/), and how many orders each has; then what the
 * pruning of a declared program saves. Exits 1 when one does not come out as it must.
 */
import { explore, ExplorationError, gather, Lock, type Op, replay, Shared } from '../src/index.ts'
import { pairs } from './programs/index.ts'

const counted = (runs: number): string => `${runs.toLocaleString('en')} orders`
const since = (begin: number): string => `${((performance.now() - begin) / 1000).toFixed(1)} s`
let orders = 0

function broken(program: () => Op<void>): string {
  try {
    explore(program)
  } catch (error) {
    if (!(error instanceof ExplorationError)) throw error
    try {
      replay(program, error.schedule)
    } catch (again) {
      if (String(again) === String(error.cause)) return `found, schedule "${error.schedule}"`
    }
  }
  process.exitCode = 1
  return 'NOT FOUND, or not again'
}

function right(program: () => Op<void>, declared = false): string {
  const begin = performance.now()
  const { runs, complete } = explore(program, { declared })
  orders += runs
  if (!complete) process.exitCode = 1
  return `${counted(runs)}, ${complete ? 'all there are' : 'NOT ALL'} (${since(begin)})`
}

for (const pair of pairs) console.log(`${pair.title}: ${broken(pair.broken)}; right: ${right(pair.right)}`)

/** Accounts, each with a lock of its own, and two tasks on each. */
const accounts = (count: number) =>
  function* (): Op<void> {
    function* deposit(lock: Lock, balance: Shared<number>): Op<void> {
      yield* lock.acquire()
      const seen = balance.value
      yield
      balance.value = seen + 1
      lock.release()
    }
    const tasks: Op<void>[] = []
    const balances: Shared<number>[] = []
    for (let index = 0; index < count; index++) {
      const [lock, balance] = [new Lock(), new Shared(0)]
      balances.push(balance)
      tasks.push(deposit(lock, balance), deposit(lock, balance))
    }
    yield* gather(...tasks)
    if (balances.some(({ value }) => value !== 2)) throw new Error('lost update')
  }
console.log(`2 accounts, 4 tasks: ${right(accounts(2))}`)
console.log(`2 accounts, 4 tasks, declared: ${right(accounts(2), true)}`)
console.log(`3 accounts, 6 tasks, declared: ${right(accounts(3), true)}`)
console.log(`${counted(orders)} in all`)
