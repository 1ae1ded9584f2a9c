// Each library does with its variables what the rows of contextvar time, and a loop that did not would be found out.
import { describe, expect, it } from 'vitest'
import { loadLibraries } from './catalogue.ts'
import { contextLoopOf, type ContextPart, expectedOf } from './context-loops.ts'
import { floors } from './floors.ts'
import type { ContextWork } from './library.ts'

const { libraries } = await loadLibraries()
const parts: ContextPart[] = ['get', 'set', 'setReset', 'copy', 'run']
const works = [...floors, ...libraries].flatMap(({ name, context }): [string, ContextWork][] =>
  context === undefined ? [] : [[name, context]],
)
const TURNS = 300

it('there are some, ours among them', () => {
  expect(works.map(([name]) => name)).toContain('@interlock/contextvar')
})

describe.each(works)('the variables of %s', (name, work) => {
  const offered = parts.filter((part) => work[part] !== undefined)

  it.each(offered.flatMap((part) => [1, 100].map((variables) => ({ part, variables }))))(
    '$part, $variables set, again and again',
    ({ part, variables }) => {
      const loop = contextLoopOf(`test: ${name}, ${part}`, work, part, variables)
      const expected = expectedOf(part, variables, TURNS)
      expect([loop?.(TURNS), loop?.(TURNS)]).toEqual([expected, expected])
    },
  )

  it.each(parts.filter((part) => work[part] === undefined))('says that there is no %s', (part) => {
    expect(contextLoopOf(`test: ${name}, ${part}`, work, part, 1)).toBe(undefined)
  })
})

describe('what a loop answers', () => {
  it('is what its slots hold, and what was set last', () => {
    expect(expectedOf('get', 1, 200)).toBe(200)
    expect(expectedOf('get', 100, 200)).toBe(2 * 5050)
    expect(expectedOf('set', 1, 200)).toBe(100 * 199)
    expect(expectedOf('set', 100, 200)).toBe(100 * 100 + 4950)
    expect(expectedOf('setReset', 100, 200)).toBe(5050)
    expect(expectedOf('copy', 1, 200)).toBe(100)
    expect(expectedOf('run', 1, 200)).toBe(199 * 100)
  })

  const ours = works.find(([name]) => name === '@interlock/contextvar')?.[1] as ContextWork

  it.each<[ContextPart, string]>([
    ['get', '0'],
    ['set', '0'],
    ['setReset', 'slot.set(value)'],
    ['copy', 'made.other'],
    ['run', '0'],
  ])('%s that does nothing, or too little, gives something else', (part, text) => {
    const loop = contextLoopOf(`test: broken ${part}`, { ...ours, [part]: text }, part, 100)
    expect(loop?.(TURNS)).not.toBe(expectedOf(part, 100, TURNS))
  })
})
