/** Values that are no good as something, and how a call refuses them. */
import { expect } from 'vitest'

export interface Wrong {
  readonly title: string
  readonly value: unknown
  readonly type: 'TypeError' | 'RangeError'
  /** How the message shows the value, if that has a short text. */
  readonly shown?: string
}

const wrong = (type: Wrong['type'], title: string, value: unknown, shown = title): Wrong => ({
  type,
  title,
  value,
  shown,
})

const unprintable: unknown = Object.create(null)

const odd: readonly Wrong[] = [
  wrong('TypeError', 'null', null),
  wrong('TypeError', 'true', true),
  wrong('TypeError', '{}', {}, ''),
  wrong('TypeError', 'an object without a prototype', unprintable, ''),
  wrong('TypeError', 'Symbol(odd)', Symbol('odd')),
]

export const notANumber: readonly Wrong[] = [
  ...odd,
  wrong('TypeError', "'5'", '5', '"5"'),
  wrong('TypeError', '5n', 5n),
  wrong('RangeError', 'NaN', Number.NaN),
]

export const notWhole: readonly Wrong[] = [
  ...notANumber,
  wrong('RangeError', '-1', -1),
  wrong('RangeError', '1.5', 1.5),
  wrong('RangeError', '-Infinity', -Infinity),
  wrong('RangeError', '2 ** 53', 2 ** 53, '9007199254740992'),
]

export const infinite: Wrong = wrong('RangeError', 'Infinity', Infinity)
export const zero: Wrong = wrong('RangeError', '0', 0)
export const missing: Wrong = wrong('TypeError', 'undefined', undefined)

export const notAFunction: readonly Wrong[] = [
  ...odd,
  missing,
  wrong('TypeError', '5', 5),
  wrong('TypeError', "'fn'", 'fn', '"fn"'),
  wrong('TypeError', 'an Op', (function* () {})(), 'Generator'),
]

export const notAnOp: readonly Wrong[] = [
  ...odd,
  missing,
  wrong('TypeError', '5', 5),
  wrong('TypeError', "'op'", 'op', '"op"'),
  wrong('TypeError', 'a generator function', function* () {}, 'GeneratorFunction'),
  wrong('TypeError', 'a promise', Promise.resolve(), 'Promise'),
  wrong('TypeError', 'an array', [], 'Array'),
  wrong('TypeError', 'the iterator of an array', [][Symbol.iterator](), 'Array Iterator'),
  wrong('TypeError', 'an async generator', (async function* () {})(), 'AsyncGenerator'),
]

export const notAString: readonly Wrong[] = [...odd, wrong('TypeError', '5', 5)]

export const notOptions: readonly Wrong[] = [
  wrong('TypeError', 'null', null),
  wrong('TypeError', '5', 5),
  wrong('TypeError', "'db'", 'db', '"db"'),
  wrong('TypeError', 'true', true),
]

/** That `call` refuses: by the right class, with a message that names the argument and shows the value. */
export function expectRefused(call: () => unknown, name: string, { type, shown = '' }: Wrong): void {
  let error: unknown
  try {
    call()
  } catch (caught) {
    error = caught
  }
  const Type = type === 'TypeError' ? TypeError : RangeError
  expect(error).toBeInstanceOf(Type)
  const { message } = error as Error
  expect(message).toMatch(new RegExp(`^${name.replaceAll(/[[\]]/g, '\\$&')} must be `))
  expect(message).toContain(shown)
}
