/** ContextVar, Token and Context: PEP 567 on every runtime. */
export { bind, Context, copyContext } from './context.ts'
export { ContextVar, Token } from './context-var.ts'
export { ContextEnteredError, LookupError, RootContextError, TokenUsedError } from './errors/index.ts'
export { logFields } from './log-fields.ts'
export { type RootPolicy, setRootPolicy } from './root-policy.ts'
