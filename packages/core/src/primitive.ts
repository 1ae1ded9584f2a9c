/**
 * What every primitive is: named if one likes, and printed as what it is and how it stands, `Lock "db" <locked, waiting: 2>`,
 * by String(), by util.inspect (Node, Bun, Deno) and in JSON.
 */
import { mistyped, optionsObject } from './argument.ts'

export interface PrimitiveOptions {
  /** Shown when the primitive is printed, and in its errors. */
  name?: string
}

/** A symbol, as all that is internal but inherited: a user's subclass may have a `state` of its own. */
export const STATE: unique symbol = Symbol('state')

const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

export abstract class Primitive {
  /** As given to the constructor. */
  readonly name: string | undefined

  constructor(options?: PrimitiveOptions) {
    const name = optionsObject(options)?.name
    if (name !== undefined && typeof name !== 'string') throw mistyped('name', 'a string', name)
    this.name = name
  }

  /** The class's own name, which outlives a minifier. */
  abstract get [Symbol.toStringTag](): string

  /**
   * How it stands, in words.
   * @internal
   */
  abstract [STATE](): string

  toString(): string {
    return `${this[Symbol.toStringTag]}${this.name === undefined ? '' : ` ${JSON.stringify(this.name)}`} <${this[STATE]()}>`
  }

  toJSON(): string {
    return this.toString()
  }

  /** @internal */
  [inspect](): string {
    return this.toString()
  }
}

/** The end of every state: nothing when nobody waits. */
export const andWaiting = (waiting: number): string => (waiting === 0 ? '' : `, waiting: ${waiting}`)
