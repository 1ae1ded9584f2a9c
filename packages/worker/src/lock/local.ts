/** A Lock as one thread sees it: who of this thread holds it, and who of this thread waits. */
import { DeadlockError } from '../errors/deadlock-error.ts'
import type { SyncTerms } from '../blocking.ts'
import { HolderPermit } from '../permit.ts'
import type { Place } from '../place.ts'
import { Turnstile } from '../turnstile.ts'

export class LocalLock extends Turnstile<HolderPermit, undefined> {
  /** The permit of this thread's present hold; null when it holds nothing. */
  holder: HolderPermit | null = null
  /** Hears of it before the present hold ends: a Condition whose notification led to this hold. */
  parting: { part(): void } | null = null
  protected override readonly alwaysKept = true

  constructor(place: Place, primitive: object) {
    super(place, primitive, 'acquire')
  }

  /** The lock, if it was simply free. */
  take(): HolderPermit | null {
    if (!this.word.take()) return null
    this.owning = true
    return (this.holder = new HolderPermit(this, false))
  }

  /** The lock, if it is free, or was about to be another's who has not waited for long. */
  barge(): HolderPermit | null {
    return this.waiters.size === 0 && !this.owning && this.word.barge() ? this.hold() : null
  }

  override admit(): HolderPermit {
    return this.hold()
  }

  override keeps(): boolean {
    return true
  }

  override block(terms: SyncTerms): HolderPermit {
    if (this.owning) {
      throw new DeadlockError(
        `${this.waiters.primitive} is held by this very thread, which would block for itself: release it first, or await acquire()`,
      )
    }
    return super.block(terms, undefined)
  }

  /** Ends the present hold, which there is. */
  release(): void {
    if (this.parting !== null) this.#part()
    this.holder = null
    const { word } = this
    // The uncontended case, whole. It fails if anybody waits, here or elsewhere.
    if (this.waiters.size === 0 && word.drop()) this.owning = false
    else this.leave()
  }

  override cede(): void {
    if (this.parting !== null) this.#part()
    this.holder = null
    super.cede()
  }

  /** A Condition's wait has acquired it anew: the permit from before that wait is good again. */
  resume(permit: HolderPermit): void {
    if (this.holder !== null) permit.abandoned = this.holder.abandoned
    this.holder = permit
  }

  override lost(): void {
    this.holder = null
    this.parting = null
    super.lost()
  }

  private hold(): HolderPermit {
    const { word } = this
    const abandoned = word.orphaned
    word.orphaned = false
    this.owning = true
    return (this.holder = new HolderPermit(this, abandoned))
  }

  #part(): void {
    const { parting } = this
    this.parting = null
    parting?.part()
  }
}
