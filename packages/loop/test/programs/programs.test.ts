/** What explore() is for: each broken program is found, and fails in the same way when it is replayed; each right one is run in every order. */
import { describe, expect, test } from 'vitest'
import { explore, ExplorationError, replay } from '../../src/index.ts'
import { pairs } from './index.ts'

const caught = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('there are eight', () => {
  expect(new Set(pairs.map(({ title }) => title)).size).toBe(8)
})

describe.each(pairs)('$title', ({ broken, right, failure }) => {
  const found = (options?: Parameters<typeof explore>[1]): ExplorationError => {
    const error = caught(() => explore(broken, options))
    expect(error).toBeInstanceOf(ExplorationError)
    return error as ExplorationError
  }

  test('is found', () => {
    expect(String(found().cause)).toMatch(failure)
  })

  test('fails in the same way when it is replayed, by a short schedule', () => {
    const { schedule, cause } = found()
    expect(String(caught(() => replay(broken, schedule)))).toBe(String(cause))
    expect(schedule.length).toBeLessThan(12)
  })

  test('needs no more than two preemptions; and whatever the seed, the schedule is as short', () => {
    const points = (schedule: string): number => schedule.split(',').filter((one) => one !== '').length
    const least = points(found().schedule)
    for (const seed of [1, 2, 3]) expect(points(found({ seed }).schedule)).toBe(least)
    expect(String(found({ preemptions: 2 }).cause)).toMatch(failure)
  })

  test('the right version passes in every order', () => {
    const { runs, complete } = explore(right)
    expect({ complete, several: runs > 1 }).toEqual({ complete: true, several: true })
  })

  test('the right version passes by the schedule that breaks the other', () => {
    expect(() => replay(right, found().schedule)).not.toThrow()
  })
})
