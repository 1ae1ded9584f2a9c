/** The errors: each has its name, its code and a place in the language's own hierarchy. */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import * as errors from './index.ts'

const codes: Record<keyof typeof errors, string> = {
  ContextEnteredError: 'ERR_CONTEXT_ENTERED',
  LookupError: 'ERR_CONTEXT_LOOKUP',
  RootContextError: 'ERR_ROOT_CONTEXT',
  TokenUsedError: 'ERR_TOKEN_USED',
}

test('these and no others', () => {
  expect(Object.keys(errors).toSorted()).toEqual(Object.keys(codes).toSorted())
})

describe.each(Object.entries(errors))('%s', (name, ErrorClass) => {
  test('name, code, message, cause', () => {
    const cause = new Error('first')
    const error = new ErrorClass('what happened', { cause })
    expect([error.name, error.code, error.message, error.cause]).toEqual([
      name,
      codes[name as keyof typeof errors],
      'what happened',
      cause,
    ])
    expect(String(error)).toBe(`${name}: what happened`)
  })

  test('is an Error and of its class only', () => {
    const error = new ErrorClass('a')
    expect([error instanceof Error, error instanceof ErrorClass]).toEqual([true, true])
    for (const Other of Object.values(errors)) expect(error instanceof Other).toBe(Other === ErrorClass)
    for (const other of [new Error('a'), {}, null, undefined, 5, 'a']) expect(other instanceof ErrorClass).toBe(false)
  })

  test('shows its code and not its name as a field; the stack begins with the name', () => {
    const error = new ErrorClass('what happened')
    expect(Object.keys(error)).toEqual(['code'])
    expect(error.stack).toMatch(new RegExp(`^${name}: what happened\n`))
    expect(inspect(error)).toContain(codes[name as keyof typeof errors])
  })

  test('a subclass is known by itself', () => {
    class Own extends ErrorClass {}
    expect([
      new Own('a') instanceof ErrorClass,
      new Own('a') instanceof Own,
      new ErrorClass('a') instanceof Own,
    ]).toEqual([true, true, false])
  })
})
