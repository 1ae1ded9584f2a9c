/**
 * The machine that the explorer owns: shared memory, sequentially consistent as JavaScript's is; threads, of which at any time one makes one
 * step; their event loops, timers and clock; and death.
 *
 * A thread is one synchronous function of the answers that it gets from the machine, its event loop included. It cannot be suspended. So, to
 * go back to it, it is run again from its beginning, given the answers that it was given before, up to the first question that is new: that is
 * its next step. All else in it, promises among them, is as it was, since nothing in it depends on anything but those answers.
 *
 * A step is one atomic operation. What only this thread can notice is no step of its own, but goes with the step before: reading the clock,
 * timers, words that never change.
 */
import type { Handle } from '../../src/handle.ts'
import { HEADER, SEAT_WORDS, SPACE, strideFor } from '../../src/layout.ts'
import { Aborter } from './aborter.ts'
import { GIVEN_UP, Microtasks, type ModelPromise, promisesOf } from './promise.ts'
import type { Instantiate, Shipped, World } from './source.ts'

export const OPS = [
  'load',
  'store',
  'add',
  'sub',
  'and',
  'or',
  'xor',
  'exchange',
  'compareExchange',
  'notify',
  'wait',
  'waitAsync',
  'plain load',
  'plain store',
  'byte load',
  'byte store',
  'turn of its event loop',
  'step',
  'waits for a death',
  'waits for a word',
  'hangs',
  'now',
  'timer',
  'clear timer',
  'note',
  'deadline',
] as const
export const OP = Object.fromEntries(OPS.map((name, op) => [name, op])) as Record<(typeof OPS)[number], number>
const FIRST_IMMEDIATE = OP.now

export const BEFORE = 0
/** About to make the step `op`. */
export const READY = 1
/** Blocked in Atomics.wait. */
export const ASLEEP = 2
export const DONE = 3
export const DEAD = 4

/** How Atomics.wait may end. */
const OK = 0
const NOT_EQUAL = 1
const TIMED_OUT = 2
const ENDINGS = ['ok', 'not-equal', 'timed-out'] as const

/** What a thread's event loop may be waiting for. */
interface Source {
  readonly id: number
  readonly kind: 'bell' | 'timer' | 'pulse' | 'turn'
  /** Of a bell. */
  readonly word: number
  /** Of a timer: when. */
  readonly due: number
  readonly ready: boolean
}

/** Of a thread, as the machine sees it. Replaced, never changed: to go back is to put an earlier one in its place. */
export interface ThreadState {
  readonly phase: number
  /** How many answers it has been given, and a hash of them all: what the thread will do is a function of them. */
  readonly answers: number
  readonly hash1: number
  readonly hash2: number
  readonly op: number
  readonly a: number
  readonly b: number
  readonly c: number
  /** Asleep, and notified. */
  readonly woken: boolean
  /** It looks again and again at what has not changed: until something has, there is nothing new for it to see. */
  readonly spins: boolean
  /** It has asked for the time, and nothing has changed since. */
  readonly quiet: boolean
  /** For how long its blocking call may wait, and, once it has fallen asleep, until when. */
  readonly allowed: number
  readonly deadline: number
  readonly sources: readonly Source[]
  readonly latest: number
}

const FIRST: ThreadState = {
  phase: BEFORE,
  answers: 0,
  hash1: 0,
  hash2: 0,
  op: -1,
  a: 0,
  b: 0,
  c: 0,
  woken: false,
  spins: false,
  quiet: false,
  allowed: Infinity,
  deadline: Infinity,
  sources: [],
  latest: 0,
}

export const RUN = 0
/** A thread dies where it is. */
export const DIE = 1
/** A sleeping thread looks though nobody rang: its slice of sleep, or its pulse, is over. */
export const LOOK = 2
/** A little time passes: enough to lose patience. */
export const TICK = 3
/** Time passes until the next deadline or timer. */
export const DEADLINE = 4
/** Time passes while threads spin and nothing else can happen. */
export const SPIN = 5

export interface Action {
  readonly kind: number
  readonly thread: number
  /** Of a turn of an event loop: for what. */
  readonly event: number
}

/** What the explorer remembers and the threads do not know: who is within the critical section, say. Taken back with all else. */
export interface Ghost {
  get(index: number): number
  set(index: number, value: number): void
  add(index: number, value: number): void
  fail(message: string): never
}

export type Note = (ghost: Ghost, thread: number, machine: Machine) => number | void

/** What a thread of a scenario is written with. */
export interface Thread {
  readonly index: number
  readonly shipped: Shipped
  readonly handles: readonly Handle[]
  /** Something for the explorer alone to know, in one with the step before. */
  note(note: Note): number
  /** A step that does nothing: others may run here. */
  step(): void
  /** Runs a blocking call that is to end in `ms` at most. */
  within<T>(ms: number, call: () => T): T
  /** A task of this thread's event loop: a generator that yields promises. */
  task(body: () => Generator<unknown, void, never>): void
  /** Resolves in another turn of the event loop, before or after whatever else has happened. */
  turn(): ModelPromise
  /** Blocks until a word is as `good` wants it: something that no program could do, for an order that is to be looked at alone. */
  until(word: number, good: (value: number) => boolean): void
  /** Blocks until the thread `index` has died. */
  awaitDeath(index: number): void
  /** Does nothing any more, for ever: it can only die. */
  hang(): never
}

/** Sets up what the thread uses, and answers what is to be explored. */
export type Program = (thread: Thread) => () => void

export interface Scenario {
  readonly name: string
  readonly threads: readonly Program[]
  /** Makes the objects. Their handles are in the `handles` of every thread, in this order. */
  make(shipped: Shipped, space: InstanceType<Shipped['Space']>): readonly { readonly handle: Handle }[]
  /** What the explorer knows in the beginning. */
  begin?(ghost: Ghost): void
  readonly seats?: number
  readonly objects?: number
  /** How many threads may die, and which. */
  readonly deaths?: number
  readonly mortal?: readonly number[]
  /** How often a little time passes. */
  readonly ticks?: number
  /** How often one looks without having been rung. */
  readonly looks?: number
  /** Objects are freed, or made, or seats are taken, while exploring. */
  readonly changes?: boolean
  /** In a runtime without Atomics.waitAsync. */
  readonly noWaitAsync?: boolean
  /** When nothing can happen any more unless time passes: whether that is right. Otherwise who waits then has been forgotten. */
  patient?(ghost: Ghost, machine: Machine): boolean
  /** Who waits when all is over was not promised anything. */
  readonly mayRemain?: boolean
  /** A thread has died: what becomes of what the explorer knows. */
  died?(ghost: Ghost, thread: number): void
  /** When all is done: throws by ghost.fail() unless all is as it should be. */
  end?(ghost: Ghost, machine: Machine): void
}

/** A little longer than anybody's patience. */
const TICK_MS = 2
/** Longer than an instant at a turnstile. */
const SPIN_MS = 25
const GHOSTS = 32
const GHOST = 1 << 24
const CLOCK = GHOST - 1

const CONSTANT = new Set<number>([
  SPACE.MAGIC,
  SPACE.VERSION,
  SPACE.ID,
  SPACE.ID + 1,
  SPACE.THREADS,
  SPACE.OBJECTS,
  SPACE.WORDS,
])

function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
const hash1 = (place: number, value: number): number => mix(Math.imul(place + 1, 0x9e3779b1), value)
const hash2 = (place: number, value: number): number => mix(mix(value, 0x27d4eb2f), Math.imul(place + 1, 0x165667b1))

class Seam {
  readonly machine: Machine
  readonly index: number
  readonly shipped: Shipped
  readonly microtasks = new Microtasks()
  readonly Promise: ReturnType<typeof promisesOf>
  state: ThreadState = FIRST
  readonly answers: number[] = []
  readonly ops: number[] = []
  /** How many of the answers this run has been given again. */
  cursor = 0
  givenUp = false
  readonly callbacks = new Map<number, () => void>()
  tasks = 0
  readonly thread: Thread
  readonly #view: Int32Array

  constructor(machine: Machine, index: number, instantiate: Instantiate) {
    this.machine = machine
    this.index = index
    this.Promise = promisesOf(this.microtasks)
    this.#view = this.#plain()
    this.shipped = instantiate(this.#world())
    this.thread = this.#thread()
  }

  /** From the beginning: through what has been answered already, and on. True if it has come to its end. */
  run(program: Program): boolean {
    this.cursor = 0
    this.givenUp = false
    this.callbacks.clear()
    this.microtasks.clear()
    this.tasks = 0
    this.shipped.forgetTerritories()
    try {
      const body = program(this.thread)
      // Of the set-up, which is over before anything is explored.
      this.ask(OP.step, -1)
      body()
      this.microtasks.run()
      while (this.callbacks.size > 0 || this.tasks > 0) {
        const event = this.ask(OP['turn of its event loop'], this.tasks)
        const callback = this.callbacks.get(event)
        if (this.machine.kindOf(event) !== 'pulse') this.callbacks.delete(event)
        callback?.()
        this.microtasks.run()
      }
      return !this.givenUp
    } catch (error) {
      if (error === GIVEN_UP || this.givenUp) return false
      this.machine.failure ??= `thread ${this.machine.letter(this.index)} threw ${String(error)}`
      return false
    }
  }

  giveUp(): never {
    this.givenUp = true
    // oxlint-disable-next-line typescript/only-throw-error -- no error: no handler is to take it for one.
    throw GIVEN_UP
  }

  ask(op: number, a = 0, b = 0, c = 0): number {
    // A handler is at work on the way out.
    if (this.givenUp) this.giveUp()
    if (this.cursor < this.state.answers) {
      if (this.ops[this.cursor] !== op) {
        throw new Error(`explorer: not run again as before: ${OPS[this.ops[this.cursor]!]} was asked, now ${OPS[op]}`)
      }
      return this.answers[this.cursor++]!
    }
    const { machine } = this
    if (!machine.exploring || op >= FIRST_IMMEDIATE || (op === OP.load && machine.isConstant(a))) {
      if (machine.exploring || op !== OP.step || a !== -1) {
        machine.perform(this, op, a, b, c)
        if (this.cursor < this.state.answers) return this.answers[this.cursor++]!
      }
    }
    this.state = { ...this.state, phase: READY, op, a, b, c }
    machine.arrived(this)
    return this.answers[this.cursor++]!
  }

  answer(op: number, answer: number, change?: Partial<ThreadState>): void {
    const { state } = this
    this.answers[state.answers] = answer
    this.ops[state.answers] = op
    this.state = {
      ...state,
      ...change,
      phase: READY,
      answers: state.answers + 1,
      hash1: mix(Math.imul(state.hash1, 31) + op, answer),
      hash2: mix(Math.imul(state.hash2, 37) ^ answer, op + 0x51ed27),
    }
  }

  #word(view: Int32Array, index: number): number {
    if (view !== this.#view) throw new Error('explorer: an atomic operation on other memory')
    return index
  }

  /** A new source of events, for `callback`. */
  #source(kind: Source['kind'], callback: () => void, due = 0): number {
    const id = this.ask(OP.timer, KINDS.indexOf(kind), due)
    this.callbacks.set(id, callback)
    return id
  }

  /** The memory as words that are read and written without Atomics: such an access is a step as well. */
  #plain(): Int32Array {
    return new Proxy(this.machine.view, {
      get: (target, key) => {
        if (typeof key === 'string' && /^\d+$/.test(key)) return this.ask(OP['plain load'], Number(key))
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
      set: (_, key, value: number) => {
        this.ask(OP['plain store'], Number(key), value)
        return true
      },
    })
  }

  /** The same as bytes: as much of a Uint8Array as the package uses. */
  #bytes(offset: number, length: number): object {
    const slice = (from = 0, to = length): Uint8Array => {
      const bytes = new Uint8Array(to - from)
      for (let at = from; at < to; at++) bytes[at - from] = this.ask(OP['byte load'], offset + at)
      return bytes
    }
    return {
      slice,
      // Only ever read from.
      subarray: slice,
      set: (bytes: Uint8Array, at: number): void => {
        bytes.forEach((byte, index) => void this.ask(OP['byte store'], offset + at + index, byte))
      },
    }
  }

  #world(): World {
    const on =
      (op: number) =>
      (view: Int32Array, index: number, a = 0, b = 0): number =>
        this.ask(op, this.#word(view, index), a, b)
    const Atomics: Record<string, unknown> = {
      wait: (view: Int32Array, index: number, value: number, ms = Infinity) =>
        ENDINGS[this.ask(OP.wait, this.#word(view, index), value, ms)],
      notify: (view: Int32Array, index: number, count = Infinity): void => {
        if (count !== Infinity) throw new Error('explorer: it knows of no notify() but of all')
        this.ask(OP.notify, this.#word(view, index))
      },
      pause() {},
    }
    for (const name of ['load', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange'] as const) {
      Atomics[name] = on(OP[name])
    }
    if (!this.machine.scenario.noWaitAsync) {
      Atomics['waitAsync'] = (view: Int32Array, index: number, value: number) => {
        const id = this.ask(OP.waitAsync, this.#word(view, index), value)
        if (id === 0) return { async: false, value: 'not-equal' }
        const promise = new this.Promise((resolve) => this.callbacks.set(id, () => resolve('ok')))
        return { async: true, value: promise }
      }
    }
    const timer = (id: number): object => ({ id, ref() {}, unref() {} })
    const clear = (handle: { id: number } | undefined): void => {
      if (handle === undefined) return
      this.ask(OP['clear timer'], handle.id)
      this.callbacks.delete(handle.id)
    }
    return {
      Atomics,
      performance: { now: () => this.ask(OP.now) },
      setTimeout: (fn: () => void, ms: number) => timer(this.#source('timer', fn, ms)),
      setInterval: (fn: () => void) => timer(this.#source('pulse', fn)),
      clearTimeout: clear,
      clearInterval: clear,
      queueMicrotask: this.microtasks.queue,
      Promise: this.Promise,
      AbortController: Aborter,
      // One view for all: to make one takes longer than all else of a step.
      Int32Array: new Proxy(Int32Array, {
        construct: (target, args: [SharedArrayBuffer]) =>
          args.length === 1 && args[0] === this.machine.view.buffer ? this.#view : new target(...args),
      }),
      Uint8Array: new Proxy(Uint8Array, {
        construct: (target, args: [SharedArrayBuffer, number, number]) =>
          args[0] === this.machine.view.buffer ? this.#bytes(args[1], args[2]) : new target(...args),
      }),
      host: { threadId: this.index, mayBlock: true, onEnd() {}, enter() {}, leave() {} },
    }
  }

  #thread(): Thread {
    const { shipped } = this
    return {
      index: this.index,
      handles: this.machine.handles,
      shipped,
      note: (note) => {
        this.machine.noted = note
        return this.ask(OP.note)
      },
      step: () => void this.ask(OP.step),
      within: (ms, call) => {
        this.ask(OP.deadline, ms)
        try {
          return call()
        } finally {
          if (!this.givenUp) this.ask(OP.deadline, Infinity)
        }
      },
      task: (body) => {
        this.tasks++
        const generator = body()
        const go = (resume: () => IteratorResult<unknown, void>): void => {
          const { done, value } = resume()
          if (done) this.tasks--
          else {
            this.Promise.resolve(value).then(
              (result: unknown) => go(() => generator.next(result as never)),
              (reason: unknown) => go(() => generator.throw(reason)),
            )
          }
        }
        go(() => generator.next())
      },
      turn: () => new this.Promise((resolve) => this.#source('turn', () => resolve(undefined))),
      until: (word, good) => {
        this.machine.wanted[this.index] = good
        this.ask(OP['waits for a word'], word)
      },
      awaitDeath: (index) => void this.ask(OP['waits for a death'], index),
      hang: () => {
        this.ask(OP.hangs)
        throw new Error('unreachable')
      },
    }
  }
}

const KINDS: readonly Source['kind'][] = ['bell', 'timer', 'pulse', 'turn']

/** To go back to. */
export interface Moment {
  readonly states: readonly ThreadState[]
  readonly trail: number
  readonly clock: number
  readonly budgets: Budgets
}

interface Budgets {
  readonly deaths: number
  readonly ticks: number
  readonly looks: number
}

export class Machine {
  readonly scenario: Scenario
  readonly view: Int32Array
  readonly handles: readonly Handle[]
  readonly threads: readonly Seam[]
  readonly #first: readonly Program[]
  readonly #ghosts = new Int32Array(GHOSTS)
  readonly ghost: Ghost
  /** What has been written over: a place and what stood there, in turns. */
  readonly #trail: number[] = []
  #memory1 = 0
  #memory2 = 0
  clock = 1000
  budgets: Budgets
  exploring = false
  /** What is wrong, once something is. */
  failure: string | undefined
  noted: Note | undefined
  readonly wanted: ((value: number) => boolean)[] = []
  /** Called when a thread has come to a new step; answers the step to make if it is this thread's. Otherwise the thread is given up. */
  onArrival: (thread: number) => boolean = () => false

  constructor(scenario: Scenario, instantiate: Instantiate) {
    this.scenario = scenario
    const { seats = scenario.threads.length, objects = 2 } = scenario
    const founder = instantiate(REAL)
    const stride = 128
    const memory = new SharedArrayBuffer(4 * (64 + seats * 16 + objects * stride + 1024))
    this.view = new Int32Array(memory)
    const space = new founder.Space({ threads: seats, objects, memory })
    this.handles = scenario.make(founder, space).map(({ handle }) => handle)
    space.leave()
    founder.forgetTerritories()
    this.ghost = {
      get: (index) => this.#ghosts[index]!,
      set: (index, value) => this.#write(GHOST + index, value),
      add: (index, value) => this.#write(GHOST + index, this.#ghosts[index]! + value),
      fail: (message) => {
        this.failure ??= message
        // oxlint-disable-next-line typescript/only-throw-error -- no error: no handler is to take it for one.
        throw GIVEN_UP
      },
    }
    this.budgets = { deaths: scenario.deaths ?? 0, ticks: scenario.ticks ?? 0, looks: scenario.looks ?? 0 }
    this.threads = scenario.threads.map((_, index) => new Seam(this, index, instantiate))
    this.#first = scenario.threads
    for (const thread of this.threads) thread.run(this.#first[thread.index]!)
    scenario.begin?.(this.ghost)
    if (this.failure !== undefined) throw new Error(`${scenario.name}: the set-up fails: ${this.failure}`)
    this.exploring = true
    this.#trail.length = 0
    for (const thread of this.threads) {
      // From its set-up to its first step.
      thread.answer(OP.step, 0)
      this.run(thread.index)
    }
  }

  letter(thread: number): string {
    return String.fromCodePoint(65 + thread)
  }

  kindOf(event: number): Source['kind'] | undefined {
    return this.#firing?.id === event ? this.#firing.kind : undefined
  }
  #firing: Source | undefined

  isConstant(word: number): boolean {
    if (CONSTANT.has(word)) return true
    if (this.scenario.changes) return false
    if (word === SPACE.USED) return true
    const { seats = this.scenario.threads.length } = this.scenario
    const { objects = 2 } = this.scenario
    const object = word - HEADER - seats * SEAT_WORDS
    return object >= 0 && object < objects * this.stride && object % this.stride <= 1
  }

  get stride(): number {
    return strideFor(this.scenario.seats ?? this.scenario.threads.length)
  }

  moment(): Moment {
    return {
      states: this.threads.map(({ state }) => state),
      trail: this.#trail.length,
      clock: this.clock,
      budgets: this.budgets,
    }
  }

  restore({ states, trail, clock, budgets }: Moment): void {
    this.threads.forEach((thread, index) => (thread.state = states[index]!))
    while (this.#trail.length > trail) {
      const before = this.#trail.pop()!
      const place = this.#trail.pop()!
      this.#put(place, before)
    }
    this.clock = clock
    this.budgets = budgets
    this.failure = undefined
  }

  /** Runs a thread from its beginning until its next step. */
  run(index: number): void {
    const thread = this.threads[index]!
    if (thread.run(this.#first[index]!)) thread.state = { ...thread.state, phase: DONE }
  }

  arrived(thread: Seam): void {
    if (!this.exploring || !this.onArrival(thread.index)) thread.giveUp()
  }

  /** What may happen next. The steps of `current` first, so that the first run of all is that which is least interrupted. */
  actions(current: number): Action[] {
    const actions: Action[] = []
    const { threads } = this
    for (let offset = 0; offset < threads.length; offset++) {
      const index = (Math.max(current, 0) + offset) % threads.length
      this.#steps(index, actions)
    }
    if (actions.length === 0 && threads.some(({ state }) => state.phase === READY && state.spins)) {
      actions.push({ kind: SPIN, thread: -1, event: 0 })
    }
    if (actions.length === 0) {
      const waiting = threads.filter(({ state }) => waits(state))
      if (waiting.length > 0 && this.scenario.patient?.(this.ghost, this) !== true) {
        this.failure ??= `forgotten: ${waiting.map(({ index }) => this.letter(index)).join(' and ')} would wait for ever, but for a time-out or a healing look`
        return []
      }
      this.#passTime(actions)
      this.#misfortunes(actions)
      if (actions.length === 0 && waiting.length > 0 && !this.scenario.mayRemain) this.failure ??= 'all wait for ever'
    } else {
      this.#passTime(actions)
      this.#misfortunes(actions)
    }
    return actions
  }

  #steps(index: number, actions: Action[]): void {
    const { state } = this.threads[index]!
    const run = (event = 0): void => void actions.push({ kind: RUN, thread: index, event })
    if (state.phase === ASLEEP) {
      if (state.woken || state.deadline <= this.clock) run()
    } else if (state.phase === READY) {
      if (state.op === OP['turn of its event loop']) {
        for (const { id, kind, ready, due } of state.sources) {
          if (ready || (kind === 'timer' && due <= this.clock)) run(id)
        }
      } else if (state.op === OP['waits for a death']) {
        if (this.threads[state.a]!.state.phase === DEAD) run()
      } else if (state.op === OP['waits for a word']) {
        if (this.wanted[index]!(this.view[state.a]!)) run()
      } else if (state.op !== OP.hangs && !state.spins) run()
    }
  }

  #passTime(actions: Action[]): void {
    if (this.budgets.ticks > 0) actions.push({ kind: TICK, thread: -1, event: 0 })
    if (this.#nextDeadline() < Infinity) actions.push({ kind: DEADLINE, thread: -1, event: 0 })
  }

  #misfortunes(actions: Action[]): void {
    const { deaths, looks } = this.budgets
    for (const { index, state } of this.threads) {
      if ((state.phase !== READY && state.phase !== ASLEEP) || atRest(state)) continue
      if (deaths > 0 && this.scenario.mortal?.includes(index)) {
        actions.push({ kind: DIE, thread: index, event: 0 })
      }
      if (looks > 0) {
        if (state.phase === ASLEEP && !state.woken) actions.push({ kind: LOOK, thread: index, event: 0 })
        const pulse = state.op === OP['turn of its event loop'] && state.sources.find(({ kind }) => kind === 'pulse')
        if (pulse) actions.push({ kind: LOOK, thread: index, event: pulse.id })
      }
    }
  }

  #nextDeadline(): number {
    let next = Infinity
    for (const { state } of this.threads) {
      if (state.phase !== READY && state.phase !== ASLEEP) continue
      if (state.deadline > this.clock) next = Math.min(next, state.deadline)
      for (const { kind, due } of state.sources) if (kind === 'timer' && due > this.clock) next = Math.min(next, due)
    }
    return next
  }

  /** True if `action` gave its thread an answer: then it has to be run to its next step. */
  apply({ kind, thread: index, event }: Action): boolean {
    const thread = this.threads[index]
    if (kind === TICK || kind === DEADLINE || kind === SPIN) {
      this.#setClock(kind === TICK ? this.clock + TICK_MS : kind === SPIN ? this.clock + SPIN_MS : this.#nextDeadline())
      if (kind === TICK) this.budgets = { ...this.budgets, ticks: this.budgets.ticks - 1 }
      return false
    }
    if (kind === DIE) {
      this.budgets = { ...this.budgets, deaths: this.budgets.deaths - 1 }
      thread!.state = { ...thread!.state, phase: DEAD, sources: [] }
      this.#ghostly(() => this.scenario.died?.(this.ghost, index))
      return false
    }
    if (kind === LOOK) this.budgets = { ...this.budgets, looks: this.budgets.looks - 1 }
    const { state } = thread!
    if (state.phase === ASLEEP) {
      thread!.answer(OP.wait, state.woken ? OK : TIMED_OUT, { woken: false })
      return true
    }
    const before = state.answers
    this.perform(thread!, state.op, state.a, state.b, state.c, event)
    return thread!.state.answers > before
  }

  perform(thread: Seam, op: number, a: number, b: number, c: number, event = 0): void {
    const { state } = thread
    if (op <= OP.compareExchange) {
      const old = this.view[a]!
      if (op !== OP.load) {
        if (this.exploring && this.isConstant(a)) throw new Error(`explorer: word ${a} was taken for constant`)
        const next = NEXT[op]!(old, b, c) | 0
        if (next !== old) this.#write(a, next)
      }
      return thread.answer(op, op === OP.store ? b : old)
    }
    switch (op) {
      case OP.notify:
        for (const other of this.threads) this.#wake(other, a)
        return thread.answer(op, 0)
      case OP.wait:
        if (!this.exploring) throw new Error('explorer: a set-up must not wait')
        if (this.view[a] !== b) return thread.answer(op, NOT_EQUAL)
        // It looked at the clock before: so by then, at the latest, it is over.
        if (state.allowed < Infinity) {
          thread.state = { ...state, phase: ASLEEP, allowed: Infinity, deadline: this.clock + state.allowed }
        } else thread.state = { ...state, phase: ASLEEP }
        return
      case OP.waitAsync:
        if (this.view[a] !== b) return thread.answer(op, 0)
        return this.#addSource(thread, op, 'bell', a, 0, false)
      case OP['plain load']:
        return thread.answer(op, this.view[a]!)
      case OP['byte load']:
        return thread.answer(op, (this.view[a >> 2]! >>> ((a & 3) * 8)) & 0xff)
      case OP['plain store']:
        if (this.view[a] !== b) this.#write(a, b)
        return thread.answer(op, 0)
      case OP['byte store']: {
        const shift = (a & 3) * 8
        this.#write(a >> 2, (this.view[a >> 2]! & ~(0xff << shift)) | (b << shift))
        return thread.answer(op, 0)
      }
      case OP.timer: {
        const kind = KINDS[a]!
        return this.#addSource(thread, op, kind, -1, this.clock + b, kind === 'turn')
      }
      case OP['clear timer']:
        return thread.answer(op, 0, { sources: state.sources.filter(({ id }) => id !== a) })
      case OP['turn of its event loop']: {
        const source = state.sources.find(({ id }) => id === event)!
        this.#firing = source
        const sources = source.kind === 'pulse' ? state.sources : state.sources.filter(({ id }) => id !== event)
        return thread.answer(op, event, { sources })
      }
      case OP.now:
        // Twice, and nothing has changed between: it looks in circles, and will when something has.
        if (state.quiet && this.exploring) {
          thread.state = { ...state, spins: true, quiet: false }
          return
        }
        return thread.answer(op, this.clock, { quiet: true })
      case OP.note: {
        const note = this.noted!
        let noted = 0
        this.#ghostly(() => (noted = note(this.ghost, thread.index, this) ?? 0))
        return thread.answer(op, noted)
      }
      case OP.deadline:
        return thread.answer(op, 0, { allowed: a, deadline: Infinity })
      default:
        return thread.answer(op, 0)
    }
  }

  #ghostly(change: () => void): void {
    try {
      change()
    } catch (error) {
      if (error !== GIVEN_UP) throw error
    }
  }

  #addSource(thread: Seam, op: number, kind: Source['kind'], word: number, due: number, ready: boolean): void {
    const { sources, latest } = thread.state
    const id = latest + 1
    thread.answer(op, id, { latest: id, sources: [...sources, { id, kind, word, due, ready }] })
  }

  #wake(thread: Seam, word: number): void {
    // A thread may be blocked, and have waited without before.
    if (thread.state.phase === ASLEEP && thread.state.a === word) thread.state = { ...thread.state, woken: true }
    const { state } = thread
    if (state.sources.some((source) => source.kind === 'bell' && source.word === word && !source.ready)) {
      const sources = state.sources.map((source) =>
        source.kind === 'bell' && source.word === word ? { ...source, ready: true } : source,
      )
      thread.state = { ...state, sources }
    }
  }

  #setClock(clock: number): void {
    this.clock = clock
    this.#stir()
  }

  #write(place: number, value: number): void {
    this.#trail.push(place, place >= GHOST ? this.#ghosts[place - GHOST]! : this.view[place]!)
    this.#put(place, value)
    if (place < GHOST) this.#stir()
  }

  /** Something has changed: who looks in circles looks again. */
  #stir(): void {
    for (const thread of this.threads) {
      if (thread.state.quiet || thread.state.spins) thread.state = { ...thread.state, quiet: false, spins: false }
    }
  }

  #put(place: number, value: number): void {
    const before = place >= GHOST ? this.#ghosts[place - GHOST]! : this.view[place]!
    if (place >= GHOST) this.#ghosts[place - GHOST] = value
    else this.view[place] = value
    this.#memory1 ^= hash1(place, before) ^ hash1(place, value)
    this.#memory2 ^= hash2(place, before) ^ hash2(place, value)
  }

  /**
   * Two halves of a hash of all that decides what can happen from here: the memory, the clock, what may still befall, and of each thread the
   * answers that it has been given. What a thread was told no longer matters when it is done or dead.
   */
  hash(extra: number): [number, number] {
    const { deaths, ticks, looks } = this.budgets
    const budget = ((deaths * 8 + ticks) * 8 + looks) * 64 + extra
    let one = this.#memory1 ^ hash1(CLOCK, this.clock) ^ hash1(CLOCK - 1, budget)
    let two = this.#memory2 ^ hash2(CLOCK, this.clock) ^ hash2(CLOCK - 1, budget)
    for (const { index, state } of this.threads) {
      let threadOne = state.phase
      let threadTwo = state.phase
      if (state.phase < DONE && !forgotten(state)) {
        const flags = (state.woken ? 1 : 0) | (state.spins ? 2 : 0) | (state.quiet ? 4 : 0)
        threadOne = mix(state.hash1, (flags << 4) | state.phase)
        threadTwo = mix(state.hash2, (flags << 4) | state.phase)
        for (const { id, ready, due } of state.sources) {
          threadOne = mix(threadOne, id * 2 + (ready ? 1 : 0) + due * 64)
          threadTwo = mix(threadTwo, id * 2 + (ready ? 1 : 0) - due * 64)
        }
      }
      one ^= hash1(CLOCK - 2 - index, threadOne)
      two ^= hash2(CLOCK - 2 - index, threadTwo)
    }
    return [one, two]
  }
}

/** It waits for something that others are to bring about. */
function waits(state: ThreadState): boolean {
  if (state.phase === ASLEEP) return true
  return state.phase === READY && state.op === OP['turn of its event loop'] && state.a > 0
}

/** Its tasks are done, or it only watches over others. */
function atRest(state: ThreadState): boolean {
  if (state.phase !== READY) return false
  return (state.op === OP['turn of its event loop'] && state.a === 0) || state.op === OP['waits for a death']
}

/** Its tasks are done, and nothing will call it again. */
function forgotten(state: ThreadState): boolean {
  return atRest(state) && state.op !== OP['waits for a death'] && state.sources.every(({ kind }) => kind === 'pulse')
}

const NEXT: ((old: number, a: number, b: number) => number)[] = []
NEXT[OP.store] = NEXT[OP.exchange] = (_, a) => a
NEXT[OP.add] = (old, a) => old + a
NEXT[OP.sub] = (old, a) => old - a
NEXT[OP.and] = (old, a) => old & a
NEXT[OP.or] = (old, a) => old | a
NEXT[OP.xor] = (old, a) => old ^ a
NEXT[OP.compareExchange] = (old, a, b) => (old === a ? b : old)

/** For the thread that makes what the others use, before anything is explored. */
const REAL = {
  Atomics,
  performance,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  queueMicrotask,
  Promise,
  Int32Array,
  Uint8Array,
  AbortController,
  host: { threadId: 99, mayBlock: true, onEnd() {}, enter() {}, leave() {} },
}
