/** Plays a scenario with no time to wait for, and reads events out of what it printed. */
import { createClock } from '../stage/clock.ts'
import { perform } from '../stage/perform.ts'
import type { Line, PlayOptions, Scenario } from '../stage/scenario.ts'

/** Every line that `scenario` prints, on a clock whose seconds take no time. */
export async function record(scenario: Scenario, options: Omit<PlayOptions, 'print'> = {}): Promise<Line[]> {
  const lines: Line[] = []
  await perform(scenario, { clock: createClock(0), ...options, print: (line) => lines.push(line) })
  return lines
}

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
