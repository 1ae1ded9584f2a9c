/** Two tasks add one to what they have read a while ago. */
import { gather, Lock, type Op } from '../../src/index.ts'
import { assert, type Pair } from './pair.ts'

function* program(guarded: boolean): Op<void> {
  const lock = new Lock()
  let counter = 0
  function* increment(): Op<void> {
    const seen = counter
    yield
    counter = seen + 1
  }
  const task = (): Op<void> => (guarded ? lock.run(increment) : increment())
  yield* gather(task(), task(), task())
  assert(counter === 3, `lost update: the counter is ${counter}`)
}

export const lostUpdate: Pair = {
  title: 'a lost update',
  broken: () => program(false),
  right: () => program(true),
  failure: /^Error: lost update/,
}
