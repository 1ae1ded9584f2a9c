import { expectTypeOf, test } from 'vitest'
import type { Lockable, Permit, WaitOptions } from '../index.ts'
import { Lock } from './index.ts'

const lock = new Lock({ name: 'db' })

test('a Lock is a Lockable', () => {
  expectTypeOf<Lock>().toExtend<Lockable>()
})

test('what it answers', () => {
  expectTypeOf(lock.acquire()).toEqualTypeOf<Promise<Permit>>()
  expectTypeOf(lock.tryAcquire()).toEqualTypeOf<Permit | null>()
  expectTypeOf(lock.release()).toEqualTypeOf<void>()
  expectTypeOf(lock.locked).toEqualTypeOf<boolean>()
  expectTypeOf(lock.waiting).toEqualTypeOf<number>()
  expectTypeOf(lock.name).toEqualTypeOf<string | undefined>()
})

test('run() answers what fn answers, awaited', () => {
  expectTypeOf(lock.run(() => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(lock.run(async () => 'a')).toEqualTypeOf<Promise<string>>()
  expectTypeOf(lock.run(() => undefined)).toEqualTypeOf<Promise<undefined>>()
  // @ts-expect-error fn is called without arguments
  void lock.run((permit: Permit) => permit)
  // @ts-expect-error fn is a function, not a promise
  void lock.run(Promise.resolve(1))
})

test('a permit is Disposable', () => {
  expectTypeOf<Permit>().toExtend<Disposable>()
  expectTypeOf<Permit['released']>().toEqualTypeOf<boolean>()
  const permit = lock.tryAcquire()
  // @ts-expect-error it may be null
  permit.release()
  // @ts-expect-error read-only
  if (permit) permit.released = true
})

test('wait options', () => {
  expectTypeOf<Parameters<Lock['acquire']>[0]>().toEqualTypeOf<WaitOptions | undefined>()
  void lock.acquire({})
  void lock.acquire({ signal: new AbortController().signal, timeout: 5 })
  // @ts-expect-error the signal, not its controller
  void lock.acquire({ signal: new AbortController() })
  // @ts-expect-error milliseconds
  void lock.acquire({ timeout: '5' })
  // @ts-expect-error a lock has no number of permits
  void lock.acquire({ permits: 2 })
  // @ts-expect-error tryAcquire does not wait
  lock.tryAcquire({ timeout: 5 })
})

test('a signal that may be missing can be passed on as it is', () => {
  const pass = (signal: AbortSignal | null | undefined, timeout: number | undefined): Promise<Permit> =>
    lock.acquire({ signal, timeout })
  expectTypeOf(pass).returns.resolves.toEqualTypeOf<Permit>()
})

test('options', () => {
  expectTypeOf(Lock).toBeConstructibleWith()
  expectTypeOf(Lock).toBeConstructibleWith({ name: 'db' })
  // @ts-expect-error a name is a string
  void new Lock({ name: 5 })
  // @ts-expect-error the name goes into the options
  void new Lock('db')
})

test('state is read-only', () => {
  // @ts-expect-error read-only
  lock.locked = false
  // @ts-expect-error read-only
  lock.waiting = 0
  // @ts-expect-error read-only
  lock.name = 'other'
})
