/**
 * The waits of core, as suspensions of the scopes whose code is in them. Core says when a wait parks, inside the call that waits: there the
 * frame says whose code it is.
 */
import { keepShape } from '@interlock/core/internal'
import { observeWaits, type Wait } from '@interlock/core/observe'
import type { CancelledError } from './errors/cancelled-error.ts'
import { type Aftermath, currentScope, Suspension } from './scope.ts'

/** A wait of core. */
class CoreWait extends Suspension {
  readonly #wait: Wait

  constructor(wait: Wait) {
    super()
    this.#wait = wait
  }

  interrupt(error: CancelledError, aftermath: Aftermath): boolean {
    const serve = this.#wait.withdraw(error)
    if (serve === undefined) return false
    aftermath.push(serve)
    return true
  }
}

let observed = false
const observing: unique symbol = Symbol.for('@interlock/tasks/observing@1') as never

/** From the first task on, and once for all copies of this package in a realm. */
export function observeCore(): void {
  if (observed) return
  observed = true
  const realm = globalThis as { [observing]?: () => void }
  realm[observing] ??= observeWaits({
    parked(wait) {
      const scope = currentScope()
      if (scope === undefined) return undefined
      const error = scope.takePending()
      if (error !== undefined) {
        wait.cancel(error)
        return undefined
      }
      const suspension = new CoreWait(wait)
      scope.add(suspension)
      return suspension
    },
    woken(_, suspension) {
      ;(suspension as CoreWait | undefined)?.over()
    },
    cancelled(_, __, suspension) {
      ;(suspension as CoreWait | undefined)?.over()
    },
  })
}

keepShape(new CoreWait(undefined as never))
