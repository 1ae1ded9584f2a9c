import { beforeAll, describe, expect, test } from 'vitest'
import requestIds from '../request-ids.ts'
import type { Line } from '../stage/scenario.ts'
import { moment, moments, peak, record } from './record.ts'

interface Logged {
  requestId: string
  message: string
}

let lines: Line[]
let ofGlobal: Line[]
let ofContextVar: Line[]

beforeAll(async () => {
  lines = await record(requestIds)
  const second = moment(lines, /^with a ContextVar$/).index
  ofGlobal = lines.slice(0, second)
  ofContextVar = lines.slice(second)
})

const logOf = (part: Line[]): Logged[] =>
  moments(part, /^(\{.*\})$/).map(({ groups }) => JSON.parse(groups[0]!) as Logged)

const NAMES = ['ann', 'bob', 'cid']
const STAGES = [/^GET \/(\w+)$/, /^users: reading (\w+)$/, /^orders: counting those of (\w+)$/, /^200, (\w+) has/]

/** Which request a line is about, whatever id it carries: 1, 2 or 3, by the name in its message. */
function about({ message }: Logged): string {
  const name = STAGES.flatMap((stage) => stage.exec(message)?.[1] ?? [])[0]!
  expect(NAMES).toContain(name)
  return String(NAMES.indexOf(name) + 1)
}

describe.for(['a global variable', 'a ContextVar'])('with %s', (kept) => {
  const part = (): Line[] => (kept === 'a ContextVar' ? ofContextVar : ofGlobal)

  test('three requests are in progress at the same time', () => {
    expect(peak(part(), /"GET \//, /"200, /)).toBe(3)
    const log = logOf(part())
    expect(log.slice(0, 3).map(({ message }) => message)).toEqual(['GET /ann', 'GET /bob', 'GET /cid'])
  })

  test('each request goes through both databases, in order, and its client is answered', () => {
    const log = logOf(part())
    expect(log).toHaveLength(12)
    for (const [index, name] of NAMES.entries()) {
      const messages = log.filter((line) => about(line) === String(index + 1)).map(({ message }) => message)
      expect(messages.map((message, at) => STAGES[at]!.exec(message)?.[1])).toEqual([name, name, name, name])
    }
    const told = moment(part(), /^the clients were told: (.*)$/).groups[0]
    expect(told).toBe('ann has 3 orders; bob has 8 orders; cid has 5 orders')
  })

  test('the users are read one at a time, the orders two at a time', () => {
    const reading = moments(part(), /"users: reading/).map(({ at }) => at)
    expect(reading.map((at) => at - reading[0]!)).toEqual([0, 1, 2].map((seconds) => expect.closeTo(seconds)))
    // Counting takes 2.5 s: the second comes in beside the first, the third when the first has gone.
    const counting = moments(part(), /"orders: counting/).map(({ at }) => at)
    expect(counting.map((at) => at - counting[0]!)).toEqual([0, 1, 2.5].map((seconds) => expect.closeTo(seconds)))
  })

  test('what is printed as filtered by id 2 are the lines that carry it', () => {
    const heading = moment(part(), /^the log, filtered by request 2: (\d+) of 12 lines$/)
    const filtered = logOf(part()).filter(({ requestId }) => requestId === '2')
    expect(Number(heading.groups[0])).toBe(filtered.length)
    expect(
      part()
        .slice(heading.index + 1)
        .map(({ text }) => text.trim()),
    ).toEqual(filtered.map(({ message }) => message))
  })
})

test('in a global variable the id is right as long as nobody has waited, and after that the last one', () => {
  const log = logOf(ofGlobal)
  expect(log.slice(0, 3).map(({ requestId }) => requestId)).toEqual(['1', '2', '3'])
  expect(new Set(log.slice(3).map(({ requestId }) => requestId))).toEqual(new Set(['3']))
})

test('in a ContextVar each line carries the id of the request that it is about', () => {
  const log = logOf(ofContextVar)
  expect(log.map(({ requestId }) => requestId)).toEqual(log.map((line) => about(line)))
  for (const id of ['1', '2', '3']) expect(log.filter(({ requestId }) => requestId === id)).toHaveLength(4)
})
