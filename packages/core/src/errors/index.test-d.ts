import { expectTypeOf, test } from 'vitest'
import { BrokenBarrierError, NotAcquiredError, QueueEmptyError, QueueFullError, QueueShutDownError } from './index.ts'

test('each is an Error with a code', () => {
  expectTypeOf<NotAcquiredError>().toExtend<Error & { readonly code: string }>()
  expectTypeOf<QueueEmptyError>().toExtend<Error & { readonly code: string }>()
  expectTypeOf<QueueFullError>().toExtend<Error & { readonly code: string }>()
  expectTypeOf<QueueShutDownError>().toExtend<Error & { readonly code: string }>()
  expectTypeOf<BrokenBarrierError>().toExtend<Error & { readonly code: string }>()
})

test('code is read-only', () => {
  // @ts-expect-error read-only
  new QueueEmptyError().code = 'ERR_OTHER'
})

test('made like any Error', () => {
  expectTypeOf(QueueFullError).toBeConstructibleWith('what went wrong')
  expectTypeOf(BrokenBarrierError).toBeConstructibleWith('what went wrong', { cause: new Error('why') })
})
