/** What a word of a space is called, and what its value says: for the traces. */
import {
  CONTENDED,
  FREED,
  HANDOFF,
  HEADER,
  KEPT,
  OBJECT,
  ORPHANED,
  OWNER,
  RESERVED,
  SEAT,
  SEAT_WORDS,
  SPACE,
  strideFor,
} from '../../src/layout.ts'
import type { Scenario } from './machine.ts'

const inverse = (words: Record<string, number>): Map<number, string> =>
  new Map(Object.entries(words).map(([name, at]) => [at, name.toLowerCase()]))

const ofSpace = inverse(SPACE)
const ofSeat = inverse(SEAT)
const ofObject = inverse(OBJECT)

const seatsOf = ({ seats, threads }: Scenario): number => seats ?? threads.length

function offsetInObject(scenario: Scenario, word: number): { number: number; offset: number } {
  const object = word - HEADER - seatsOf(scenario) * SEAT_WORDS
  const stride = strideFor(seatsOf(scenario))
  return { number: Math.floor(object / stride), offset: object % stride }
}

export function nameOf(scenario: Scenario, word: number): string {
  if (word < HEADER) return `space.${ofSpace.get(word) ?? word}`
  const seat = Math.floor((word - HEADER) / SEAT_WORDS)
  if (seat < seatsOf(scenario)) return `seat${seat}.${ofSeat.get((word - HEADER) % SEAT_WORDS)}`
  const { number, offset } = offsetInObject(scenario, word)
  if (number >= (scenario.objects ?? 2)) return `heap[${word}]`
  const own = offset - OBJECT.OWN
  const mask = offset - OBJECT.MASKS
  const name = mask >= 3 ? `cell${mask - 3}` : mask >= 0 ? `mask${mask}` : own >= 0 ? `own${own}` : ofObject.get(offset)
  return `object${number}.${name}`
}

/** As in word.ts: who owns it, and the flags by their letters. */
export function valueOf(scenario: Scenario, word: number, value: number): string {
  if (word < HEADER + seatsOf(scenario) * SEAT_WORDS) return String(value)
  const { number, offset } = offsetInObject(scenario, word)
  if (number >= (scenario.objects ?? 2)) return String(value)
  if (offset >= OBJECT.MASKS && offset < OBJECT.MASKS + 3) return value.toString(2)
  if (offset !== OBJECT.WORD) return String(value)
  const owner = value & OWNER
  const flags = Object.entries({ RESERVED, CONTENDED, HANDOFF, ORPHANED, KEPT })
    .filter(([, flag]) => (value & flag) !== 0)
    .map(([name]) => name)
  const whose = owner === 0 ? 'free' : owner === FREED ? 'freed' : `seat${owner - 1}`
  const generation = value >>> 16
  return `[${[whose, ...flags, ...(generation === 0 ? [] : [`generation ${generation}`])].join(' ')}]`
}
