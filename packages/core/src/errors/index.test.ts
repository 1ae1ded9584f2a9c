/** The errors: told apart by class, by name and by code. */
import { describe, expect, test } from 'vitest'
import * as errors from './index.ts'
import { BrokenBarrierError, NotAcquiredError, QueueEmptyError, QueueFullError, QueueShutDownError } from './index.ts'

describe.each([
  ['NotAcquiredError', 'ERR_NOT_ACQUIRED', NotAcquiredError],
  ['QueueEmptyError', 'ERR_QUEUE_EMPTY', QueueEmptyError],
  ['QueueFullError', 'ERR_QUEUE_FULL', QueueFullError],
  ['QueueShutDownError', 'ERR_QUEUE_SHUT_DOWN', QueueShutDownError],
  ['BrokenBarrierError', 'ERR_BROKEN_BARRIER', BrokenBarrierError],
])('%s', (name, code, Type) => {
  const error = new Type('what went wrong')

  test('is an Error with its class’s name and its code', () => {
    expect(error).toBeInstanceOf(Error)
    expect(error).toBeInstanceOf(Type)
    expect(error).toMatchObject({ name, code, message: 'what went wrong' })
    expect(String(error)).toBe(`${name}: what went wrong`)
  })

  test('has a stack that begins with its name and message', () => {
    expect(error.stack).toMatch(new RegExp(`^${name}: what went wrong\\n`))
  })

  test('has the name on the class, not on every instance: it is not printed as a property', () => {
    expect(Object.keys(error)).not.toContain('name')
    expect(Object.keys(error)).not.toContain('message')
  })

  test('takes a cause, as every Error does', () => {
    const cause = new Error('the first')
    expect(new Type('the second', { cause }).cause).toBe(cause)
    expect('cause' in error).toBe(false)
  })

  test('is none of the others', () => {
    for (const [other, Other] of Object.entries(errors)) {
      if (other !== name) expect(error).not.toBeInstanceOf(Other)
    }
  })
})

test('there are five, each with a code of its own', () => {
  expect(Object.keys(errors).toSorted()).toEqual([
    'BrokenBarrierError',
    'NotAcquiredError',
    'QueueEmptyError',
    'QueueFullError',
    'QueueShutDownError',
  ])
  expect(new Set(Object.values(errors).map((Type) => new Type('').code)).size).toBe(5)
})
