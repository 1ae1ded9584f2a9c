import { expect, test } from 'vitest'
import chatServer from '../chat-server.ts'
import type { Line } from '../stage/scenario.ts'
import { moment, moments, record } from './record.ts'

const USERS = ['John', 'Terry', 'Graham', 'Eric']

/** The first part, with the hazard, and the second, without it. */
async function parts(): Promise<[hazard: Line[], fixed: Line[]]> {
  const lines = await record(chatServer)
  const [, second] = moments(lines, /^building/)
  return [lines.slice(0, second!.index), lines.slice(second!.index)]
}

const users = (lines: Line[], pattern: RegExp): (string | undefined)[] =>
  moments(lines, pattern).map(({ groups }) => groups[0])

test('the dictionary does not change while the list is built: Eric is on it, and leaves after it', async () => {
  for (const lines of await parts()) {
    const built = moment(lines, /^building/)
    const complete = moment(lines, /^the list is complete/)
    const asks = moment(lines, /^Eric disconnects/)
    const leaves = moment(lines, /^Eric is out/)
    expect(asks.at).toBeGreaterThan(built.at)
    expect(asks.at).toBeLessThan(complete.at)
    expect(leaves.index).toBeGreaterThan(complete.index)
    expect(users(lines, /^to (\w+): .* under way/)).toEqual(USERS)
  }
})

test('nobody sends on a socket that is closed already', async () => {
  for (const lines of await parts()) expect(lines.filter(({ text }) => text.includes('sent on'))).toEqual([])
})

test('the hazard: a socket closes while a message to it is under way, and the message is lost', async () => {
  const [lines] = await parts()
  const underWay = moment(lines, /^to Eric: .* under way/)
  const closed = moment(lines, /^Eric's socket is closed/)
  const lost = moment(lines, /^LOST: (\w+)'s socket closed while/)
  expect(closed.index).toBeGreaterThan(underWay.index)
  expect(lost.at).toBeGreaterThan(closed.at)
  expect(lost.groups).toEqual(['Eric'])
  expect(users(lines, /^to (\w+): .* has arrived/)).toEqual(['John', 'Terry', 'Graham'])
})

test('the fix: every message arrives, and the socket closes after that', async () => {
  const [, lines] = await parts()
  expect(lines.filter(({ text }) => text.startsWith('LOST'))).toEqual([])
  expect(users(lines, /^to (\w+): .* has arrived/)).toEqual(USERS)
  const arrived = moment(lines, /^to Eric: .* has arrived/)
  expect(moment(lines, /^Eric's socket is closed/).index).toBeGreaterThan(arrived.index)
})

test('the fix does not hold the dictionary until the messages have arrived', async () => {
  const [, lines] = await parts()
  expect(moment(lines, /^Eric is out/).at).toBe(moment(lines, /^the list is complete/).at)
  expect(moment(lines, /^Eric is out/).at).toBeLessThan(moment(lines, /^to Eric: .* has arrived/).at)
})
