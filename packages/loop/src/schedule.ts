/**
 * Schedules: which run of a program, as a short text.
 *
 * The program is run with the first option at every step (the task that was stepped last goes on; if it cannot, who became ready first). The
 * text says where that is not so: `3:1,7:2` takes the second option at the third step at which there is something to choose, counted from 0,
 * and the third at the seventh.
 */
import type { Callback } from './callback.ts'
import type { Steering } from './steered-loop.ts'

/** Which option is taken where, if it is not the first: from the number of the choice to that of the option. */
export type Deviations = ReadonlyMap<number, number>
export type Schedule = string

export const fromDeviations = (deviations: Deviations): Schedule =>
  [...deviations].map(([point, option]) => `${point}:${option}`).join(',')

export const isSchedule = (text: string): boolean => /^(\d+:\d+(,\d+:\d+)*)?$/.test(text)

export const toDeviations = (schedule: Schedule): Deviations =>
  new Map(
    schedule === ''
      ? []
      : schedule.split(',').map((one) => one.split(':').map(Number) as [point: number, option: number]),
  )

/** Steers by a schedule. An option that is not there is not taken. */
export class Scripted implements Steering {
  readonly #deviations: Deviations
  /** How many options there were, at each step at which there was something to choose. */
  readonly counts: number[] = []
  /** What has really been done. */
  readonly taken: Map<number, number> = new Map()
  steps = 0

  constructor(deviations: Deviations) {
    this.#deviations = deviations
  }

  choose(options: readonly Callback[], _canGoOn: boolean): number {
    this.steps++
    if (options.length === 1) return 0
    const point = this.counts.length
    this.counts.push(options.length)
    const wanted = this.#deviations.get(point) ?? 0
    if (wanted === 0 || wanted >= options.length) return 0
    this.taken.set(point, wanted)
    return wanted
  }
}
