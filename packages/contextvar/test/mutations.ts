/**
 * Ways to break contextvar: in `file`, `find` becomes `replace`. Each must make a test fail (`npm run mutate`); what one lets live is a guarantee
 * that nobody tests. `find` stands once in its file, or the mutation is out of date and says so.
 */
export interface Mutation {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
}

export const mutations: readonly Mutation[] = [
  {
    name: 'copyContext() gives the Context itself',
    file: 'context.ts',
    find: 'return copyOf(currentContext().bindings)',
    replace: 'return currentContext()',
  },
  {
    name: 'copyContext() forgets the values',
    file: 'context.ts',
    find: 'return copyOf(currentContext().bindings)',
    replace: 'return new Context()',
  },
  {
    name: 'Context: copy() is the Context itself',
    file: 'context.ts',
    find: 'return copyOf(this.bindings)',
    replace: 'return this',
  },
  {
    name: 'bind(): all calls share one Context',
    file: 'context.ts',
    find: '  const { bindings } = currentContext()\n  const bound = function (this: unknown, ...args: A): R {\n    return enter(copyOf(bindings),',
    replace:
      '  const shared = copyContext()\n  const bound = function (this: unknown, ...args: A): R {\n    return enter(shared,',
  },
  {
    name: 'bind(): each call copies what the Context has become',
    file: 'context.ts',
    find: '  const { bindings } = currentContext()\n  const bound = function (this: unknown, ...args: A): R {\n    return enter(copyOf(bindings),',
    replace:
      '  const live = currentContext()\n  const bound = function (this: unknown, ...args: A): R {\n    return enter(live.copy(),',
  },
  {
    name: 'bind() drops this',
    file: 'context.ts',
    find: 'fn.bind(this), args',
    replace: 'fn, args',
  },
  {
    name: "bind() drops the caller's owner",
    file: 'context.ts',
    find: 'enter(copyOf(bindings), currentFrame()?.owner,',
    replace: 'enter(copyOf(bindings), undefined,',
  },
  {
    name: 'run() drops the owner',
    file: 'context.ts',
    find: 'enter(this, frame?.owner,',
    replace: 'enter(this, undefined,',
  },
  {
    name: 'run(): a Context that is on the stack may be entered again',
    file: 'context.ts',
    find: 'if (this.entered > 0 || this ===',
    replace: 'if (this ===',
  },
  {
    name: 'run(): a Context may be entered again after an await in it',
    file: 'context.ts',
    find: 'if (this.entered > 0 || this === (frame === undefined ? realm.root : frame.context)) {',
    replace: 'if (this.entered > 0) {',
  },
  {
    name: 'run(): the outer Context does not count as entered',
    file: 'context.ts',
    find: '  if (outer !== undefined) outer.entered++\n',
    replace: '',
  },
  {
    name: 'run(): a Context stays entered after an error',
    file: 'context.ts',
    find: '  try {\n    return backend.run(frame, fn, ...args)\n  } finally {\n    context.entered--',
    replace:
      '  try {\n    const result = backend.run(frame, fn, ...args)\n    context.entered--\n    return result\n  } finally {',
  },
  {
    name: 'run(): what is no function is called',
    file: 'context.ts',
    find: "    callable('fn', fn)\n    const frame",
    replace: '    const frame',
  },
  {
    name: 'Context: get() of what is no variable answers undefined',
    file: 'context.ts',
    find: "  throw mistyped('variable', 'a ContextVar', variable)\n",
    replace: '  return -1\n',
  },
  {
    name: 'get(): undefined as a fallback does not count',
    file: 'context-var.ts',
    find: 'this.#absent(arguments.length > 0, fallback)',
    replace: 'this.#absent(fallback !== undefined, fallback)',
  },
  {
    name: 'get(): the default goes before the fallback',
    file: 'context-var.ts',
    find: '    if (hasFallback) return fallback as T\n    if (this.#default !== NO_DEFAULT) return this.#default\n',
    replace: '    if (this.#default !== NO_DEFAULT) return this.#default\n    if (hasFallback) return fallback as T\n',
  },
  {
    name: 'get(): undefined as a default does not count',
    file: 'context-var.ts',
    find: "options !== undefined && 'default' in options",
    replace: 'options?.default !== undefined',
  },
  {
    name: 'reset(): the variable is looked at before the use',
    file: 'context-var.ts',
    find: '    if (token.used) throw new TokenUsedError(`${token} has been used already`)\n    if (token.var !== this) throw new RangeError(`token must be one of ${this}, got ${token}`)\n',
    replace:
      '    if (token.var !== this) throw new RangeError(`token must be one of ${this}, got ${token}`)\n    if (token.used) throw new TokenUsedError(`${token} has been used already`)\n',
  },
  {
    name: 'reset(): a token works twice',
    file: 'context-var.ts',
    find: '    token.used = true\n',
    replace: '',
  },
  {
    name: 'reset(): a refused token is used up',
    file: 'context-var.ts',
    find: '    if (token.var !== this) throw',
    replace: '    token.used = true\n    if (token.var !== this) throw',
  },
  {
    name: "reset(): another variable's token works",
    file: 'context-var.ts',
    find: '    if (token.var !== this) throw new RangeError(`token must be one of ${this}, got ${token}`)\n',
    replace: '',
  },
  {
    name: "reset(): another Context's token works",
    file: 'context-var.ts',
    find: '    if (token.context !== context) {',
    replace: '    if (false as boolean) {',
  },
  {
    name: 'reset(): no value before becomes the value undefined',
    file: 'context-var.ts',
    find: 'before === undefined ? context.bindings.without(this.id) : context.bindings.with(before)',
    replace: 'context.bindings.with(before ?? { variable: this, value: undefined })',
  },
  {
    name: 'Token: oldValue of a value undefined is MISSING',
    file: 'context-var.ts',
    find: 'return this.before === undefined ? MISSING : this.before.value',
    replace: 'return this.before?.value === undefined ? MISSING : this.before.value',
  },
  {
    name: 'Token: using of a used token throws',
    file: 'context-var.ts',
    find: '        if (!this.used) this.var.reset(this)',
    replace: '        this.var.reset(this)',
  },
  {
    name: 'bindings: a set changes the node that copies share',
    file: 'bindings.ts',
    find: 'const copy = node === undefined ? [] : node.slice()',
    replace: 'const copy = (node ?? []) as (Node | Binding | undefined)[]',
  },
  {
    name: 'bindings: a replaced value counts as one more',
    file: 'bindings.ts',
    find: 'isNew ? this.size + 1 : this.size',
    replace: 'this.size + 1',
  },
  {
    name: 'bindings: what comes back to where there is nothing does not count',
    file: 'bindings.ts',
    find: 'isNew: boolean = this.find(binding.variable.id) === undefined',
    replace: 'isNew: boolean = false',
  },
  {
    name: 'bindings: deleting what is not there counts',
    file: 'bindings.ts',
    find: '    if (this.find(id) === undefined) return this\n',
    replace: '',
  },
  {
    name: 'bindings: a number beyond the root is looked for within',
    file: 'bindings.ts',
    find: '    if (id >>> shift > MASK) return undefined\n',
    replace: '',
  },
  {
    name: 'bindings: the leaf is the root, whatever that is',
    file: 'bindings.ts',
    find: 'return this.shift === 0 ? (this.root as',
    replace: 'return this.shift >= 0 ? (this.root as',
  },
  {
    name: 'Context: the leaf stays behind',
    file: 'context.ts',
    find: '    this.leaf = bindings.leaf\n',
    replace: '',
  },
  {
    name: 'get() looks into the leaf alone',
    file: 'context-var.ts',
    find: '    if (other !== undefined) return other.value as T\n',
    replace: '',
  },
  {
    name: 'bindings: growing by a level loses what was there',
    file: 'bindings.ts',
    find: 'shift += BITS) root = [root]',
    replace: 'shift += BITS) root = []',
  },
  {
    name: 'root policy: the first value is reported already',
    file: 'root-policy.ts',
    find: '  if (root?.bindings.find(variable.id) === undefined) return\n',
    replace: '',
  },
  {
    name: 'root policy: throw lets through',
    file: 'root-policy.ts',
    find: "  if (rootPolicy === 'throw') {",
    replace: "  if ((rootPolicy as string) === 'refuse') {",
  },
  {
    name: 'root policy: a task in the root Context is not looked at',
    file: 'context-var.ts',
    find: 'if (frame === undefined || frame.context === realm.root) checkRootSet(this)',
    replace: 'if (frame === undefined) checkRootSet(this)',
  },
  {
    name: 'root policy: what a lossy host has lost is set for all',
    file: 'root-policy.ts',
    find: '  if (backend.lossy === true) {',
    replace: '  if (false as boolean) {',
  },
  {
    name: 'report: each time',
    file: 'report.ts',
    find: '  if (reported.has(code)) return\n',
    replace: '',
  },
  {
    name: 'stack backend: a Frame stays after its function',
    file: 'backend/stack.ts',
    find: '      this.#current = before\n',
    replace: '',
  },
  {
    name: 'stack backend: a loss goes unnoticed',
    file: 'backend/stack.ts',
    find: '    this.lossy = true\n',
    replace: '',
  },
  {
    name: 'native backend: AsyncContext is not looked for',
    file: 'backend/native.ts',
    find: '  if (AsyncContext === undefined) return undefined\n',
    replace: '  if (AsyncContext !== undefined || AsyncContext === undefined) return undefined\n',
  },
  {
    name: 'async hooks: AsyncContext is not looked for',
    file: 'backend/async-hooks.ts',
    find: 'nativeBackend(host) ?? ',
    replace: '',
  },
  {
    name: 'logFields(): a variable without a value is a field',
    file: 'log-fields.ts',
    find: '    if (value !== UNSET) fields.push',
    replace: '    fields.push',
  },
  {
    name: 'logFields(): a default does not count',
    file: 'context-var.ts',
    find: 'return this.#default === NO_DEFAULT ? absent : this.#default',
    replace: 'return absent',
  },
  {
    name: 'frame: runFor() forgets the owner',
    file: 'frame/index.ts',
    find: "return enter(context, owner, callable('fn', fn), args)",
    replace: "return enter(context, undefined, callable('fn', fn), args)",
  },
  {
    name: 'brand: a subclass passes for all of its base',
    file: 'brand.ts',
    find: 'return this === constructor ? hasBrand(mark, value)',
    replace: 'return true ? hasBrand(mark, value)',
  },
  {
    name: 'http: all requests share the Context of the server',
    file: 'http/index.ts',
    find: 'new Frame(context.copy(), undefined)',
    replace: 'new Frame(context, undefined)',
  },
  {
    name: 'http: a request begins with the values of listen()',
    file: 'http/index.ts',
    find: 'new Frame(context.copy(), undefined)',
    replace: 'new Frame(currentContext().copy(), undefined)',
  },
  {
    name: 'http: a request belongs to the task that listens',
    file: 'http/index.ts',
    find: 'new Frame(context.copy(), undefined)',
    replace: 'new Frame(context.copy(), currentFrame()?.owner)',
  },
  {
    name: 'http: a request that is handed over again gets another Context',
    file: 'http/index.ts',
    find: 'frameOf(args[0]) ?? new Frame',
    replace: 'new Frame',
  },
  {
    name: 'http: an http2 stream and its request have two Contexts',
    file: 'http/index.ts',
    find: 'known?.[isolated] ?? known?.stream?.[isolated]',
    replace: 'known?.[isolated]',
  },
  {
    name: 'http: listeners run in the Context of the socket',
    file: 'http/index.ts',
    find: '    for (const arg of args) if (isEmitter(arg)) keepFrames(arg, frame)\n',
    replace: '',
  },
  {
    name: 'http: an upgraded socket is none of the request',
    file: 'http/index.ts',
    find: '    for (const arg of args) if (isEmitter(arg)) keepFrames(arg, frame)\n',
    replace: '    if (isEmitter(args[0])) keepFrames(args[0], frame)\n',
  },
  {
    name: "http: listeners run in the request's Frame, whoever adds them",
    file: 'http/index.ts',
    find: 'keep(this, event, listener, currentFrame())',
    replace: 'keep(this, event, listener, frame)',
  },
  {
    name: 'http: a listener cannot be taken off',
    file: 'http/index.ts',
    find: 'Object.assign(kept, { listener })',
    replace: 'kept',
  },
  {
    name: 'http: a once() stays',
    file: 'http/index.ts',
    find: '    emitter.removeListener(event, kept)\n',
    replace: '',
  },
  {
    name: 'http: a once() goes to the end of the queue of prepended ones',
    file: 'http/index.ts',
    find: "'prependOnceListener', adding(prependListener, keptOnce)",
    replace: "'prependOnceListener', adding(on, keptOnce)",
  },
  {
    name: 'http: a listener loses this',
    file: 'http/index.ts',
    find: 'Reflect.apply(listener, self, args)',
    replace: 'Reflect.apply(listener, undefined as never, args)',
  },
  {
    name: "http: 'upgrade' is no request",
    file: 'http/index.ts',
    find: "  'upgrade',\n",
    replace: '',
  },
  {
    name: "http: 'checkExpectation' is no request",
    file: 'http/index.ts',
    find: "  'checkExpectation',\n",
    replace: '',
  },
  {
    name: 'http: a second call wraps again',
    file: 'http/index.ts',
    find: '  if (isolated in server) return server\n',
    replace: '',
  },
  {
    name: 'http: an application passes for a server',
    file: 'http/index.ts',
    find: "typeof value === 'object' && typeof emit === 'function' && typeof address === 'function'",
    replace: "typeof emit === 'function'",
  },
  {
    name: 'inject(): a default is sent',
    file: 'propagate/index.ts',
    find: '    if (!context.has(variable)) continue\n    const member = memberOf(variable, context.get(variable))\n',
    replace:
      "    if (!context.has(variable) && variable.lookUp('') === '') continue\n    const member = memberOf(variable, variable.get())\n",
  },
  {
    name: "inject(): somebody else's value under our name stays",
    file: 'propagate/index.ts',
    find: '    .filter(({ name }) => name === undefined || !variables.has(name))\n',
    replace: '',
  },
  {
    name: 'inject(): the baggage of others is lost',
    file: 'propagate/index.ts',
    find: "    .map(({ text }) => text)\n    .join(',')",
    replace: "    .map(() => '')\n    .join('')",
  },
  {
    name: 'inject(): the limit is one of letters',
    file: 'propagate/baggage.ts',
    find: 'new TextEncoder().encode(text).length',
    replace: 'text.length',
  },
  {
    name: 'inject(): there is no limit',
    file: 'propagate/index.ts',
    find: '    if (byteLength(baggage) > limit) {\n      throw new RangeError(',
    replace: '    if (false as boolean) {\n      throw new RangeError(',
  },
  {
    name: 'inject(): a class instance is sent as its fields',
    file: 'propagate/json.ts',
    find: '  if (!Array.isArray(value) && !isPlain(value)) return `an instance of a class, ${shown(value)}`\n',
    replace: '',
  },
  {
    name: 'inject(): what is deep inside is not looked at',
    file: 'propagate/json.ts',
    find: '    if (lost !== undefined) return lost\n',
    replace: '',
  },
  {
    name: 'inject(): a text that looks like JSON is one',
    file: 'propagate/index.ts',
    find: "  if (typeof value === 'string' && isWellFormed(value)) return `${name}=${encode(value)}`\n",
    replace:
      "  if (typeof value === 'string' && isWellFormed(value)) return `${name}=${encode(value)};${JSON_VALUE}`\n",
  },
  {
    name: 'inject(): half a surrogate pair is sent',
    file: 'propagate/baggage.ts',
    find: '!/\\p{Surrogate}/u.test(text)',
    replace: 'true',
  },
  {
    name: 'inject(): two headers of one name stay',
    file: 'propagate/carrier.ts',
    find: '      for (const key of keys) delete carrier[key]\n',
    replace: '',
  },
  {
    name: 'extract(): two variables of one name are let in',
    file: 'propagate/index.ts',
    find: '    if (other !== undefined && other !== variable)\n',
    replace: '    if (false as boolean)\n',
  },
  {
    name: 'extract(): sets in the current Context',
    file: 'propagate/index.ts',
    find: '  const context = copyContext()\n',
    replace: '  const context = currentContext()\n',
  },
  {
    name: 'extract(): begins with nothing',
    file: 'propagate/index.ts',
    find: '  const context = copyContext()\n',
    replace:
      '  const context = copyContext()\n  for (const key of context.keys()) context.bindings = context.bindings.without(key.id)\n',
  },
  {
    name: 'extract(): of two the later counts',
    file: 'propagate/index.ts',
    find: '    if (seen.has(variable.name)) throw new BaggageError(`baggage must say one thing of ${variable}, got two`)\n',
    replace: '',
  },
  {
    name: 'extract(): any size is taken',
    file: 'propagate/index.ts',
    find: '  if (byteLength(baggage) > limit) {\n    throw new BaggageError(',
    replace: '  if (false as boolean) {\n    throw new BaggageError(',
  },
  {
    name: 'extract(): any character is taken',
    file: 'propagate/baggage.ts',
    find: "  if (!VALUE.test(text)) throw new URIError('a character that must be percent-encoded')\n",
    replace: '',
  },
  {
    name: 'extract(): bad JSON is another error',
    file: 'propagate/index.ts',
    find: '    return properties.includes(JSON_VALUE) ? (JSON.parse(text) as unknown) : text\n  } catch (cause) {',
    replace:
      '    return properties.includes(JSON_VALUE) ? (JSON.parse(text) as unknown) : text\n  } catch (cause) {\n    if (cause instanceof SyntaxError) throw cause',
  },
  {
    name: 'extract(): the first of several headers counts',
    file: 'propagate/carrier.ts',
    find: "texts.join(',')",
    replace: "(texts[0] ?? '')",
  },
]
