/** runFor(), currentOwner(), currentContext(): what a task library stands on. */
import { describe, expect, test } from 'vitest'
import { hint, notAFunction, ofNoKind, refusal, thrownBy } from '../../test/wrong-input.ts'
import { bind, Context, ContextEnteredError, ContextVar, copyContext } from '../index.ts'
import { currentContext, currentOwner, runFor } from './index.ts'

const user = new ContextVar('user', { default: 'nobody' })

describe('runFor()', () => {
  test('passes arguments, value and error through; owner and Context are those given, and are restored', () => {
    const [owner, context] = [{}, new Context()]
    const outside = currentContext()
    expect(
      runFor(
        owner,
        context,
        (...args: number[]) => [currentOwner() === owner, currentContext() === context, args],
        1,
        2,
      ),
    ).toEqual([true, true, [1, 2]])
    const error = new Error('inside')
    expect(() =>
      runFor(owner, context, () => {
        throw error
      }),
    ).toThrow(error)
    expect([currentOwner(), currentContext() === outside]).toEqual([undefined, true])
  })

  test('over its awaits, while others run', async () => {
    const job = async (): Promise<unknown[]> => {
      const seen = [currentOwner()]
      await Promise.resolve()
      seen.push(currentOwner())
      await new Promise((resolve) => setImmediate(resolve))
      return [...seen, currentOwner()]
    }
    const owners = ['a', 'b', 'c']
    expect(await Promise.all(owners.map((owner) => runFor(owner, new Context(), job)))).toEqual(
      owners.map((owner) => [owner, owner, owner]),
    )
  })

  test('any value may be an owner, and none is undefined', () => {
    for (const owner of [0, '', null, false, Symbol('owner'), undefined]) {
      expect(runFor(owner, new Context(), currentOwner)).toBe(owner)
    }
    expect(runFor({}, new Context(), () => runFor(undefined, new Context(), currentOwner))).toBe(undefined)
  })

  test('the innermost counts; run() and bind() change the Context and not the owner', () => {
    runFor('outer', new Context(), () => {
      expect(runFor('inner', copyContext(), currentOwner)).toBe('inner')
      expect(new Context().run(currentOwner)).toBe('outer')
      expect(bind(currentOwner)()).toBe('outer')
      expect(currentOwner()).toBe('outer')
    })
  })

  test('CV6: two may share a Context, one within the other, and it counts as entered until both have left', () => {
    const context = new Context()
    runFor('outer', context, () => {
      user.set('ann')
      runFor('inner', context, () => {
        expect(user.get()).toBe('ann')
        user.set('bob')
      })
      expect(user.get()).toBe('bob')
      new Context().run(() => expect(() => context.run(() => {})).toThrow(ContextEnteredError))
    })
    expect(context.run(() => user.get())).toBe('bob')
  })

  test.each(ofNoKind)('wrong input: the context %o', (context, shown) => {
    expect(thrownBy(() => runFor({}, context as Context, () => {}))).toEqual(
      refusal('TypeError', `context must be a Context, got ${shown}`),
    )
  })

  test.each(notAFunction)('wrong input: the fn %o', (fn, shown) => {
    expect(thrownBy(() => runFor({}, new Context(), fn as () => void))).toEqual(
      refusal('TypeError', `fn must be a function${hint(fn)}, got ${shown}`),
    )
  })
})

describe('currentContext()', () => {
  test('the Context itself, where copyContext() gives a copy', () => {
    const context = new Context()
    context.run(() => {
      expect(currentContext()).toBe(context)
      expect(copyContext()).not.toBe(context)
    })
  })

  test('outside of all there is one, always the same', () => {
    expect(currentContext()).toBe(currentContext())
  })
})
