import { expect, test } from 'vitest'
import condition from '../condition.ts'
import { moment, moments, peak, record } from './record.ts'

test('both consumers wait, are notified together, and come back one at a time with the lock', async () => {
  const lines = await record(condition)
  const notified = moment(lines, /^producer: notifies all/)
  expect(moments(lines, /^(\w+): waits$/).map(({ groups }) => groups[0])).toEqual(['Ann', 'Bob'])
  for (const waits of moments(lines, /: waits$/)) expect(waits.index).toBeLessThan(notified.index)
  expect(notified.at).toBe(1)
  expect(moments(lines, /^(\w+): was notified/).map(({ groups }) => groups[0])).toEqual(['Ann', 'Bob'])
  expect(peak(lines, /: notifies all|: was notified/, /: gives the lock back/)).toBe(1)
  for (const line of lines.filter(({ text }) => text.includes('was notified'))) expect(line.text).toContain('<locked')
})

test('waitFor() returns to the one whose predicate is true, and the others wait on', async () => {
  const lines = await record(condition)
  const takes = moments(lines, /^(\w+): takes (\d), leaves (-?\d)/)
  expect(takes.map(({ groups }) => groups)).toEqual([
    ['Ann', '1', '0'],
    ['Bob', '3', '0'],
  ])
})

test('each looks again after every notification until there is enough, and not after that', async () => {
  const lines = await record(condition)
  const looks = (name: string): string[] =>
    moments(lines, new RegExp(`^${name}: looks, (\\d) of`)).map(({ groups }) => groups[0]!)
  expect(looks('Bob')).toEqual(['0', '1', '1', '2', '3'])
  expect(looks('Ann')).toEqual(['0', '1'])
})

test('the predicate runs after the notification, in the second of it', async () => {
  const lines = await record(condition)
  const pickings = moments(lines, /^picker/)
  for (const look of moments(lines, /: looks, [1-9]/)) {
    const picking = pickings.findLast(({ index }) => index < look.index)
    expect(picking?.at).toBe(look.at)
  }
})
