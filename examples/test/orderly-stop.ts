/** What the first part of scheduler.ts prints, and what holds of it whenever Ctrl-C comes and however late the host is. */
import { expect } from 'vitest'

const STARTS = /^run (\d+) starts/
const ENDS = /^run (\d+) ends/
const STOPPING = /^Ctrl-C: stopping, in progress: (\d+)$/

export interface Stop {
  /** The runs that started, by number. */
  readonly started: string[]
  /** How many were in progress when Ctrl-C came. */
  readonly inProgress: number
}

/** After Ctrl-C no run starts, all that have started end, in order, and the scheduler has stopped no sooner. */
export function expectOrderlyStop(texts: readonly string[]): Stop {
  const stopping = texts.findIndex((text) => STOPPING.test(text))
  const stopped = texts.indexOf('stopped')
  expect(stopping).toBeGreaterThan(0)
  expect(stopped).toBeGreaterThan(stopping)
  const runs = (pattern: RegExp, from: number, to?: number): string[] =>
    texts.slice(from, to).flatMap((text) => pattern.exec(text)?.[1] ?? [])

  const started = runs(STARTS, 0, stopping)
  expect(started).toEqual(started.map((_, index) => String(index + 1)))
  expect(started.length).toBeGreaterThan(0)
  expect(runs(STARTS, stopping)).toEqual([])
  expect(runs(ENDS, 0, stopped)).toEqual(started)
  const inProgress = Number(STOPPING.exec(texts[stopping]!)![1])
  expect(runs(ENDS, stopping, stopped)).toEqual(started.slice(started.length - inProgress))
  return { started, inProgress }
}
