/**
 * What can go wrong in use. Each error has its class's `name` and a stable `code`: match on the code where
 * two copies of this package may be installed, on the class elsewhere. Wrong arguments are TypeErrors and RangeErrors,
 * a time-out is a DOMException named TimeoutError, an aborted wait rejects with its signal's own reason.
 */
export { BrokenBarrierError } from './broken-barrier-error.ts'
export { NotAcquiredError } from './not-acquired-error.ts'
export { QueueEmptyError } from './queue-empty-error.ts'
export { QueueFullError } from './queue-full-error.ts'
export { QueueShutDownError } from './queue-shut-down-error.ts'
