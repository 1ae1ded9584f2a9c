/** The errors: told apart by class, by name and by code. */
import { describe, expect, test } from 'vitest'
import * as all from './errors.ts'

const errors: Record<string, new (message: string, options: ErrorOptions) => Error> = { ...all }

const codes: Record<string, string> = {
  BrokenBarrierError: 'ERR_BROKEN_BARRIER',
  CancelledError: 'ERR_CANCELLED',
  DeadlockError: 'ERR_DEADLOCK',
  ExplorationError: 'ERR_EXPLORATION',
  InvalidStateError: 'ERR_INVALID_STATE',
  LivelockError: 'ERR_LIVELOCK',
  NotAcquiredError: 'ERR_NOT_ACQUIRED',
  QueueEmptyError: 'ERR_QUEUE_EMPTY',
  QueueFullError: 'ERR_QUEUE_FULL',
}

test('all are listed here', () => {
  expect(Object.keys(errors).toSorted()).toEqual(Object.keys(codes))
})

describe.each(Object.entries(codes))('%s', (name, code) => {
  const cause = new Error('the first')
  const ErrorClass = errors[name]!
  const error = new ErrorClass('what went wrong', { cause })

  test('is an Error with its class’s name, its code and its cause', () => {
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name, code, message: 'what went wrong', cause })
    expect(error.stack).toMatch(new RegExp(`^${name}: what went wrong\\n`))
  })

  test('is no other', () => {
    const classes = Object.values(errors).filter((Class) => error instanceof Class)
    expect(classes).toEqual([ErrorClass])
  })

  test('has the name on the class, not on every instance', () => {
    expect(Object.keys(error)).not.toContain('name')
  })
})

test('a DeadlockError names the blocked', () => {
  expect(new all.DeadlockError('no way on', { blocked: ['a', 'b'] }).blocked).toEqual(['a', 'b'])
  expect(new all.DeadlockError('no way on').blocked).toEqual([])
})
