/** All that is explored. */
import type { Scenario } from '../machine.ts'
import { barrierScenarios } from './barrier.ts'
import { conditionScenarios } from './condition.ts'
import { barrierPlaceScenarios } from './barrier-places.ts'
import { conditionItemScenarios } from './condition-items.ts'
import { eventScenarios } from './event.ts'
import { lockScenarios } from './lock.ts'
import { queueScenarios } from './queue.ts'
import { readWriteLockScenarios } from './read-write-lock.ts'
import { semaphoreScenarios } from './semaphore.ts'
import { territoryScenarios } from './territory.ts'

export const scenarios: readonly Scenario[] = [
  ...lockScenarios,
  ...semaphoreScenarios,
  ...eventScenarios,
  ...readWriteLockScenarios,
  ...conditionScenarios,
  ...barrierScenarios,
  ...queueScenarios,
  ...conditionItemScenarios,
  ...barrierPlaceScenarios,
  ...territoryScenarios,
]
