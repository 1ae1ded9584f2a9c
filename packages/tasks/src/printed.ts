/** Prints the objects of a class by their own toString(), by util.inspect (Node, Bun, Deno) and in JSON, too. */
const inspect: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

export function printed(constructor: abstract new (...args: never) => object): void {
  const text = {
    value(this: { toString(): string }): string {
      return this.toString()
    },
    writable: true,
    configurable: true,
  }
  Object.defineProperties(constructor.prototype, { [inspect]: text, toJSON: text })
}
