/** That what failed is in the counts, the table, the list and the file. */
import { expect, test } from 'vitest'
import { compatibilityOf, completed, countOf, failuresText, type Run, tableOf } from './results.ts'

const columns = [
  { id: 'node-20', kind: 'node', version: '20.20.2' },
  { id: 'bun', kind: 'bun', version: '1.4.4' },
]

const run = (runtime: string, program: string, ...outcomes: Run['outcomes']): Run => ({
  runtime,
  package: 'core',
  program,
  outcomes,
})

const runs = completed([
  run('node-20', 'lock', { name: 'loads' }, { name: 'is fair' }, { name: 'is quick' }),
  run('node-20', 'queue', { name: 'loads' }),
  run('bun', 'lock', { name: 'loads', error: 'Error: no module\n    at somewhere' }),
  run('bun', 'queue', { name: 'loads' }),
])

test('a case that only some runtimes reported has failed on the others', () => {
  expect(runs[2]?.outcomes).toEqual([
    { name: 'loads', error: 'Error: no module\n    at somewhere' },
    { name: 'is fair', error: 'Not run' },
    { name: 'is quick', error: 'Not run' },
  ])
  expect(countOf(runs)).toEqual({ passed: 5, failed: 3 })
})

test('the table has a column for each runtime and a row for each program', () => {
  expect(tableOf(columns, runs)).toBe(
    [
      '         node-20    bun',
      '         20.20.2  1.4.4',
      'core         4/4    1/4',
      '  lock       3/3    0/3',
      '  queue      1/1    1/1',
      'all          4/4    1/4',
    ].join('\n'),
  )
})

test('failing cases are listed by name, with their errors', () => {
  expect(failuresText(runs)).toBe(
    'FAILED  bun  core/lock: loads\n    Error: no module\n        at somewhere\n' +
      'FAILED  bun  core/lock: 2 of its cases were not run',
  )
  expect(failuresText(runs.filter(({ runtime }) => runtime === 'node-20'))).toBe('')
})

test('the file has every case, and of those that failed where and why', () => {
  const packages = [
    { folder: 'core', name: '@interlock/core', version: '1.0.0' },
    { folder: 'other', name: '@interlock/other', version: '2.0.0' },
  ]
  const {
    runtimes,
    packages: written,
    date,
  } = compatibilityOf(columns, packages, runs, new Date('2026-11-20T09:00:00Z'))
  expect(date).toBe('2026-11-20')
  expect(runtimes).toEqual([
    { id: 'node-20', kind: 'node', version: '20.20.2', passed: 4, failed: 0 },
    { id: 'bun', kind: 'bun', version: '1.4.4', passed: 1, failed: 3 },
  ])
  expect(written).toEqual([
    {
      name: '@interlock/core',
      version: '1.0.0',
      programs: [
        {
          name: 'lock',
          cases: [
            { name: 'loads', failed: { bun: 'Error: no module' } },
            { name: 'is fair', failed: { bun: 'Not run' } },
            { name: 'is quick', failed: { bun: 'Not run' } },
          ],
        },
        { name: 'queue', cases: [{ name: 'loads', failed: {} }] },
      ],
    },
  ])
})
