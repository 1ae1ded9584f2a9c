import { expectTypeOf, test } from 'vitest'
import type { Permit } from '../index.ts'
import { Semaphore } from '../semaphore/index.ts'
import { BoundedSemaphore } from './index.ts'

test('a BoundedSemaphore is a Semaphore', () => {
  expectTypeOf<BoundedSemaphore>().toExtend<Semaphore>()
  const semaphore = new BoundedSemaphore(2, { name: 'db' })
  expectTypeOf(semaphore.acquire({ permits: 2 })).toEqualTypeOf<Promise<Permit>>()
  // @ts-expect-error a number
  void new BoundedSemaphore('2')
})
