/**
 * ContextVar: a variable whose value depends on the task that asks. Token: the way back to the value before.
 *
 * get() looks into the current Context, set() changes it; both are synchronous, and there is no state but the Context's.
 */
import { mistyped } from './argument.ts'
import type { Binding } from './bindings.ts'
import { brandPrinted } from './brand.ts'
import { Context, currentContext } from './context.ts'
import { LookupError } from './errors/lookup-error.ts'
import { TokenUsedError } from './errors/token-used-error.ts'
import { currentFrame, realm } from './realm.ts'
import { checkRootSet } from './root-policy.ts'
import { keepShape } from './shape.ts'

const MISSING: unique symbol = Symbol.for('@interlock/contextvar/MISSING') as never

const NO_DEFAULT = Symbol('no default')

const BY_US = Symbol('set')

/**
 * A variable that each task, and each request, has a value of its own of: a request id, the user, a transaction, a deadline.
 *
 * What a task sets is seen by all that it calls and awaits, and, across awaits, by itself; by no other task. Create variables at the top of
 * a module, once: a Context keeps every variable that was set in it. For what is passed down one call, a parameter is plainer.
 *
 * Semantics: contextvars.ContextVar of PEP 567. get() and set() are O(1), in practice.
 *
 * @param name For people; it need not be unique, except to cross a thread or a wire.
 * @param options `default`: what get() answers where nothing was set; `{ default: undefined }` counts.
 * @throws TypeError when `name` is no string or `options` no object.
 *
 * @example
 * ```ts node
 * import { Context, ContextVar } from '@interlock/contextvar'
 *
 * const requestId = new ContextVar<string>('requestId')
 * const log: string[] = []
 *
 * async function handle(id: string) {
 *   requestId.set(id)
 *   await undefined // anything that takes its time
 *   log.push(`${requestId.get()} done`)
 * }
 * await Promise.all(['a', 'b'].map((id) => new Context().run(handle, id)))
 *
 * log // => ['a done', 'b done']
 * requestId.get('none') // => 'none'
 * ```
 */
export class ContextVar<T> {
  readonly #name: string
  /** @internal */
  readonly id: number
  readonly #default: T | typeof NO_DEFAULT
  /**
   * currentFrame(), for get(): what a prototype holds is a constant to V8, what another module exports has to be looked up.
   * @internal
   */
  declare readonly frame: typeof currentFrame

  static {
    brandPrinted('ContextVar', this)
    Object.defineProperty(this.prototype, 'frame', { value: currentFrame })
  }

  constructor(name: string, options?: { default: T }) {
    if (typeof name !== 'string') throw mistyped('name', 'a string', name)
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw mistyped('options', 'an object', options)
    }
    this.#name = name
    this.#default = options !== undefined && 'default' in options ? options.default : NO_DEFAULT
    this.id = realm.variables++
  }

  /** For people. */
  get name(): string {
    return this.#name
  }

  /**
   * The current Context's value, else `fallback` if one was passed (undefined counts), else the variable's default.
   *
   * @throws LookupError when there is none of these.
   */
  get(fallback?: T): T {
    const frame = this.frame()
    // Not `frame?.`, which would look for null as well.
    const binding = frame === undefined ? undefined : frame.context.leaf[this.id]
    if (binding !== undefined) return binding.value as T
    // In a second leaf, in the root Context, or nowhere.
    const other = (frame === undefined ? realm.root : frame.context)?.bindings.find(this.id)
    if (other !== undefined) return other.value as T
    return this.#absent(arguments.length > 0, fallback)
  }

  /**
   * Sets it for the task that calls, and for what it calls and starts from now on.
   *
   * @throws RootContextError outside of any run() and task, where that is refused.
   */
  set(value: T): Token<T> {
    const frame = currentFrame()
    if (frame === undefined || frame.context === realm.root) checkRootSet(this)
    const context = frame === undefined ? currentContext() : frame.context
    const before = context.bindings.find(this.id) as Binding<T> | undefined
    context.bindings = context.bindings.with({ variable: this, value }, before === undefined)
    return Token.create(this, context, before)
  }

  /**
   * Undoes that set(): the variable has the value from before it, or none.
   *
   * @throws In this order: TypeError for what is no token; TokenUsedError for one used before; RangeError for the token of another
   *   variable, or one made in another Context, which is to say in another task.
   */
  reset(token: Token<T>): void {
    if (!(token instanceof Token)) throw mistyped('token', 'a Token', token)
    if (token.used) throw new TokenUsedError(`${token} has been used already`)
    if (token.var !== this) throw new RangeError(`token must be one of ${this}, got ${token}`)
    const context = currentContext()
    if (token.context !== context) {
      throw new RangeError(`token must be of the current Context, got ${token}, made in another task or another run()`)
    }
    token.used = true
    const { before } = token
    context.bindings = before === undefined ? context.bindings.without(this.id) : context.bindings.with(before)
  }

  /**
   * The value, else the default, else `absent`.
   * @internal
   */
  lookUp<A>(absent: A): T | A {
    const binding = currentContext().bindings.find(this.id)
    if (binding !== undefined) return binding.value as T
    return this.#default === NO_DEFAULT ? absent : this.#default
  }

  toString(): string {
    return `ContextVar ${JSON.stringify(this.name)}`
  }

  #absent(hasFallback: boolean, fallback: T | undefined): T {
    if (hasFallback) return fallback as T
    if (this.#default !== NO_DEFAULT) return this.#default
    throw new LookupError(`${this} has no value in this Context, and no default`)
  }
}

/**
 * What set() answers: the way back. `using _ = requestId.set('42')` resets the variable at the end of the block, unless it was reset
 * before.
 *
 * Good once, in the Context in which it was made. Python's Token; a context manager as of Python 3.14.
 *
 * @example
 * ```ts
 * import { ContextVar, Token } from '@interlock/contextvar'
 *
 * const user = new ContextVar('user', { default: 'nobody' })
 * {
 *   using token = user.set('ann')
 *   token.oldValue === Token.MISSING // => true
 *   user.get() // => 'ann'
 * }
 * user.get() // => 'nobody'
 * ```
 */
export class Token<T> implements Disposable {
  /** What `oldValue` is where nothing had been set. */
  static readonly MISSING: typeof MISSING = MISSING

  readonly #variable: ContextVar<T>
  /** @internal */
  readonly context: Context
  /** @internal */
  readonly before: Binding<T> | undefined
  /** @internal */
  used = false
  /** `using`: resets the variable at the end of the block, unless it was reset before. */
  declare [Symbol.dispose]: () => void

  static {
    brandPrinted('Token', this)
    // Where a runtime does not have Symbol.dispose yet, the symbol that a compiler's `using` looks for.
    Object.defineProperty(this.prototype, Symbol.dispose ?? Symbol.for('Symbol.dispose'), {
      value(this: Token<unknown>): void {
        if (!this.used) this.var.reset(this)
      },
    })
  }

  /** @internal */
  static create<T>(variable: ContextVar<T>, context: Context, before: Binding<T> | undefined): Token<T> {
    // Not by name, which a bundler would change.
    return new this(BY_US, variable, context, before)
  }

  private constructor(by: symbol, variable: ContextVar<T>, context: Context, before: Binding<T> | undefined) {
    if (by !== BY_US) throw new TypeError('Token has no public constructor: variable.set() answers one')
    this.#variable = variable
    this.context = context
    this.before = before
  }

  /** Whose value was set. */
  get var(): ContextVar<T> {
    return this.#variable
  }

  /** The value before, or Token.MISSING. */
  get oldValue(): T | typeof MISSING {
    return this.before === undefined ? MISSING : this.before.value
  }

  toString(): string {
    return `Token <of ${this.var}${this.used ? ', used' : ''}>`
  }
}

keepShape(Token.create(new ContextVar(''), new Context(), undefined))
