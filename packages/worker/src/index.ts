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
export { BoundedSemaphore } from './bounded-semaphore/index.ts'
export { Event } from './event/index.ts'
export { Barrier } from './barrier/index.ts'
export { Condition } from './condition/index.ts'
export { Lock, type SharedLockable } from './lock/index.ts'
export type { SharedPermit } from './permit.ts'
export { type Codec, type OwnCodec, Queue, type QueueOptions } from './queue/index.ts'
export { ReadWriteLock } from './read-write-lock/index.ts'
export { Semaphore, type SemaphoreSyncWaitOptions, type SemaphoreWaitOptions } from './semaphore/index.ts'
export { Space, type SharedOptions, type SpaceOptions } from './space/index.ts'
export { declareDead, supervise, terminate, threadId } from './supervise/index.ts'
