import { expect, test } from 'vitest'
import contextVariable from '../context-variable.ts'
import type { Line } from '../stage/scenario.ts'
import { moment, moments, record } from './record.ts'

/** The part under `heading`, up to the line that says what there is outside. */
async function part(heading: RegExp): Promise<Line[]> {
  const lines = await record(contextVariable)
  const began = moment(lines, heading).index
  const outside = moments(lines, /^outside/).find(({ index }) => index > began)!
  return lines.slice(began, outside.index + 1)
}

const AT_FIRST = /^printer (\d) sees (\w+)$/
const LATER = /^printer (\d) sees (\w+) after a second$/
const seen = (lines: Line[], pattern: RegExp): (readonly string[])[] =>
  moments(lines, pattern).map(({ groups }) => groups)

test('in a global variable each sees what the one before has put there, and later what the last one has', async () => {
  const lines = await part(/^with a global variable$/)
  expect(seen(lines, AT_FIRST)).toEqual([
    ['1', 'undefined'],
    ['2', '1'],
    ['3', '2'],
  ])
  expect(seen(lines, LATER)).toEqual([
    ['1', '3'],
    ['2', '3'],
    ['3', '3'],
  ])
  expect(moment(lines, /^outside there is (\w+)$/).groups).toEqual(['3'])
})

test('in a ContextVar each finds nothing, and later its own', async () => {
  const lines = await part(/^with a ContextVar$/)
  expect(seen(lines, AT_FIRST)).toEqual([
    ['1', 'undefined'],
    ['2', 'undefined'],
    ['3', 'undefined'],
  ])
  expect(seen(lines, LATER)).toEqual([
    ['1', '1'],
    ['2', '2'],
    ['3', '3'],
  ])
  expect(moment(lines, /^outside there is (\w+)$/).groups).toEqual(['undefined'])
})

test.for([/^with a global variable$/, /^with a ContextVar$/])(
  '%s the three print at the same time: each looks and puts before any looks again',
  async (heading) => {
    const lines = await part(heading)
    const first = moments(lines, AT_FIRST)
    const later = moments(lines, LATER)
    expect(first.at(-1)!.index).toBeLessThan(later[0]!.index)
    for (const { at } of later) expect(at).toBe(first[0]!.at + 1)
  },
)
