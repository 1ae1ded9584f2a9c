import { expect, test } from 'vitest'
import chips from '../chips.ts'
import { moments, peak, record } from './record.ts'

const IN = /^(\w+) put a hand in$/
const TOOK = /^(\w+) took chips$/
const FOUR_ROUNDS = Array.from({ length: 4 }, () => ['Andrey', 'Alex', 'Artem', 'Igor']).flat()

test('one hand in the pack at a time', async () => {
  expect(peak(await record(chips), IN, TOOK)).toBe(1)
})

test('all four in order, four times, and who puts a hand in is the one who takes', async () => {
  const lines = await record(chips)
  expect(moments(lines, IN).map(({ groups }) => groups[0])).toEqual(FOUR_ROUNDS)
  expect(moments(lines, TOOK).map(({ groups }) => groups[0])).toEqual(FOUR_ROUNDS)
})

test('the pack goes on to the next friend in the moment in which the one before has had chips', async () => {
  const lines = await record(chips)
  const taken = moments(lines, TOOK).map(({ at }) => at)
  expect(moments(lines, IN).map(({ at }) => at)).toEqual([0, ...taken.slice(0, -1)])
})
