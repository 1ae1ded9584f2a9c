import { expectTypeOf, test } from 'vitest'
import { observeWaits, type Wait, type WaitObserver } from './index.ts'

test('answers a function that ends it', () => {
  expectTypeOf(observeWaits({})).toEqualTypeOf<() => void>()
})

test('a wait says what it waits for, and can be cancelled', () => {
  expectTypeOf<Wait['primitive']>().toEqualTypeOf<object>()
  expectTypeOf<Wait['operation']>().toEqualTypeOf<'acquire' | 'wait' | 'get' | 'put' | 'join'>()
  expectTypeOf<Wait['cancel']>().toEqualTypeOf<(reason: unknown) => boolean>()
})

test('an observer hears any of three things', () => {
  void observeWaits({
    parked: (wait) => expectTypeOf(wait).toEqualTypeOf<Wait>(),
    woken: (wait) => expectTypeOf(wait).toEqualTypeOf<Wait>(),
    cancelled(wait, reason) {
      expectTypeOf(wait).toEqualTypeOf<Wait>()
      expectTypeOf(reason).toEqualTypeOf<unknown>()
    },
  })
  expectTypeOf<keyof WaitObserver>().toEqualTypeOf<'parked' | 'woken' | 'cancelled'>()
  // @ts-expect-error no such event
  void observeWaits({ granted: () => {} })
  // @ts-expect-error a function
  void observeWaits({ parked: true })
  // @ts-expect-error an observer is needed
  void observeWaits()
})

test('a wait is read-only', () => {
  const write = (wait: Wait): void => {
    // @ts-expect-error read-only
    wait.operation = 'get'
    // @ts-expect-error read-only
    wait.primitive = {}
  }
  void write
})
