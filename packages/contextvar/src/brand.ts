/**
 * Several copies of this package may be installed; each has classes of its own. A branded class knows the objects of its namesakes:
 * `instanceof` holds across copies.
 */
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

const markOf = (name: string): symbol => Symbol.for(`@interlock/contextvar/${name}@1`)

type Class = abstract new (...args: never) => object

/** Whether `value` is of the branded class `name`, of whichever copy. */
export const hasBrand = (name: string, value: unknown): boolean =>
  Object(value) === value && markOf(name) in (value as object)

export function brand(name: string, constructor: Class): void {
  Object.defineProperty(constructor.prototype, markOf(name), { value: true })
  Object.defineProperty(constructor, Symbol.hasInstance, {
    value(this: Class, value: unknown): boolean {
      // A subclass inherits this method, and is known in the usual way.
      return this === constructor ? hasBrand(name, value) : Function.prototype[Symbol.hasInstance].call(this, value)
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
    value(this: object): string {
      return String(this)
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
