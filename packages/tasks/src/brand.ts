/** What classes here have in common: they know their objects across copies of this package, and print them by toString(). */
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/** Its constructor may be private. */
interface Class {
  readonly prototype: object
}

/** Makes `instanceof` hold for the objects of every copy of this package that is installed. */
export function brand(name: string, constructor: Class): void {
  const mark = Symbol.for(`@interlock/tasks/${name}@1`)
  Object.defineProperty(constructor.prototype, mark, { value: true })
  Object.defineProperty(constructor, Symbol.hasInstance, {
    value(this: Class, value: unknown): boolean {
      // A subclass inherits this method, and is known in the usual way.
      if (this !== constructor) return Function.prototype[Symbol.hasInstance].call(this, value)
      return Object(value) === value && mark in (value as object)
    },
  })
}

/** Prints by toString(), by util.inspect (Node, Bun, Deno) and in JSON, too. */
export function printed(constructor: Class): void {
  const text = {
    value(this: { toString(): string }): string {
      return this.toString()
    },
    writable: true,
    configurable: true,
  }
  Object.defineProperties(constructor.prototype, { [inspect]: text, toJSON: text })
}

/** Makes `await using` call `dispose`. */
export function asyncDisposable<T extends object>(
  constructor: { readonly prototype: T },
  dispose: (self: T) => Promise<void>,
): void {
  // Where a runtime does not have Symbol.asyncDispose yet, the symbol that a compiler's `await using` looks for.
  Object.defineProperty(constructor.prototype, Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose'), {
    value(this: T): Promise<void> {
      return dispose(this)
    },
  })
}
