/** How items become bytes, and bytes items. */
import { mistyped, shown } from '@interlock/core/internal'
import { Structured } from './structured.ts'

/** A codec of your own. */
export interface OwnCodec<T> {
  /** What it answers is not to change until the item has been put. */
  encode(item: T): Uint8Array
  /** What it is given is its own to keep, unless it borrows. */
  decode(bytes: Uint8Array): T
  /**
   * True if decode() needs the bytes no longer than the call takes. Then no new memory is allocated for them, which for large items costs several
   * times as much as copying them: decode into a buffer of your own that you use again.
   */
  readonly borrows?: boolean | undefined
}

/** How items become bytes: 'structured' (what structured clone knows, but functions; by msgpackr), 'json', 'bytes' (Uint8Array), or your own. */
export type Codec<T> = 'structured' | 'json' | 'bytes' | OwnCodec<T>

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
  /** The program's own: decode() may do anything, and get the next item for one. */
  readonly foreign: boolean
}

/** As the queue's memory says it to other threads. */
const NAMES = ['structured', 'json', 'bytes'] as const
const OWN_CODEC = 3

export const isBytes = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array'

class Json implements Coder {
  readonly transient = false
  readonly copies = true
  readonly foreign = false
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
  foreign: false,
  encode(item) {
    if (!isBytes(item)) throw mistyped('item', 'a Uint8Array', item)
    return item
  },
  decode: (bytes) => bytes,
}

class Own implements Coder {
  readonly transient = false
  readonly copies: boolean
  readonly foreign = true
  readonly #codec: OwnCodec<unknown>

  constructor(codec: OwnCodec<unknown>) {
    this.#codec = codec
    this.copies = codec.borrows === true
  }

  encode(item: unknown): Uint8Array {
    const bytes: unknown = this.#codec.encode(item)
    if (isBytes(bytes)) return bytes
    throw new TypeError(`codec.encode() must answer a Uint8Array, got ${shown(bytes)}`)
  }

  decode(bytes: Uint8Array, length: number): unknown {
    return this.#codec.decode(length === bytes.length ? bytes : bytes.subarray(0, length))
  }
}

/** Its number in the queue's memory, if it is a codec. */
export function codecNumber(codec: Codec<never>): number {
  const number = NAMES.indexOf(codec as never)
  if (number >= 0) return number
  const { encode, decode, borrows } = Object(codec) as { [K in keyof OwnCodec<never>]: unknown }
  if (borrows !== undefined && typeof borrows !== 'boolean') throw mistyped('codec.borrows', 'a boolean', borrows)
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
