/**
 * Seat: a thread's place in a space, and the only way in which it waits there.
 *
 * Each seat has one bell: how often it was rung « 1 | whether its thread sleeps. Whoever changes something that the thread may wait for rings:
 * counts one more, and notifies if it sleeps, as a notify costs what a lock of the engine's costs though nobody is there. The thread
 * sleeps on its own bell and on nothing else, in Atomics.wait when it blocks, in one Atomics.waitAsync for all its async waits together.
 * So what the engine cannot do is never asked of it: no wait has to be withdrawn from it, none leaks, and no notification can be swallowed by
 * a waiter that is busy, cancelled or dead, because nobody else waits there.
 *
 * The rule of the bell, in this order: read the bell; announce (set the bit in the mask); look whether there is anything to be had; sleep only
 * if the bell still reads the same. Who rings has changed the state first. So one of the two sees the other, and no wake-up is lost.
 *
 * A ring is a hint. What is decided is decided by an atomic operation on the object's own words.
 */
import { host } from '#host'
import { SEAT, SEAT_WORDS, seatsAt } from './layout.ts'

/** Something that this thread waits for without blocking. */
export interface Contender {
  /** Looks again. True when nobody here waits for it any more. */
  step(): boolean
}

/** Heals a wake-up that the engine lost, and takes over from whoever was given something and does not come for it. */
const PULSE = 50

/** How long a blocked thread sleeps at most before it looks again: milliseconds. */
export const SLICE = 4

/** In a bell. */
const ASLEEP = 1
const RING = 2

const canWaitAsync = typeof Atomics.waitAsync === 'function'

type Timer = ReturnType<typeof setInterval> & { ref?(): unknown; unref?(): unknown }

export class Seat {
  readonly view: Int32Array
  /** From 0. */
  readonly id: number
  /** As the owner of a word. */
  readonly owner: number
  /** Its bit in word `id >>> 5` of a mask. */
  readonly bit: number
  readonly bell: number
  /** False once it was given back: nothing may be done from here any more. */
  taken = true
  readonly #bells: number
  readonly #contenders = new Set<Contender>()
  /** Those whose waiting keeps no process alive. */
  readonly #onlookers = new Set<Contender>()
  #armed = false
  #pulse: Timer | undefined
  /** Waits keep the process alive, as a pending timer does. */
  #keepsAlive = true

  constructor(view: Int32Array, base: number, id: number) {
    this.view = view
    this.id = id
    this.owner = id + 1
    this.bit = 1 << (id & 31)
    this.#bells = seatsAt(base) + SEAT.BELL
    this.bell = this.#bells + id * SEAT_WORDS
  }

  /**
   * Wakes the thread of seat `id`, whatever it waits for. `surely`: though another thread has said that it would, and may have died before it
   * did: ASLEEP is cleared first, and then the engine told.
   */
  ring(id: number, surely = false): void {
    const { view } = this
    const bell = this.#bells + id * SEAT_WORDS
    for (;;) {
      const before = Atomics.load(view, bell)
      if (Atomics.compareExchange(view, bell, before, (before + RING) & ~ASLEEP) !== before) continue
      if (surely || (before & ASLEEP) !== 0) Atomics.notify(view, bell)
      return
    }
  }

  /** Read before looking; sleep() and listen() return at once if it has been rung since. */
  rung(): number {
    return Atomics.load(this.view, this.bell)
  }

  /** Blocks this thread until the bell is no longer `seen`, for `ms` at most. */
  sleep(seen: number, ms: number): void {
    if (this.#fallAsleep(seen)) Atomics.wait(this.view, this.bell, seen | ASLEEP, ms)
  }

  /**
   * Calls `contender.step()` whenever the bell is rung, until it answers true. `seen`: the bell as it was before `contender` last looked. Keeps
   * the process alive until then, unless it is an `onlooker`.
   */
  listen(contender: Contender, seen: number, onlooker = false): void {
    if (onlooker) this.#onlookers.add(contender)
    else this.#contenders.add(contender)
    this.#arm(seen)
    this.#startPulse()
  }

  /** No longer calls `contender`. */
  ignore(contender: Contender): void {
    if (this.#contenders.delete(contender)) this.#restPulse()
    else this.#onlookers.delete(contender)
  }

  set keepsAlive(keepsAlive: boolean) {
    this.#keepsAlive = keepsAlive
    this.#holdOn()
  }

  /** Ends all waits of this thread: each contender is to see by itself that the seat is gone. */
  close(): void {
    this.taken = false
    this.#step()
    this.#contenders.clear()
    this.#onlookers.clear()
    clearInterval(this.#pulse)
    this.#pulse = undefined
  }

  #arm(seen: number): void {
    if (this.#armed) return
    this.#armed = true
    const heard = (): void => {
      this.#armed = false
      this.#look()
    }
    if (!canWaitAsync) return pollBell(this.view, this.bell, seen, heard)
    const result = this.#fallAsleep(seen) ? Atomics.waitAsync(this.view, this.bell, seen | ASLEEP) : undefined
    if (result?.async === true) void (result.value as Promise<unknown>).then(heard)
    else queueMicrotask(heard)
  }

  /** Whoever rings from now on notifies. False if the bell has been rung since it was `seen`. */
  #fallAsleep(seen: number): boolean {
    return (seen & ASLEEP) !== 0 || Atomics.compareExchange(this.view, this.bell, seen, seen | ASLEEP) === seen
  }

  get #busy(): boolean {
    return this.#contenders.size + this.#onlookers.size > 0
  }

  #look(): void {
    if (!this.#busy) return
    const seen = this.rung()
    this.#step()
    if (this.#busy) this.#arm(seen)
  }

  #step(): void {
    for (const contender of [...this.#contenders, ...this.#onlookers]) if (contender.step()) this.ignore(contender)
  }

  #startPulse(): void {
    if (this.#pulse === undefined) {
      this.#pulse = setInterval(() => {
        if (this.#busy) this.#step()
        else this.#stopPulse()
      }, PULSE)
      this.#holdOn()
    } else if (this.#contenders.size === 1) this.#holdOn()
  }

  /** Kept for the next wait, which may be only microseconds away; but the process may end. */
  #restPulse(): void {
    if (this.#contenders.size > 0) return
    if (this.#pulse?.unref === undefined) this.#stopPulse()
    else this.#pulse.unref()
  }

  /** A pending wait keeps the process alive, which the engine's own does not. */
  #holdOn(): void {
    if (this.#keepsAlive && this.#contenders.size > 0) this.#pulse?.ref?.()
    else this.#pulse?.unref?.()
  }

  #stopPulse(): void {
    clearInterval(this.#pulse)
    this.#pulse = undefined
  }
}

/** Without Atomics.waitAsync: looks at the bell after 1, 2, 4, 8, and then every 16 ms. */
function pollBell(view: Int32Array, bell: number, seen: number, heard: () => void, ms = 1): void {
  setTimeout(() => {
    if (Atomics.load(view, bell) === seen) pollBell(view, bell, seen, heard, Math.min(ms * 2, 16))
    else heard()
  }, ms)
}

/** Whether this thread may block: a browser's main thread may not. */
export const mayBlock: boolean = host.mayBlock

/** Refuses to block where the host forbids it. `instead`: the method to call there. */
export function checkMayBlock(method: string, instead: string): void {
  if (!mayBlock) {
    throw new TypeError(
      `${method}() blocks, and this thread must not: use await ${instead}() here, or call it in a worker`,
    )
  }
}
