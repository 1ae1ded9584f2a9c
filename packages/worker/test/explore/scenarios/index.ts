/** All that is explored. */
import type { Scenario } from '../machine.ts'
import { eventScenarios } from './event.ts'
import { lockScenarios } from './lock.ts'
import { readWriteLockScenarios } from './read-write-lock.ts'
import { semaphoreScenarios } from './semaphore.ts'

export const scenarios: readonly Scenario[] = [
  ...lockScenarios,
  ...semaphoreScenarios,
  ...eventScenarios,
  ...readWriteLockScenarios,
]
