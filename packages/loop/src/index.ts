export { Barrier } from './barrier.ts'
export type { Handle } from './callback.ts'
export { Condition } from './condition.ts'
export {
  BrokenBarrierError,
  CancelledError,
  DeadlockError,
  ExplorationError,
  InvalidStateError,
  LivelockError,
  NotAcquiredError,
  QueueEmptyError,
  QueueFullError,
} from './errors.ts'
export { Event } from './event.ts'
export { EventLoop, type EventLoopOptions } from './event-loop.ts'
export { explore, type ExploreOptions, replay } from './explore.ts'
export { Future } from './future.ts'
export { gather } from './gather.ts'
export { Lock } from './lock.ts'
export { note } from './note.ts'
export type { Op } from './op.ts'
export type { PrimitiveOptions } from './primitive.ts'
export { Queue } from './queue.ts'
export { currentLoop, currentTask } from './running.ts'
export { Semaphore } from './semaphore.ts'
export { Shared } from './shared.ts'
export { sleep } from './sleep.ts'
export { spawn, Task } from './task.ts'
