/** core's suite of what a Lockable promises, over the locks across threads: within one thread they promise the same. */
import { lockableSuite } from '../../core/test/lockable-suite.ts'
import { Lock, ReadWriteLock } from '../src/index.ts'

lockableSuite('worker Lock', () => {
  const lock = new Lock()
  return { lock, obstacle: lock, waiting: () => lock.local.waiters.size, state: () => String(lock) }
})

lockableSuite('worker ReadWriteLock.write', () => {
  const both = new ReadWriteLock()
  return { lock: both.write, obstacle: both.write, waiting: () => both.local.waiters.size, state: () => String(both) }
})

lockableSuite('worker ReadWriteLock.write, held up by a reader', () => {
  const both = new ReadWriteLock()
  return { lock: both.write, obstacle: both.read, waiting: () => both.local.waiters.size, state: () => String(both) }
})

lockableSuite(
  'worker ReadWriteLock.read, held up by a writer',
  () => {
    const both = new ReadWriteLock()
    return { lock: both.read, obstacle: both.write, waiting: () => both.local.waiters.size, state: () => String(both) }
  },
  { exclusive: false },
)
