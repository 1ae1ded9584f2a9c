/** What can go wrong in use. Match on the `code`, or on the class: `instanceof` holds across copies of this package. */
export { ContextEnteredError } from './context-entered-error.ts'
export { LookupError } from './lookup-error.ts'
export { RootContextError } from './root-context-error.ts'
export { TokenUsedError } from './token-used-error.ts'
