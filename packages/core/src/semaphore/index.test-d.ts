import { expectTypeOf, test } from 'vitest'
import type { Permit } from '../index.ts'
import { Semaphore } from './index.ts'

const semaphore = new Semaphore(2, { name: 'db' })

test('what it answers', () => {
  expectTypeOf(semaphore.acquire()).toEqualTypeOf<Promise<Permit>>()
  expectTypeOf(semaphore.tryAcquire()).toEqualTypeOf<Permit | null>()
  expectTypeOf(semaphore.tryAcquire(2)).toEqualTypeOf<Permit | null>()
  expectTypeOf(semaphore.release()).toEqualTypeOf<void>()
  expectTypeOf(semaphore.run(async () => 1, { permits: 2 })).toEqualTypeOf<Promise<number>>()
  expectTypeOf(semaphore.value).toEqualTypeOf<number>()
  expectTypeOf(semaphore.locked).toEqualTypeOf<boolean>()
  expectTypeOf(semaphore.waiting).toEqualTypeOf<number>()
  expectTypeOf(semaphore.name).toEqualTypeOf<string | undefined>()
})

test('wait options carry the number of permits', () => {
  void semaphore.acquire({ permits: 2, signal: new AbortController().signal, timeout: 5 })
  void semaphore.run(() => 1, { permits: 2, timeout: 5 })
  // @ts-expect-error the number goes into the options
  void semaphore.acquire(2)
  // @ts-expect-error a number
  void semaphore.acquire({ permits: '2' })
  // @ts-expect-error a number
  semaphore.release('2')
  // @ts-expect-error a number
  semaphore.tryAcquire({ permits: 2 })
})

test('construction', () => {
  expectTypeOf(Semaphore).toBeConstructibleWith()
  expectTypeOf(Semaphore).toBeConstructibleWith(2)
  // @ts-expect-error the options come second
  void new Semaphore({ name: 'db' })
  // @ts-expect-error a number
  void new Semaphore('2')
})

test('state is read-only', () => {
  // @ts-expect-error read-only
  semaphore.value = 3
  // @ts-expect-error read-only
  semaphore.locked = false
})
