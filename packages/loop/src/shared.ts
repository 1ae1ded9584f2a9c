import { Primitive, type PrimitiveOptions } from './primitive.ts'
import { shown } from './argument.ts'
import { touch } from './running.ts'

/**
 * A variable that tasks share. It is a plain variable that says when it is read and written: a trace then shows it, and an exploration of a
 * program that declares all that it shares (`explore(program, { declared: true })`) knows which steps have nothing to do with each other.
 *
 * @example
 * ```ts
 * import { Shared } from '@interlock/loop'
 *
 * const counter = new Shared(0, { name: 'counter' })
 * counter.value++
 * counter.value // => 1
 * String(counter) // => 'Shared "counter" <1>'
 * ```
 */
export class Shared<T> extends Primitive {
  #value: T

  constructor(value: T, options?: PrimitiveOptions) {
    super(options)
    this.#value = value
  }

  get value(): T {
    touch(this, 'reads', true)
    return this.#value
  }

  set value(value: T) {
    touch(this, `writes ${shown(value)} to`)
    this.#value = value
  }

  override get [Symbol.toStringTag](): string {
    return 'Shared'
  }

  protected override describe(): string {
    return shown(this.#value)
  }
}
