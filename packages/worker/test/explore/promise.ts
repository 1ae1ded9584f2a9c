/**
 * A Promise whose microtasks the explorer runs: the same order each time, and all within one synchronous call.
 *
 * What the package does with promises, and no more: it makes them, resolves and rejects them, and reacts to them.
 */

/** Thrown through a thread that is given up, to be run again later. No handler of the thread's may take it for an error of its own. */
export const GIVEN_UP: unique symbol = Symbol('given up')

/** The microtasks of one thread. */
export class Microtasks {
  #tasks: (() => void)[] = []

  readonly queue = (task: () => void): void => {
    this.#tasks.push(task)
  }

  clear(): void {
    this.#tasks = []
  }

  run(): void {
    for (let next = 0; next < this.#tasks.length; next++) this.#tasks[next]!()
    this.#tasks = []
  }
}

type Settle = (value: unknown) => void

export type PromiseClass = new (executor: (resolve: Settle, reject: Settle) => void) => ModelPromise

export interface ModelPromise {
  then(fulfilled?: unknown, rejected?: unknown): ModelPromise
}

/** A class of promises for one thread. */
export function promisesOf(microtasks: Microtasks): PromiseClass & {
  resolve(value?: unknown): ModelPromise
  reject(reason: unknown): ModelPromise
} {
  return class Model implements ModelPromise {
    #state: 'pending' | 'fulfilled' | 'rejected' = 'pending'
    #value: unknown
    #reactions: (() => void)[] = []

    constructor(executor: (resolve: Settle, reject: Settle) => void) {
      let resolved = false
      const once = (settle: Settle) => (value: unknown) => {
        if (resolved) return
        resolved = true
        settle(value)
      }
      const reject = once((reason) => this.#settle('rejected', reason))
      const resolve = once((value) => this.#resolve(value))
      try {
        executor(resolve, reject)
      } catch (error) {
        if (error === GIVEN_UP) throw error
        reject(error)
      }
    }

    static resolve(value?: unknown): ModelPromise {
      return value instanceof Model ? value : new Model((resolve) => resolve(value))
    }

    static reject(reason: unknown): ModelPromise {
      return new Model((_, reject) => reject(reason))
    }

    // oxlint-disable-next-line unicorn/no-thenable -- it is a promise.
    then(fulfilled?: unknown, rejected?: unknown): ModelPromise {
      return new Model((resolve, reject) => {
        const react = (): void => {
          const handler = this.#state === 'fulfilled' ? fulfilled : rejected
          if (typeof handler !== 'function') return (this.#state === 'fulfilled' ? resolve : reject)(this.#value)
          try {
            resolve((handler as (value: unknown) => unknown)(this.#value))
          } catch (error) {
            if (error === GIVEN_UP) throw error
            reject(error)
          }
        }
        if (this.#state === 'pending') this.#reactions.push(react)
        else microtasks.queue(react)
      })
    }

    catch(rejected: unknown): ModelPromise {
      return this.then(undefined, rejected)
    }

    finally(fn: () => unknown): ModelPromise {
      return this.then(
        (value: unknown) => Model.resolve(fn()).then(() => value),
        (reason: unknown) => Model.resolve(fn()).then(() => Model.reject(reason)),
      )
    }

    #resolve(value: unknown): void {
      const then = (value as ModelPromise | null | undefined)?.then
      if (typeof then !== 'function') return this.#settle('fulfilled', value)
      microtasks.queue(() => {
        let settled = false
        const once = (settle: Settle) => (result: unknown) => {
          if (!settled) settle(result)
          settled = true
        }
        then.call(
          value as ModelPromise,
          once((result) => this.#resolve(result)),
          once((reason) => this.#settle('rejected', reason)),
        )
      })
    }

    #settle(state: 'fulfilled' | 'rejected', value: unknown): void {
      this.#state = state
      this.#value = value
      for (const reaction of this.#reactions) microtasks.queue(reaction)
      this.#reactions = []
    }
  }
}
