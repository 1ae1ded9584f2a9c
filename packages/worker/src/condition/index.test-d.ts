import { expectTypeOf, test } from 'vitest'
import { Lock as CoreLock } from '@interlock/core'
import { Abort, Condition, type Handle, Lock, type SharedLockable, type SharedPermit, Space } from '../index.ts'

const condition = new Condition(new Lock(), { name: 'changed' })

test('a Condition is a lock across threads', () => {
  expectTypeOf<Condition>().toExtend<SharedLockable>()
  expectTypeOf(condition.lock).toEqualTypeOf<Lock>()
  expectTypeOf(condition.handle).toEqualTypeOf<Handle>()
})

test('what it answers', () => {
  expectTypeOf(Condition.from(condition.handle, { name: 'here' })).toEqualTypeOf<Condition>()
  expectTypeOf(condition.acquire()).toEqualTypeOf<Promise<SharedPermit>>()
  expectTypeOf(condition.acquireSync()).toEqualTypeOf<SharedPermit>()
  expectTypeOf(condition.tryAcquire()).toEqualTypeOf<SharedPermit | null>()
  expectTypeOf(condition.run(async () => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(condition.runSync(() => 1)).toEqualTypeOf<number>()
  expectTypeOf(condition.wait({ timeout: 5, signal: new Abort().signal })).toEqualTypeOf<Promise<void>>()
  expectTypeOf(condition.waitSync({ timeout: 5, abort: new Abort() })).toEqualTypeOf<void>()
  expectTypeOf(condition.waitFor(() => 'text')).toEqualTypeOf<Promise<string>>()
  expectTypeOf(condition.waitForSync(() => 'text')).toEqualTypeOf<string>()
  expectTypeOf(condition.notify(2)).toEqualTypeOf<void>()
  expectTypeOf(condition.notifyAll()).toEqualTypeOf<void>()
  expectTypeOf(condition.waiting).toEqualTypeOf<number>()
  expectTypeOf(condition.free()).toEqualTypeOf<void>()
})

test('what it refuses', () => {
  expectTypeOf(Condition).toBeConstructibleWith(undefined, { space: new Space() })
  // @ts-expect-error a lock of one thread
  void new Condition(new CoreLock())
  // @ts-expect-error the options come second
  void new Condition({ name: 'changed' })
  // @ts-expect-error a blocked thread hears no signal
  condition.waitSync({ signal: new Abort().signal })
  // @ts-expect-error the predicate is called without arguments
  condition.waitForSync((value: number) => value > 0)
  // @ts-expect-error notifyAll() takes no number
  condition.notifyAll(2)
  // @ts-expect-error read-only
  condition.lock = new Lock()
})
