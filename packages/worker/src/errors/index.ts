/** What can go wrong beside wrong arguments. Each error has its class's `name` and a stable `code`. */
export {
  BrokenBarrierError,
  NotAcquiredError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
} from '@interlock/core/errors'
export { DeadlockError } from './deadlock-error.ts'
export { HandleError } from './handle-error.ts'
export { SpaceFullError } from './space-full-error.ts'
