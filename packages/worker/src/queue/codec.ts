/** How items become bytes, and bytes items. */
import { mistyped, shown } from '@interlock/core/internal'
import { Structured } from './structured.ts'

/**
 * How items become bytes: 'structured' (what structured clone knows, but functions; by msgpackr), 'json', 'bytes' (Uint8Array, in one copy), or your
 * own. What `encode()` answers is not to change until the item has been put; what `decode()` is given is its own to keep.
 */
export type Codec<T> = 'structured' | 'json' | 'bytes' | { encode(item: T): Uint8Array; decode(bytes: Uint8Array): T }

/** A codec at work in one thread. */
export interface Coder {
  /** Throws TypeError or a DataCloneError for an item that it cannot encode. */
  encode(item: unknown): Uint8Array
  /** The first `length` of `bytes`. */
  decode(bytes: Uint8Array, length: number): unknown
  /** What is encoded next overwrites what encode() answered last. */
  readonly transient: boolean
  /** What decode() answers needs no more of the bytes than that call. */
  readonly copies: boolean
}

/** As the queue's memory says it to other threads. */
const NAMES = ['structured', 'json', 'bytes'] as const
const OWN_CODEC = 3

export const isBytes = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array'

class Json implements Coder {
  readonly transient = false
  readonly copies = true
  readonly #encoder = new TextEncoder()
  readonly #decoder = new TextDecoder()

  encode(item: unknown): Uint8Array {
    const text = JSON.stringify(item) as string | undefined
    if (text === undefined) throw mistyped('item', 'a value that JSON knows', item)
    return this.#encoder.encode(text)
  }

  decode(bytes: Uint8Array, length: number): unknown {
    return JSON.parse(this.#decoder.decode(bytes.subarray(0, length)))
  }
}

const BYTES: Coder = {
  transient: false,
  copies: false,
  encode(item) {
    if (!isBytes(item)) throw mistyped('item', 'a Uint8Array', item)
    return item
  },
  decode: (bytes) => bytes,
}

class Own implements Coder {
  readonly transient = false
  readonly copies = false
  readonly #codec: Exclude<Codec<unknown>, string>

  constructor(codec: Exclude<Codec<unknown>, string>) {
    this.#codec = codec
  }

  encode(item: unknown): Uint8Array {
    const bytes: unknown = this.#codec.encode(item)
    if (isBytes(bytes)) return bytes
    throw new TypeError(`codec.encode() must answer a Uint8Array, got ${shown(bytes)}`)
  }

  decode(bytes: Uint8Array): unknown {
    return this.#codec.decode(bytes)
  }
}

/** Its number in the queue's memory, if it is a codec. */
export function codecNumber(codec: Codec<never>): number {
  const number = NAMES.indexOf(codec as never)
  if (number >= 0) return number
  const { encode, decode } = Object(codec) as { encode?: unknown; decode?: unknown }
  if (typeof encode === 'function' && typeof decode === 'function') return OWN_CODEC
  throw mistyped('codec', "'structured', 'json', 'bytes' or an object with encode() and decode()", codec)
}

/** The one of a queue that exists: told if it is the queue's own kind, and else known from its memory. */
export function agreed<T>(number: number, codec: Codec<T> | undefined): Codec<T> {
  const name = NAMES[number]
  if (codec === undefined && name !== undefined) return name
  if (codec !== undefined && codecNumber(codec as Codec<never>) === number) return codec
  const its =
    name === undefined ? "the queue's own, an object with encode() and decode()" : `'${name}', as the queue's is`
  throw mistyped('codec', its, codec)
}

let structured: Coder | undefined
let json: Coder | undefined

export function coderFor(codec: Codec<never>): Coder {
  if (codec === 'structured') return (structured ??= new Structured())
  if (codec === 'json') return (json ??= new Json())
  return codec === 'bytes' ? BYTES : new Own(codec)
}
