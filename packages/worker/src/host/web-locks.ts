/**
 * Certificates of death where threads are Web Workers, of which nothing says when they have ended: a Web Lock that a thread holds for life.
 *
 * For each space that it joins, a thread asks for the lock named after the space and itself, alone (`exclusive`), before it takes a seat; and
 * never gives it back. The browser does, once the thread runs no more, however it ended. The other threads of the space ask for that lock
 * together (`shared`): to whom it is granted, that is the certificate, and it buries the thread.
 *
 * States of a thread's certificate: asked for → held (CERTIFIED reads as THREAD) → granted to the others: the thread is dead.
 *
 *   C1. Nobody asks for another's lock before it is known to be held by its thread: an asker that came first would be granted it, and bury the
 *       living. It is known from its thread, which writes CERTIFIED once the lock is its own; or, as a thread may block before it hears of
 *       that, from the browser's own list of what is held. Only a thread itself asks for its lock alone, so who holds it alone is that thread.
 *   C2. CERTIFIED names the thread that is certified. So what is written late, when another sits there already, certifies nobody.
 *   C3. Who asks, asks before it looks for whom to ask: it waits for JOINS to be notified first, and then looks through the seats.
 *
 * A thread that ends before the browser has heard of its request, within its first milliseconds that is, leaves no certificate: what it held
 * meanwhile is for declareDead(). How long a death may take to be certified is the browser's affair: Chromium gives a thread that is busy, or
 * blocked, two seconds to end by itself.
 */
import { SEAT, SPACE } from '../layout.ts'
import type { Watched } from './host.ts'

/** Who may block is not there to watch at times: it watches over so many of those that sit behind it, going round. Who may not, over all. */
const CHARGES = 32

/** While it is not known whether a thread has its lock, how long until it is looked up again: milliseconds, doubled each time. */
const FIRST_LOOK = 2
const LAST_LOOK = 500

/** How often to look for new threads without Atomics.waitAsync: milliseconds. */
const ROUND = 100

const canWaitAsync = typeof Atomics.waitAsync === 'function'

/** What would give this thread's locks back. Kept, lest a browser collect a promise that nobody can resolve, and its lock with it. */
const held: (() => void)[] = []

/** The watches of this thread, by space. */
const watches = new Map<string, Watch>()

/** `space` is about to be joined by the thread numbered `thread`, this one. */
export function certify(space: Watched, thread: number, mayBlock: boolean): void {
  // Only what is served securely has locks; but only that has shared memory, too.
  const locks = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
  if (locks === undefined) return
  const key = `interlock:${Atomics.load(space.view, space.base + SPACE.ID)}:${Atomics.load(space.view, space.base + SPACE.ID + 1)}`
  let watch = watches.get(key)
  if (watch === undefined) {
    watch = new Watch(locks, space, key, thread, mayBlock)
    watches.set(key, watch)
    watch.hold()
  }
  watch.look()
}

class Watch {
  readonly #locks: LockManager
  readonly #space: Watched
  readonly #key: string
  readonly #thread: number
  readonly #charges: number
  /** The threads whose locks this one has asked for. */
  readonly #asked = new Set<number>()
  #listening = false
  #looking = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #delay = FIRST_LOOK

  constructor(locks: LockManager, space: Watched, key: string, thread: number, mayBlock: boolean) {
    this.#locks = locks
    this.#space = space
    this.#key = key
    this.#thread = thread
    this.#charges = mayBlock ? CHARGES : Infinity
  }

  /** Asks for this thread's own lock. */
  hold(): void {
    const got = (): Promise<void> => {
      this.#certified()
      return new Promise((resolve) => held.push(resolve))
    }
    // Refused where storage is: then nothing certifies the death of this thread.
    this.#locks.request(this.#nameOf(this.#thread), got).catch(() => {})
  }

  /** Looks through the seats, in a turn of its own: this thread may not have taken its seat as yet. */
  look(): void {
    if (this.#looking) return
    this.#looking = true
    clearTimeout(this.#timer)
    queueMicrotask(() => void this.#look())
  }

  #nameOf(thread: number): string {
    return `${this.#key}:${thread}`
  }

  /** C2. */
  #certified(): void {
    const { view, used } = this.#space
    for (let id = 0; id < used; id++) {
      const at = this.#space.seatAt(id)
      if (Atomics.load(view, at + SEAT.THREAD) === this.#thread + 1) {
        Atomics.store(view, at + SEAT.CERTIFIED, this.#thread + 1)
        Atomics.notify(view, this.#joins)
      }
    }
  }

  async #look(): Promise<void> {
    const { view } = this.#space
    if (!this.#space.joined) {
      this.#looking = false
      return
    }
    // C3.
    this.#listen()
    const unknown: { at: number; thread: number }[] = []
    for (const at of this.#seats()) {
      const sits = Atomics.load(view, at + SEAT.THREAD)
      if (sits <= 0 || this.#asked.has(sits - 1)) continue
      if (Atomics.load(view, at + SEAT.CERTIFIED) === sits) this.#ask(sits - 1)
      else unknown.push({ at, thread: sits - 1 })
    }
    // What comes up from here on is looked at again.
    this.#looking = false
    if (unknown.length === 0) {
      this.#delay = FIRST_LOOK
      return
    }
    const snapshot = await this.#locks.query().catch((): LockManagerSnapshot => ({ held: [] }))
    const alone = new Set(snapshot.held?.filter(({ mode }) => mode === 'exclusive').map(({ name }) => name))
    let known = 0
    for (const { at, thread } of unknown) {
      if (!alone.has(this.#nameOf(thread))) continue
      known++
      Atomics.compareExchange(view, at + SEAT.CERTIFIED, 0, thread + 1)
      this.#ask(thread)
    }
    if (known < unknown.length) this.#lookLater()
  }

  #lookLater(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.look(), this.#delay)
    this.#delay = Math.min(this.#delay * 2, LAST_LOOK)
  }

  /** The seats that this thread watches over, beginning behind its own. */
  *#seats(): Generator<number> {
    const space = this.#space
    const { used, view } = space
    let own = 0
    while (own < used && Atomics.load(view, space.seatAt(own) + SEAT.THREAD) !== this.#thread + 1) own++
    for (let step = 1, charges = 0; step < used && charges < this.#charges; step++) {
      const at = space.seatAt((own + step) % used)
      if (Atomics.load(view, at + SEAT.THREAD) !== 0) charges++
      yield at
    }
  }

  /** C1: `thread` is known to hold its lock. It is granted to others when it is dead. */
  #ask(thread: number): void {
    if (this.#asked.has(thread)) return
    this.#asked.add(thread)
    void this.#locks
      .request(this.#nameOf(thread), { mode: 'shared' }, () => {
        if (this.#space.joined) this.#space.bury(thread)
      })
      .catch(() => {})
      .finally(() => {
        this.#asked.delete(thread)
        // It watches over one less.
        this.look()
      })
  }

  get #joins(): number {
    return this.#space.base + SPACE.JOINS
  }

  /** Looks again when a thread joins, or has its lock. Nobody else is waited for by this, and all who wait are notified. */
  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    const { view } = this.#space
    const seen = Atomics.load(view, this.#joins)
    const heard = (): void => {
      this.#listening = false
      this.look()
    }
    if (!canWaitAsync) return this.#poll(seen, heard)
    const result = Atomics.waitAsync(view, this.#joins, seen)
    if (result.async) void (result.value as Promise<unknown>).then(heard)
    else queueMicrotask(heard)
  }

  #poll(seen: number, heard: () => void): void {
    setTimeout(() => {
      if (Atomics.load(this.#space.view, this.#joins) === seen) this.#poll(seen, heard)
      else heard()
    }, ROUND)
  }
}
