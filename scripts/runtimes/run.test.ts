/** That nothing goes unnoticed: each program in fixtures/ fails in its own way, in a process of its own. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ENDS, type Host, type Outcome, LOADS, runProgram } from './run.ts'

const here: Host = { kind: 'node', version: process.versions.node, command: process.execPath, args: [] }

/** Long enough for a process to start on a busy machine; only what hangs takes it all. */
const PATIENCE_MS = 3000

async function run(fixture: string, host = here, patience = 60_000): Promise<Map<string, string | undefined>> {
  const program = fileURLToPath(new URL(`fixtures/${fixture}.js`, import.meta.url))
  const outcomes = await runProgram(host, program, { patience, caseLimit: 500 })
  return new Map(outcomes.map(({ name, error }: Outcome) => [name, error]))
}

describe('a program', () => {
  test('passes when every case passes and it ends', async () => {
    expect([...(await run('passing'))]).toEqual([
      [LOADS, undefined],
      ['checks values', undefined],
      ['checks errors', undefined],
      ['takes a turn', undefined],
      [ENDS, undefined],
    ])
  })

  test('fails case by case, with the error of each', async () => {
    const outcomes = await run('failing')
    expect(outcomes.get('throws')).toMatch(/^Error: thrown\n\s+at .*failing\.js/)
    expect(outcomes.get('rejects')).toMatch(/^Error: thrown/)
    expect(outcomes.get('throws what is no error')).toBe('a string')
    expect(outcomes.get('throws nothing')).toContain('Nothing was thrown')
    expect(outcomes.get('does not reject')).toContain('The promise did not reject')
    expect(outcomes.get('checks nothing')).toContain('The case checks nothing')
    expect(outcomes.get('does not settle')).toContain('did not settle within 500 ms')
    expect([...outcomes].filter(([, error]) => error === undefined).map(([name]) => name)).toEqual([
      LOADS,
      'passes',
      ENDS,
    ])
  })

  test('that crashes fails in the case in which it did, and in those after it', async () => {
    const outcomes = await run('crashing')
    expect(outcomes.get('before')).toBeUndefined()
    expect(outcomes.get('during')).toMatch(/^The process got no further\. It ended with exit code 1[^]*nobody catches/)
    expect(outcomes.get('after')).toBe('Not run')
    expect(outcomes.get(ENDS)).toContain('nobody catches this')
  })

  test('that leaves early, with exit code 0, fails too', async () => {
    const outcomes = await run('leaving')
    expect(outcomes.get('leaves')).toBe('The process got no further. The process ended, without an error.')
    expect(outcomes.get('after')).toBe('Not run')
    expect(outcomes.get(ENDS)).toBeUndefined()
  })

  test('that leaves a rejection unhandled fails, though every case has passed', async () => {
    const outcomes = await run('unhandled')
    expect(outcomes.get('passes')).toBeUndefined()
    expect(outcomes.get(ENDS)).toContain('nobody handles this')
  })

  test.concurrent('that hangs is killed, and fails in the case in which it does', { timeout: 30_000 }, async () => {
    const outcomes = await run('hanging', here, PATIENCE_MS)
    expect(outcomes.get('before')).toBeUndefined()
    expect(outcomes.get('hangs')).toContain('It did not end within 3 s and was killed.')
    expect(outcomes.get('after')).toBe('Not run')
  })

  test.concurrent('that does not end by itself is killed, and fails', { timeout: 30_000 }, async () => {
    const outcomes = await run('lingering', here, PATIENCE_MS)
    expect(outcomes.get('passes')).toBeUndefined()
    expect(outcomes.get(ENDS)).toBe('It did not end within 3 s and was killed.')
  })

  test.each([
    ['empty', /^It reported nothing\. It ended without an error\./],
    ['unloadable', /^It reported nothing\. It ended with exit code 1\.[^]*no-such-package/],
    ['no-such-file', /^It reported nothing\. It ended with exit code 1\./],
  ])('that reports no cases fails: %s', async (fixture, error) => {
    const outcomes = await run(fixture)
    expect([...outcomes.keys()]).toEqual([LOADS])
    expect(outcomes.get(LOADS)).toMatch(error)
  })

  test('that adds a case too late fails', async () => {
    expect((await run('late')).get(ENDS)).toContain('comes too late')
  })

  test('that reports a case twice fails in it', async () => {
    expect((await run('doubled')).get('claimed')).toBe('It was reported more than once')
  })

  test('that another runtime has run fails, though every case has passed', async () => {
    const outcomes = await run('passing', { ...here, version: '1.2.3' })
    expect(outcomes.get(LOADS)).toBe(`It was run by node ${process.versions.node}, not by node 1.2.3`)
    const another = await run('passing', { ...here, kind: 'bun' })
    expect(another.get(LOADS)).toContain('not by bun')
  })

  test('whose runtime cannot be started fails', async () => {
    const outcomes = await run('passing', { ...here, command: '/no/such/runtime' })
    expect(outcomes.get(LOADS)).toMatch(/^It reported nothing\.[^]*ENOENT/)
  })
})
