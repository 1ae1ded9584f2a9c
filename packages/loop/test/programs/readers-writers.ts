/** Readers may read together, a writer writes alone. If readers go in whenever others read, a writer may wait for ever. */
import { gather, Lock, type Op } from '../../src/index.ts'
import { assert, type Pair } from './pair.ts'

function* program(fair: boolean): Op<void> {
  const room = new Lock({ name: 'room' })
  const turnstile = new Lock({ name: 'turnstile' })
  let readers = 0
  let writerWaits = false
  let overtaken = 0
  let writing = false

  function* enter(): Op<void> {
    // The first reader takes the room for all; who comes while he waits for it waits with him.
    readers++
    if (readers === 1) yield* room.acquire()
  }
  function* reader(): Op<void> {
    for (let left = 2; left > 0; left--) {
      const later = writerWaits
      if (fair) yield* turnstile.run(enter)
      else yield* enter()
      assert(!writing, 'read while it is written')
      if (later && writerWaits) overtaken++
      assert(overtaken < 2, 'the writer is overtaken again and again')
      yield
      readers--
      if (readers === 0) room.release()
    }
  }
  function* write(): Op<void> {
    yield* room.acquire()
    writerWaits = false
    writing = true
    yield
    writing = false
    room.release()
  }
  function* writer(): Op<void> {
    writerWaits = true
    // The turnstile is held while he waits: no reader passes it before him.
    if (fair) yield* turnstile.run(write)
    else yield* write()
  }
  yield* gather(reader(), reader(), writer())
}

export const readersWriters: Pair = {
  title: 'readers and writers, with a writer that starves',
  broken: () => program(false),
  right: () => program(true),
  failure: /^Error: the writer is overtaken/,
}
