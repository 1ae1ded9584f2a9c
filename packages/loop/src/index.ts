export {
  BrokenBarrierError,
  CancelledError,
  DeadlockError,
  InvalidStateError,
  NotAcquiredError,
  QueueEmptyError,
  QueueFullError,
} from './errors.ts'
