/**
 * 'structured': items by msgpackr, and what msgpackr alone does not carry: -0, and strings that are no UTF-8 (lone surrogates) or begin with a mark
 * that its decoder drops.
 *
 * Those are odd. An item that holds any is packed as a copy with a gap in place of each, beside the list of them, behind a byte that begins no
 * other item; they are put back in the order in which a walk finds the gaps. All other items, nearly all, are packed as they are.
 *
 * What still arrives otherwise than by structured clone: errors without their stack, gaps in arrays as undefined, objects of a class as plain ones,
 * boxed primitives as objects, the key "__proto__" as "__proto_".
 */
import type { Packr } from 'msgpackr'
// @ts-expect-error: it comes without types. It makes no code at run time, which a page's Content-Security-Policy may forbid.
import { C1 as GAP, Packr as PackrWithoutEval } from 'msgpackr/index-no-eval'
import type { Coder } from './codec.ts'

/** To pack(): its buffer may be used again at once. */
const RESET_BUFFER_MODE = 1024

/** The first byte of an item with odd values: msgpack never uses it. */
const WITH_ODDS = 0xc1

/** -0 as 0, a string as its code units. */
type Odd = 0 | Uint16Array

/** Deeper than that, or with more objects, an item may be cyclic: it is walked with a list of what has been seen. */
const DEEP = 64
const MANY = 100_000

const isOdd = (value: string | number): boolean =>
  typeof value === 'number' ? value === 0 && 1 / value < 0 : value.charCodeAt(0) === 0xfeff || !isWellFormed(value)

/** A surrogate that has lost its other half. */
const LONE = /\p{Surrogate}/u
const isWellFormed = (text: string): boolean =>
  (text as { isWellFormed?(): boolean }).isWellFormed?.() ?? !LONE.test(text)

const unclonable = (type: string): DOMException =>
  new DOMException(`item must hold no ${type}, as none can be cloned`, 'DataCloneError')

/** What has no values of its own to be looked at, or is left to msgpackr. */
const isLeaf = (value: object): boolean =>
  ArrayBuffer.isView(value) ||
  value instanceof Date ||
  value instanceof RegExp ||
  value instanceof Error ||
  value instanceof ArrayBuffer

export class Structured implements Coder {
  readonly transient = true
  readonly copies = true
  readonly foreign = false
  readonly #packr: Packr = new (PackrWithoutEval as typeof Packr)({
    structuredClone: true,
    moreTypes: true,
    useToJSON: false,
    copyBuffers: true,
    writeFunction: () => {
      throw unclonable('function')
    },
  })
  /** For what is no object, and needs no list of those that it has met. */
  readonly #plain: Packr = new (PackrWithoutEval as typeof Packr)({ moreTypes: true, useRecords: false })
  #seen = 0

  encode(item: unknown): Uint8Array {
    this.#seen = 0
    if (!this.#mayHaveOdds(item, 0))
      return (typeof item === 'object' ? this.#packr : this.#plain).pack(item, RESET_BUFFER_MODE)
    const odds: Odd[] = []
    const copy = withGaps(item, odds, new Map())
    if (odds.length === 0) return this.#packr.pack(item, RESET_BUFFER_MODE)
    const packed = this.#packr.pack([copy, odds], RESET_BUFFER_MODE)
    const bytes = new Uint8Array(packed.length + 1)
    bytes[0] = WITH_ODDS
    bytes.set(packed, 1)
    return bytes
  }

  decode(bytes: Uint8Array, length: number): unknown {
    if (bytes[0] !== WITH_ODDS) return this.#packr.unpack(bytes, length)
    const [copy, odds] = this.#packr.unpack(bytes.slice(1, length)) as [unknown, Odd[]]
    return withoutGaps(copy, odds.values(), new Set())
  }

  /** Whether there is an odd value in it, or it may be cyclic. Throws for what cannot be cloned. */
  #mayHaveOdds(value: unknown, depth: number): boolean {
    const type = typeof value
    if (type === 'number' || type === 'string') return isOdd(value as number | string)
    if (type === 'function' || type === 'symbol') throw unclonable(type)
    return typeof value === 'object' && value !== null && !isLeaf(value) && this.#holdsOdds(value, depth + 1)
  }

  #holdsOdds(value: object, depth: number): boolean {
    if (depth > DEEP || ++this.#seen > MANY) return true
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) if (this.#mayHaveOdds(value[at], depth)) return true
    } else if (value instanceof Map) {
      for (const [key, its] of value) if (this.#mayHaveOdds(key, depth) || this.#mayHaveOdds(its, depth)) return true
    } else if (value instanceof Set) {
      for (const each of value) if (this.#mayHaveOdds(each, depth)) return true
    } else {
      for (const key of Object.keys(value))
        if (this.#mayHaveOdds((value as Record<string, unknown>)[key], depth)) return true
    }
    return false
  }
}

/** A copy of `value` in which each odd value is a gap, and is noted in `odds`. */
function withGaps(value: unknown, odds: Odd[], copies: Map<object, unknown>): unknown {
  if (typeof value === 'number' || typeof value === 'string') {
    if (!isOdd(value)) return value
    odds.push(
      typeof value === 'number' ? 0 : Uint16Array.from({ length: value.length }, (_, at) => value.charCodeAt(at)),
    )
    return GAP
  }
  if (typeof value === 'function' || typeof value === 'symbol') throw unclonable(typeof value)
  if (typeof value !== 'object' || value === null || isLeaf(value)) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  const part = (each: unknown): unknown => withGaps(each, odds, copies)
  if (Array.isArray(value)) {
    const copy: unknown[] = []
    copies.set(value, copy)
    for (let at = 0; at < value.length; at++) copy.push(part(value[at]))
    return copy
  }
  if (value instanceof Map) {
    const copy = new Map()
    copies.set(value, copy)
    // Two odd keys would be one gap: their entries are a list.
    const entries = [...value].map(([key, its]) => [part(key), part(its)])
    copy.set(ENTRIES, entries)
    return copy
  }
  if (value instanceof Set) {
    const copy = new Set()
    copies.set(value, copy)
    copy.add([...value].map(part))
    return copy
  }
  const copy: Record<string, unknown> = {}
  copies.set(value, copy)
  for (const key of Object.keys(value)) copy[key] = part((value as Record<string, unknown>)[key])
  return copy
}

/** The one key of a copy of a Map. */
const ENTRIES = 0

/** `value`, made by withGaps(), with what its gaps stand for; in the same order. */
function withoutGaps(value: unknown, odds: Iterator<Odd>, seen: Set<object>): unknown {
  if (value === GAP) {
    const odd = odds.next().value as Odd
    return odd === 0 ? -0 : odd.reduce((text, unit) => text + String.fromCharCode(unit), '')
  }
  if (typeof value !== 'object' || value === null || isLeaf(value) || seen.has(value)) return value
  seen.add(value)
  const part = (each: unknown): unknown => withoutGaps(each, odds, seen)
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) value[at] = part(value[at])
  } else if (value instanceof Map) {
    const entries = value.get(ENTRIES) as [unknown, unknown][]
    value.clear()
    for (const [key, its] of entries) value.set(part(key), part(its))
  } else if (value instanceof Set) {
    const [parts] = value as Set<unknown[]>
    value.clear()
    for (const each of parts!) value.add(part(each))
  } else {
    const record = value as Record<string, unknown>
    for (const key of Object.keys(record)) record[key] = part(record[key])
  }
  return value
}
