/** logFields(), by itself and in pino's lines. */
import { Barrier } from '@interlock/core'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { ofNoKind, refusal, thrownBy } from '../test/wrong-input.ts'
import { Context, ContextVar, logFields } from './index.ts'

const requestId = new ContextVar<string>('requestId')
const user = new ContextVar('user', { default: 'nobody' })

describe('logFields()', () => {
  test('the values here and now, by name; a default counts; what has neither is left out', () => {
    new Context().run(() => {
      expect(logFields([requestId, user])).toEqual({ user: 'nobody' })
      requestId.set('42')
      user.set('ann')
      expect(logFields([requestId, user])).toEqual({ requestId: '42', user: 'ann' })
    })
    expect(logFields([requestId, user])).toEqual({ user: 'nobody' })
  })

  test('only the variables that are listed', () => {
    new Context().run(() => {
      requestId.set('42')
      user.set('ann')
      expect(logFields([requestId])).toEqual({ requestId: '42' })
      expect(logFields([])).toEqual({})
    })
  })

  test('undefined, null, 0 and "" are values', () => {
    const any = new ContextVar<unknown>('any')
    for (const value of [undefined, null, 0, '']) {
      expect(new Context().run(() => (any.set(value), Object.entries(logFields([any]))))).toEqual([['any', value]])
    }
  })

  test('of two variables with one name, the later counts', () => {
    const other = new ContextVar('user', { default: 'another' })
    expect(logFields([user, other])).toEqual({ user: 'another' })
    expect(logFields([other, user])).toEqual({ user: 'nobody' })
  })

  test('takes any iterable, and answers a new plain object each time', () => {
    const fields = logFields(new Set([user]))
    expect([fields, Object.getPrototypeOf(fields)]).toEqual([{ user: 'nobody' }, Object.prototype])
    expect(logFields(new Set([user]))).not.toBe(fields)
  })

  test('a variable named __proto__ is a field like any other', () => {
    const odd = new ContextVar('__proto__', { default: { polluted: true } })
    const fields = logFields([odd])
    expect(Object.keys(fields)).toEqual(['__proto__'])
    expect('polluted' in fields).toBe(false)
  })

  test.each(ofNoKind.filter(([value]) => !(value instanceof Map)))('wrong input: %o', (variables, shown) => {
    // A string may be iterated, and its letters are no variables.
    const message =
      typeof variables === 'string'
        ? `variables[0] must be a ContextVar, got ${JSON.stringify(variables[0])}`
        : `variables must be an iterable of ContextVars, got ${shown}`
    expect(thrownBy(() => logFields(variables as never))).toEqual(refusal('TypeError', message))
  })

  test.each(ofNoKind)('wrong input: a list with %o in it', (variable, shown) => {
    const message = `variables[1] must be a ContextVar, got ${shown}`
    expect(thrownBy(() => logFields([user, variable as never]))).toEqual(refusal('TypeError', message))
  })
})

test('pino: concurrent tasks write lines with their own fields, and no line has those of another', async () => {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) }
  const logger = pino({ base: null, timestamp: false, mixin: () => logFields([requestId, user]) }, destination)
  const ids = ['a', 'b', 'c', 'd']
  const [begun, queried] = [new Barrier(ids.length), new Barrier(ids.length)]

  const query = async (sql: string): Promise<void> => {
    await queried.wait()
    logger.info(sql)
  }
  const handle = async (id: string): Promise<void> => {
    requestId.set(id)
    logger.info('begins')
    await begun.wait()
    user.set(`user of ${id}`)
    await query('select')
    logger.info({ ms: 1 }, 'ends')
  }

  logger.info('listening')
  await Promise.all(ids.map((id) => new Context().run(handle, id)))
  expect(lines[0]).toEqual({ level: 30, user: 'nobody', msg: 'listening' })
  for (const id of ids) {
    expect(lines.filter((line) => line['requestId'] === id)).toEqual([
      { level: 30, requestId: id, user: 'nobody', msg: 'begins' },
      { level: 30, requestId: id, user: `user of ${id}`, msg: 'select' },
      { level: 30, requestId: id, user: `user of ${id}`, ms: 1, msg: 'ends' },
    ])
  }
  expect(lines.map(({ msg }) => msg).slice(1, 5)).toEqual(['begins', 'begins', 'begins', 'begins'])
  expect(lines).toHaveLength(1 + 3 * ids.length)
})
