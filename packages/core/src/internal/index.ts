/**
 * What the packages of this project share beneath their public surface: how a wrong argument is refused, how a wait's options are read, and
 * how V8 is kept from forgetting a class. For them alone, in the very same version: it may change in any release.
 */
export { callable, misnumbered, mistyped, optionsObject, shown } from '../argument.ts'
export { keepShape } from '../shape.ts'
export { isSignal, readTerms } from '../wait-options.ts'
