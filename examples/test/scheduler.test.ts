import { Event } from '@interlock/core'
import { describe, expect, test } from 'vitest'
import scheduler from '../scheduler.ts'
import { createClock } from '../stage/clock.ts'
import type { Clock } from '../stage/clock.ts'
import type { Line } from '../stage/scenario.ts'
import { moment, moments, peak, record } from './record.ts'

const STARTS = /^run (\d+) starts/
const ENDS = /^run (\d+) ends/

/** The first part: up to the line that says that the scheduler has stopped. */
async function overlapping(clock?: Clock, ctrlC?: Event): Promise<Line[]> {
  const lines = await record(scheduler, { ...(clock && { clock }), ...(ctrlC && { ctrlC }) })
  return lines.slice(0, moment(lines, /^stopped$/).index + 1)
}

/** What holds whenever Ctrl-C comes. */
function expectOrderlyStop(lines: Line[]): void {
  const stopping = moment(lines, /^Ctrl-C: stopping, in progress: (\d+)$/)
  const stopped = moment(lines, /^stopped$/)
  const starts = moments(lines, STARTS)
  const ends = lines.some(({ text }) => ENDS.test(text)) ? moments(lines, ENDS) : []
  for (const start of starts) expect(start.index).toBeLessThan(stopping.index)
  expect(ends.map(({ groups }) => groups[0])).toEqual(starts.map(({ groups }) => groups[0]))
  expect(ends.filter(({ index }) => index > stopping.index)).toHaveLength(Number(stopping.groups[0]))
  expect(stopped.at).toBe(Math.max(stopping.at, ends.at(-1)!.at))
}

test('a run starts every two seconds, from the first on, and takes five', async () => {
  const lines = await overlapping()
  const starts = moments(lines, STARTS)
  expect(starts.length).toBeGreaterThanOrEqual(5)
  expect(starts.map(({ at }) => at)).toEqual(starts.map((_, index) => 2 * index))
  expect(moments(lines, ENDS).map(({ at }) => at)).toEqual(starts.map(({ at }) => at + 5))
})

test('runs overlap', async () => {
  expect(peak(await overlapping(), STARTS, ENDS)).toBe(3)
})

test('the schedule does not slip: starts that are late do not add up', async () => {
  const clock = createClock(0)
  const after: Clock['after'] = (seconds, fn) => clock.after(seconds + 0.1, fn)
  const late = { ...clock, after, sleep: (seconds: number) => clock.sleep(seconds + 0.1) }
  const starts = moments(await overlapping(late), STARTS)
  expect(starts.length).toBeGreaterThanOrEqual(5)
  expect(starts.map(({ at }) => at)).toEqual(starts.map((_, index) => (index === 0 ? 0 : 2 * index + 0.1)))
})

describe('stop()', () => {
  test.for([0, 0.5, 2, 4.5, 5, 6, 10.5, 11, 31])(
    'after %d s starts nothing new and waits for the runs in progress',
    async (seconds) => {
      const clock = createClock(0)
      const ctrlC = new Event()
      clock.after(seconds, () => ctrlC.set())
      const lines = await overlapping(clock, ctrlC)
      expect(moment(lines, /^Ctrl-C/).at).toBe(seconds)
      expectOrderlyStop(lines)
    },
  )

  test('when nobody is there to press Ctrl-C, the scenario does, while runs are in progress', async () => {
    const lines = await overlapping()
    expectOrderlyStop(lines)
    expect(moment(lines, /^Ctrl-C.*: (\d+)/).groups).toEqual(['3'])
  })

  test('with no run in progress it returns at once', async () => {
    const lines = await record(scheduler)
    const stopping = moment(lines, /^stopping, in progress: 0$/)
    const stopped = moment(lines, /^stopped at once$/)
    expect(stopped.at).toBe(stopping.at)
    expect(stopped.index).toBe(lines.length - 1)
    expect(peak(lines, /^short run \d+ starts/, /^short run \d+ ends/)).toBe(1)
  })
})
