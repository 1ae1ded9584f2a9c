import { expectTypeOf, test } from 'vitest'
import type { Lockable, Permit } from '../index.ts'
import { Lock } from '../lock/index.ts'
import { Condition } from './index.ts'

const condition = new Condition(new Lock(), { name: 'changed' })

test('a Condition is a Lockable', () => {
  expectTypeOf<Condition>().toExtend<Lockable>()
  expectTypeOf(condition.lock).toEqualTypeOf<Lockable>()
})

test('what it answers', () => {
  expectTypeOf(condition.acquire()).toEqualTypeOf<Promise<Permit>>()
  expectTypeOf(condition.tryAcquire()).toEqualTypeOf<Permit | null>()
  expectTypeOf(condition.run(async () => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(condition.wait()).toEqualTypeOf<Promise<void>>()
  expectTypeOf(condition.notify()).toEqualTypeOf<void>()
  expectTypeOf(condition.notify(2)).toEqualTypeOf<void>()
  expectTypeOf(condition.notifyAll()).toEqualTypeOf<void>()
  expectTypeOf(condition.waiting).toEqualTypeOf<number>()
})

test('waitFor() answers what the predicate answers', () => {
  expectTypeOf(condition.waitFor(() => 'text')).toEqualTypeOf<Promise<string>>()
  expectTypeOf(condition.waitFor(() => [1].at(0), { timeout: 5 })).toEqualTypeOf<Promise<number | undefined>>()
  // @ts-expect-error the predicate is called without arguments
  void condition.waitFor((value: number) => value > 0)
  // @ts-expect-error a function
  void condition.waitFor(true)
})

test('construction', () => {
  expectTypeOf(Condition).toBeConstructibleWith()
  expectTypeOf(Condition).toBeConstructibleWith(undefined, { name: 'changed' })
  expectTypeOf(Condition).toBeConstructibleWith(condition)
  // @ts-expect-error the options come second
  void new Condition({ name: 'changed' })
  // @ts-expect-error half a lock
  void new Condition({ acquire: condition.acquire, release: condition.release })
})

test('what it refuses', () => {
  // @ts-expect-error a number
  condition.notify('2')
  // @ts-expect-error notifyAll() takes no number
  condition.notifyAll(2)
  // @ts-expect-error read-only
  condition.lock = new Lock()
})
