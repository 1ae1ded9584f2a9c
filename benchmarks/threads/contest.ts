// Contests across threads: each contestant keeps its one or two threads for the whole contest; in each round every contestant is sampled once, in an
// order shuffled anew. A first round is dropped. Time is from the first thread's start to the last one's end, for each operation of a thread.
/* oxlint-disable no-await-in-loop -- samples are taken one after the other: that is the point */
import { Worker } from 'node:worker_threads'
import type { Cell, Line } from '../row.ts'
import { type Random, shuffled } from '../random.ts'
import { ratios, spreadOf } from '../statistics.ts'
import { type Group, GROUPS, type ThreadContestant } from './contestants.ts'

export interface ThreadContest {
  group: Group
  /** Threads of each contestant. */
  sides: 1 | 2
  rounds: number
  /** How long a sample is to take: milliseconds. */
  sample: number
  /** Operations a sample at most. */
  most: number
  random: Random
  progress: (text: string) => void
}

interface Team {
  readonly contestant: ThreadContestant
  readonly run: (n: number) => Promise<number>
  readonly end: () => Promise<void>
}

/** Nanoseconds an operation, by contestant and round; or why there are none. */
export async function contestThreads(options: ThreadContest): Promise<Map<string, number[] | string>> {
  const { group, rounds, sample, most, random, progress } = options
  const results = new Map<string, number[] | string>()
  let teams: { team: Team; n: number }[] = []
  for (const contestant of GROUPS[group]) {
    let team: Team | undefined
    try {
      progress(contestant.name)
      team = await assemble(options, contestant)
      // As many as fill a sample, found by doubling: which warms the code up as well.
      let n = Math.min(most, 8)
      for (let took = await team.run(n); took < sample * 1e6 && n < most; took = await team.run(n)) {
        n = Math.min(most, Math.ceil(n * Math.min(8, Math.max(1.5, (sample * 1.1e6) / took))))
      }
      teams.push({ team, n })
      results.set(contestant.name, [])
    } catch (error) {
      results.set(contestant.name, reasonOf(error))
      await team?.end()
    }
  }
  for (let round = -1; round < rounds; round++) {
    for (const { team, n } of shuffled(teams, random)) {
      progress(`round ${Math.max(round + 1, 1)} of ${rounds}: ${team.contestant.name}`)
      const { name } = team.contestant
      try {
        const nanoseconds = (await team.run(n)) / n
        if (round >= 0) (results.get(name) as number[]).push(nanoseconds)
      } catch (error) {
        results.set(name, reasonOf(error))
        teams = teams.filter((one) => one.team !== team)
        await team.end()
      }
    }
  }
  await Promise.all(teams.map(({ team }) => team.end()))
  return results
}

async function assemble({ group, sides }: ThreadContest, contestant: ThreadContestant): Promise<Team> {
  const shared = await contestant.share()
  const gate = new Int32Array(new SharedArrayBuffer(4))
  const { port1, port2 } = new MessageChannel()
  const threads = ([0, 1] as const).slice(0, sides).map((side) => {
    const port = side === 0 ? port1 : port2
    return new Worker(new URL('thread.ts', import.meta.url), {
      workerData: { group, name: contestant.name, side, shared, gate, port },
      transferList: [port as never],
    })
  })
  type Said = { begun: bigint; ended: bigint }
  const said = (thread: Worker): Promise<unknown> =>
    new Promise((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', reject)
    }).finally(() => thread.removeAllListeners('error'))
  await Promise.all(threads.map(said))
  let round = 0
  return {
    contestant,
    async run(n) {
      const waiting = threads.map(said)
      for (const thread of threads) thread.postMessage({ n, round })
      await Promise.all(waiting)
      const ended = Promise.all(threads.map(said)) as Promise<Said[]>
      round++
      Atomics.store(gate, 0, round)
      Atomics.notify(gate, 0)
      const times = await withinReason(ended)
      const begun = times.reduce((least, one) => (one.begun < least ? one.begun : least), times[0]!.begun)
      const last = times.reduce((most, one) => (one.ended > most ? one.ended : most), times[0]!.ended)
      return Number(last - begun)
    },
    async end() {
      await Promise.all(threads.map((thread) => thread.terminate()))
    },
  }
}

/** Why there is no figure. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const MOST_SECONDS = 20

/** A contestant whose threads wait for each other for ever, as a peer's did, is named and left out. */
export async function withinReason<T>(ended: Promise<T>): Promise<T> {
  const stalled = Promise.withResolvers<never>()
  const timer = setTimeout(() => stalled.reject(new Error(`stuck for ${MOST_SECONDS} s`)), MOST_SECONDS * 1000)
  ended.catch(() => {})
  try {
    return await Promise.race([ended, stalled.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** As lines of a table, in nanoseconds, each with its ratio to `floor`, round against round. `perOperation`: how many operations each `n` was. */
export function linesOf(
  group: Group,
  results: Map<string, number[] | string>,
  floor: string,
  perOperation = 1,
): Line[] {
  const ground = results.get(floor)
  return GROUPS[group].map(({ name, kind }): Line => {
    const samples = results.get(name)
    return { name, kind, cells: { time: cellOf(samples, ground, perOperation) } }
  })
}

function cellOf(samples: number[] | string | undefined, ground: number[] | string | undefined, per: number): Cell {
  if (samples === undefined || typeof samples === 'string') return { absent: samples ?? 'not measured' }
  const each = samples.map((sample) => sample / per)
  const cell = { ...spreadOf(each), size: per, samples: each }
  return Array.isArray(ground) ? { ...cell, ratio: spreadOf(ratios(samples, ground)) } : cell
}
