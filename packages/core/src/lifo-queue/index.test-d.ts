import { expectTypeOf, test } from 'vitest'
import { Queue } from '../queue/index.ts'
import { LifoQueue } from './index.ts'

test('is a Queue of the same items', () => {
  expectTypeOf<LifoQueue<string>>().toExtend<Queue<string>>()
  const queue = new LifoQueue<string>(5, { name: 'stack' })
  expectTypeOf(queue.getNowait()).toEqualTypeOf<string>()
  // @ts-expect-error not a string
  queue.putNowait(5)
  // @ts-expect-error a LifoQueue has no order but that of the puts
  void new LifoQueue<number>(0, { compare: (a: number, b: number) => a - b })
})
