/** A page without the headers that isolate it: nothing can be shared, and the error says what to do. */
import { Abort, Barrier, Condition, Event, Lock, Queue, ReadWriteLock, Semaphore, Space } from '@interlock/worker'
import { equal, same, test } from '../../../../scripts/runtimes/conformance.js'

test('the page is not isolated', () => {
  same(crossOriginIsolated, false)
})

test('whatever is made, the error names both headers', () => {
  const made = [Abort, Event, Lock, ReadWriteLock, Semaphore, Condition, Space, Queue]
  for (const make of [...made.map((Class) => () => new Class()), () => new Barrier(2), () => Space.default.handle]) {
    let error
    try {
      make()
    } catch (caught) {
      error = caught
    }
    const { name, message = '' } = error ?? {}
    const headers = ['Cross-Origin-Opener-Policy: same-origin', 'Cross-Origin-Embedder-Policy: require-corp']
    equal([String(make), name, headers.every((header) => message.includes(header))], [String(make), 'TypeError', true])
  }
})
