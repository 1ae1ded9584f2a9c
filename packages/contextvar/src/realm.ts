/**
 * What all copies of this package in one realm share: the way in which a Frame is carried, the Context outside of any run(), the
 * numbers of the variables. So a variable, a Context or a token made by one copy is understood by every other.
 *
 * Its shape, and the fields of Frame, Context, ContextVar, Token and Bindings, are a protocol between versions: another shape needs
 * another key.
 */
import { createBackend } from '#backend'
import type { Backend } from './backend/backend.ts'
import type { Context } from './context.ts'
import type { Frame } from './frame.ts'

export type RootPolicy = 'allow' | 'warn' | 'throw'

export interface Realm {
  backend: Backend
  /** The Context of all code that no run() and no task has called: the thread's own, in Python's terms. */
  root: Context | undefined
  /** How many variables there have been. */
  variables: number
  rootPolicy: RootPolicy
}

const key: unique symbol = Symbol.for('@interlock/contextvar@1') as never

export const realm: Realm = ((globalThis as { [key]?: Realm })[key] ??= {
  backend: createBackend(),
  root: undefined,
  variables: 0,
  rootPolicy: 'warn',
})

/** A closure over the realm: what nobody assigns to in there is a constant to V8, and then so is the way to the backend. */
export const currentFrame: () => Frame | undefined = (
  (shared: Realm) => () =>
    shared.backend.current()
)(realm)
