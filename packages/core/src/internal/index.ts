/**
 * What the packages of this project share beneath their public surface: how a wrong argument is refused, how a wait's options are read, how
 * those who wait are queued and permits are made, and how V8 is kept from forgetting a class. For them alone, in the very same version: it
 * may change in any release.
 */
export { callable, misnumbered, mistyped, optionsObject, shown, whole } from '../argument.ts'
export { permitClass, runHolding } from '../lockable.ts'
export { andWaiting, Primitive, STATE } from '../primitive.ts'
export { keepShape } from '../shape.ts'
export { isSignal, readTerms, type Terms, termsOf } from '../wait-options.ts'
export {
  CancellableWaiter,
  DONE,
  hearAbort,
  hearAborts,
  refuseAll,
  takeAll,
  type Waiter,
  WaitQueue,
} from '../wait-queue.ts'
export { excusable, unobserved } from '../watch.ts'
