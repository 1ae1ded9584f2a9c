/** asyncio's synchronization primitives for the threads of one process. */
export { Abort } from './abort/index.ts'
export type { SyncWaitOptions } from './blocking.ts'
export {
  BrokenBarrierError,
  DeadlockError,
  HandleError,
  NotAcquiredError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  SpaceFullError,
} from './errors/index.ts'
export type { Handle } from './handle.ts'
export { Lock, type SharedLockable } from './lock/index.ts'
export type { SharedPermit } from './permit.ts'
export { Space, type SharedOptions, type SpaceOptions } from './space/index.ts'
