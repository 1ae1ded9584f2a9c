/** What every primitive is: named if one likes, and printed as what it is and how it stands, `Lock "db" <locked, waiting: 2>`. */
import { mistyped, optionsObject } from './argument.ts'
import { made } from './running.ts'

export interface PrimitiveOptions {
  /** Shown when the primitive is printed, and in errors and traces. */
  name?: string | undefined
}

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

export abstract class Primitive {
  /** As given to the constructor. */
  readonly name: string | undefined

  constructor(options?: PrimitiveOptions) {
    const name = optionsObject(options)?.name
    if (name !== undefined && typeof name !== 'string') throw mistyped('name', 'a string', name)
    this.name = name
    made(this)
  }

  /** The class's own name, which outlives a minifier. */
  abstract get [Symbol.toStringTag](): string

  /** How it stands, in words. */
  protected abstract describe(): string

  toString(): string {
    return `${this.called} <${this.describe()}>`
  }

  /** @internal */
  get called(): string {
    return `${this[Symbol.toStringTag]}${this.name === undefined ? '' : ` ${JSON.stringify(this.name)}`}`
  }

  /** @internal */
  [inspect](): string {
    return this.toString()
  }
}

/** The end of every state: nothing when nobody waits. */
export const andWaiting = (waiting: number): string => (waiting === 0 ? '' : `, waiting: ${waiting}`)
