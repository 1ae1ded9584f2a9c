/**
 * A loop that asks at every step which of what is ready goes next.
 *
 * What can be chosen from: the next step of each task that is ready; of the callbacks, which callSoon() and onDone() promise to call in order,
 * the first; of the timers that are due, each. What the loop does for itself (a sleep that is over, gather() counting) is no choice: it only
 * makes tasks ready, and whichever way these are stepped is chosen afterwards.
 *
 * First among them stands the task that was stepped last, if it can go on; then the others, as they became ready.
 */
import type { Callback } from './callback.ts'
import { LivelockError } from './errors.ts'
import { EventLoop } from './event-loop.ts'
import type { Future } from './future.ts'
import type { Op } from './op.ts'
import { running, type Witness } from './running.ts'
import { Timer } from './timers.ts'

/** So many steps in a row a task may take while others could; then it is their turn. A loop that only waits for them would never end. */
const IN_A_ROW = 100
/** Steps of a run that will not end. */
const TOO_MANY = 100_000

export interface Steering {
  /** Which of `options`, of which there is one at least. `canGoOn`: the first is the task that was stepped last. */
  choose(options: readonly Callback[], canGoOn: boolean): number
  /** It has had its step, and what the loop did for itself after that will follow. */
  stepped?(chosen: Callback): void
  /** Hears what happens in the steps. */
  readonly witness?: Witness | undefined
}

export class SteeredLoop extends EventLoop {
  readonly #steering: Steering
  #last: Callback | undefined
  #inARow = 0
  #steps = 0
  /** A task was made to wait because it had taken too many steps in a row: there are orders that will not be run. */
  unfair = false

  constructor(steering: Steering, onError: (error: unknown) => void) {
    super({ onError })
    this.#steering = steering
  }

  /** Runs `op` to its end, and then what is ready still; time does not move any more. Throws what goes wrong in any of it. */
  play(op: () => Op<unknown>): void {
    running.witness = this.#steering.witness
    try {
      this.runUntilComplete(this.createTask(op(), 'main'))
      running.loop = this
      while (this.ready.some(({ cancelled }) => !cancelled)) this.turn()
    } finally {
      running.loop = undefined
      running.witness = undefined
    }
  }

  override turn(target?: Future<unknown>): void {
    if (!this.collect() && target !== undefined) throw this.deadlock(target)
    const inner = this.ready.filter(({ kind }) => kind === 'inner')
    if (inner.length > 0) {
      this.ready = this.ready.filter(({ kind }) => kind !== 'inner')
      for (const callback of inner) this.call(callback)
      return
    }
    if (++this.#steps > TOO_MANY) throw new LivelockError(`The run has not ended after ${TOO_MANY} steps`)
    const options = this.#options()
    const canGoOn = options[0] === this.#last
    const chosen = options[this.#steering.choose(options, canGoOn)]!
    this.ready.splice(this.ready.indexOf(chosen), 1)
    if (chosen.kind === 'task') {
      this.#inARow = chosen === this.#last ? this.#inARow + 1 : 0
      this.#last = chosen
    }
    this.call(chosen)
    this.#steering.stepped?.(chosen)
  }

  #options(): Callback[] {
    const options: Callback[] = []
    let callback = false
    for (const one of this.ready) {
      if (one.cancelled) continue
      if (one.kind === 'own' && !(one instanceof Timer)) {
        if (callback) continue
        callback = true
      }
      if (one === this.#last) options.unshift(one)
      else options.push(one)
    }
    if (options[0] === this.#last && options.length > 1 && this.#inARow >= IN_A_ROW) {
      this.unfair = true
      options.shift()
    }
    return options
  }
}
