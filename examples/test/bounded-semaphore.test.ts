import { expect, test } from 'vitest'
import boundedSemaphore from '../bounded-semaphore.ts'
import type { Line } from '../stage/scenario.ts'
import { moment, moments, record } from './record.ts'

/** The part with the plain Semaphore, and the one with the BoundedSemaphore. */
async function parts(): Promise<[plain: Line[], bounded: Line[]]> {
  const lines = await record(boundedSemaphore)
  const bounded = moments(lines, /BoundedSemaphore/)[0]!.index
  return [lines.slice(0, bounded), lines.slice(bounded)]
}

const mostInside = (lines: Line[]): number =>
  Math.max(...moments(lines, /^in at the same time: (\d)$/).map(({ groups }) => Number(groups[0])))

test('a Semaphore takes one release too many, and three are in where two were allowed', async () => {
  const [lines] = await parts()
  expect(moment(lines, /back\? .*<value: (\d)>/).groups).toEqual(['3'])
  expect(mostInside(lines)).toBe(3)
})

test('a BoundedSemaphore throws a RangeError, and never more than two are in', async () => {
  const [, lines] = await parts()
  expect(moment(lines, /back\?\s+(\w+):/).groups).toEqual(['RangeError'])
  expect(moment(lines, /^nothing changed: .*<value: (\d)>/).groups).toEqual(['2'])
  expect(mostInside(lines)).toBe(2)
  expect(moments(lines, /^in at the same time/)).toHaveLength(3)
})
