/** Wrong arguments, and what is said of them. */
import { expect } from 'vitest'

/** A value, and how a message shows it. */
export type Wrong = readonly [value: unknown, shown: string]

const primitives: readonly Wrong[] = [
  [undefined, 'undefined'],
  [null, 'null'],
  [5, '5'],
  [5n, '5n'],
  [true, 'true'],
  [Symbol('odd'), 'Symbol(odd)'],
]

/** No template literal can print it: a message must not fail on it. */
const unprintable: unknown = Object.create(null)

export const notAString: readonly Wrong[] = [...primitives, [{}, '[object Object]'], [unprintable, '[object Object]']]

export const notAFunction: readonly Wrong[] = [...notAString, ['fn', '"fn"'], [Promise.resolve(), '[object Promise]']]

/** Neither a ContextVar, a Token nor a Context. */
export const ofNoKind: readonly Wrong[] = [
  ...notAFunction,
  [() => {}, '[object Function]'],
  [new Map(), '[object Map]'],
]

/** As an error must be: the language's own class, and a message that says what is wrong with what. */
export const refusal = (type: 'TypeError' | 'RangeError', message: string): unknown =>
  expect.toSatisfy(
    (error: unknown) =>
      error instanceof (type === 'TypeError' ? TypeError : RangeError) &&
      error.name === type &&
      error.message === message,
    `a ${type}: ${message}`,
  )

/** What `call` throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return expect.fail('it was to throw')
}

/** Whoever passes a promise for a function is told how to pass a function. */
export const hint = (fn: unknown): string => (fn instanceof Promise ? ', such as () => work() for work()' : '')
