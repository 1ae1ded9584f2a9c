/** A run of core beside its reference: every action is done to both, and after it they must agree. */
import { note, type Op } from '@interlock/loop'
import { listen, type Listener, StandIn } from './stand-in.ts'
import type { Reference } from './reference.ts'

/** One for all: to make an error for each abort would take most of the time. */
export const REASON: Error = new Error('aborted')

export class Broken extends Error {
  override readonly name = 'Broken'
}

export interface Options {
  signal?: AbortSignal
  timeout?: number
}

/** One that may abort: those who wait with its signal give up. */
export class Aborter {
  readonly controller: AbortController = new AbortController()
  readonly calls: number[] = []

  get aborted(): boolean {
    return this.controller.signal.aborted
  }
}

export class Trial implements Listener {
  calling: number | undefined
  readonly #reference: Reference
  readonly #shown: () => object
  readonly #numbers = new Map<unknown, number>()
  readonly #settled: { promise: StandIn<unknown>; how: 'fulfilled' | 'rejected' }[] = []
  /** Calls that did not have to wait. They have no place in the order of those that did. */
  readonly #atOnce = new Set<number>()
  #calls = 0

  /** `shown`: what the primitive says of itself; the reference has the like in `shown`. */
  constructor(reference: Reference, shown: () => object) {
    this.#reference = reference
    this.#shown = shown
    listen(this)
  }

  /** A call that may wait, made on both. */
  call<T>(
    make: (options: Options) => Promise<T>,
    expect: (id: number) => void,
    aborter?: Aborter,
    timeout?: number,
  ): { id: number; outcome: () => Op<T> } {
    const id = this.#calls++
    const options: Options = {}
    if (aborter !== undefined) options.signal = aborter.controller.signal
    if (timeout !== undefined) options.timeout = timeout
    this.calling = id
    note(`call ${id}`)
    const answer: unknown = make(options)
    this.calling = undefined
    // Core keeps one promise for all that is had at once and is worth nothing; it was made before there were stand-ins.
    const promise = answer instanceof StandIn ? (answer as StandIn<T>) : StandIn.resolve(undefined as T)
    this.#numbers.set(promise, id)
    if (aborter?.aborted === true) this.#reference.refuse(id)
    else {
      aborter?.calls.push(id)
      expect(id)
    }
    if (promise.future.done) this.#atOnce.add(id)
    same(() => `call ${id}, had at once`, [promise.future.done], [this.#reference.isSettled(id)])
    this.#agree(`call ${id}`)
    return { id, outcome: () => promise.future[Symbol.iterator]() }
  }

  /** Anything else that both do. */
  act(what: string, real: () => void, expected: () => void): void {
    note(what)
    real()
    expected()
    this.#agree(what)
  }

  abort(aborter: Aborter): void {
    this.act(
      'an abort',
      () => aborter.controller.abort(REASON),
      () => this.giveUp(aborter),
    )
  }

  /** An abort, to the reference. */
  giveUp(aborter: Aborter): void {
    this.#reference.giveUp(aborter.calls)
  }

  settled(promise: StandIn<unknown>, how: 'fulfilled' | 'rejected'): void {
    this.#settled.push({ promise, how })
  }

  reaction(react: () => void): void {
    this.act('a reaction', react, () => this.#reference.react())
  }

  rang(call: number | undefined, ring: () => void): void {
    this.act(`the timer of call ${call}`, ring, () => this.#reference.giveUp([call!]))
  }

  #agree(after: string): void {
    for (const how of ['fulfilled', 'rejected'] as const) {
      const real: number[] = []
      for (const one of this.#settled) {
        const id = one.how === how ? this.#numbers.get(one.promise) : undefined
        if (id !== undefined && !this.#atOnce.has(id)) real.push(id)
      }
      const expected = this.#reference[how].filter((id) => !this.#atOnce.has(id))
      same(() => `after ${after}, ${how} calls`, real, expected)
    }
    same(() => `after ${after}, shown`, this.#shown(), this.#reference.shown)
  }
}

/** That two flat objects, or arrays, have the same in the same places. */
function same(what: () => string, real: object, expected: object): void {
  const [a, b] = [Object.values(real), Object.values(expected)]
  if (a.length === b.length && a.every((value, place) => value === b[place])) return
  throw new Broken(`${what()}: ${JSON.stringify(real)}, and by the reference ${JSON.stringify(expected)}`)
}
