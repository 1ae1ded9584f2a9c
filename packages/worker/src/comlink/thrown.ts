/** Errors across a call. Comlink keeps an error's name, message and stack; of ours this keeps `code` and class as well. */
import { BaggageError } from '@interlock/contextvar/propagate'
import type { TransferHandler } from 'comlink'
import {
  BrokenBarrierError,
  DeadlockError,
  HandleError,
  NotAcquiredError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  SpaceFullError,
} from '../errors/index.ts'

/** As Comlink has it. */
interface Thrown {
  readonly value: unknown
}

/** What Comlink's own handler makes of it, and beside it which of our classes it is. */
interface Wire {
  readonly isError: boolean
  readonly value: unknown
  readonly interlock?: string
}

/** In its fields, what Comlink sends of an error. */
interface Sent {
  readonly message: string
  readonly name: string
  readonly stack?: string
}

type ErrorClass = new (message: string) => Error

const CLASSES: Readonly<Record<string, ErrorClass>> = {
  BaggageError,
  BrokenBarrierError,
  DeadlockError,
  HandleError,
  NotAcquiredError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  SpaceFullError,
}

const ENTRIES = Object.entries(CLASSES)

/** What a wait that timed out or was aborted is rejected with. */
const DOM_ERRORS: ReadonlySet<string> = new Set(['TimeoutError', 'AbortError'])
const DOM = 'DOMException'

/** `own`, Comlink's handler of what is thrown, taught about our errors. `instead`: what to say in place of an error of Comlink's. */
export function reviving(
  own: TransferHandler<unknown, Wire>,
  instead: (error: Error) => Error,
): TransferHandler<unknown, Wire> {
  return {
    canHandle: (value): value is unknown => own.canHandle(value),
    serialize(thrown) {
      const { value } = thrown as Thrown
      const error = value instanceof Error ? instead(value) : value
      const [wire, transferables] = own.serialize(error === value ? thrown : { ...(thrown as Thrown), value: error })
      const name = error instanceof Error ? classOf(error) : undefined
      if (name === undefined) return [wire, transferables]
      const { code } = error as { code?: unknown }
      const value_ = name === DOM ? wire.value : { ...(wire.value as Sent), code }
      return [{ ...wire, value: value_, interlock: name }, transferables]
    },
    deserialize(wire) {
      const error = wire.isError ? revived(wire) : undefined
      if (error !== undefined) throw error
      return own.deserialize(wire)
    },
  }
}

function classOf(error: Error): string | undefined {
  if (error instanceof DOMException) return DOM_ERRORS.has(error.name) ? DOM : undefined
  return ENTRIES.find(([, Class]) => error instanceof Class)?.[0]
}

function revived({ interlock, value }: Wire): Error | undefined {
  if (typeof interlock !== 'string') return undefined
  const { message, name, stack } = value as Sent
  let error: Error
  if (interlock === DOM) error = new DOMException(message, name)
  else if (Object.hasOwn(CLASSES, interlock)) error = new CLASSES[interlock]!(message)
  else return undefined
  // That of a subclass is the sender's, and its class is not known here.
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true })
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true })
  return error
}
