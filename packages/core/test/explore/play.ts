/** Plays every order of an exploration, with core on stand-ins. */
import { explore, type ExploreOptions } from '@interlock/loop'
import type { Exploration } from './explorations.ts'
import { withStandIns } from './stand-in.ts'

export const play = (exploration: Exploration, options?: ExploreOptions): { runs: number; complete: boolean } =>
  withStandIns(() => explore(() => exploration.program(), options))
