/** Plays a scenario with no time to wait for, and reads events out of what it printed. */
import { vi } from 'vitest'
import { Event } from '@interlock/core'
import { createClock } from '../stage/clock.ts'
import { perform } from '../stage/perform.ts'
import type { Line, PlayOptions, Scenario } from '../stage/scenario.ts'

interface Options {
  /** The second in which somebody presses Ctrl-C. */
  ctrlCAt?: number
}

/**
 * Every line that `scenario` prints, on a clock whose seconds take no time. One that waits for timers of the host is played
 * on fake ones, a millisecond exact; a test that has put fake ones there already plays it on those.
 */
export async function record(scenario: Scenario, options: Options = {}): Promise<Line[]> {
  if (scenario.leastPace === 0) return await play(scenario, 0, options)
  const faked = vi.isFakeTimers()
  if (!faked) vi.useFakeTimers()
  try {
    return await inFakeTime(play(scenario, 1000, options))
  } finally {
    if (!faked) vi.useRealTimers()
  }
}

async function play(scenario: Scenario, pace: number, { ctrlCAt }: Options): Promise<Line[]> {
  const lines: Line[] = []
  const clock = createClock(pace)
  const playOptions: PlayOptions = { clock, print: (line) => lines.push(line) }
  if (ctrlCAt !== undefined) {
    const ctrlC = new Event({ name: 'Ctrl-C' })
    clock.after(ctrlCAt, () => ctrlC.set())
    playOptions.ctrlC = ctrlC
  }
  await perform(scenario, playOptions)
  return lines
}

/** Lets fake time pass, from timer to timer, until `promise` is settled. */
async function inFakeTime<T>(promise: Promise<T>): Promise<T> {
  const now = { settled: false }
  const settle = (): void => void (now.settled = true)
  promise.then(settle, settle)
  while (!now.settled) {
    if (vi.getTimerCount() === 0) throw new Error('it never ends: no timer is left')
    await vi.advanceTimersToNextTimerAsync()
  }
  return await promise
}

/** What a line is but for its numbers: of two runs with threads, the last lines have this in common. */
export const shapeOf = (text: string | undefined): string | undefined => text?.replaceAll(/\d+/g, '#')

export interface Moment {
  readonly at: number
  /** Its place among all lines. */
  readonly index: number
  /** The pattern's groups. */
  readonly groups: readonly string[]
}

/** The lines that match, in order. Throws when there is none: a guarantee about nothing holds always. */
export function moments(lines: readonly Line[], pattern: RegExp): Moment[] {
  const found = lines.flatMap(({ at, text }, index) => {
    const match = pattern.exec(text)
    return match === null ? [] : [{ at, index, groups: match.slice(1) }]
  })
  if (found.length === 0) throw new Error(`no line matches ${pattern}`)
  return found
}

/** The only line that matches. */
export function moment(lines: readonly Line[], pattern: RegExp): Moment {
  const [only, ...others] = moments(lines, pattern)
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} lines match ${pattern}`)
  return only
}

/** How many were inside at most, when each line that matches `enter` lets one in and each that matches `leave` one out. */
export function peak(lines: readonly Line[], enter: RegExp, leave: RegExp): number {
  let inside = 0
  let most = 0
  for (const { text } of lines) {
    if (enter.test(text)) inside += 1
    if (leave.test(text)) inside -= 1
    if (inside < 0) throw new Error(`somebody left who was not inside: ${text}`)
    most = Math.max(most, inside)
  }
  if (most === 0) throw new Error(`no line matches ${enter}`)
  if (inside !== 0) throw new Error(`${inside} never left`)
  return most
}
