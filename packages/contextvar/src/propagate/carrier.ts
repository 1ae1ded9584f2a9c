/** What carries a `baggage` entry: something with get() and set(), or a plain object. */
import { mistyped } from '../argument.ts'
import { isPlain } from './plain.ts'

/** Headers, a Map, an Express response. */
export interface HeadersLike {
  get(name: string): unknown
  set(name: string, value: string): unknown
  delete?(name: string): unknown
}

/** One that is only read: Headers, a Map, an Express request. */
export type ReadableHeaders = Pick<HeadersLike, 'get'>

/** The headers of a node:http message, those of a fetch(), a message to a worker. */
export type PlainCarrier = Readonly<Record<string, unknown>>

/** The entry of a carrier. */
export interface Entry {
  /** '' if there is nothing, several parts as one; as it is, if it is no text. */
  read(): unknown
  /** '' takes it out. */
  write(text: string): void
}

const NAME = 'baggage'

/** @throws TypeError when `carrier` has not all of `methods` and is no plain object either. */
export function entryOf(carrier: unknown, methods: readonly ('get' | 'set')[]): Entry {
  const object = Object(carrier) as Partial<HeadersLike>
  if (object === carrier && methods.every((method) => typeof object[method] === 'function')) {
    return entryOfHeaders(object as HeadersLike)
  }
  if (isPlain(carrier)) return entryOfPlain(carrier)
  throw mistyped('carrier', `an object with ${methods.join('() and ')}(), or a plain object`, carrier)
}

const entryOfHeaders = (headers: HeadersLike): Entry => ({
  read: () => joined([headers.get(NAME)]),
  write(text) {
    if (text === '' && typeof headers.delete === 'function') headers.delete(NAME)
    else headers.set(NAME, text)
  },
})

const entryOfPlain = (carrier: Record<string, unknown>): Entry => {
  // A header's name may be written in any case.
  const keys = Object.keys(carrier).filter((key) => key.toLowerCase() === NAME)
  return {
    read: () => joined(keys.map((key) => carrier[key])),
    write(text) {
      for (const key of keys) delete carrier[key]
      if (text !== '') carrier[keys[0] ?? NAME] = text
    },
  }
}

function joined(found: unknown[]): unknown {
  const parts = found.flat().filter((part) => part !== undefined && part !== null)
  const texts = parts.filter((part) => typeof part === 'string')
  return texts.length === parts.length ? texts.join(',') : parts.find((part) => typeof part !== 'string')
}
