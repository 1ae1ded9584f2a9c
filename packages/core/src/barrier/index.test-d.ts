import { expectTypeOf, test } from 'vitest'
import { Barrier } from './index.ts'

const barrier = new Barrier(3, { name: 'phase' })

test('what it answers', () => {
  expectTypeOf(barrier.wait()).toEqualTypeOf<Promise<number>>()
  expectTypeOf(barrier.reset()).toEqualTypeOf<void>()
  expectTypeOf(barrier.abort()).toEqualTypeOf<void>()
  expectTypeOf(barrier.parties).toEqualTypeOf<number>()
  expectTypeOf(barrier.waiting).toEqualTypeOf<number>()
  expectTypeOf(barrier.broken).toEqualTypeOf<boolean>()
  expectTypeOf(barrier.name).toEqualTypeOf<string | undefined>()
})

test('what it refuses', () => {
  // @ts-expect-error how many parties must be told
  void new Barrier()
  // @ts-expect-error a number
  void new Barrier('3')
  // @ts-expect-error the options come second
  void new Barrier({ parties: 3 })
  // @ts-expect-error read-only
  barrier.parties = 4
  // @ts-expect-error abort() breaks it
  barrier.broken = true
})
