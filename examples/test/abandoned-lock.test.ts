import { expect, test, vi } from 'vitest'
import abandonedLock from '../abandoned-lock.ts'
import { record } from './record.ts'

vi.setConfig({ testTimeout: 60_000 })

test('who comes after the dead is told, repairs what is torn, and the one after that is told nothing', async () => {
  expect((await record(abandonedLock)).map(({ text }) => text)).toEqual([
    'the first: has the lock, abandoned: false',
    'the first: has taken 30: 70 and 0',
    'it hangs, with Lock "accounts" <locked>',
    'it is terminated: Lock "accounts" <unlocked>',
    'the second: has the lock, abandoned: true',
    'the second: finds 70 and 0: 30 are missing, and puts them back',
    'the second: has moved 30: 70 and 30',
    'the third: has the lock, abandoned: false',
    'the third: has moved 30: 40 and 60',
    'in the end: 40 and 60, Lock "accounts" <unlocked>',
  ])
})
