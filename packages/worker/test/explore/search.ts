/**
 * Search: which of the machine's steps is made next, in every order, or in orders drawn by a seed.
 *
 * Every order: depth first. From each state, each thread that can make a step makes it, each thread that may die does, and time may pass. A state
 * that has been met before is not gone on from again: two are the same when the memory, the clock, what may still befall and the answers that
 * each thread has been given are the same, and then whatever can follow is the same. (So orders that differ only in steps that do not concern
 * each other meet in one state.) States are known by 64 bits of hash: of ten million, two different ones are taken for one with a probability of
 * about 3 in a million.
 *
 * Bounds: how often a thread is interrupted that could go on (`preemptions`), and how many states are met (`states`). What remained is said.
 */
import {
  type Action,
  DEADLINE,
  DIE,
  LOOK,
  Machine,
  OP,
  OPS,
  READY,
  RUN,
  type Scenario,
  SPIN,
  TICK,
  type Moment,
} from './machine.ts'
import { randomFrom } from '../random.ts'
import type { Instantiate } from './source.ts'
import { nameOf, valueOf } from './words.ts'

export interface Bounds {
  /** How often a thread may be interrupted that could go on. As often as possible unless told. */
  readonly preemptions?: number
  readonly states?: number
  readonly milliseconds?: number
}

export interface Failure {
  readonly message: string
  /** For replay(). */
  readonly schedule: string
}

export interface Result {
  readonly states: number
  readonly steps: number
  /** Runs to the end, of which no two are the same. */
  readonly executions: number
  /** Runs that came to a state met before. */
  readonly met: number
  readonly longest: number
  /** All there is within the bounds has been run. */
  readonly complete: boolean
  readonly failure: Failure | undefined
  readonly milliseconds: number
}

/** Longer than any run of a scenario: one that goes on is going in circles. */
const LONGEST = 2000

class Known {
  #ones = new Int32Array(1 << 16)
  #twos = new Int32Array(1 << 16)
  #left = new Int8Array(1 << 16)
  size = 0

  /** False if it was known already, with as many preemptions left or more. */
  add([one, two]: readonly [number, number], left: number): boolean {
    if (this.size * 2 > this.#ones.length) this.#grow()
    const slot = this.#slot(one, two)
    if (this.#left[slot] !== 0) {
      if (this.#left[slot]! >= left + 1) return false
      this.#left[slot] = left + 1
      return true
    }
    this.#ones[slot] = one
    this.#twos[slot] = two
    this.#left[slot] = left + 1
    this.size++
    return true
  }

  #slot(one: number, two: number): number {
    const wrap = this.#ones.length - 1
    let slot = (one ^ Math.imul(two, 0x9e3779b1)) & wrap
    while (this.#left[slot] !== 0 && (this.#ones[slot] !== one || this.#twos[slot] !== two)) slot = (slot + 1) & wrap
    return slot
  }

  #grow(): void {
    const ones = this.#ones
    const twos = this.#twos
    const left = this.#left
    this.#ones = new Int32Array(ones.length * 2)
    this.#twos = new Int32Array(ones.length * 2)
    this.#left = new Int8Array(ones.length * 2)
    for (let index = 0; index < ones.length; index++) {
      if (left[index] === 0) continue
      const slot = this.#slot(ones[index]!, twos[index]!)
      this.#ones[slot] = ones[index]!
      this.#twos[slot] = twos[index]!
      this.#left[slot] = left[index]!
    }
  }
}

/** `fresh`: whether a thread that has just arrived may go on as it is, for nothing has been taken back. */
interface Choice {
  readonly action: Action
  readonly fresh: boolean
}

/** Drives the machine by what `choose` says, until it says nothing. */
function drive(machine: Machine, choose: () => Choice | undefined): void {
  let upcoming: Action | undefined
  let decided: boolean
  machine.onArrival = (thread) => {
    let choice = choose()
    while (choice?.fresh && choice.action.kind === RUN && choice.action.thread === thread) {
      if (machine.apply(choice.action)) return true
      choice = choose()
    }
    upcoming = choice?.action
    decided = true
    return false
  }
  upcoming = choose()?.action
  while (upcoming !== undefined) {
    const action: Action = upcoming
    decided = false
    if (machine.apply(action)) machine.run(action.thread)
    // It came to its end, or went to sleep.
    if (!decided) upcoming = choose()?.action
  }
}

interface Frame {
  readonly moment: Moment
  readonly actions: readonly Action[]
  next: number
  readonly current: number
  readonly left: number
}

const runsOn = (actions: readonly Action[], thread: number): boolean =>
  actions.some((action) => action.kind === RUN && action.thread === thread)

/** Every order within `bounds`, or until something is wrong. */
export function explore(scenario: Scenario, instantiate: Instantiate, bounds: Bounds = {}): Result {
  const { preemptions = Infinity, states = Infinity, milliseconds = Infinity } = bounds
  const bounded = preemptions < Infinity
  const begun = performance.now()
  const machine = new Machine(scenario, instantiate)
  const known = new Known()
  const frames: Frame[] = []
  let current = 0
  let left = bounded ? preemptions : 0
  let steps = 0
  let executions = 0
  let met = 0
  let longest = 0
  let complete = true
  let failure: Failure | undefined

  /** The state that has been come to. False if it is not to be gone on from. */
  const arrive = (): boolean => {
    if (machine.failure !== undefined) return false
    if (!known.add(machine.hash(bounded ? current + 1 : 0), left)) {
      met++
      return false
    }
    const actions = machine.actions(current)
    longest = Math.max(longest, frames.length)
    if (frames.length > LONGEST) machine.failure ??= `no end after ${LONGEST} steps`
    if (machine.failure !== undefined) return false
    if (actions.length === 0) {
      executions++
      endOf(machine)
      return false
    }
    frames.push({ moment: machine.moment(), actions, next: 0, current, left })
    return true
  }

  const choose = (): Choice | undefined => {
    let fresh = arrive()
    if (machine.failure !== undefined) {
      failure = {
        message: machine.failure,
        schedule: scheduleOf(frames.map(({ actions, next }) => actions[next - 1]!)),
      }
      return undefined
    }
    if (known.size >= states || ((steps & 1023) === 0 && performance.now() - begun > milliseconds)) {
      complete = false
      return undefined
    }
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const action = frame.actions[frame.next++]
      if (action === undefined) {
        frames.pop()
        fresh = false
        continue
      }
      const interrupts = action.kind === RUN && action.thread !== frame.current && runsOn(frame.actions, frame.current)
      if (bounded && interrupts && frame.left === 0) continue
      if (!fresh) machine.restore(frame.moment)
      left = frame.left - (bounded && interrupts ? 1 : 0)
      current = action.kind === RUN ? action.thread : frame.current
      steps++
      return { action, fresh }
    }
    return undefined
  }

  drive(machine, choose)
  return {
    states: known.size,
    steps,
    executions,
    met,
    longest,
    complete: complete && failure === undefined,
    failure,
    milliseconds: performance.now() - begun,
  }
}

/** As many orders as `runs`, or as time allows, drawn by `seed`: each from the beginning to the end. */
export function walk(
  scenario: Scenario,
  instantiate: Instantiate,
  { seed, runs = Infinity, milliseconds = Infinity }: { seed: number; runs?: number; milliseconds?: number },
): Result {
  const begun = performance.now()
  const machine = new Machine(scenario, instantiate)
  const beginning = machine.moment()
  const random = randomFrom(seed)
  const path: Action[] = []
  let executions = 0
  let steps = 0
  let current = 0
  let longest = 0
  let failure: Failure | undefined

  /** Now eager to go on, now eager to switch; and misfortunes are drawn late as likely as early. */
  let eagerness = 0.5
  let fortune = 0.05

  const choose = (): Choice | undefined => {
    let fresh = true
    for (;;) {
      const actions = machine.failure === undefined ? machine.actions(current) : []
      if (path.length > LONGEST) machine.failure ??= `no end after ${LONGEST} steps`
      if (actions.length === 0 && machine.failure === undefined) {
        executions++
        endOf(machine)
      }
      if (machine.failure !== undefined) {
        failure = { message: machine.failure, schedule: scheduleOf(path) }
        return undefined
      }
      if (actions.length > 0) {
        const action = draw(actions)
        if (action.kind === RUN) current = action.thread
        path.push(action)
        longest = Math.max(longest, path.length)
        steps++
        return { action, fresh }
      }
      if (executions >= runs || performance.now() - begun > milliseconds) return undefined
      machine.restore(beginning)
      path.length = 0
      fresh = false
      eagerness = random()
      fortune = 0.2 * random() ** 2
      current = Math.floor(random() * machine.threads.length)
    }
  }

  const draw = (actions: readonly Action[]): Action => {
    const runs_ = actions.filter(({ kind }) => kind === RUN || kind === SPIN)
    const misfortunes = actions.filter(({ kind }) => kind !== RUN && kind !== SPIN)
    const among = runs_.length === 0 || (misfortunes.length > 0 && random() < fortune) ? misfortunes : runs_
    if (among === runs_ && runs_[0]!.thread === current && random() < eagerness) return runs_[0]!
    return among[Math.floor(random() * among.length)]!
  }

  drive(machine, choose)
  return {
    states: 0,
    steps,
    executions,
    met: 0,
    longest,
    complete: false,
    failure,
    milliseconds: performance.now() - begun,
  }
}

/** Runs one schedule, and says step by step what happens. */
export function replay(
  scenario: Scenario,
  instantiate: Instantiate,
  schedule: string,
): { trace: string[]; failure: string | undefined } {
  const machine = new Machine(scenario, instantiate)
  const actions = actionsOf(schedule)
  const trace: string[] = []
  let at = 0
  let describe: (() => string) | undefined
  let current = 0
  drive(machine, () => {
    if (describe !== undefined) trace.push(describe())
    describe = undefined
    const possible = machine.failure === undefined ? machine.actions(current) : []
    if (machine.failure === undefined && possible.length === 0) endOf(machine)
    if (machine.failure !== undefined || at === actions.length) return undefined
    const action = actions[at++]!
    if (
      !possible.some(
        ({ kind, thread, event }) => kind === action.kind && thread === action.thread && event === action.event,
      )
    ) {
      machine.failure = `the schedule does not fit: step ${at}, ${scheduleOf([action])}, cannot be made`
      return undefined
    }
    if (action.kind === RUN) current = action.thread
    describe = describer(machine, action)
    return { action, fresh: true }
  })
  return { trace, failure: machine.failure }
}

function endOf(machine: Machine): void {
  try {
    machine.scenario.end?.(machine.ghost, machine)
  } catch (error) {
    machine.failure ??= String(error)
  }
}

/** What the step that is about to be made is, and then what it was answered. */
function describer(machine: Machine, action: Action): () => string {
  if (action.kind === TICK) return () => '   2 ms pass'
  if (action.kind === DEADLINE) return () => '   time passes until the next deadline'
  if (action.kind === SPIN) return () => '   25 ms pass, while all spin'
  const who = machine.letter(action.thread)
  if (action.kind === DIE) return () => `${who}  DIES`
  const thread = machine.threads[action.thread]!
  const { op, a, b, c, answers, phase } = thread.state
  const scenario = machine.scenario
  return () => {
    const answer = thread.state.answers > answers ? thread.answers[answers] : undefined
    const name = OPS[op]!
    if (op === OP['turn of its event loop']) return `${who}  ${name}: ${action.kind === LOOK ? 'pulse ' : ''}${answer}`
    if (op === OP['plain load'] || op === OP['byte load']) return `${who}  ${name} ${a} → ${answer}`
    if (op === OP['plain store'] || op === OP['byte store']) return `${who}  ${name} ${a} ${b}`
    if (op > OP.waitAsync) return `${who}  ${name}`
    const word = nameOf(scenario, a)
    const value = (number: number): string => valueOf(scenario, a, number)
    if (op === OP.wait) {
      if (phase === READY)
        return `${who}  ${answer === undefined ? 'falls asleep on' : 'does not sleep on'} ${word}, ${value(b)} seen, ${c} ms`
      return `${who}  wakes${answer === 0 ? '' : ' though nobody rang'}`
    }
    if (op === OP.notify) return `${who}  notify ${word}`
    if (op === OP.load) return `${who}  load ${word} → ${value(answer!)}`
    if (op === OP.compareExchange) {
      return `${who}  compareExchange ${word} ${value(b)} → ${value(c)}${answer === b ? '' : `: fails, it is ${value(answer!)}`}`
    }
    return `${who}  ${name} ${word} ${op === OP.store || op === OP.exchange ? value(b) : b}${op === OP.store ? '' : ` (was ${value(answer!)})`}`
  }
}

/** `A3 B A.7 B! A~ + @`: A makes 3 steps, B one, A a turn of its event loop for its source 7; B dies; A looks; time passes. */
export function scheduleOf(actions: readonly Action[]): string {
  const words: string[] = []
  let times = 0
  actions.forEach(({ kind, thread, event }, index) => {
    const letter = String.fromCodePoint(65 + thread)
    const of = event === 0 ? '' : `.${event}`
    if (kind === TICK) return words.push('+')
    if (kind === DEADLINE) return words.push('@')
    if (kind === SPIN) return words.push('*')
    if (kind === DIE) return words.push(`${letter}!`)
    if (kind === LOOK) return words.push(`${letter}~${of}`)
    if (of !== '') return words.push(`${letter}${of}`)
    times++
    const next = actions[index + 1]
    if (next?.kind === RUN && next.thread === thread && next.event === 0) return 0
    words.push(times === 1 ? letter : `${letter}${times}`)
    times = 0
    return 0
  })
  return words.join(' ')
}

function actionsOf(schedule: string): Action[] {
  return schedule
    .trim()
    .split(/\s+/)
    .flatMap((word): Action[] => {
      const simple = { '+': TICK, '@': DEADLINE, '*': SPIN }[word]
      if (simple !== undefined) return [{ kind: simple, thread: -1, event: 0 }]
      const match = /^([A-Z])(!|~?(?:\.(\d+))?|\d+)$/.exec(word)
      if (match === null) throw new RangeError(`no step of a schedule: ${word}`)
      const thread = match[1]!.codePointAt(0)! - 65
      const rest = match[2]!
      if (rest === '!') return [{ kind: DIE, thread, event: 0 }]
      if (rest.startsWith('~')) return [{ kind: LOOK, thread, event: Number(match[3] ?? 0) }]
      if (match[3] !== undefined) return [{ kind: RUN, thread, event: Number(match[3]) }]
      return Array.from({ length: Number(rest || 1) }, () => ({ kind: RUN, thread, event: 0 }))
    })
}
