/** Runs Ops on a loop of their own, and writes down what happens. */
import { EventLoop, type Op, spawn, type Task } from '../src/index.ts'

/** The value of `op`, run on a new loop. */
export const run = <T>(op: Op<T>, loop: EventLoop = new EventLoop()): T => loop.runUntilComplete(op)

/** What `call` throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** Turns of the loop. */
export function* turns(count: number): Op<void> {
  for (let left = count; left > 0; left--) yield
}

/** A task that waits by `op`, and says in `log` when it begins, goes on or is cancelled. */
export function* waiting<T>(log: string[], name: string, op: () => Op<T>): Op<Task<void>> {
  function* body(): Op<void> {
    try {
      const value = yield* op()
      log.push(value === undefined ? name : `${name}: ${String(value)}`)
    } catch (error) {
      log.push(`${name}: ${(error as Error).name}`)
      throw error
    }
  }
  return yield* spawn(body(), name)
}

/** Waits for tasks, whatever becomes of them. */
export function* settled(...tasks: Task<unknown>[]): Op<void> {
  for (const task of tasks) {
    try {
      yield* task
    } catch {
      // It has said so itself.
    }
  }
}
