/**
 * The text of a `baggage` entry, as the W3C's Baggage has it: `name=value;property,name=value`, names and values percent-encoded.
 * https://www.w3.org/TR/baggage/
 */

/** One member, as it stands in the text. */
export interface Member {
  /** Decoded; undefined if it cannot be, and then it is none of ours. */
  readonly name: string | undefined
  /** As it stands, without its properties; undefined if there is no `=`. */
  readonly value: string | undefined
  readonly properties: readonly string[]
  /** All of it. */
  readonly text: string
}

/** What a value may consist of without being encoded. `%` is among them, as it begins what is. */
const VALUE = /^[!#-+\--:<-[\]-~]*$/

export function membersOf(baggage: string): Member[] {
  return baggage
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [pair = '', ...properties] = text.split(';').map((part) => part.trim())
      const at = pair.indexOf('=')
      const name = (at < 0 ? pair : pair.slice(0, at)).trim()
      return { name: decodedOr(name), value: at < 0 ? undefined : pair.slice(at + 1).trim(), properties, text }
    })
}

/** @throws URIError when it is not what encode() writes. */
export function decode(text: string): string {
  if (!VALUE.test(text)) throw new URIError('a character that must be percent-encoded')
  return decodeURIComponent(text)
}

function decodedOr(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}

/** As a value or, with `(` and `)` too, as a name. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[()]/g, (character) => (character === '(' ? '%28' : '%29'))

/** Without the halves of a surrogate pair that stand alone: UTF-8 has no form for them. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)

export const byteLength = (text: string): number => new TextEncoder().encode(text).length
