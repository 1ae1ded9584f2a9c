import { expect, test, vi } from 'vitest'
import comlink from '../comlink.ts'
import { moment, moments, peak, record } from './record.ts'

vi.setConfig({ testTimeout: 60_000 })

test('two threads take turns, and no turn begins before the last one has ended', async () => {
  const lines = await record(comlink)
  expect(peak(lines, /: begins turn/, /: ends turn/)).toBe(1)
  for (const name of ['Ann', 'Bob']) {
    const begun = moments(lines, new RegExp(`^${name}: begins turn (.)$`)).map(({ groups }) => groups[0])
    expect(begun).toEqual(['1', '2', '3', '4'])
  }
  moment(lines, /^8 turns were taken: Lock "turn" <unlocked>$/)
})

test('a lock nested in an object is refused', async () => {
  moment(await record(comlink), /^TypeError: a Lock must not be nested .* at lock: Comlink does not look into objects/)
})
