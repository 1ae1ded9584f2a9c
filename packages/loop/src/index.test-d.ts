/** The types: what an Op is inferred as, and what does not compile. */
import { describe, expectTypeOf, test } from 'vitest'
import {
  currentTask,
  EventLoop,
  type ExplorationError,
  explore,
  Future,
  gather,
  Lock,
  type Op,
  Queue,
  replay,
  sleep,
  spawn,
  type Task,
} from './index.ts'

describe('Ops', () => {
  test('yield* answers the value of a Future, a task and an Op', () => {
    function* op(): Op<void> {
      const future = new Future<number>()
      expectTypeOf(yield* future).toEqualTypeOf<number>()
      const task = yield* spawn(sleep(1, 'value'))
      expectTypeOf(task).toEqualTypeOf<Task<string>>()
      expectTypeOf(yield* task).toEqualTypeOf<string>()
      expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>()
      expectTypeOf(yield* new Queue<boolean>().get()).toEqualTypeOf<boolean>()
      expectTypeOf(yield* new Lock().run(() => sleep(1, 5))).toEqualTypeOf<number>()
      expectTypeOf(yield* gather(sleep(1, 'a'), future.done ? sleep(1, 'b') : sleep(2, 'c'))).toEqualTypeOf<string[]>()
      expectTypeOf(yield future).toEqualTypeOf<void>()
      expectTypeOf(yield).toEqualTypeOf<void>()
    }
    expectTypeOf(op).returns.toEqualTypeOf<Op<void>>()
  })

  test('nothing else can be yielded', () => {
    function* op(): Op<void> {
      // @ts-expect-error a number
      yield 5
      // @ts-expect-error a promise
      yield Promise.resolve()
    }
    void op
  })
})

test('the loop answers what the Op does', () => {
  const loop = new EventLoop({ clock: 'virtual' })
  expectTypeOf(loop.runUntilComplete(sleep(1, 'value'))).toEqualTypeOf<string>()
  expectTypeOf(loop.runUntilComplete(new Future<number>(loop))).toEqualTypeOf<number>()
  expectTypeOf(loop.createTask(sleep(1, true), 'name')).toEqualTypeOf<Task<boolean>>()
  expectTypeOf(currentTask()).toEqualTypeOf<Task<unknown> | undefined>()
  // @ts-expect-error no such clock
  void new EventLoop({ clock: 'wall' })
})

test('explore() and replay()', () => {
  expectTypeOf(explore(() => sleep(1))).toEqualTypeOf<{ runs: number; complete: boolean }>()
  expectTypeOf(replay(() => sleep(1), '')).toEqualTypeOf<void>()
  expectTypeOf<ExplorationError['schedule']>().toEqualTypeOf<string>()
  expectTypeOf<ExplorationError['cause']>().toEqualTypeOf<unknown>()
})
