import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import scheduler from '../scheduler.ts'
import type { Line } from '../stage/scenario.ts'
import { expectOrderlyStop } from './orderly-stop.ts'
import { moment, moments, peak, record } from './record.ts'

const STARTS = /^run (\d+) starts/
const ENDS = /^run (\d+) ends/

/** The first part: up to the line that says that the scheduler has stopped. */
async function overlapping(ctrlCAt?: number): Promise<Line[]> {
  const lines = await record(scheduler, ctrlCAt === undefined ? {} : { ctrlCAt })
  return lines.slice(0, moment(lines, /^stopped$/).index + 1)
}

test('a run starts every two seconds, from the first on, and takes five', async () => {
  const lines = await overlapping()
  const starts = moments(lines, STARTS)
  expect(starts.length).toBeGreaterThanOrEqual(5)
  expect(starts.map(({ at }) => at)).toEqual(starts.map((_, index) => 2 * index))
  expect(moments(lines, ENDS).map(({ at }) => at)).toEqual(starts.map(({ at }) => at + 5))
})

test('runs overlap, and the scheduler knows how many there are', async () => {
  const lines = await overlapping()
  expect(peak(lines, STARTS, ENDS)).toBe(3)
  const others = moments(lines, /^run \d+ ends, others in progress: (\d+)$/).map(({ groups }) => Number(groups[0]))
  expect(others).toEqual([2, 2, 2, 2, 1, 0])
})

describe('on a host whose timers are late', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    const { setTimeout } = globalThis
    vi.spyOn(globalThis, 'setTimeout').mockImplementation((fn, ms = 0) => setTimeout(fn, ms + 300))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  test('the schedule does not slip: starts that are late do not add up', async () => {
    const starts = moments(await overlapping(), STARTS)
    expect(starts.length).toBeGreaterThanOrEqual(5)
    expect(starts.map(({ at }) => at)).toEqual(starts.map((_, index) => (index === 0 ? 0 : 2 * index + 0.3)))
  })
})

describe('stop()', () => {
  test.for([0, 0.5, 2, 4.5, 5, 6, 10.5, 11, 31])(
    'after %d s starts nothing new and waits for the runs in progress',
    async (seconds) => {
      const lines = await overlapping(seconds)
      expectOrderlyStop(lines.map(({ text }) => text))
      const stopping = moment(lines, /^Ctrl-C/)
      expect(stopping.at).toBe(seconds)
      expect(moment(lines, /^stopped$/).at).toBe(Math.max(stopping.at, moments(lines, ENDS).at(-1)!.at))
    },
  )

  test('when nobody is there to press Ctrl-C, the scenario does, while runs are in progress', async () => {
    const lines = await overlapping()
    expect(expectOrderlyStop(lines.map(({ text }) => text)).inProgress).toBe(3)
  })

  test('with no run in progress it returns at once', async () => {
    const lines = await record(scheduler)
    const stopping = moment(lines, /^stopping, in progress: 0$/)
    const stopped = moment(lines, /^stopped at once$/)
    expect(stopped.at).toBe(stopping.at)
    expect(stopped.index).toBe(lines.length - 1)
    expect(peak(lines, /^short run starts/, /^short run ends/)).toBe(1)
  })
})
