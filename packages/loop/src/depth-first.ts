/**
 * The search: every order, depth first, with nothing kept of a run but what was chosen at each step.
 *
 * The first run takes the first option everywhere. The next one does the same as the last up to the deepest step at which an option is left,
 * takes that, and goes on with first options. So the tree of all orders is walked with a stack of choices for memory.
 *
 * Sleep sets (Godefroid 1996), for a program that declares what its tasks share: once a task's step has been tried at a place, it sleeps in
 * the other branches of that place until a step is taken that it depends on. Stepping it earlier would only swap independent steps of an order
 * that has been run. A run in which all that is ready sleeps is such an order, and is broken off. Every order that is left out is equivalent
 * to one that is run: the same steps, of which only neighbours that are independent have changed places.
 * Not together with a bound on preemptions: the equivalent that has been run might have had too many.
 */
import type { Callback } from './callback.ts'
import { InvalidStateError } from './errors.ts'
import { type Footprint, Footprints, independent } from './footprint.ts'
import type { Random } from './random.ts'
import { fromDeviations, type Schedule } from './schedule.ts'
import type { Steering } from './steered-loop.ts'
import type { Task } from './task.ts'

/** Thrown to break a run off that needs no end: it is equivalent to one that has been run. */
export const REDUNDANT: unique symbol = Symbol('redundant')

type Sleepers = ReadonlyMap<string, Footprint>
const NOBODY: Sleepers = new Map()

/** A step at which there was something to choose. */
interface Choice {
  /** What there was, to see that it is the same the next time. */
  readonly options: string
  /** The options to try, in that order. */
  readonly order: readonly number[]
  /** Which of them is being tried. */
  at: number
  /** Who slept when it was reached, and, at `at`, whoever has been tried here. */
  readonly sleepers: Map<string, Footprint>
}

export interface Bounds {
  readonly preemptions: number
  readonly declared: boolean
  readonly random: Random | undefined
}

export class DepthFirst implements Steering {
  readonly #bounds: Bounds
  readonly #stack: Choice[] = []
  // Of the run in progress:
  #depth = 0
  #preemptions = 0
  #step: { choice: Choice; task: Task<any> | undefined } | undefined
  #choice: Choice | undefined
  #sleepers: Sleepers = NOBODY
  #points = 0
  #deviations = new Map<number, number>()
  witness: Footprints | undefined
  /** The program did not do the same again. */
  astray = false

  constructor(bounds: Bounds) {
    this.#bounds = bounds
    this.#begin()
  }

  /** The run so far, to be run again. */
  get schedule(): Schedule {
    return fromDeviations(this.#deviations)
  }

  /** Makes ready for the next run; false if there is none. */
  next(): boolean {
    this.#account()
    const stack = this.#stack
    for (let deepest = stack.at(-1); deepest !== undefined; deepest = stack.at(-1)) {
      if (++deepest.at < deepest.order.length) {
        this.#begin()
        return true
      }
      stack.pop()
    }
    return false
  }

  /** How much of the tree has been walked, from 0 to 1, as far as the top of it tells. */
  get progress(): number {
    let share = 1
    let walked = 0
    for (const { at, order } of this.#stack) {
      share /= order.length
      walked += at * share
      if (share < 1e-6) break
    }
    return walked
  }

  choose(options: readonly Callback[], canGoOn: boolean): number {
    const { witness } = this
    if (options.length === 1 && witness === undefined) return 0
    this.#account()
    const choice = this.#stack[this.#depth] ?? this.#meet(options, canGoOn)
    if (choice.options !== this.#shown(options)) {
      this.astray = true
      throw new InvalidStateError(NOT_THE_SAME)
    }
    this.#depth++
    this.#choice = choice
    const index = choice.order[choice.at]!
    if (options.length > 1) {
      if (index > 0) this.#deviations.set(this.#points, index)
      this.#points++
    }
    if (canGoOn && index > 0 && options[index]!.kind === 'task') this.#preemptions++
    return index
  }

  stepped({ task }: Callback): void {
    if (this.#choice !== undefined) this.#step = { choice: this.#choice, task }
  }

  /** Sees what the last step has touched; only now, as what the loop did for itself after it belongs to it. */
  #account(): void {
    const { witness } = this
    if (witness === undefined || this.#step === undefined) return
    const { choice, task } = this.#step
    this.#step = undefined
    const footprint = witness.take()
    const sleepers = new Map<string, Footprint>()
    // A callback is nobody's: it may have to do with everything.
    if (task !== undefined) {
      const name = witness.nameOf(task)
      for (const [other, its] of choice.sleepers)
        if (other !== name && independent(its, footprint)) sleepers.set(other, its)
      // It sleeps in the branches that are tried after this one. What has slept here is not chosen, so nobody is named twice.
      choice.sleepers.set(name, footprint)
    }
    this.#sleepers = sleepers
  }

  #begin(): void {
    this.#depth = 0
    this.#preemptions = 0
    this.#points = 0
    this.#deviations = new Map()
    this.#sleepers = NOBODY
    this.#choice = this.#step = undefined
    const { declared, preemptions } = this.#bounds
    this.witness = declared && preemptions === Infinity ? new Footprints() : undefined
  }

  #meet(options: readonly Callback[], canGoOn: boolean): Choice {
    const { preemptions, random } = this.#bounds
    const spent = canGoOn && this.#preemptions >= preemptions
    const order: number[] = []
    for (const [index, { kind, task }] of options.entries()) {
      if (spent && index > 0 && kind === 'task') continue
      if (task !== undefined && this.witness !== undefined && this.#sleepers.has(this.witness.nameOf(task))) continue
      order.push(index)
    }
    if (order.length === 0) throw REDUNDANT
    if (random !== undefined) shuffle(order, random)
    const choice: Choice = {
      options: this.#shown(options),
      order,
      at: 0,
      sleepers: new Map(this.#sleepers),
    }
    this.#stack.push(choice)
    return choice
  }

  #shown(options: readonly Callback[]): string {
    return options.map(({ task, kind }) => task?.name ?? kind).join('\n')
  }
}

const NOT_THE_SAME =
  'The program did something else when it was run again. All its state must be made inside of it, anew for each run, and nothing in it may depend on chance or on the time on the wall'

function shuffle(order: number[], random: Random): void {
  for (let left = order.length; left > 1; left--) {
    const other = Math.floor(random() * left)
    const last = order[left - 1]!
    order[left - 1] = order[other]!
    order[other] = last
  }
}
