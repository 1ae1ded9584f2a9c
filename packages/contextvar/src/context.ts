/**
 * Context: what a task owns, a set of bindings of variables to values.
 *
 * States: a mutable cell that holds immutable Bindings. set() swaps the cell's bindings, so all code that runs in the cell sees it; a copy
 *   is a new cell with the same bindings.
 * Carried: one Frame for each piece of code, by one AsyncLocalStorage (or what the host has) for all variables. Only run() enters a Frame;
 *   set() does not, or what a function sets after an await would not be seen by its caller.
 */
import { callable, mistyped } from './argument.ts'
import { type Binding, type Bindings, EMPTY } from './bindings.ts'
import { brandPrinted, CONTEXT_VAR, hasBrand } from './brand.ts'
import type { ContextVar } from './context-var.ts'
import { ContextEnteredError } from './errors/context-entered-error.ts'
import { Frame } from './frame.ts'
import { currentFrame, realm } from './realm.ts'
import { keepShape } from './shape.ts'

/**
 * Which variable has which value for the code that runs in it. Reads as a Map of variables to values; bindings change only through
 * `variable.set()` inside run().
 *
 * Each task has one of its own, so a program needs it seldom: to start something in an empty Context (`new Context().run(fn)`), or to give
 * several callbacks one Context. For one function that somebody calls later, use bind().
 *
 * Semantics: contextvars.Context of PEP 567. copy() and run() are O(1), get() and has() too, in practice.
 *
 * @throws TypeError when given an argument: there is nothing to give.
 *
 * @example
 * ```ts node
 * import { Context, ContextVar } from '@interlock/contextvar'
 *
 * const user = new ContextVar('user', { default: 'nobody' })
 * const context = new Context()
 * const seen = await context.run(async () => {
 *   user.set('ann')
 *   await undefined
 *   return user.get()
 * })
 * seen // => 'ann'
 * context.get(user) // => 'ann'
 * user.get() // => 'nobody'
 * ```
 */
export class Context implements Iterable<[ContextVar<unknown>, unknown]> {
  #bindings: Bindings = EMPTY
  /**
   * That of the bindings, here for get(), which has two nanoseconds for all that it does beyond a bare getStore().
   * @internal
   */
  leaf: Bindings['leaf'] = EMPTY.leaf
  /**
   * How many calls on the stack have entered it.
   * @internal
   */
  entered = 0

  static {
    brandPrinted('Context', this)
  }

  constructor() {
    if (arguments.length > 0) throw new TypeError('new Context() takes no arguments')
  }

  /** @internal */
  get bindings(): Bindings {
    return this.#bindings
  }

  /** @internal */
  set bindings(bindings: Bindings) {
    this.#bindings = bindings
    this.leaf = bindings.leaf
  }

  /**
   * Runs `fn` in this Context, its awaits included, and answers what it answers.
   *
   * @throws ContextEnteredError when the code that calls is in this Context already; TypeError when `fn` is no function; what `fn` throws.
   */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    callable('fn', fn)
    const frame = currentFrame()
    // After an await the stack that entered it is gone, and the code is in it nonetheless.
    if (this.entered > 0 || this === (frame === undefined ? realm.root : frame.context)) {
      throw new ContextEnteredError(`${this} is entered already: run in a copy() of it`)
    }
    return enter(this, frame?.owner, fn, args)
  }

  /** Another Context with the same bindings. What is set in the one is not seen in the other. */
  copy(): Context {
    return copyOf(this.bindings)
  }

  /** The variable's value in this Context; undefined if it has none here. Its default does not count. */
  get<T>(variable: ContextVar<T>): T | undefined {
    return this.bindings.find(idOf(variable))?.value as T | undefined
  }

  /** Whether the variable has a value in this Context. Its default does not count. */
  has(variable: ContextVar<unknown>): boolean {
    return this.bindings.find(idOf(variable)) !== undefined
  }

  /** How many variables have a value here. */
  get size(): number {
    return this.bindings.size
  }

  /** The variables that have a value here, in the order in which they were created. */
  *keys(): IterableIterator<ContextVar<unknown>> {
    for (const { variable } of this.bindings) yield variable
  }

  /** Their values, in the same order. */
  *values(): IterableIterator<unknown> {
    for (const { value } of this.bindings) yield value
  }

  /** As they were when the iteration began, in the order in which the variables were created. */
  *entries(): IterableIterator<[ContextVar<unknown>, unknown]> {
    for (const { variable, value } of this.bindings as Iterable<Binding>) yield [variable, value]
  }

  [Symbol.iterator](): IterableIterator<[ContextVar<unknown>, unknown]> {
    return this.entries()
  }

  toString(): string {
    return `Context <size: ${this.size}>`
  }
}

function idOf(variable: ContextVar<unknown>): number {
  if (hasBrand(CONTEXT_VAR, variable)) return variable.id
  throw mistyped('variable', 'a ContextVar', variable)
}

function copyOf(bindings: Bindings): Context {
  const copy = new Context()
  copy.bindings = bindings
  return copy
}

/**
 * The Context of the code that runs, itself where copyContext() gives a copy: of its innermost run() or its task, or else the realm's root.
 */
export function currentContext(): Context {
  const frame = currentFrame()
  return frame === undefined ? (realm.root ??= new Context()) : frame.context
}

/**
 * Runs `fn` in `context` on behalf of `owner`, whether or not the Context is entered.
 * @internal
 */
export function enter<A extends unknown[], R>(context: Context, owner: unknown, fn: (...args: A) => R, args: A): R {
  return resume(new Frame(context, owner), fn, args)
}

/**
 * Runs `fn` in `frame`, as though what it belongs to went on: a new Frame's own code, or a callback of a Frame's.
 * @internal
 */
export function resume<A extends unknown[], R>(frame: Frame, fn: (...args: A) => R, args: A): R {
  const { backend } = realm
  const { context } = frame
  const current = backend.current()
  const outer = current === undefined ? realm.root : current.context
  // The outer one too: code that resumed after an await is in it with nothing on the stack that says so.
  context.entered++
  if (outer !== undefined) outer.entered++
  try {
    return backend.run(frame, fn, ...args)
  } finally {
    context.entered--
    if (outer !== undefined) outer.entered--
  }
}

/**
 * A copy of the current Context. O(1).
 *
 * @example
 * ```ts
 * import { ContextVar, copyContext } from '@interlock/contextvar'
 *
 * const depth = new ContextVar('depth', { default: 0 })
 * const inside = copyContext().run(() => {
 *   depth.set(1)
 *   return depth.get()
 * })
 * inside // => 1
 * depth.get() // => 0
 * ```
 */
export function copyContext(): Context {
  return copyOf(currentContext().bindings)
}

/**
 * A function that runs `fn`, `this` kept, in a snapshot of the Context that is current now: for event emitters, callbacks and pools, whose
 * functions otherwise run in the Context of whoever calls them. May be called at any time, any number of times; each call begins with the
 * snapshot.
 *
 * @throws TypeError when `fn` is no function.
 *
 * @example
 * ```ts
 * import { bind, Context, ContextVar } from '@interlock/contextvar'
 *
 * const user = new ContextVar('user', { default: 'nobody' })
 * const greet = new Context().run(() => {
 *   user.set('ann')
 *   return bind((greeting: string) => `${greeting} ${user.get()}`)
 * })
 * greet('Hello') // => 'Hello ann'
 * ```
 */
export function bind<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  callable('fn', fn)
  const { bindings } = currentContext()
  const bound = function (this: unknown, ...args: A): R {
    return enter(copyOf(bindings), currentFrame()?.owner, fn.bind(this), args)
  }
  return Object.defineProperties(bound, {
    name: { value: `bound ${fn.name}`, configurable: true },
    length: { value: fn.length, configurable: true },
  })
}

keepShape(new Frame(new Context(), undefined))
