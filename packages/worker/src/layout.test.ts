/** The layout: what its constants must keep to, and that the page which draws it draws what there is. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  CONTENDED,
  FREED,
  HANDOFF,
  HEADER,
  KEPT,
  MASKS_PER_OBJECT,
  MOST_THREADS,
  OBJECT,
  ORPHANED,
  OWNER,
  RESERVED,
  SEAT,
  SEAT_WORDS,
  SPACE,
  strideFor,
} from './layout.ts'

test('the flags of a word, its owner and its generation do not overlap, and every seat can be an owner', () => {
  const parts = [OWNER, RESERVED, CONTENDED, HANDOFF, ORPHANED, KEPT, 0xffff << 16]
  expect(parts.reduce((one, other) => one + other, 0) | 0).toBe(-1)
  expect(MOST_THREADS).toBeLessThan(FREED)
})

test('a header and a seat have room for what is in them', () => {
  expect(Math.max(...Object.values(SPACE))).toBeLessThan(HEADER)
  expect(Math.max(...Object.values(SEAT))).toBeLessThan(SEAT_WORDS)
})

describe.each(['memory-layout.md', 'memory-layout.ru.md'])('docs/%s', (page) => {
  const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8')
  const [space = {}, seat = {}, object = {}, word = {}]: Record<string, readonly [string, string]>[] = [
    ...text.matchAll(/^```layout\n(.*?)^```$/gms),
  ].map(([, rows = '']) =>
    Object.fromEntries(
      rows
        .split('\n')
        .map((row) => row.split(/ {2,}/))
        .filter(({ length }) => length === 4)
        .map(([offset = '', bytes = '', name = '']) => [name, [offset, bytes] as const]),
    ),
  )
  const bytesAt = (offsets: Readonly<Record<string, number>>) =>
    Object.entries(offsets).map(([name, offset]) => [name.toLowerCase(), String(offset * 4)])
  const drawn = (rows: typeof space) => Object.entries(rows).map(([name, [offset]]) => [name, offset])

  test('draws every word of a space and of a seat where it is', () => {
    expect(drawn(space)).toEqual(expect.arrayContaining(bytesAt(SPACE)))
    expect(drawn(seat)).toEqual(bytesAt(SEAT))
    const regions = Object.values(space).slice(Object.keys(SPACE).length)
    expect(regions[0]).toEqual([String(HEADER * 4), expect.stringContaining(String(SEAT_WORDS * 4))])
    expect(regions[1]?.[1]).toContain(String(strideFor(32) * 4))
  })

  test('draws an object where it is, with 32 threads', () => {
    const cells = OBJECT.MASKS + MASKS_PER_OBJECT
    expect(drawn(object)).toEqual([...bytesAt(OBJECT), ['cells', String(cells * 4)]])
    expect(object['masks']?.[1]).toBe(String(MASKS_PER_OBJECT * 4))
  })

  test('draws the bits of a word where they are', () => {
    const bits = { reserved: RESERVED, contended: CONTENDED, 'hand-off': HANDOFF, orphaned: ORPHANED, kept: KEPT }
    for (const [name, flag] of Object.entries(bits)) expect(word[name]?.[0]).toMatch(new RegExp(` ${Math.log2(flag)}$`))
    expect(word['owner']?.[0]).toMatch(new RegExp(` 0–${Math.log2(OWNER + 1) - 1}$`))
  })
})
