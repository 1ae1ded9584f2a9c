import { afterAll, beforeAll } from 'vitest'
import { barrierSuite } from '../../../core/test/barrier-suite.ts'
import { keepPulse } from '../../test/keep-pulse.ts'
import { Barrier } from './index.ts'

let stopPulse: () => Promise<void>
beforeAll(() => {
  stopPulse = keepPulse()
})
afterAll(() => stopPulse())

barrierSuite('across threads, within one', Barrier)
