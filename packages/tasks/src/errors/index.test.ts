/** The errors: told apart by class, by name and by code; and what counts as a cancellation. */
import { describe, expect, test } from 'vitest'
import { cancellationIn, cancelledError } from './cancelled-error.ts'
import { CancelledError, InvalidStateError } from './index.ts'

describe.each([
  ['CancelledError', 'ERR_CANCELLED', CancelledError, InvalidStateError],
  ['InvalidStateError', 'ERR_INVALID_STATE', InvalidStateError, CancelledError],
])('%s', (name, code, Type, Other) => {
  const error = new Type('what went wrong')

  test('is an Error with its class’s name and its code', () => {
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(Type)
    expect(error).not.toBeInstanceOf(Other)
    expect(error).toMatchObject({ name, code, message: 'what went wrong' })
    expect(String(error)).toBe(`${name}: what went wrong`)
  })

  test('has a stack that begins with its name and message', () => {
    expect(error.stack).toMatch(new RegExp(`^${name}: what went wrong\\n`))
  })

  test('has the name on the class, not on every instance: it is not printed as a property', () => {
    expect(Object.keys(error)).toEqual(['code'])
  })

  test('takes a cause, as every Error does', () => {
    const cause = new Error('the first')
    expect(new Type('the second', { cause }).cause).toBe(cause)
    expect('cause' in error).toBe(false)
  })
})

describe('cancelledError()', () => {
  test.each([
    ['a string', 'shutting down', ': shutting down'],
    ['an Error', new TypeError('no such user'), ': no such user'],
    ['an object', { why: 'no' }, ''],
    ['0', 0, ''],
    ['null', null, ''],
  ])('for %s: it is the cause, and in the message if it has words', (_, reason, words) => {
    const error = cancelledError('task "save"', reason)
    expect([error.message, error.cause]).toEqual([`task "save" was cancelled${words}`, reason])
    expect(error.cause).toBe(reason)
  })

  test('without a reason there is no cause', () => {
    const error = cancelledError('task "save"', undefined)
    expect([error.message, 'cause' in error]).toEqual(['task "save" was cancelled', false])
  })
})

describe('cancellationIn()', () => {
  const cancellation = new CancelledError('cancelled')
  const other = new CancelledError('another')
  const abortError = (cause?: unknown): Error =>
    Object.assign(new Error('aborted', cause === undefined ? undefined : { cause }), { name: 'AbortError' })

  test('a CancelledError is one, of another copy of this package too', () => {
    const foreign = Object.assign(new Error('cancelled'), { code: 'ERR_CANCELLED' })
    expect([cancellationIn(cancellation), cancellationIn(foreign)]).toEqual([cancellation, foreign])
  })

  test('an AbortError is what caused it', () => {
    expect(cancellationIn(abortError(cancellation), other)).toBe(cancellation)
  })

  test('an AbortError that forgot its cause is what the signal aborted with, if it did', () => {
    expect(cancellationIn(abortError(), cancellation)).toBe(cancellation)
    expect(cancellationIn(new DOMException('aborted', 'AbortError'), cancellation)).toBe(cancellation)
    expect(cancellationIn(abortError('why'), cancellation)).toBe(cancellation)
    expect(cancellationIn(abortError())).toBe(undefined)
  })

  test('nothing else is one', () => {
    for (const error of [new Error('no', { cause: cancellation }), 'ERR_CANCELLED', undefined, null, 0]) {
      expect(cancellationIn(error, cancellation)).toBe(undefined)
    }
  })
})
