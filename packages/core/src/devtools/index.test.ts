import { afterEach, describe, expect, test } from 'vitest'
import { Lock, Queue } from '../index.ts'
import { installFormatter } from './index.ts'

interface Formatter {
  header(value: unknown, config?: unknown): readonly unknown[] | null
  hasBody(value: unknown): boolean
  body(value: unknown): readonly [string, { object: unknown; config: unknown }] | null
}
const host = globalThis as { devtoolsFormatters?: Formatter[] }
const installed = (): Formatter[] => host.devtoolsFormatters ?? []

afterEach(() => {
  delete host.devtoolsFormatters
})

describe('installFormatter', () => {
  test('shows a primitive as it prints, and nothing else', () => {
    installFormatter()
    const [formatter] = installed()
    expect(formatter?.header(new Lock({ name: 'db' }))).toEqual(['span', {}, 'Lock "db" <unlocked>'])
    expect(formatter?.header(new Queue(3))).toEqual(['span', {}, 'Queue <size: 0, maxsize: 3>'])
    for (const other of [undefined, null, 1, 'x', {}, new Map(), { toString: () => 'Lock' }])
      expect(formatter?.header(other)).toBeNull()
  })

  test('opened, it shows the object itself, once', () => {
    installFormatter()
    const [formatter] = installed()
    const lock = new Lock()
    expect(formatter?.hasBody(lock)).toBe(true)
    const [tag, { object, config }] = formatter?.body(lock) ?? ['', { object: undefined, config: undefined }]
    expect([tag, object]).toEqual(['object', lock])
    expect(formatter?.header(object, config)).toBeNull()
  })

  test('is installed once, beside those of others, and taken out alone', () => {
    const other: Formatter = { header: () => null, hasBody: () => false, body: () => null }
    host.devtoolsFormatters = [other]
    const uninstall = installFormatter()
    installFormatter()
    expect(installed()).toHaveLength(2)
    uninstall()
    uninstall()
    expect(installed()).toEqual([other])
  })
})
