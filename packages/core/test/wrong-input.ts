/** Wrong arguments, and how a call refuses them: what it throws or rejects with, and whether its message names the argument and the value. */
import { expect } from 'vitest'
import { drain } from './microtasks.ts'

export type ErrorName = 'TypeError' | 'RangeError'

export type Refusal = { how: 'threw' | 'rejected'; type: string; message: string } | { how: 'accepted' }

const described = (how: 'threw' | 'rejected', error: unknown): Refusal => {
  // The base classes must be the language's own: `instanceof RangeError` is how a caller tells them apart.
  const type = error instanceof RangeError ? 'RangeError' : error instanceof TypeError ? 'TypeError' : String(error)
  return { how, type, message: error instanceof Error ? error.message : '' }
}

/** How `call` refuses. A promise that is still pending once the microtasks have run counts as accepted. */
export async function refusal(call: () => unknown): Promise<Refusal> {
  let seen: Refusal = { how: 'accepted' }
  try {
    const result = call()
    if (result instanceof Promise) result.catch((error: unknown) => (seen = described('rejected', error)))
  } catch (error) {
    return described('threw', error)
  }
  await drain()
  return seen
}

export interface Wrong {
  /** For the test's title. */
  readonly title: string
  readonly value: unknown
  readonly type: ErrorName
  /** How the message shows the value; not asked of what has no short text. */
  readonly shown?: string | undefined
}

const wrong = (type: ErrorName, title: string, value: unknown, shown?: string): Wrong => ({ type, title, value, shown })

/** What is refused as an argument called `name`. */
export const refused = (how: 'threw' | 'rejected', { type, shown }: Wrong, name: string): Refusal => ({
  how,
  type,
  message: expect.toSatisfy(
    (message: string) => message.includes(name) && (shown === undefined || message.includes(shown)),
    `names ${name} and ${shown ?? 'its value'}`,
  ) as string,
})

/** A value that no template literal can print: the message must not fail on it. */
const unprintable: unknown = Object.create(null)

export const notANumber: readonly Wrong[] = [
  wrong('TypeError', "'5'", '5', '5'),
  wrong('TypeError', 'null', null, 'null'),
  wrong('TypeError', 'true', true, 'true'),
  wrong('TypeError', '5n', 5n, '5'),
  wrong('TypeError', '{}', {}),
  wrong('TypeError', 'a symbol', Symbol('odd')),
  wrong('TypeError', 'an object without a prototype', unprintable),
]

export const wrongTimeouts: readonly Wrong[] = [
  ...notANumber,
  wrong('RangeError', 'NaN', Number.NaN, 'NaN'),
  wrong('RangeError', '-1', -1, '-1'),
  wrong('RangeError', '-0.5', -0.5, '-0.5'),
  wrong('RangeError', '-Infinity', -Infinity, '-Infinity'),
]

export const wrongSignals: readonly Wrong[] = [
  wrong('TypeError', '5', 5, '5'),
  wrong('TypeError', "'abort'", 'abort', 'abort'),
  wrong('TypeError', 'false', false, 'false'),
  wrong('TypeError', '0', 0, '0'),
  wrong('TypeError', '{}', {}),
  wrong('TypeError', 'the controller', new AbortController()),
  wrong('TypeError', 'another EventTarget', new EventTarget()),
  wrong('TypeError', 'an object without a prototype', unprintable),
]

/** In the place of the options object itself. */
export const wrongOptions: readonly Wrong[] = [
  wrong('TypeError', 'null', null, 'null'),
  wrong('TypeError', '5', 5, '5'),
  wrong('TypeError', "'db'", 'db', 'db'),
  wrong('TypeError', 'true', true, 'true'),
  wrong('TypeError', 'a symbol', Symbol('odd')),
  wrong('TypeError', 'a signal', new AbortController().signal),
]

export const wrongNames: readonly Wrong[] = [
  wrong('TypeError', '5', 5, '5'),
  wrong('TypeError', 'null', null, 'null'),
  wrong('TypeError', '{}', {}),
  wrong('TypeError', 'a symbol', Symbol('odd')),
]

export const notAFunction: readonly Wrong[] = [
  wrong('TypeError', 'undefined', undefined, 'undefined'),
  wrong('TypeError', 'null', null, 'null'),
  wrong('TypeError', '5', 5, '5'),
  wrong('TypeError', "'fn'", 'fn', 'fn'),
  wrong('TypeError', '{}', {}),
  wrong('TypeError', 'a promise', Promise.resolve()),
]

/** No count of permits, waiters or parties: a whole number of one or more. */
export const notACount: readonly Wrong[] = [
  ...notANumber,
  wrong('RangeError', '-1', -1, '-1'),
  wrong('RangeError', '1.5', 1.5, '1.5'),
  wrong('RangeError', 'NaN', Number.NaN, 'NaN'),
  wrong('RangeError', 'Infinity', Infinity, 'Infinity'),
]

export const zero: Wrong = wrong('RangeError', '0', 0, '0')

export interface WrongOption extends Wrong {
  /** The argument that the message must name. */
  readonly name: string
}

/** `entries` as options objects with that value under `name`. */
const under = (name: string, entries: readonly Wrong[]): WrongOption[] =>
  entries.map(({ type, title, value, shown }) => ({
    type,
    title: `${name}: ${title}`,
    value: { [name]: value },
    shown,
    name,
  }))

/** Every wrong `WaitOptions`, the options object itself included. */
export const wrongWaitOptions: readonly WrongOption[] = [
  ...wrongOptions.map(({ type, title, value, shown }) => ({
    type,
    title: `options: ${title}`,
    value,
    shown,
    name: 'options',
  })),
  ...under('timeout', wrongTimeouts),
  ...under('signal', wrongSignals),
]

/** Reasons that a careless `reason ?? …` or `reason || …` would lose. */
export const reasons: readonly (readonly [title: string, reason: unknown])[] = [
  ['an Error', new Error('stop')],
  ['a string', 'stop'],
  ['an object', { why: 'stop' }],
  ['null', null],
  ['0', 0],
  ["''", ''],
  ['false', false],
]
