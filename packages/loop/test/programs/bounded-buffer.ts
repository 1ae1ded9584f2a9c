/** A buffer of one place between a producer and two consumers. Whoever is woken looks again whether it is so (`while`), or does not (`if`). */
import { Condition, gather, Lock, type Op } from '../../src/index.ts'
import { assert, type Pair } from './pair.ts'

function* program(looksAgain: boolean): Op<void> {
  const lock = new Lock()
  const notFull = new Condition(lock, { name: 'not full' })
  const notEmpty = new Condition(lock, { name: 'not empty' })
  const buffer: number[] = []
  const consumed: number[] = []

  function* until(changed: Condition, holds: () => boolean): Op<void> {
    if (looksAgain) while (!holds()) yield* changed.wait()
    else if (!holds()) yield* changed.wait()
  }
  function* producer(): Op<void> {
    for (const item of [1, 2]) {
      yield* lock.acquire()
      yield* until(notFull, () => buffer.length === 0)
      buffer.push(item)
      assert(buffer.length === 1, 'the buffer has run over')
      notEmpty.notify()
      lock.release()
    }
  }
  function* consumer(): Op<void> {
    yield* lock.acquire()
    yield* until(notEmpty, () => buffer.length > 0)
    assert(buffer.length > 0, 'taken from an empty buffer')
    consumed.push(buffer.shift()!)
    notFull.notify()
    lock.release()
  }
  yield* gather(consumer(), consumer(), producer())
  assert(consumed.join() === '1,2', `consumed: ${consumed.join()}`)
}

export const boundedBuffer: Pair = {
  title: 'a bounded buffer with `if` in place of `while`',
  broken: () => program(false),
  right: () => program(true),
  failure: /^Error: taken from an empty buffer/,
}
