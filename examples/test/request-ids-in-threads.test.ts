import { beforeAll, expect, test, vi } from 'vitest'
import requestIds from '../request-ids-in-threads.ts'
import type { Line } from '../stage/scenario.ts'
import { moment, moments, peak, record } from './record.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const NAMES = ['ann', 'bob', 'cid']
let lines: Line[]

beforeAll(async () => {
  lines = await record(requestIds)
})

test('each line that the thread logs carries the id of the request that it is about, before an await and after it', () => {
  for (const said of [/counting the orders of (\w+)/, /thread: (\w+) has \d/]) {
    const logged = moments(lines, new RegExp(`^\\{"requestId":"(\\d)","message":".*?${said.source}"\\}$`))
    expect(logged.map(({ groups }) => `${groups[1]} ${groups[0]}`).toSorted()).toEqual(['ann 1', 'bob 2', 'cid 3'])
  }
})

test('the three calls are in progress at the same time, in one thread', () => {
  expect(peak(lines, /thread: counting/, /thread: \w+ has/)).toBe(3)
})

test('filtered by its id, the log tells all of request 2, in order, and nothing else', () => {
  const heading = moment(lines, /^the log, filtered by request 2: 4 of 12 lines$/)
  expect(lines.slice(heading.index + 1).map(({ text }) => text.trim())).toEqual([
    `GET /${NAMES[1]}`,
    'thread: counting the orders of bob',
    'thread: bob has 8',
    '200, 8 orders',
  ])
})
