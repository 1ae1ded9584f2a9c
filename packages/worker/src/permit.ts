/** Holds on what is shared between threads. */
import type { Permit } from '@interlock/core'
import { permitClass } from '@interlock/core/internal'

/** A hold that may have been taken over from a dead thread. */
export interface SharedPermit extends Permit {
  /** True when the thread that held it before died with it: what it guards may be half done. */
  readonly abandoned: boolean
}

/** What names its present holder. */
export interface Held {
  holder: HolderPermit | null
  release(): void
}

/** A hold that lasts for as long as it is the one that the lock names. */
export class HolderPermit implements SharedPermit {
  declare [Symbol.dispose]: () => void
  private readonly lock: Held
  /** Written again when a Condition's wait has taken the lock anew for this hold. */
  abandoned: boolean

  static {
    permitClass(this.prototype)
  }

  constructor(lock: Held, abandoned: boolean) {
    this.lock = lock
    this.abandoned = abandoned
  }

  get released(): boolean {
    return this.lock.holder !== this
  }

  release(): void {
    if (this.lock.holder === this) this.lock.release()
  }
}
