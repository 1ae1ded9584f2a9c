/**
 * The seam between this package and what carries a Frame over an await. Hosts with AsyncLocalStorage or AsyncContext are served already;
 * this is for those without, and for build plugins that make up for it.
 */
import { mistyped } from '../argument.ts'
import type { Frame } from '../frame.ts'
import { realm } from '../realm.ts'
import type { Backend } from './backend.ts'

export type { Backend, Frame }

/**
 * Carries Frames by `backend` from now on, in this realm, and answers what carried them before. Call it before any other code of the
 * program: what runs in a Frame at that moment loses it.
 *
 * @throws TypeError when `backend` has no current() or no run().
 *
 * @example
 * ```ts
 * import { Context, ContextVar } from '@interlock/contextvar'
 * import { useBackend } from '@interlock/contextvar/backend'
 *
 * const before = useBackend({ current: () => undefined, run: (_, fn, ...args) => fn(...args) })
 * const user = new ContextVar('user', { default: 'nobody' })
 * new Context().run(() => user.get()) // => 'nobody'
 * useBackend(before)
 * ```
 */
export function useBackend(backend: Backend): Backend {
  if (typeof backend?.current !== 'function' || typeof backend.run !== 'function') {
    throw mistyped('backend', 'an object with current() and run()', backend)
  }
  const before = realm.backend
  realm.backend = backend
  return before
}
