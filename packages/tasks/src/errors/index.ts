/** What can go wrong in use. A time-out is a DOMException named TimeoutError, a wrong argument a TypeError or RangeError. */
export { CancelledError } from './cancelled-error.ts'
export { InvalidStateError } from './invalid-state-error.ts'
