/**
 * What happens when a variable is set outside of any run() and any task, where the value is everybody's. At the top of a module that is in
 * order; in a server's request handler it is how one request comes to read another's id.
 */
import { mistyped, shown } from './argument.ts'
import type { ContextVar } from './context-var.ts'
import { RootContextError } from './errors/root-context-error.ts'
import { realm, type RootPolicy } from './realm.ts'
import { reportOnce } from './report.ts'

export type { RootPolicy }

const POLICIES: readonly RootPolicy[] = ['allow', 'warn', 'throw']

/**
 * Says what a set() outside of any run() and any task does, for the whole realm, and answers what it did before.
 *
 * - `'allow'`: it sets the value for all code that is in no run() and no task.
 * - `'warn'` (the default): the same, and the first time that a variable is overwritten so, it is reported, once.
 * - `'throw'`: it throws a RootContextError. For servers: no handler that was not isolated goes unnoticed.
 *
 * Where the host cannot carry a Context over an await (a browser without the build plugin), code after an await looks as though it were
 * outside; there, as of the first run() or task that awaits, every policy but `'allow'` refuses.
 *
 * @throws TypeError or RangeError when `policy` is none of the three.
 *
 * @example
 * ```ts
 * import { setRootPolicy } from '@interlock/contextvar'
 *
 * const before = setRootPolicy('throw')
 * before // => 'warn'
 * setRootPolicy(before) // => 'throw'
 * ```
 */
export function setRootPolicy(policy: RootPolicy): RootPolicy {
  if (!POLICIES.includes(policy)) {
    const range = POLICIES.map(shown).join(' or ')
    throw typeof policy === 'string'
      ? new RangeError(`policy must be ${range}, got ${shown(policy)}`)
      : mistyped('policy', range, policy)
  }
  const before = realm.rootPolicy
  realm.rootPolicy = policy
  return before
}

/**
 * Before `variable` is set in the root Context.
 * @internal
 */
export function checkRootSet(variable: ContextVar<unknown>): void {
  const { rootPolicy, root, backend } = realm
  if (rootPolicy === 'allow') return
  if (backend.lossy === true) {
    throw new RootContextError(
      `${variable} is set where this host has lost the Context at an await, or outside of any run() and task: the value would be everybody's. ` +
        `Set it before the first await, use bind(), or allow it: setRootPolicy('allow')`,
    )
  }
  if (rootPolicy === 'throw') {
    throw new RootContextError(
      `${variable} is set outside of any run() and any task, which setRootPolicy('throw') refuses, as the value would be everybody's: run this in copyContext().run(), in a task, or behind isolateHttp()`,
    )
  }
  if (root?.bindings.find(variable.id) === undefined) return
  reportOnce(
    'ROOT_CONTEXT_SET',
    `${variable} has been set again outside of any run() and any task. There the value is everybody's: concurrent requests see each other's. ` +
      `Run each in copyContext().run(), in a task, or behind isolateHttp(); setRootPolicy('throw') shows where, setRootPolicy('allow') says that it is meant`,
  )
}
