import { expectTypeOf, test } from 'vitest'
import { Abort, Barrier, type Handle, Space } from '../index.ts'

const barrier = new Barrier(3, { name: 'phase', space: new Space() })

test('what it answers', () => {
  expectTypeOf(Barrier.from(barrier.handle, { name: 'here' })).toEqualTypeOf<Barrier>()
  expectTypeOf(barrier.handle).toEqualTypeOf<Handle>()
  expectTypeOf(barrier.wait({ timeout: 5, signal: new Abort().signal })).toEqualTypeOf<Promise<number>>()
  expectTypeOf(barrier.waitSync({ timeout: 5, abort: new Abort() })).toEqualTypeOf<number>()
  expectTypeOf(barrier.reset()).toEqualTypeOf<void>()
  expectTypeOf(barrier.abort()).toEqualTypeOf<void>()
  expectTypeOf(barrier.parties).toEqualTypeOf<number>()
  expectTypeOf(barrier.waiting).toEqualTypeOf<number>()
  expectTypeOf(barrier.broken).toEqualTypeOf<boolean>()
})

test('what it refuses', () => {
  // @ts-expect-error how many parties must be told
  void new Barrier()
  // @ts-expect-error a number
  void new Barrier('3')
  // @ts-expect-error a blocked thread hears no signal
  barrier.waitSync({ signal: new Abort().signal })
  // @ts-expect-error read-only
  barrier.parties = 4
  // @ts-expect-error abort() breaks it
  barrier.broken = true
})
