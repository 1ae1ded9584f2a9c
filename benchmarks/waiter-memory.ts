// A process for one cell of the row of bytes: `node --expose-gc waiter-memory.ts '{"library":…,"holding":…,"count":…}'` prints bytes for
// each waiter. A few are parked on another lock first, so that what is compiled and allocated once is not counted.
import { loadLibrary } from './catalogue.ts'
import { parkBare, type Signals } from './compile.ts'
import { abortToken } from './floors.ts'
import type { HeldGuard, LimitGuard, Token } from './library.ts'

export type Holding = 'bare' | 'bare-shared' | 'bare-own' | 'awaited' | 'awaited-shared' | 'awaited-own'

export interface Asked {
  /** A library's name, or one of the two floors. */
  library: string
  holding: Holding
  count: number
}

const kept: unknown[] = []

function heap(): number {
  // One collection may leave what a finalizer or a weak cell held.
  for (let times = 0; times < 4; times++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

async function bytes({ library: name, holding, count }: Asked): Promise<number> {
  if (name === 'promise') return ofPromises(count)
  if (name === 'async-frame') return ofFrames(count)
  const { lock } = await loadLibrary(name)
  if (lock === undefined) throw new Error(`${name} has no lock`)
  if (lock.style === 'program') {
    kept.push(await lock.park(100))
    const before = heap()
    kept.push(await lock.park(count))
    return (heap() - before) / count
  }
  const [how, signals = 'none'] = holding.split('-') as ['bare' | 'awaited', Signals | undefined]
  const park = parkBare(`bytes: ${name}`, lock, how, signals)
  const token = lock.style === 'held' && lock.token !== undefined ? lock.token : abortToken
  await parked(lock, park, signals, token, 100)
  return (await parked(lock, park, signals, token, count)) / count
}

/** The heap that `count` waiters of a new lock take, which is held for ever. */
async function parked(
  lock: HeldGuard | LimitGuard,
  park: ReturnType<typeof parkBare>,
  signals: Signals,
  token: () => Token,
  count: number,
): Promise<number> {
  const made = lock.make(1)
  const tokens = Array.from({ length: signals === 'own' ? count : 1 }, token)
  kept.push(made, tokens, await hold(lock, made))
  const before = heap()
  park(made, count, tokens, nothing)
  // A library may put a waiter in line some microtasks later.
  await new Promise(setImmediate)
  return heap() - before
}

const nothing = (): void => {}
const never = new Promise<void>(() => {})
const AsyncFunction = (async () => {}).constructor as FunctionConstructor

/** Answers what must be kept for the hold to last. In an object: a promise of it would be awaited. */
async function hold(lock: HeldGuard | LimitGuard, made: unknown): Promise<{ by: unknown }> {
  if (lock.style === 'held')
    return { by: await (new AsyncFunction('lock', `return { held: await ${lock.wait} }`)(made) as Promise<unknown>) }
  return { by: new AsyncFunction('lock, task', `await ${lock.run}`)(made, () => never) as unknown }
}

function ofPromises(count: number): number {
  const resolves: (() => void)[] = Array.from({ length: count })
  kept.push(resolves)
  const before = heap()
  for (let index = 0; index < count; index++) {
    void new Promise<void>((resolve) => {
      resolves[index] = resolve
    })
  }
  return (heap() - before) / count
}

const awaiting = async (): Promise<void> => {
  await never
}

function ofFrames(count: number): number {
  const before = heap()
  for (let index = 0; index < count; index++) void awaiting()
  return (heap() - before) / count
}

const asked = process.argv[2]
if (import.meta.main && asked !== undefined) console.log(await bytes(JSON.parse(asked) as Asked))
