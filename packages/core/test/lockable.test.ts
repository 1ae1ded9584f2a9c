/** The suite of what a Lockable promises, over every Lockable of core. */
import { Condition, KeyedLock, Lock, ReadWriteLock } from '../src/index.ts'
import type { Lockable } from '../src/index.ts'
import { lockableSuite, type Subject } from './lockable-suite.ts'

/** A lock that only itself can obstruct. */
const exclusive = (lock: Lockable, waiting: () => number, state: () => string): Subject => ({
  lock,
  obstacle: lock,
  waiting,
  state,
})

lockableSuite('Lock', () => {
  const lock = new Lock()
  return exclusive(
    lock,
    () => lock.waiting,
    () => String(lock),
  )
})

lockableSuite('Condition over a lock of its own', () => {
  const condition = new Condition()
  const { lock } = condition
  if (!(lock instanceof Lock)) throw new TypeError('its own lock was to be a Lock')
  return exclusive(
    condition,
    () => lock.waiting,
    () => `${String(condition)}, ${String(lock)}`,
  )
})

lockableSuite('Condition over the write side of a ReadWriteLock', () => {
  const both = new ReadWriteLock()
  const condition = new Condition(both.write)
  return exclusive(
    condition,
    () => both.write.waiting,
    () => `${String(condition)}, ${String(both)}`,
  )
})

lockableSuite('Condition over a Condition', () => {
  const lock = new Lock()
  const condition = new Condition(new Condition(lock))
  return exclusive(
    condition,
    () => lock.waiting,
    () => `${String(condition)}, ${String(lock)}`,
  )
})

lockableSuite('ReadWriteLock.write', () => {
  const both = new ReadWriteLock()
  return exclusive(
    both.write,
    () => both.write.waiting,
    () => String(both),
  )
})

lockableSuite('ReadWriteLock.write, held up by a reader', () => {
  const both = new ReadWriteLock()
  return { lock: both.write, obstacle: both.read, waiting: () => both.write.waiting, state: () => String(both) }
})

lockableSuite(
  'ReadWriteLock.read, held up by a writer',
  () => {
    const both = new ReadWriteLock()
    return { lock: both.read, obstacle: both.write, waiting: () => both.read.waiting, state: () => String(both) }
  },
  { exclusive: false },
)

lockableSuite('KeyedLock, one key of it', () => {
  const keyed = new KeyedLock<string>()
  const lock: Lockable = {
    get locked() {
      return keyed.locked('key')
    },
    acquire: (options) => keyed.acquire('key', options),
    tryAcquire: () => keyed.tryAcquire('key'),
    release: () => keyed.release('key'),
    run: (fn, options) => keyed.run('key', fn, options),
  }
  return exclusive(
    lock,
    () => keyed.waiting('key'),
    () => `${String(keyed)}, ${String(keyed.locked('key'))}`,
  )
})
