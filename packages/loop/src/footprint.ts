/**
 * Footprints: what a step has touched. Two steps are independent if neither changes what the other touches: their order makes no difference.
 *
 * A run is forgotten when the next begins, and its objects with it. So they are known by who made them, and as which of all that he made;
 * whatever order independent steps are taken in, that is the same.
 */
import { running, type Witness } from './running.ts'

/** What was touched, by its name; true where it was changed. */
export type Footprint = ReadonlyMap<string, boolean>

export const independent = (a: Footprint, b: Footprint): boolean => {
  for (const [name, changed] of a) {
    const other = b.get(name)
    if (other !== undefined && (changed || other)) return false
  }
  return true
}

/** Not made in the run: anybody's. */
const OUTSIDE = 'outside'

export class Footprints implements Witness {
  readonly #names = new Map<object, string>()
  readonly #made = new Map<object | undefined, number>()
  #step = new Map<string, boolean>()

  made(what: object): void {
    const maker = running.task
    const count = this.#made.get(maker) ?? 0
    this.#made.set(maker, count + 1)
    this.#names.set(what, `${maker === undefined ? '' : this.nameOf(maker)}/${count}`)
  }

  touched(what: object, _deed: string | undefined, reads: boolean): void {
    const name = this.nameOf(what)
    if (!reads) this.#step.set(name, true)
    else if (!this.#step.has(name)) this.#step.set(name, false)
  }

  noted(): void {}

  nameOf(what: object): string {
    return this.#names.get(what) ?? OUTSIDE
  }

  /** What has been touched since the last time. */
  take(): Footprint {
    const step = this.#step
    this.#step = new Map()
    return step
  }
}
