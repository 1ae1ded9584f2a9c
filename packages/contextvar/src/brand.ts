/**
 * Several copies of this package may be installed; each has classes of its own. A branded class knows the objects of its namesakes:
 * `instanceof` holds across copies.
 */
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

const markOf = (name: string): symbol => Symbol.for(`@interlock/contextvar/${name}@1`)

/** Its constructor may be private. */
interface Class {
  readonly prototype: object
}

export const CONTEXT_VAR: symbol = markOf('ContextVar')

/** Whether `value` is of the class that is so branded, of whichever copy. */
export const hasBrand = (mark: symbol, value: unknown): boolean => Object(value) === value && mark in (value as object)

export function brand(name: string, constructor: Class): void {
  const mark = markOf(name)
  Object.defineProperty(constructor.prototype, mark, { value: true })
  Object.defineProperty(constructor, Symbol.hasInstance, {
    value(this: Class, value: unknown): boolean {
      // A subclass inherits this method, and is known in the usual way.
      return this === constructor ? hasBrand(mark, value) : Function.prototype[Symbol.hasInstance].call(this, value)
    },
  })
}

/** Gives an error class its name, where the language's own errors have it: in the first line of the stack, and not enumerable. */
export function brandError(name: string, constructor: Class): void {
  brand(name, constructor)
  Object.defineProperty(constructor.prototype, 'name', { value: name, writable: true, configurable: true })
}

/** Prints the objects of a class by their own toString(): by String(), by util.inspect and in JSON. */
export function brandPrinted(name: string, constructor: Class): void {
  brand(name, constructor)
  const printed = {
    value(this: { toString(): string }): string {
      return this.toString()
    },
    writable: true,
    configurable: true,
  }
  Object.defineProperties(constructor.prototype, {
    [Symbol.toStringTag]: { value: name, configurable: true },
    [inspect]: printed,
    toJSON: printed,
  })
}
