import { expectTypeOf, test } from 'vitest'
import type { Lockable, Permit, WaitOptions } from '../index.ts'
import { ReadWriteLock } from './index.ts'

const lock = new ReadWriteLock({ name: 'table' })

test('both sides are Lockables that say how many wait', () => {
  expectTypeOf(lock.read).toExtend<Lockable & { readonly waiting: number }>()
  expectTypeOf(lock.write).toExtend<Lockable & { readonly waiting: number }>()
  expectTypeOf(lock.name).toEqualTypeOf<string | undefined>()
})

test.each([lock.read, lock.write])('what a side answers', (side) => {
  expectTypeOf(side.acquire()).toEqualTypeOf<Promise<Permit>>()
  expectTypeOf(side.tryAcquire()).toEqualTypeOf<Permit | null>()
  expectTypeOf(side.release()).toEqualTypeOf<void>()
  expectTypeOf(side.locked).toEqualTypeOf<boolean>()
  expectTypeOf(side.run(() => 5)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(side.run(async () => 'a', { timeout: 5 })).toEqualTypeOf<Promise<string>>()
  expectTypeOf<Parameters<typeof side.acquire>[0]>().toEqualTypeOf<WaitOptions | undefined>()
})

test('its sides cannot be replaced, nor their state written', () => {
  // @ts-expect-error read-only
  lock.read = lock.write
  // @ts-expect-error read-only
  lock.read.locked = true
  // @ts-expect-error read-only
  lock.write.waiting = 0
})

test('is no lock itself: one side has to be named', () => {
  expectTypeOf<ReadWriteLock>().not.toExtend<Lockable>()
  // @ts-expect-error which side?
  void lock.acquire
})

test('options', () => {
  expectTypeOf(ReadWriteLock).toBeConstructibleWith()
  // @ts-expect-error a name is a string
  void new ReadWriteLock({ name: 5 })
})
