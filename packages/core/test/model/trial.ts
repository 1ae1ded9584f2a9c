/**
 * A trial runs the same commands on a primitive and on its reference, and compares the two after every command: what the
 * primitive shows, what every promise was settled with, and in which order.
 *
 * A reference is the primitive as one would explain it: plain arrays, no promises. It knows each call that may wait by a number.
 * Microtasks run only where a command says `drain`, so that commands also meet grants that are under way. A failure prints
 * the shortest list of commands and the seed; MODEL_SEED and MODEL_RUNS in the environment repeat it or look further.
 */
import { getEventListeners } from 'node:events'
import process from 'node:process'
import fc from 'fast-check'
import { expect, vi } from 'vitest'
import type { Permit } from '../../src/index.ts'
import { observeWaits, type Wait } from '../../src/observe/index.ts'
import { drain } from '../microtasks.ts'

const { MODEL_RUNS, MODEL_SEED } = process.env
// A long look takes longer than a test may.
vi.setConfig({ testTimeout: 600_000 })

const runs = Number(MODEL_RUNS ?? 400)
const parameters: fc.Parameters<unknown> = MODEL_SEED === undefined ? {} : { seed: Number(MODEL_SEED) }

/** How a call that may wait is made: with which signal, with which time-out. */
export interface Manner {
  signal: 'none' | 'own' | 'shared 0' | 'shared 1'
  timeout?: number | undefined
}

export const manner: fc.Arbitrary<Manner> = fc.record(
  {
    signal: fc.constantFrom<Manner['signal']>('none', 'none', 'own', 'own', 'shared 0', 'shared 1'),
    timeout: fc.constantFrom(undefined, 0, 1, 5, Infinity),
  },
  { requiredKeys: ['signal'] },
)

/** The same, as the reference sees it: the signals are names. */
export interface Terms {
  signal: string | undefined
  aborted: boolean
  timeout: number
}

interface Parked {
  id: number
  signal: string | undefined
  deadline: number
}

export abstract class Reference {
  readonly outcomes: Map<number, string> = new Map()
  /** In the order in which they were settled. */
  readonly fulfilled: number[] = []
  readonly rejected: number[] = []
  /** In the order in which they came. */
  protected parked: Parked[] = []
  #now = 0

  /** These wait no more: takes them out, and lets in whom they held back. */
  protected abstract forget(ids: readonly number[]): void

  /** A call that may wait. `take` answers with what it got, or null when it has to wait; then `park` queues it. */
  protected wait(id: number, terms: Terms, take: () => string | null, park: () => void): void {
    if (terms.aborted) return this.reject(id, `aborted: ${terms.signal}`)
    const got = take()
    if (got !== null) return this.fulfil(id, got)
    if (terms.timeout === 0) return this.reject(id, 'TimeoutError')
    this.parked.push({ id, signal: terms.signal, deadline: this.#now + terms.timeout })
    park()
  }

  protected fulfil(id: number, value: string): void {
    this.settle(id, value)
    this.fulfilled.push(id)
  }

  protected reject(id: number, why: string): void {
    this.settle(id, why)
    this.rejected.push(id)
  }

  private settle(id: number, outcome: string): void {
    if (this.outcomes.has(id)) throw new Error(`the reference settles call ${id} twice`)
    this.outcomes.set(id, outcome)
    this.parked = this.parked.filter((wait) => wait.id !== id)
  }

  isParked(id: number): boolean {
    return this.parked.some((wait) => wait.id === id)
  }

  waitsWith(signal: string): boolean {
    return this.parked.some((wait) => wait.signal === signal)
  }

  get timers(): number {
    return this.parked.filter((wait) => wait.deadline !== Infinity).length
  }

  /** All who wait with the signal are rejected before anyone is let in: nobody is served whose signal has aborted. */
  abort(signal: string): void {
    this.giveUp(
      this.parked.filter((wait) => wait.signal === signal).map((wait) => wait.id),
      `aborted: ${signal}`,
    )
  }

  cancel(id: number): void {
    this.giveUp([id], `cancelled: ${id}`)
  }

  advance(ms: number): void {
    const until = this.#now + ms
    for (;;) {
      const next = this.parked.toSorted((a, b) => a.deadline - b.deadline)[0]
      if (next === undefined || next.deadline > until) break
      this.#now = next.deadline
      this.giveUp([next.id], 'TimeoutError')
    }
    this.#now = until
  }

  protected giveUp(ids: readonly number[], why: string): void {
    for (const id of ids) this.reject(id, why)
    this.forget(ids)
  }

  /** The microtasks have run: for what a primitive may do a step later. */
  drained(): void {}
}

/** A reference and the real thing, side by side. */
export interface Subject<Command> {
  reference: Reference
  run(command: Command): void
  /** What the real thing shows, and what the reference says that it should show. */
  shown(): [real: unknown, expected: unknown]
  /**
   * Something that lets a waiter go on, on each side. It is also done by a listener that hears an abort before the library does: then too
   * nobody may be served whose signal has aborted. `unless`: where it would matter which of the two came first.
   */
  letGo?: { real(): unknown; expected(): unknown; unless?(): boolean }
  /** Gives back everything that is held, until nobody waits. Every wait with a signal is over by then. */
  finish(): void | Promise<void>
}

type Common =
  | { do: 'drain' }
  | { do: 'abort'; which: number; letGo: boolean }
  | { do: 'abort shared'; which: 0 | 1; letGo: boolean }
  | { do: 'renew shared'; which: 0 | 1 }
  | { do: 'advance'; ms: number }
  | { do: 'cancel'; which: number }

const common: fc.Arbitrary<Common> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Common>({ do: 'drain' }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('abort'), which: fc.nat(20), letGo: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('abort shared'), which: fc.constantFrom(0, 1), letGo: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew shared'), which: fc.constantFrom(0, 1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.constantFrom(1, 4, 5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel'), which: fc.nat(20) }) },
)

export class Trial {
  #subject!: Subject<never>
  readonly #outcomes: Map<number, string> = new Map()
  readonly #fulfilled: number[] = []
  readonly #rejected: number[] = []
  readonly #unordered: Set<number> = new Set()
  readonly #controllers: Map<string, AbortController> = new Map()
  readonly #shared: [string, string] = ['shared 0.0', 'shared 1.0']
  readonly #reasons: Map<unknown, string> = new Map()
  readonly #waits: Map<number, Wait> = new Map()
  readonly #ended: Set<Wait> = new Set()
  readonly #misseen: string[] = []
  #calls = 0
  #calling: number | undefined
  #hearFirst: (() => void) | undefined
  readonly #stop: () => void

  constructor(observed: boolean) {
    for (const name of this.#shared) this.#addController(name)
    // What an observer throws would be reported elsewhere.
    const ends = (wait: Wait): void => {
      if (this.#ended.has(wait)) this.#misseen.push('a wait that ends twice')
      this.#ended.add(wait)
    }
    this.#stop = observed
      ? observeWaits({
          parked: (wait) => {
            if (this.#calling === undefined) this.#misseen.push('a wait that parks outside a call')
            else if (this.#waits.has(this.#calling)) this.#misseen.push('a call that parks twice')
            else this.#waits.set(this.#calling, wait)
          },
          woken: ends,
          cancelled: ends,
        })
      : () => {}
  }

  /** A number for what is had without waiting: a tryAcquire(). */
  number(): number {
    return this.#calls++
  }

  /** Makes a call that may wait, on both. `unordered`: when it settles, compared with others, is not promised. */
  call<T>(
    how: Manner,
    real: (options: { signal?: AbortSignal; timeout?: number }) => Promise<T>,
    reference: (id: number, terms: Terms) => void,
    show: (value: T, id: number) => string,
    unordered = false,
  ): void {
    const id = this.#calls++
    if (unordered) this.#unordered.add(id)
    const name =
      how.signal === 'own'
        ? `own ${id}`
        : how.signal === 'none'
          ? undefined
          : this.#shared[Number(how.signal.slice(-1)) as 0 | 1]
    if (how.signal === 'own') this.#addController(name!)
    const signal = name === undefined ? undefined : this.#controllers.get(name)!.signal
    const timeout = how.timeout ?? Infinity
    this.#calling = id
    const promise = real({ ...(signal && { signal }), ...('timeout' in how && { timeout: how.timeout }) } as never)
    this.#calling = undefined
    promise.then(
      (value) => {
        this.#outcomes.set(id, show(value, id))
        this.#fulfilled.push(id)
      },
      (reason: unknown) => {
        this.#outcomes.set(id, this.#reasons.get(reason) ?? (reason instanceof Error ? reason.name : String(reason)))
        this.#rejected.push(id)
      },
    )
    reference(id, { signal: name, aborted: signal?.aborted ?? false, timeout })
  }

  /** What both answered. */
  same(real: unknown, expected: unknown): void {
    expect(real, 'what it answered').toBe(expected)
  }

  /** A promise for `drain` alone: to await anything would let microtasks run. */
  run(command: Common, subject: Subject<never>): Promise<void> | undefined {
    this.#subject = subject
    const { reference } = subject
    switch (command.do) {
      case 'drain':
        return this.drain(reference)
      case 'advance':
        vi.advanceTimersByTime(command.ms)
        reference.advance(command.ms)
        return
      case 'abort': {
        const own = [...this.#controllers.keys()].filter((name) => name.startsWith('own'))
        if (own.length > 0) this.#abort(own[command.which % own.length]!, command.letGo)
        return
      }
      case 'abort shared':
        this.#abort(this.#shared[command.which], command.letGo)
        return
      case 'renew shared': {
        const name = `shared ${command.which}.${this.#controllers.size}`
        this.#addController(name)
        this.#shared[command.which] = name
        return
      }
      case 'cancel': {
        const ids = [...this.#waits.keys()]
        if (ids.length > 0) this.#cancel(ids[command.which % ids.length]!)
      }
    }
  }

  async drain(reference: Reference): Promise<void> {
    await drain()
    reference.drained()
  }

  /** Its first listener is ours, and comes before any of the library's. */
  #addController(name: string): void {
    const controller = new AbortController()
    this.#controllers.set(name, controller)
    controller.signal.addEventListener('abort', () => this.#hearFirst?.())
  }

  #abort(name: string, letGo: boolean): void {
    const controller = this.#controllers.get(name)!
    if (controller.signal.aborted) return
    const reason = { aborted: name }
    this.#reasons.set(reason, `aborted: ${name}`)
    const { reference, letGo: step } = this.#subject
    let answer: unknown
    const together = letGo && step?.unless?.() !== true ? step : undefined
    this.#hearFirst = () => (answer = together?.real())
    controller.abort(reason)
    this.#hearFirst = undefined
    reference.abort(name)
    this.same(answer, together?.expected())
  }

  /** What an observer may do: end the wait from outside. */
  #cancel(id: number): void {
    const reason = { cancelled: id }
    this.#reasons.set(reason, `cancelled: ${id}`)
    const waits = this.#subject.reference.isParked(id)
    expect(this.#waits.get(id)!.cancel(reason), 'cancel() answers whether the wait was still on').toBe(waits)
    if (waits) this.#subject.reference.cancel(id)
  }

  compare(subject: Subject<never>, drained: boolean): void {
    const { reference } = subject
    const [real, expected] = subject.shown()
    expect(real, 'what it shows').toEqual(expected)
    for (const [id, outcome] of this.#outcomes) expect(outcome, `call ${id}`).toBe(reference.outcomes.get(id))
    this.#inOrder('fulfilled', this.#fulfilled, reference.fulfilled)
    this.#inOrder('rejected', this.#rejected, reference.rejected)
    if (drained) {
      expect(Object.fromEntries(this.#outcomes), 'what the calls were settled with').toEqual(
        Object.fromEntries(reference.outcomes),
      )
    }
    for (const [name, { signal }] of this.#controllers) {
      // Our own, and one of the library's for all who wait.
      const listeners = getEventListeners(signal, 'abort').length
      expect(listeners, `listeners of signal ${name}`).toBeLessThanOrEqual(reference.waitsWith(name) ? 2 : 1)
    }
    expect(vi.getTimerCount(), 'timers').toBeLessThanOrEqual(reference.timers)
    expect(this.#misseen, 'what an observer saw').toEqual([])
    for (const [id, wait] of this.#waits) {
      expect(this.#ended.has(wait), `call ${id} seen by an observer as over`).toBe(!reference.isParked(id))
    }
  }

  /** Until the microtasks have run, the settled calls are the first of those that the reference settled, in its order. */
  #inOrder(what: string, real: readonly number[], expected: readonly number[]): void {
    const ordered = (ids: readonly number[]): number[] => ids.filter((id) => !this.#unordered.has(id))
    const seen = ordered(real)
    expect(seen, `order in which calls were ${what}`).toEqual(ordered(expected).slice(0, seen.length))
  }

  /** All signals abort, all is given back: then nothing may be left. */
  async finish(subject: Subject<never>): Promise<void> {
    this.#subject = subject
    for (const name of this.#controllers.keys()) this.#abort(name, false)
    await subject.finish()
    await this.drain(subject.reference)
    this.compare(subject, true)
    for (let id = 0; id < this.#calls; id++)
      expect(subject.reference.isParked(id), `call ${id} still waits`).toBe(false)
    expect(vi.getTimerCount(), 'timers at the end').toBe(0)
  }

  close(): void {
    this.#stop()
    vi.clearAllTimers()
  }
}

/** The permits that a program was given, by the number of the call: it may release any of them, at any time and more than once. */
export class Permits {
  readonly #given = new Map<number, Permit>()

  /** What a call that resolves with a permit settles as. */
  readonly keep = (permit: Permit, id: number): string => {
    this.#given.set(id, permit)
    return 'permit'
  }

  /** Keeps what a tryAcquire() answered, and says whether it was a permit. */
  keepIfAny(permit: Permit | null, id: number): boolean {
    if (permit !== null) this.#given.set(id, permit)
    return permit !== null
  }

  get ids(): number[] {
    return [...this.#given.keys()]
  }

  /** Those that hold. */
  get good(): number[] {
    return this.ids.filter((id) => !this.#given.get(id)!.released)
  }

  /** Releases one of them; its number, or undefined if there is none. */
  release(which: number): number | undefined {
    const id = this.ids[which % this.#given.size]
    if (id !== undefined) this.#given.get(id)!.release()
    return id
  }
}

/** Lets both run through random commands, and compares them after each. `share`: how many such tests share the runs. */
export async function agree<Command extends { do: string }>(
  commands: fc.Arbitrary<Command>,
  setUp: (trial: Trial) => Subject<Command>,
  share = 1,
): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  const isCommon = (command: { do: string }): command is Common =>
    ['drain', 'abort', 'abort shared', 'renew shared', 'advance', 'cancel'].includes(command.do)
  try {
    const lists = fc.array(fc.oneof({ weight: 3, arbitrary: commands }, { weight: 2, arbitrary: common }), {
      maxLength: 50,
      size: 'max',
    })
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.boolean(), lists, async (observed, always, list) => {
        const trial = new Trial(observed)
        try {
          const subject = setUp(trial)
          for (const command of list) {
            const draining = isCommon(command) ? trial.run(command, subject) : subject.run(command)
            if (draining) await draining
            else if (always) await trial.drain(subject.reference)
            trial.compare(subject, always || command.do === 'drain')
          }
          await trial.finish(subject)
        } finally {
          trial.close()
        }
      }),
      { ...parameters, numRuns: Math.ceil(runs / share) },
    )
  } finally {
    vi.useRealTimers()
  }
}

/** What a synchronous call came to: 'done', or the error's name. */
export function attempt(call: () => void): string {
  try {
    call()
    return 'done'
  } catch (error) {
    return (error as Error).name
  }
}
