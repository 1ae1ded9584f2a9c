/** Barrier: the statements R1 to R14 of asyncio's Barrier over promises, its signals and timeouts, and what it says to bad input. */
import { barrierSuite } from '../../test/barrier-suite.ts'
import { Barrier } from './index.ts'

barrierSuite('core', Barrier)
