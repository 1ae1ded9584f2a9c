// Loops made from a library's source text. Each call compiles anew, with the row's and the library's name in the text:
// V8 keeps one function for one text, and two libraries in one function would share its inline caches.
import type { HeldGuard, LimitGuard, Probe, ProgramGuard, QueueWork, Token } from './library.ts'

export type Compiled<Args extends unknown[], Result> = (...args: Args) => Result
const AsyncFunction = (async () => {}).constructor as FunctionConstructor

const tag = (what: string): string => `/* ${what.replaceAll('*/', '')} */`

export function asynchronous<Args extends unknown[], Result = void>(
  what: string,
  parameters: string,
  body: string,
): Compiled<Args, Promise<Result>> {
  return new AsyncFunction(parameters, `'use strict'\n${tag(what)}\n${body}`) as never
}

export function synchronous<Args extends unknown[], Result = void>(
  what: string,
  parameters: string,
  body: string,
): Compiled<Args, Result> {
  // oxlint-disable-next-line no-implied-eval, typescript/no-implied-eval -- the text is an adapter's, not anybody's input
  return new Function(parameters, `'use strict'\n${tag(what)}\n${body}`) as never
}

/** A critical section of nothing, of one yield, or of what a test watches. */
export type Inside = 'nothing' | 'yield' | Probe

/** `tasks` tasks that each take and give back `turns` times. */
export type Turns = (permits: number, tasks: number, turns: number) => Promise<void>

export function turnsOf(what: string, guard: HeldGuard | LimitGuard | ProgramGuard, inside: Inside): Turns {
  const probe = typeof inside === 'object' ? inside : undefined
  if (guard.style === 'program') return (permits, tasks, turns) => guard.run(permits, tasks, turns, probe)
  const loop = guard.style === 'held' ? heldLoop(what, guard, inside) : limitLoop(what, guard)
  const task = taskOf(what, inside)
  return async (permits, tasks, turns) => {
    const lock = guard.make(permits)
    if (tasks === 1) return loop(lock, turns, task, probe)
    const running = Array.from<Promise<void>>({ length: tasks })
    for (let index = 0; index < tasks; index++) running[index] = loop(lock, turns, task, probe)
    await Promise.all(running)
  }
}

type Loop = Compiled<[lock: unknown, turns: number, task: () => unknown, probe: Probe | undefined], Promise<void>>

function heldLoop(what: string, guard: HeldGuard, inside: Inside): Loop {
  const middle = middleOf(inside)
  return asynchronous(
    what,
    'lock, turns, task, probe',
    `for (let turn = 0; turn < turns; turn++) { const held = await ${guard.wait}; ${middle} ${guard.give}; }`,
  )
}

function limitLoop(what: string, guard: LimitGuard): Loop {
  return asynchronous(what, 'lock, turns, task', `for (let turn = 0; turn < turns; turn++) await ${guard.run};`)
}

function taskOf(what: string, inside: Inside): () => unknown {
  if (inside === 'nothing') return () => {}
  const probe = typeof inside === 'object' ? inside : undefined
  const task = asynchronous<[Probe | undefined]>(`${what}, task`, 'probe', middleOf(inside))
  return () => task(probe)
}

const middleOf = (inside: Inside): string => {
  if (inside === 'nothing') return ''
  return inside === 'yield' ? 'await undefined;' : 'probe.enter(); await undefined; probe.leave();'
}

/** Takes and gives back at once, `turns` times; throws when it does not get a free lock. */
export function tryTurnsOf(what: string, guard: HeldGuard): (turns: number) => void {
  const loop = synchronous<[unknown, number]>(
    what,
    'lock, turns',
    `for (let turn = 0; turn < turns; turn++) {
      const held = ${guard.tryTake};
      if (!held) throw new Error('a free lock was not had');
      ${guard.give};
    }`,
  )
  return (turns) => loop(guard.make(1), turns)
}

/** What a held lock's waiters go through: they are parked, then all pass by hand-off, or all are rejected. */
export interface Crowd {
  passed: number
  rejected: number
  /** Resolves when as many have settled as were parked. */
  settled: Promise<void>
  drain(): void
  /** Only where tokens were given, or the guard can cancel all. */
  cancel(): void
  /** After the last: takes the lock and gives it back, which shows that it still works. */
  after(): Promise<void>
}

export type Park = (count: number, tokens?: readonly Token[]) => Promise<Crowd>

/** `signals`: each waiter has its own, all have one, or none has any. */
export type Signals = 'none' | 'own' | 'shared'

export function parkOf(what: string, guard: HeldGuard | LimitGuard, signals: Signals): Park {
  return guard.style === 'held' ? parkHeld(what, guard, signals) : parkLimited(what, guard, signals)
}

const signalText = { none: '', own: 'const signal = tokens[index].signal;', shared: '' }
const sharedText = (signals: Signals): string => (signals === 'shared' ? 'const signal = tokens[0].signal;' : '')

class Tally {
  passed = 0
  rejected = 0
  readonly settled: Promise<void>
  private left: number
  private finish!: () => void

  constructor(count: number) {
    this.left = count
    this.settled = new Promise((resolve) => {
      this.finish = resolve
    })
  }

  pass(): void {
    this.passed++
    if (--this.left === 0) this.finish()
  }

  reject(): void {
    this.rejected++
    if (--this.left === 0) this.finish()
  }
}

function parkHeld(what: string, guard: HeldGuard, signals: Signals): Park {
  const first = asynchronous<[unknown], unknown>(`${what}, first`, 'lock', `return { held: await ${guard.wait} };`)
  const give = synchronous<[unknown, unknown]>(`${what}, give`, 'lock, held', `${guard.give};`)
  const passing = synchronous<[unknown, Tally], (held: unknown) => void>(
    `${what}, pass`,
    'lock, tally',
    `return (held) => { ${guard.give}; tally.pass(); };`,
  )
  const fill = synchronous<[unknown, number, readonly Token[], (held: unknown) => void, () => void]>(
    `${what}, fill`,
    'lock, count, tokens, pass, reject',
    `${sharedText(signals)}
    for (let index = 0; index < count; index++) {
      ${signalText[signals]}
      ${signals === 'none' ? guard.wait : guard.waitWith}.then(pass, reject);
    }`,
  )
  const cancelAll = cancelAllOf(what, guard)
  return async (count, tokens = []) => {
    const lock = guard.make(1)
    const { held } = (await first(lock)) as { held: unknown }
    const tally = new Tally(count)
    fill(lock, count, tokens, passing(lock, tally), () => tally.reject())
    return crowdOf(
      tally,
      lock,
      cancelAll,
      () => give(lock, held),
      async () => {
        const again = (await first(lock)) as { held: unknown }
        give(lock, again.held)
      },
    )
  }
}

function parkLimited(what: string, guard: LimitGuard, signals: Signals): Park {
  const run = asynchronous<[unknown, () => unknown]>(`${what}, first`, 'lock, task', `await ${guard.run};`)
  const fill = synchronous<[unknown, number, readonly Token[], () => void, () => void, () => void]>(
    `${what}, fill`,
    'lock, count, tokens, task, pass, reject',
    `${sharedText(signals)}
    for (let index = 0; index < count; index++) {
      ${signalText[signals]}
      ${signals === 'none' ? guard.run : guard.runWith}.then(pass, reject);
    }`,
  )
  const cancelAll = cancelAllOf(what, guard)
  return async (count, tokens = []) => {
    const lock = guard.make(1)
    const gate = Promise.withResolvers<void>()
    const holder = run(lock, () => gate.promise)
    const tally = new Tally(count)
    fill(
      lock,
      count,
      tokens,
      () => {},
      () => tally.pass(),
      () => tally.reject(),
    )
    return crowdOf(tally, lock, cancelAll, gate.resolve, async () => {
      await holder
      await run(lock, () => {})
    })
  }
}

const cancelAllOf = (what: string, guard: HeldGuard | LimitGuard): Compiled<[unknown], void> =>
  synchronous(`${what}, cancel`, 'lock', `${guard.cancelAll ?? ''};`)

function crowdOf(
  tally: Tally,
  lock: unknown,
  cancelAll: (lock: unknown) => void,
  drain: () => void,
  after: () => Promise<void>,
): Crowd {
  return {
    get passed() {
      return tally.passed
    },
    get rejected() {
      return tally.rejected
    },
    settled: tally.settled,
    drain,
    cancel: () => cancelAll(lock),
    after,
  }
}

/**
 * Waiters parked with nothing but what the library itself keeps, or each in an async function that awaits. Gives back what must be kept.
 */
export function parkBare(
  what: string,
  guard: HeldGuard | LimitGuard,
  how: 'bare' | 'awaited',
  signals: Signals,
): (lock: unknown, count: number, tokens: readonly Token[], task: () => unknown) => void {
  const plain = guard.style === 'held' ? guard.wait : guard.run
  const withSignal = guard.style === 'held' ? guard.waitWith : guard.runWith
  const wait = signals === 'none' ? plain : withSignal
  const one = how === 'bare' ? wait : `(async () => { await ${wait}; })()`
  return synchronous(
    what,
    'lock, count, tokens, task',
    `${sharedText(signals)}
    for (let index = 0; index < count; index++) { ${signalText[signals]} ${one}; }`,
  )
}

/** What becomes of the items. */
export type Use = 'sum' | { item(value: number): void }

export type QueueShape = 'burst' | 'nowait' | 'concurrent'

/** Passes 0 to count-1 through a new queue; answers their sum, or 0 when a test looks at each. */
export type Passage = (bound: number | undefined, count: number) => Promise<number>

export function passageOf(what: string, queue: QueueWork, shape: QueueShape, use: Use): Passage {
  const { work } = queue
  if (work.style === 'program') {
    return async (bound, count) => {
      let sum = 0
      const take = (value: number): void => {
        if (typeof use === 'object') use.item(value)
        else sum += value
      }
      await work.run(shape === 'concurrent' ? 'concurrent' : 'burst', bound, count, take)
      return sum
    }
  }
  const observer = typeof use === 'object' ? use : undefined
  const taken = observer === undefined ? 'sum += value;' : 'observer.item(value);'
  const breath = shape === 'concurrent' && work.putIsSynchronous ? 'await undefined;' : ''
  const put = shape === 'nowait' ? work.putNow : work.put
  const get = shape === 'nowait' ? work.getNow : work.get
  const producing = `for (let item = 0; item < count; item++) { ${put}; ${breath} }`
  const consuming = `let sum = 0; for (let index = 0; index < count; index++) { const value = ${get}; ${taken} } return sum;`
  if (shape === 'nowait') {
    const produce = synchronous<[unknown, number]>(`${what}, produce`, 'queue, count', producing)
    const consume = synchronous<[unknown, number, unknown], number>(
      `${what}, consume`,
      'queue, count, observer',
      consuming,
    )
    return async (bound, count) => {
      const made = work.make(bound)
      produce(made, count)
      return consume(made, count, observer)
    }
  }
  const produce = asynchronous<[unknown, number]>(`${what}, produce`, 'queue, count', producing)
  const consume = asynchronous<[unknown, number, unknown], number>(
    `${what}, consume`,
    'queue, count, observer',
    consuming,
  )
  if (shape === 'burst') {
    return async (bound, count) => {
      const made = work.make(bound)
      await produce(made, count)
      return consume(made, count, observer)
    }
  }
  return async (bound, count) => {
    const made = work.make(bound)
    const consumed = consume(made, count, observer)
    await produce(made, count)
    return consumed
  }
}
