import type { Context } from '@interlock/contextvar'
import type { WaitOptions } from '@interlock/core'
import { describe, expectTypeOf, test } from 'vitest'
import {
  CancelledError,
  createTask,
  currentTask,
  gather,
  gatherSettled,
  InvalidStateError,
  type Job,
  Scheduler,
  type SchedulerOptions,
  type SignalOptions,
  shield,
  sleep,
  type SleepOptions,
  type Task,
  type TaskGroup,
  taskGroup,
  type TaskOptions,
  timeout,
  wait,
  type WaitForTasksOptions,
} from './index.ts'

declare const task: Task<number>
declare const signal: AbortSignal
declare const context: Context

describe('tasks', () => {
  test('createTask has the type of what the job comes to', () => {
    expectTypeOf(createTask(() => 1)).toEqualTypeOf<Task<number>>()
    expectTypeOf(createTask(async () => 'a')).toEqualTypeOf<Task<string>>()
    expectTypeOf(createTask(() => task)).toEqualTypeOf<Task<number>>()
    expectTypeOf(createTask(() => {})).toEqualTypeOf<Task<void>>()
    expectTypeOf(createTask<number>)
      .parameter(0)
      .toEqualTypeOf<Job<number>>()
  })

  test('a job takes a signal, or nothing', () => {
    expectTypeOf<Job<number>>().parameters.toEqualTypeOf<[signal: AbortSignal]>()
    expectTypeOf<Job<number>>().returns.toEqualTypeOf<number | PromiseLike<number>>()
    void createTask((given) => {
      expectTypeOf(given).toEqualTypeOf<AbortSignal>()
    })
    // @ts-expect-error a function, not a promise
    void createTask(Promise.resolve(1))
    // @ts-expect-error it is given a signal and nothing else
    void createTask((given: AbortSignal, more: string) => more)
  })

  test('options', () => {
    expectTypeOf<{ name: string; context: Context; signal: AbortSignal }>().toExtend<TaskOptions>()
    expectTypeOf<TaskOptions['signal']>().toEqualTypeOf<AbortSignal | null | undefined>()
    void createTask(() => 1, { name: 'a', context, signal })
    void createTask(() => 1, {})
    // @ts-expect-error a string
    void createTask(() => 1, { name: 5 })
    // @ts-expect-error a Context
    void createTask(() => 1, { context: new Map() })
    // @ts-expect-error a signal
    void createTask(() => 1, { signal: new AbortController() })
  })

  test('what a task answers', async () => {
    expectTypeOf(task.name).toEqualTypeOf<string>()
    expectTypeOf(task.signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(task.done).toEqualTypeOf<boolean>()
    expectTypeOf(task.cancelled).toEqualTypeOf<boolean>()
    expectTypeOf(task.cancelling).toEqualTypeOf<number>()
    expectTypeOf(task.cancel()).toEqualTypeOf<boolean>()
    expectTypeOf(task.cancel).parameter(0).toEqualTypeOf<unknown>()
    expectTypeOf(task.uncancel()).toEqualTypeOf<number>()
    expectTypeOf(task.result()).toEqualTypeOf<number>()
    expectTypeOf(task.error()).toEqualTypeOf<unknown>()
    expectTypeOf(await task).toEqualTypeOf<number>()
    expectTypeOf(task).toExtend<PromiseLike<number>>()
    expectTypeOf(task).toExtend<AsyncDisposable>()
    // @ts-expect-error read-only
    task.name = 'b'
    // @ts-expect-error read-only
    task.cancelled = true
  })

  test('then, catch and finally are a promise’s own', () => {
    expectTypeOf(task.then((value) => String(value))).toEqualTypeOf<Promise<string>>()
    expectTypeOf(task.then(undefined, () => 'a')).toEqualTypeOf<Promise<number | string>>()
    expectTypeOf(task.then(null)).toEqualTypeOf<Promise<number>>()
    expectTypeOf(task.catch(() => null)).toEqualTypeOf<Promise<number | null>>()
    expectTypeOf(task.finally(() => {})).toEqualTypeOf<Promise<number>>()
    expectTypeOf(task.then).toExtend<Promise<number>['then']>()
    expectTypeOf(task.catch).toExtend<Promise<number>['catch']>()
    expectTypeOf(task.finally).toExtend<Promise<number>['finally']>()
    expectTypeOf(Promise.all([task, createTask(() => 'a')])).toEqualTypeOf<Promise<[number, string]>>()
  })

  test('a task of a narrower type is one of a wider', () => {
    expectTypeOf<Task<1>>().toExtend<Task<number>>()
    expectTypeOf<Task<number>>().toExtend<Task<unknown>>()
    expectTypeOf<Task<string>>().not.toExtend<Task<number>>()
  })

  test('currentTask', () => {
    expectTypeOf(currentTask()).toEqualTypeOf<Task<unknown> | undefined>()
  })
})

describe('waits', () => {
  test('sleep: a value, or none, and its options at the end', () => {
    expectTypeOf(sleep(1)).toEqualTypeOf<Promise<void>>()
    expectTypeOf(sleep(1, { signal })).toEqualTypeOf<Promise<void>>()
    expectTypeOf(sleep(1, 'a')).toEqualTypeOf<Promise<string>>()
    expectTypeOf(sleep(1, 'a', { signal })).toEqualTypeOf<Promise<string>>()
    expectTypeOf<{ signal: AbortSignal }>().toExtend<SleepOptions>()
    // @ts-expect-error a number
    void sleep('1')
  })

  test('gather: a tuple, in the order of the jobs', () => {
    expectTypeOf(
      gather(
        () => 1,
        async () => 'a',
        () => task,
      ),
    ).toEqualTypeOf<Promise<[number, string, number]>>()
    expectTypeOf(gather()).toEqualTypeOf<Promise<[]>>()
    expectTypeOf(gather(...[1, 2].map((value) => () => value))).toEqualTypeOf<Promise<number[]>>()
    // @ts-expect-error jobs are arguments
    void gather([() => 1])
    // @ts-expect-error functions, not promises
    void gather(Promise.resolve(1))
  })

  test('gatherSettled: a tuple of outcomes', () => {
    expectTypeOf(
      gatherSettled(
        () => 1,
        async () => 'a',
      ),
    ).toEqualTypeOf<Promise<[PromiseSettledResult<number>, PromiseSettledResult<string>]>>()
  })

  test('wait: two sets of the tasks', () => {
    expectTypeOf(wait([task])).toEqualTypeOf<Promise<{ done: Set<Task<number>>; pending: Set<Task<number>> }>>()
    expectTypeOf(wait(new Set([task]), { until: 'first', timeout: 5, signal })).resolves.toHaveProperty('done')
    expectTypeOf<WaitOptions>().toExtend<WaitForTasksOptions>()
    expectTypeOf<WaitForTasksOptions['until']>().toEqualTypeOf<'all' | 'first' | 'firstError' | undefined>()
    void wait([task, createTask(() => 'a')] as (Task<number> | Task<string>)[] as Task<unknown>[])
    // @ts-expect-error an iterable of tasks
    void wait(task)
    // @ts-expect-error tasks, not promises
    void wait([Promise.resolve(1)])
    // @ts-expect-error one of three
    void wait([task], { until: 'last' })
  })

  test('timeout and shield have the type of the job and of the task', () => {
    expectTypeOf(timeout(5, async () => 'a')).toEqualTypeOf<Promise<string>>()
    expectTypeOf(timeout(5, () => 1, { signal })).toEqualTypeOf<Promise<number>>()
    expectTypeOf(timeout<number>)
      .parameter(1)
      .toEqualTypeOf<Job<number>>()
    expectTypeOf<SignalOptions['signal']>().toEqualTypeOf<AbortSignal | null | undefined>()
    expectTypeOf(shield(task)).toEqualTypeOf<Promise<number>>()
    // @ts-expect-error a function, not a promise
    void timeout(5, Promise.resolve(1))
    // @ts-expect-error the time comes first
    void timeout(() => 1, 5)
    // @ts-expect-error a task, not a promise
    void shield(Promise.resolve(1))
  })

  test('taskGroup has the type of the body; spawn of the job', () => {
    expectTypeOf(taskGroup(async () => 'a')).toEqualTypeOf<Promise<string>>()
    expectTypeOf(taskGroup(() => 1, { signal })).toEqualTypeOf<Promise<number>>()
    void taskGroup((group) => {
      expectTypeOf(group).toEqualTypeOf<TaskGroup>()
      expectTypeOf(group.spawn(async () => 'a')).toEqualTypeOf<Task<string>>()
      expectTypeOf(group.spawn(() => 1, { name: 'a', context, signal })).toEqualTypeOf<Task<number>>()
      expectTypeOf(group.cancel()).toEqualTypeOf<void>()
      // @ts-expect-error a function, not a promise
      group.spawn(Promise.resolve(1))
    })
  })
})

describe('Scheduler', () => {
  test('construction', () => {
    expectTypeOf(Scheduler).constructorParameters.toEqualTypeOf<
      [period: number, job: Job<unknown>, options?: SchedulerOptions | undefined]
    >()
    void new Scheduler(5, async () => {}, { overlap: 'queue', onError: (error) => expectTypeOf(error).toBeUnknown() })
    expectTypeOf<SchedulerOptions['overlap']>().toEqualTypeOf<true | 'queue' | 'skip' | undefined>()
    // @ts-expect-error there is no such overlap
    void new Scheduler(5, () => {}, { overlap: false })
    // @ts-expect-error the period comes first
    void new Scheduler(() => {}, 5)
  })

  test('what it answers', () => {
    const scheduler = new Scheduler(5, () => {})
    expectTypeOf(scheduler.start()).toEqualTypeOf<Scheduler>()
    expectTypeOf(scheduler.stop()).toEqualTypeOf<Promise<void>>()
    expectTypeOf(scheduler.running).toEqualTypeOf<number>()
    expectTypeOf(scheduler.started).toEqualTypeOf<boolean>()
    expectTypeOf(scheduler).toExtend<AsyncDisposable>()
    // @ts-expect-error read-only
    scheduler.running = 1
  })
})

describe('errors', () => {
  test('are Errors with a code; the cause is any reason', () => {
    expectTypeOf<CancelledError>().toExtend<Error>()
    expectTypeOf<InvalidStateError>().toExtend<Error>()
    expectTypeOf(new CancelledError('a').code).toEqualTypeOf<string>()
    expectTypeOf(new InvalidStateError('a').code).toEqualTypeOf<string>()
    expectTypeOf(new CancelledError('a').cause).toEqualTypeOf<unknown>()
  })
})
