// Contests: every contestant is sampled once a round, in an order shuffled anew each round. A first round is dropped.
// A sample: a full garbage collection; then the contestant runs untimed until its code is compiled (the collection
// has thrown compiled code away with the shapes of objects that none of were alive); a collection of the young alone;
// then as many runs as make a sample long enough. The floor is sampled three times a round.
/* oxlint-disable no-await-in-loop -- samples are taken one after the other: that is the point */
import { AsyncLocalStorage } from 'node:async_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Kind } from './library.ts'
import { waitedForProcessor } from './processor.ts'
import { type Random, shuffled } from './random.ts'
import type { Cell, Line, Measured } from './row.ts'
import { median, ratios, spreadOf } from './statistics.ts'

/** Nanoseconds for each operation, by the name of what was timed. */
export type Sample = Record<string, number>

export interface Contestant {
  name: string
  kind: Kind
  run(size: number): Promise<Sample>
}

export interface Contest {
  contestants: readonly Contestant[]
  /** Operations (or waiters, or items) in a run. */
  size: number
  /** A slow contestant may do fewer operations a run: what is timed does not depend on how many there are. */
  scalable?: boolean
  /** The size of most untimed runs, where less than the whole is enough. */
  heatSize?: number
  /** For runs that fill the young generation: longer samples, and no two runs that begin with as much of it in use. */
  large?: boolean
  rounds: number
  /** The one that ratios refer to. */
  floor?: string
  quick: boolean
  random: Random
  progress(text: string): void
}

export interface Entry {
  kind: Kind
  size: number
  /** Runs in a sample. */
  repeat: number
  /** By what was timed, then by round. null: sat the round out. */
  samples: Record<string, (number | null)[]>
  /** Wall time of the quickest run, heap of the dearest. */
  cost: { nanoseconds: number; bytes: number }
  /** Samples that were taken while something else had the processor, after all tries. */
  disturbed: number
  failure?: string
}

// A sample is to be about as long. Under a millisecond a scavenge or an interrupt decides.
const SAMPLE = { full: 20e6, quick: 6e6 }
const LARGE_SAMPLE = { full: 120e6, quick: 20e6 }
const HEAT = { full: 10e6, quick: 4e6 }
// A longer run is made smaller, if the work allows it; otherwise its contestant sits rounds out.
const LONG_RUN = 60e6
const ROUNDS_BUDGET = 1e9
const VERY_LONG_RUN = 1.5e9
const HUNG_AFTER = 60_000
const TRY_AGAIN = { full: 150e6, quick: 20e6 }
const WAITED_LITTLE = 0.03

// Else a collection throws away the bytecode of what has not run since some collections: of everybody but the last few.
setFlagsFromString('--no-flush-bytecode')
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (how?: { type: 'minor' }) => void

// A storage that was run once leaves an entry for good in the frame of who ran it, and each run copies them all: every run begins in the
// frame of the start, which is empty.
const inEmptyFrame = AsyncLocalStorage.snapshot()

export const now = (): number => Number(process.hrtime.bigint())

export async function contest(options: Contest): Promise<Map<string, Entry>> {
  const { contestants, rounds, random } = options
  const entries = new Map<string, Entry>()
  for (const contestant of contestants) {
    entries.set(contestant.name, {
      kind: contestant.kind,
      size: options.size,
      repeat: 1,
      samples: {},
      cost: { nanoseconds: Infinity, bytes: 0 },
      disturbed: 0,
    })
  }
  const entryOf = ({ name }: Contestant): Entry => entries.get(name) as Entry

  for (const contestant of shuffled(contestants, random)) {
    options.progress(`warming up: ${contestant.name}`)
    await unlessItFails(entryOf(contestant), () => calibrate(contestant, entryOf(contestant), options))
  }

  const ground = contestants.find(({ name }) => name === options.floor)
  const others = contestants.filter((contestant) => contestant !== ground)
  for (let round = 0; round < rounds; round++) {
    options.progress(`round ${round + 1} of ${rounds}`)
    const ofFloor: Sample[] = []
    const sampleFloor = async (): Promise<void> => {
      if (ground === undefined) return
      const sample = await unlessItFails(entryOf(ground), () => sampleOf(ground, entryOf(ground), options))
      if (sample !== null) ofFloor.push(sample)
    }
    for (const [place, contestant] of shuffled(others, random).entries()) {
      if (place === 0 || place === others.length >> 1) await sampleFloor()
      const entry = entryOf(contestant)
      const sample =
        round < roundsFor(entry) ? await unlessItFails(entry, () => sampleOf(contestant, entry, options)) : null
      record(entry, round, sample)
    }
    await sampleFloor()
    if (ground !== undefined) record(entryOf(ground), round, middle(ofFloor))
  }
  return entries
}

/** The round that is dropped. It finds how much makes a sample. */
async function calibrate(contestant: Contestant, entry: Entry, options: Contest): Promise<void> {
  if (options.scalable) {
    const little = Math.max(1, Math.ceil(options.size / 50))
    await timedRun(contestant, entry, little)
    const predicted = (entry.cost.nanoseconds / little) * options.size
    if (predicted > LONG_RUN) entry.size = Math.max(little, Math.ceil((options.size * LONG_RUN) / predicted))
    entry.cost.nanoseconds = Infinity
  }
  const target = (options.large ? LARGE_SAMPLE : SAMPLE)[options.quick ? 'quick' : 'full']
  await heat(contestant, entry, options)
  await timedRun(contestant, entry, entry.size)
  const took = entry.cost.nanoseconds
  entry.repeat = Math.min(100, Math.max(1, Math.round(target / took)))
}

/** A sample for which this thread had to wait for the processor is taken again, some times. */
async function sampleOf(contestant: Contestant, entry: Entry, options: Contest): Promise<Sample> {
  let best: Taken | undefined
  const until = now() + TRY_AGAIN[options.quick ? 'quick' : 'full']
  do {
    const taken = await take(contestant, entry, options)
    if (best === undefined || taken.waited < best.waited) best = taken
    if (best.waited < WAITED_LITTLE) return best.sample
  } while (now() < until)
  entry.disturbed++
  return best?.sample ?? {}
}

interface Taken {
  sample: Sample
  /** The share of the time in which the thread could have run, but did not. */
  waited: number
}

async function take(contestant: Contestant, entry: Entry, options: Contest): Promise<Taken> {
  collect()
  await heat(contestant, entry, options)
  collect({ type: 'minor' })
  const waitedBefore = waitedForProcessor()
  const start = now()
  const runs: Sample[] = []
  for (let run = 0; run < entry.repeat; run++) {
    if (options.large) litter(options.random())
    runs.push(await timedRun(contestant, entry, entry.size))
  }
  const waited = (waitedForProcessor() - waitedBefore) / (now() - start)
  return { sample: mean(runs), waited }
}

const CHUNK = Array.from({ length: 1024 }, () => 0)
const scrap: unknown[] = [undefined]

/**
 * Uses some of the young generation up. A scavenge in the middle of a run copies all its waiters, one at its end finds
 * none alive; and as every run allocates as much as the last, it would come at the same place in each.
 */
function litter(share: number): void {
  for (let kilobytes = 0; kilobytes < share * 32_768; kilobytes += 8) scrap[0] = [...CHUNK]
}

async function heat(contestant: Contestant, entry: Entry, options: Contest): Promise<void> {
  const until = now() + (options.quick ? HEAT.quick : HEAT.full)
  const size = Math.min(entry.size, options.heatSize ?? entry.size)
  do await unlessHung(inEmptyFrame(() => contestant.run(size)))
  while (now() < until)
  // The young generation grows to what one whole run needs: whether it already had decides whether a run meets a scavenge.
  if (size < entry.size && entry.cost.nanoseconds < LONG_RUN)
    await unlessHung(inEmptyFrame(() => contestant.run(entry.size)))
}

async function timedRun(contestant: Contestant, entry: Entry, size: number): Promise<Sample> {
  const heap = process.memoryUsage().heapUsed
  const start = now()
  const sample = await unlessHung(inEmptyFrame(() => contestant.run(size)))
  entry.cost.nanoseconds = Math.min(entry.cost.nanoseconds, now() - start)
  entry.cost.bytes = Math.max(entry.cost.bytes, process.memoryUsage().heapUsed - heap)
  return sample
}

/** What costs more than its share of the time sits later rounds out. */
function roundsFor({ cost: { nanoseconds } }: Entry): number {
  return nanoseconds > VERY_LONG_RUN ? 1 : Math.max(3, Math.floor(ROUNDS_BUDGET / nanoseconds))
}

/** One that has failed once takes no further part. */
async function unlessItFails<T>(entry: Entry, work: () => Promise<T>): Promise<T | null> {
  if (entry.failure !== undefined) return null
  try {
    return await work()
  } catch (error) {
    entry.failure = error instanceof Error ? error.message : String(error)
    return null
  }
}

function record(entry: Entry, round: number, result: Sample | null): void {
  if (result === null) {
    for (const samples of Object.values(entry.samples)) samples[round] = null
    return
  }
  for (const [timed, value] of Object.entries(result)) {
    const samples = (entry.samples[timed] ??= Array.from({ length: round }, () => null))
    samples[round] = value
  }
}

const combined = (how: (values: number[]) => number, samples: readonly Sample[]): Sample | null => {
  const timed = Object.keys(samples[0] ?? {})
  if (timed.length === 0) return null
  return Object.fromEntries(timed.map((key) => [key, how(samples.map((sample) => sample[key] ?? Number.NaN))]))
}

const middle = (samples: readonly Sample[]): Sample | null => combined(median, samples)

const mean = (samples: readonly Sample[]): Sample =>
  combined((values) => values.reduce((sum, value) => sum + value, 0) / values.length, samples) ?? {}

async function unlessHung<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`had not finished after ${HUNG_AFTER / 1000} s`)), HUNG_AFTER)
  })
  try {
    return await Promise.race([work, hung])
  } finally {
    clearTimeout(timer)
  }
}

/** The cells of one thing timed. */
export function linesOf(entries: ReadonlyMap<string, Entry>, column: string, timed: string, floor?: string): Line[] {
  const ground = floor === undefined ? undefined : entries.get(floor)?.samples[timed]
  return [...entries].map(([name, entry]) => ({
    name,
    kind: entry.kind,
    cells: { [column]: cellOf(entry, timed, ground) },
  }))
}

export function cellOf(entry: Entry, timed: string, ground?: readonly (number | null)[]): Cell {
  if (entry.failure !== undefined) return { absent: `failed: ${entry.failure}`, shown: 'failed' }
  const samples = entry.samples[timed]
  const taken = samples?.filter((value) => value !== null) ?? []
  if (samples === undefined || taken.length === 0) return { absent: 'not measured' }
  const cell: Measured = {
    ...spreadOf(taken),
    size: entry.size,
    samples: [...samples],
    disturbed: Math.min(entry.disturbed, taken.length),
  }
  if (ground !== undefined) cell.ratio = spreadOf(ratios(samples, ground))
  return cell
}

/** The same contest at growing sizes: what would take too long, or more heap than there is, at the next size sits it out. */
export interface Growing extends Omit<Contest, 'size' | 'scalable' | 'heatSize' | 'large' | 'rounds'> {
  sizes: readonly number[]
  roundsAt(size: number): number
  /** Nanoseconds that one sample may be expected to take. */
  limit: number
}

export async function contestBySize(options: Growing): Promise<Map<number, Map<string, Entry | string>>> {
  const bySize = new Map<number, Map<string, Entry | string>>()
  for (const [step, size] of options.sizes.entries()) {
    const skipped = new Map<string, string>()
    const able: Contestant[] = []
    for (const contestant of options.contestants) {
      const past = options.sizes.slice(0, step).map((smaller) => bySize.get(smaller)?.get(contestant.name))
      const reason = tooMuch(past, size, options.limit)
      if (reason === undefined) able.push(contestant)
      else skipped.set(contestant.name, reason)
    }
    const entries = await contest({
      ...options,
      contestants: able,
      size,
      rounds: options.roundsAt(size),
      heatSize: options.sizes[0] ?? size,
      large: size >= 1e5,
      progress: (text) => options.progress(`n = ${shortSize(size)}, ${text}`),
    })
    bySize.set(size, new Map<string, Entry | string>([...entries, ...skipped]))
  }
  return bySize
}

/** Why the next size is not tried, if so. Cost for each waiter is taken to grow as it did between the last two sizes. */
function tooMuch(past: readonly (Entry | string | undefined)[], size: number, limit: number): string | undefined {
  const last = past.at(-1)
  if (last === undefined) return undefined
  if (typeof last === 'string') return last
  if (last.failure !== undefined) return `failed: ${last.failure}`
  const before = past.at(-2)
  const each = last.cost.nanoseconds / last.size
  const earlier = typeof before === 'object' ? before.cost.nanoseconds / before.size : each
  const predicted = each * Math.max(1, each / earlier) * size
  if (predicted > limit) return `> ${limit / 1e9} s, skipped (expected: ${Math.ceil(predicted / 1e9)} s)`
  const heap = (last.cost.bytes / last.size) * size
  if (heap > 0.7 * getHeapStatistics().heap_size_limit) return `skipped: about ${Math.round(heap / 1e6)} MB of heap`
  return undefined
}

export const shortSize = (size: number): string => `1e${Math.round(Math.log10(size))}`
