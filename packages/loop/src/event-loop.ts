/**
 * EventLoop: a queue of what is ready, a heap of what is due later, and a clock. That is all.
 *
 * A turn: if nothing is ready, the clock moves to the earliest timer; timers that are due join the queue, after what is ready; then exactly
 *   what is in the queue is called, one after the other. What they make ready waits for the next turn.
 * Order: first ready, first called. Timers by deadline, and by when they were set where that is equal. There is no chance in it: the same
 *   program does the same each time.
 */
import { callable, milliseconds, mistyped, operation, optionsObject } from './argument.ts'
import { Callback, type Handle } from './callback.ts'
import { type Clock, RealClock, VirtualClock } from './clock.ts'
import { DeadlockError, InvalidStateError } from './errors.ts'
import { Future } from './future.ts'
import type { Op } from './op.ts'
import { running, touch } from './running.ts'
import { Task } from './task.ts'
import { Timers } from './timers.ts'

export interface EventLoopOptions {
  /** `'virtual'` (unless told): time moves only when nothing is ready. `'real'`: the time on the wall; the loop waits in its thread. */
  clock?: 'virtual' | 'real' | undefined
  /** Hears the errors of callbacks, and at close() those that nobody has read. `console.error` unless told. */
  onError?: ((error: unknown) => void) | undefined
}

/**
 * Runs tasks, one step at a time, in a time of its own.
 *
 * Use it to learn what an event loop is, to test code that waits without waiting, and, through explore(), to run a program in every order.
 * It is no replacement for the host's own loop: while it runs, nothing else does.
 *
 * Semantics: asyncio's loop with its `run_until_complete`. All is O(1), timers O(log timers).
 *
 * @throws TypeError and RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { EventLoop, sleep } from '@interlock/loop'
 *
 * function* nap() {
 *   yield* sleep(24 * 60 * 60 * 1000)
 *   return 'rested'
 * }
 * const loop = new EventLoop()
 * loop.runUntilComplete(nap()) // => 'rested'
 * loop.time() // => 86_400_000
 * ```
 */
export class EventLoop {
  /** What is to be called, in order. @internal */
  ready: Callback[] = []
  /** Those that are not done, in the order in which they were made. @internal */
  readonly tasks: Set<Task<any>> = new Set()
  /** What failed, and nobody knows. @internal */
  readonly unread: Set<Future<any>> = new Set()
  readonly #timers = new Timers()
  readonly #clock: Clock
  readonly #onError: ((error: unknown) => void) | undefined
  #names = 0
  #state: 'open' | 'closing' | 'closed' = 'open'

  constructor(options?: EventLoopOptions) {
    const { clock = 'virtual', onError } = optionsObject(options) ?? {}
    if (clock !== 'virtual' && clock !== 'real') throw mistyped('clock', "'virtual' or 'real'", clock)
    if (onError !== undefined) callable('onError', onError)
    this.#clock = clock === 'real' ? new RealClock() : new VirtualClock()
    this.#onError = onError
  }

  /** Milliseconds since the loop began, on its own clock. */
  time(): number {
    return this.#clock.now()
  }

  /** Calls `fn` with the next turn. @throws TypeError when it is no function; InvalidStateError when the loop is closed. */
  callSoon(fn: () => void): Handle {
    callable('fn', fn)
    this.#mustBeOpen('callSoon()')
    const callback = new Callback(fn, 'own')
    this.soon(callback)
    return callback
  }

  /**
   * Calls `fn` in `ms` milliseconds, or with the next turn if that is 0 or less.
   *
   * @throws TypeError when `fn` is no function; TypeError or RangeError when `ms` is no number; InvalidStateError when the loop is closed.
   */
  callLater(ms: number, fn: () => void): Handle {
    milliseconds(ms)
    callable('fn', fn)
    this.#mustBeOpen('callLater()')
    touch(this)
    return this.timer(ms, fn, 'own')
  }

  /**
   * Runs `op` beside what runs, from the next turn on.
   *
   * @throws TypeError when `op` is no Op or `name` no string; InvalidStateError when the loop is closed, or `op` is another task's.
   */
  createTask<T>(op: Op<T>, name?: string): Task<T> {
    return new Task(this, op, name)
  }

  /**
   * Runs until `op` has ended, and answers its value or throws its error. Other tasks stay as they are then, for a next call.
   *
   * @throws DeadlockError, naming the tasks that wait, when nothing can run any more; InvalidStateError when a loop is running, or this one is
   *   closed; TypeError when `op` is neither Op nor Future.
   */
  runUntilComplete<T>(op: Op<T> | Future<T>): T {
    if (!(op instanceof Future)) operation('op', op, ', or a Future')
    this.#mustBeOpen('runUntilComplete()')
    if (running.loop !== undefined)
      throw new InvalidStateError('runUntilComplete() inside a loop that is running: use yield*')
    const target = op instanceof Future ? op : new Task(this, op)
    target.loop ??= this
    if (target.loop !== this) throw new InvalidStateError(`${target} belongs to another loop`)
    const now = { over: false }
    const end = new Callback(() => void (now.over = true), 'inner')
    target.whenDone(end)
    running.loop = this
    try {
      while (!now.over) this.turn(target)
    } finally {
      running.loop = undefined
      end.cancel()
    }
    return target.result()
  }

  /**
   * Ends all tasks that are not done, which runs their `finally` blocks; these cannot wait any more. Nothing can be run afterwards. Calling it
   * again does nothing.
   *
   * @throws InvalidStateError while the loop runs. Without an `onError`, what goes wrong in the closing, an AggregateError if it is several.
   */
  close(): void {
    if (this.#state === 'closed') return
    if (running.loop !== undefined) throw new InvalidStateError('close() inside a loop that is running')
    const errors: unknown[] = [...this.unread].map((future) => future.error())
    this.#state = 'closing'
    running.loop = this
    for (const task of this.tasks) {
      try {
        task.close()
      } catch (error) {
        errors.push(error)
      }
    }
    running.loop = undefined
    this.#state = 'closed'
    this.tasks.clear()
    this.unread.clear()
    this.ready = []
    if (this.#onError !== undefined) for (const error of errors) this.#onError(error)
    else if (errors.length === 1) throw errors[0]
    else if (errors.length > 1) throw new AggregateError(errors, `${errors.length} errors while the loop was closing`)
  }

  toString(): string {
    const state = this.#state === 'open' ? (running.loop === this ? 'running' : 'idle') : this.#state
    return `EventLoop <${state}, time: ${this.time()}>`
  }

  /** One turn. @internal */
  turn(target: Future<unknown>): void {
    if (!this.collect()) throw this.deadlock(target)
    const batch = this.ready
    this.ready = []
    let next = 0
    try {
      while (next < batch.length) this.call(batch[next++]!)
    } finally {
      // Only if onError threw: nothing is lost.
      if (next < batch.length) this.ready = [...batch.slice(next), ...this.ready]
    }
  }

  /** Puts what is due into the queue, waiting for it if nothing is ready. False if there will never be anything. @internal */
  collect(): boolean {
    if (!this.ready.some((callback) => !callback.cancelled)) {
      const first = this.#timers.first()
      if (first === undefined) return false
      this.#clock.waitUntil(first.deadline)
    }
    const now = this.time()
    for (let timer = this.#timers.due(now); timer !== undefined; timer = this.#timers.due(now)) this.ready.push(timer)
    return true
  }

  /** @internal */
  call(callback: Callback): void {
    if (callback.cancelled) return
    try {
      callback.call()
    } catch (error) {
      this.report(error)
    }
  }

  /** @internal */
  soon(callback: Callback): void {
    // Callbacks are called in order: in which they came is seen by all.
    if (callback.kind === 'own') touch(this)
    this.ready.push(callback)
  }

  /** @internal */
  report(error: unknown): void {
    if (this.#onError === undefined) console.error(error)
    else this.#onError(error)
  }

  /** @internal */
  timer(ms: number, fn: () => void, kind: Callback['kind']): Handle {
    const deadline = this.time() + Math.max(0, ms)
    // Never: no time will come at which nothing but this is left to wait for.
    return deadline === Infinity ? new Callback(fn, kind) : this.#timers.add(fn, kind, deadline)
  }

  /** Takes a new task in, and answers its name. @internal */
  admit(task: Task<any>, name: string | undefined): string {
    this.#mustBeOpen('createTask()')
    this.tasks.add(task)
    // Who takes a number changes that of the next.
    if (name === undefined) touch(this)
    return name ?? `Task-${++this.#names}`
  }

  /** @internal */
  deadlock(target: Future<unknown>): DeadlockError {
    const tasks = [...this.tasks]
    const waits = tasks.map((task) => `${JSON.stringify(task.name)} waits for ${task.waitsFor}`)
    const what = waits.length === 0 ? `${target} is pending, and no task is left` : waits.join('; ')
    const [unread] = this.unread
    return new DeadlockError(`Nothing can run any more: ${what}`, {
      blocked: tasks.map(({ name }) => name),
      // Most often it is why the others wait.
      ...(unread === undefined ? {} : { cause: unread.error() }),
    })
  }

  #mustBeOpen(method: string): void {
    if (this.#state !== 'open') throw new InvalidStateError(`${method} of a loop that is ${this.#state}`)
  }
}
