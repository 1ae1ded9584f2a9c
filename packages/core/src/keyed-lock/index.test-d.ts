import { expectTypeOf, test } from 'vitest'
import type { Lockable, Permit, WaitOptions } from '../index.ts'
import { KeyedLock } from './index.ts'

const keyed = new KeyedLock<string>({ name: 'accounts' })

test('what it answers', () => {
  expectTypeOf(keyed.acquire('alice')).toEqualTypeOf<Promise<Permit>>()
  expectTypeOf(keyed.tryAcquire('alice')).toEqualTypeOf<Permit | null>()
  expectTypeOf(keyed.release('alice')).toEqualTypeOf<void>()
  expectTypeOf(keyed.locked('alice')).toEqualTypeOf<boolean>()
  expectTypeOf(keyed.waiting('alice')).toEqualTypeOf<number>()
  expectTypeOf(keyed.size).toEqualTypeOf<number>()
  expectTypeOf(keyed.name).toEqualTypeOf<string | undefined>()
  expectTypeOf(keyed.run('alice', () => 5)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(keyed.run('alice', async () => 'a', { timeout: 5 })).toEqualTypeOf<Promise<string>>()
  expectTypeOf<Parameters<KeyedLock<string>['acquire']>[1]>().toEqualTypeOf<WaitOptions | undefined>()
})

test('every call names its key', () => {
  // @ts-expect-error which key?
  void keyed.acquire()
  // @ts-expect-error keys are strings here
  void keyed.acquire(5)
  // @ts-expect-error which key?
  keyed.release()
  // @ts-expect-error the key comes first
  void keyed.run(() => 5)
  expectTypeOf<KeyedLock<string>>().not.toExtend<Lockable>()
})

test('keys may be of any type', () => {
  expectTypeOf(new KeyedLock<object>().tryAcquire({})).toEqualTypeOf<Permit | null>()
  expectTypeOf(new KeyedLock<string | undefined>().locked(undefined)).toEqualTypeOf<boolean>()
})

test('size is read-only', () => {
  // @ts-expect-error read-only
  keyed.size = 0
})
