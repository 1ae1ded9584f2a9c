/**
 * Abort: an AbortSignal that crosses threads, and reaches even a blocked one.
 *
 * States: not aborted → aborted, for good.
 * Linearization point: the store to its word. A wait that has been served before its thread looks is served.
 */
import { knowAborts } from '../blocking.ts'
import type { Handle } from '../handle.ts'
import { OBJECT } from '../layout.ts'
import { clearBit, eachIn, setBit } from '../mask.ts'
import type { Local, Place } from '../place.ts'
import type { Contender } from '../seat.ts'
import { checkPlace, Found, findPlace, placeFor, Shared, type SharedOptions } from '../shared.ts'

/** As one thread sees it: its bit in the mask says that it is to be rung. */
class LocalAbort implements Local, Contender {
  readonly place: Place
  readonly #at: number
  readonly #mask: number
  /** How many listen in this thread: blocked calls, and the signal. */
  #listeners = 0
  controller: AbortController | undefined

  constructor(place: Place) {
    this.place = place
    this.#at = place.at + OBJECT.WORD
    this.#mask = place.at + OBJECT.MASKS
  }

  get aborted(): boolean {
    checkPlace(this.place)
    return Atomics.load(this.place.view, this.#at) !== 0
  }

  abort(): void {
    const { view, seat, territory } = this.place
    checkPlace(this.place)
    Atomics.store(view, this.#at, 1)
    eachIn(view, this.#mask, territory.masks, (id) => seat.ring(id))
    this.step()
  }

  listen(): void {
    if (this.#listeners++ === 0) setBit(this.place.view, this.#mask, this.place.seat.id)
  }

  deafen(): void {
    if (--this.#listeners === 0) clearBit(this.place.view, this.#mask, this.place.seat.id)
  }

  signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController()
      const { seat } = this.place
      const seen = seat.rung()
      this.listen()
      if (!this.step()) seat.listen(this, seen, true)
    }
    return this.controller.signal
  }

  /** Aborts the signal, once the word says so. */
  step(): boolean {
    if (this.controller === undefined) return true
    try {
      if (!this.aborted) return false
    } catch {
      // Freed, or left: it will never abort.
      return true
    }
    if (!this.controller.signal.aborted) {
      this.deafen()
      this.controller.abort(abortError())
    }
    return true
  }

  lost(): void {
    this.place.seat.ignore(this)
  }
}

const abortError = (): DOMException => new DOMException('This operation was aborted', 'AbortError')

/**
 * Ends waits in any thread, blocked ones included: pass it to a blocking call as `{ abort }`, its `signal` to an async one.
 *
 * Use it to stop workers that may be blocked, an AbortSignal for what one thread does: a signal cannot be sent to another thread, and a blocked
 * thread hears none. It aborts once and for good.
 *
 * A thread that is blocked in the same space is woken at once; one that waits in another space looks every 4 ms. abort() is O(threads).
 *
 * Semantics: AbortController and AbortSignal of the DOM standard, in one.
 *
 * @example
 * ```ts
 * import { Abort, Event } from '@interlock/worker'
 *
 * const stop = new Abort()
 * const never = new Event()
 * const waiting = never.wait({ signal: stop.signal })
 * Abort.from(stop.handle).abort() // in any thread
 * await waiting.catch((error) => error.name) // => 'AbortError'
 * stop.aborted // => true
 * ```
 */
export class Abort extends Shared {
  /** @internal */
  readonly local: LocalAbort

  /** @throws TypeError for wrong options; SpaceFullError when a space of your own is full. */
  constructor(options?: SharedOptions) {
    super(options)
    const place = placeFor('abort', options)
    this.local = place.territory.localAt(place, () => new LocalAbort(place))
  }

  /** The one of a handle, in this thread. @throws HandleError when `handle` is none, is another kind's, or has been freed. */
  static from(handle: Handle, options?: { name?: string }): Abort {
    return new Abort(Found.of(findPlace(handle, 'abort'), options))
  }

  /** @throws HandleError when it has been freed. */
  get aborted(): boolean {
    return this.local.aborted
  }

  /** Its AbortSignal in this thread. To have it keeps no process alive. */
  get signal(): AbortSignal {
    return this.local.signal()
  }

  /** Ends all waits that were given it, in all threads, and all that will be. A second call does nothing. */
  abort(): void {
    this.local.abort()
  }

  /** @internal */
  throwIfAborted(): void {
    if (this.aborted) throw abortError()
  }

  /**
   * Rings this thread when it aborts, until the function that it answers is called.
   * @internal
   */
  listen(): () => void {
    this.local.listen()
    return () => this.local.deafen()
  }

  override get [Symbol.toStringTag](): string {
    return 'Abort'
  }

  protected override state(): string {
    return this.aborted ? 'aborted' : 'not aborted'
  }

  protected override spoil(): void {}
}

knowAborts((value) => value instanceof Abort)
