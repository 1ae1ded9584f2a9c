/**
 * A Lock of one's own on an event loop of one's own: no async, no await, no promise. Generators, `yield*`, and our own Future.
 *
 * Look for: the loop's time is its own, so five seconds pass in no time at all (on the left it stays 0 s). Two workers want one
 * lock and never overlap; three workers wait for an event and go on together. Then the loop runs a program in every order that
 * there is, finds the one that loses an update, and finds none once there is a lock.
 */
import { Event, EventLoop, explore, ExplorationError, gather, Lock, type Op, Shared, sleep } from '@interlock/loop'
import { scenario } from './stage/scenario.ts'

const description = 'A lock and an event on an event loop of their own: generators in place of async and await.'

export default scenario(import.meta, description, async ({ print }) => {
  const loop = new EventLoop()
  const say = (text: string): void => print(`second ${loop.time() / 1000}: ${text}`)

  const lock = new Lock()

  function* worker(name: string): Op<void> {
    say(`${name} worker wants the lock`)
    yield* lock.acquire()
    try {
      say(`${name} worker has it: ${lock}`)
      yield* sleep(1000)
      say(`${name} worker is done: ${lock}`)
    } finally {
      lock.release()
    }
  }

  loop.runUntilComplete(gather(worker('first'), worker('second')))
  say(`nobody has it: ${lock}`)

  const fetched = new Event({ name: 'APIs fetched' })

  function* background(task: number): Op<void> {
    say(`task ${task}: waits for ${fetched}`)
    yield* fetched.wait()
    say(`task ${task}: goes on`)
    yield* sleep(1000)
    say(`task ${task}: done`)
  }

  function* fetchApis(): Op<void> {
    yield* sleep(2000)
    say(`fetched, ${fetched}`)
    fetched.set()
  }

  loop.runUntilComplete(gather(background(1), background(2), background(3), fetchApis()))
  loop.close()

  function* deposits(guarded: boolean): Op<void> {
    const guard = new Lock()
    const balance = new Shared(0, { name: 'balance' }) // a variable that the trace can tell of
    function* deposit(): Op<void> {
      const seen = balance.value
      yield // where any other may go on
      balance.value = seen + 10
    }
    const task = (): Op<void> => (guarded ? guard.run(deposit) : deposit())
    yield* gather(task(), task(), task())
    if (balance.value !== 30) throw new Error(`three deposits of 10 came to ${balance.value}`)
  }

  try {
    explore(() => deposits(false))
  } catch (error) {
    if (!(error instanceof ExplorationError)) throw error
    for (const line of `without a lock: ${String(error.cause)}\n${error.trace}`.split('\n')) print(line)
  }
  const { runs, complete } = explore(() => deposits(true))
  print(`with a lock: right in ${complete ? 'all' : 'some'} of ${runs} orders`)
})
