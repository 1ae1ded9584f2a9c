/**
 * Bindings, as seen through Context: the cases of CPython's test_context.py that are about its hash trie, re-aimed at a radix trie, and
 * random programs against a Map. Collisions, hashes and the errors of a key's own __eq__ and __hash__ have no counterpart: a variable's key
 * is its number.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collectGarbage } from '../test/garbage.ts'
import { EMPTY, type Bindings } from './bindings.ts'
import { Context, ContextVar } from './index.ts'

/** Enough for three levels: 32 * 32 of them make two. */
const MANY = 2500

const variables = Array.from({ length: MANY }, (_, at) => new ContextVar<unknown>(`v${at}`))

const variable = (at: number): ContextVar<unknown> => variables[at % MANY] as ContextVar<unknown>

const bind = (bindings: Bindings, at: number, value: unknown): Bindings =>
  bindings.with({ variable: variable(at), value })

const unbind = (bindings: Bindings, at: number): Bindings => bindings.without(variable(at).id)

const read = (bindings: Bindings, at: number): unknown => bindings.find(variable(at).id)?.value

/** As [position, value], in the order of iteration. */
const listed = (bindings: Bindings): [number, unknown][] =>
  [...bindings].map(({ variable: { name }, value }) => [Number(name.slice(1)), value])

const inOrder = (model: ReadonlyMap<number, unknown>): [number, unknown][] => [...model].toSorted(([a], [b]) => a - b)

describe('CPython: test_context.py, HamtTest', () => {
  test('test_hamt_basics_1: begins empty', () => {
    expect([EMPTY.size, listed(EMPTY), read(EMPTY, 0), read(EMPTY, MANY - 1)]).toEqual([0, [], undefined, undefined])
  })

  test('test_hamt_basics_2: adding and replacing leaves what was there before as it was', () => {
    const one = bind(EMPTY, 7, 'a')
    const two = bind(one, 40, 'b')
    const replaced = bind(two, 7, 'c')
    expect([EMPTY, one, two, replaced].map(({ size }) => size)).toEqual([0, 1, 2, 2])
    expect([EMPTY, one, two, replaced].map((bindings) => [read(bindings, 7), read(bindings, 40)])).toEqual([
      [undefined, undefined],
      ['a', undefined],
      ['a', 'b'],
      ['c', 'b'],
    ])
  })

  test('test_hamt_basics_3, _4: the same value again is the same binding to look at', () => {
    const one = bind(EMPTY, 3, 'a')
    const again = bind(one, 3, 'a')
    expect([listed(again), again.size]).toEqual([listed(one), 1])
  })

  test('test_hamt_in_1, test_hamt_getitem_1: what is bound to undefined, null, 0, "" is bound', () => {
    for (const value of [undefined, null, 0, '', false, Number.NaN]) {
      const bindings = bind(EMPTY, 33, value)
      expect([bindings.find(variable(33).id), bindings.size]).toEqual([{ variable: variable(33), value }, 1])
    }
  })

  test.each([1, 31, 32, 33, 1023, 1024, 1025, MANY])(
    'test_hamt_items_1, _2, test_hamt_keys_1: %i, in order',
    (count) => {
      let bindings = EMPTY
      for (let at = count - 1; at >= 0; at--) bindings = bind(bindings, at, `is ${at}`)
      expect(bindings.size).toBe(count)
      expect(listed(bindings)).toEqual(Array.from({ length: count }, (_, at) => [at, `is ${at}`]))
    },
  )

  test('test_hamt_items_3: of none', () => {
    expect([...EMPTY]).toEqual([])
    expect([...unbind(bind(EMPTY, 5, 1), 5)]).toEqual([])
  })

  test('test_hamt_delete_1 to _5: deleting by twos and threes, across all levels', () => {
    for (const step of [1, 2, 3, 31, 32, 33]) {
      let bindings = EMPTY
      for (let at = 0; at < MANY; at++) bindings = bind(bindings, at, at)
      const full = bindings
      for (let at = 0; at < MANY; at += step) bindings = unbind(bindings, at)
      const left = Array.from({ length: MANY }, (_, at) => at).filter((at) => at % step !== 0)
      expect(listed(bindings)).toEqual(left.map((at) => [at, at]))
      expect([bindings.size, full.size]).toEqual([left.length, MANY])
      expect(read(full, 0)).toBe(0)
    }
  })

  test('test_hamt_delete: what is not there, is deleted without a change', () => {
    const bindings = bind(EMPTY, 7, 'a')
    expect(unbind(bindings, 8)).toBe(bindings)
    expect(unbind(bindings, MANY - 1)).toBe(bindings)
    expect(unbind(EMPTY, 0)).toBe(EMPTY)
  })

  test('a number beyond the trie is not found in it, though it ends in the same bits', () => {
    for (const at of [5, 500, 1500]) {
      const bindings = bind(EMPTY, at, 'a')
      const { id } = variable(at)
      for (const beyond of [32, 32 ** 2, 32 ** 3, 32 ** 4]) expect(bindings.find(id + beyond)).toBe(undefined)
      expect(bindings.find(id)).toMatchObject({ value: 'a' })
    }
  })

  test('test_hamt_gc_1: a variable that holds its own Context is collected', async () => {
    const make = (): WeakRef<object> => {
      const context = new Context()
      const own = new ContextVar<Context>('own')
      context.run(() => own.set(context))
      return new WeakRef(own)
    }
    const own = make()
    await collectGarbage()
    expect(own.deref()).toBe(undefined)
  })

  test('test_hamt_gc_2: so are a Context, its values, and copies and tokens that hold each other', async () => {
    const make = (): WeakRef<object>[] => {
      const context = new Context()
      const value = { of: context }
      const token = context.run(() => variable(0).set(value))
      const copy = context.copy()
      copy.run(() => variable(1).set(token))
      return [context, value, token, copy].map((object) => new WeakRef(object))
    }
    const refs = make()
    await collectGarbage()
    expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined, undefined])
  })
})

describe('what is let go', () => {
  test('a value that was replaced or reset is held by no Context, though its token is used up', async () => {
    const context = new Context()
    const make = (): WeakRef<object>[] => {
      const [replaced, wasReset] = [{}, {}]
      context.run(() => {
        variable(0).set(replaced)
        variable(0).set('another')
        variable(1).reset(variable(1).set(wasReset))
      })
      return [replaced, wasReset].map((object) => new WeakRef(object))
    }
    const refs = make()
    await collectGarbage()
    expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined])
    expect(context.size).toBe(1)
  })
})

describe('test_hamt_stress: against a Map', () => {
  /** Near, at a border of nodes, and far: so that programs meet in one node as well as in several levels. */
  const position = fc.oneof(fc.nat(40), fc.nat({ max: MANY - 1 }), fc.constantFrom(31, 32, 1023, 1024, 1025, MANY - 1))
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ at: position, value: fc.anything({ maxDepth: 0 }) }) },
    { weight: 2, arbitrary: fc.record({ at: position }) },
  )

  test('any program of binding and deleting, and every state on the way stays as it was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const model = new Map<number, unknown>()
        const states: [Bindings, [number, unknown][]][] = []
        let bindings = EMPTY
        for (const one of steps) {
          if ('value' in one) {
            model.set(one.at, one.value)
            bindings = bind(bindings, one.at, one.value)
          } else {
            model.delete(one.at)
            bindings = unbind(bindings, one.at)
          }
          expect(bindings.size).toBe(model.size)
          expect(read(bindings, one.at)).toBe(model.get(one.at))
          if (states.length < 20) states.push([bindings, inOrder(model)])
        }
        expect(listed(bindings)).toEqual(inOrder(model))
        for (const [state, expected] of states) expect(listed(state)).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  test('more than 1000 variables in one Context, and a copy of it', () => {
    const context = new Context()
    context.run(() => variables.forEach((one, at) => one.set(at)))
    const copy = context.copy()
    copy.run(() => variables.forEach((one) => one.set('another')))
    expect([context.size, copy.size]).toEqual([MANY, MANY])
    expect([...context.values()]).toEqual(variables.map((_, at) => at))
    expect(new Set(copy.values())).toEqual(new Set(['another']))
  })
})
