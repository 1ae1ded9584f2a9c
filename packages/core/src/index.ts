/** asyncio's synchronization primitives for the tasks of one thread. Each has an entry of its own too: `@interlock/core/lock`. */
export { Barrier } from './barrier/index.ts'
export { BoundedSemaphore } from './bounded-semaphore/index.ts'
export { Condition } from './condition/index.ts'
export {
  BrokenBarrierError,
  NotAcquiredError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
} from './errors/index.ts'
export { Event } from './event/index.ts'
export { KeyedLock } from './keyed-lock/index.ts'
export { LifoQueue } from './lifo-queue/index.ts'
export { Lock } from './lock/index.ts'
export type { Lockable, Permit } from './lockable.ts'
export type { PrimitiveOptions } from './primitive.ts'
export { PriorityQueue, type PriorityQueueOptions } from './priority-queue/index.ts'
export { Queue } from './queue/index.ts'
export { ReadWriteLock, type ReadWriteSide } from './read-write-lock/index.ts'
export { Semaphore, type SemaphoreWaitOptions } from './semaphore/index.ts'
export type { WaitOptions } from './wait-options.ts'
