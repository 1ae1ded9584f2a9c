import { afterAll, beforeAll } from 'vitest'
import { conditionSuite } from '../../../core/test/condition-suite.ts'
import { keepPulse } from '../../test/keep-pulse.ts'
import { Lock } from '../lock/index.ts'
import { Condition } from './index.ts'

let stopPulse: () => Promise<void>
beforeAll(() => {
  stopPulse = keepPulse()
})
afterAll(() => stopPulse())

conditionSuite('across threads, within one', { Condition, Lock })
