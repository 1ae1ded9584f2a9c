/**
 * Certificates of death where threads are Web Workers, of which nothing says when they have ended: a Web Lock that a thread holds for life.
 *
 * Each thread has a lock of its own, named after its number and two random words. It asks for it alone (`exclusive`), a worker as soon as this
 * package is loaded there, and never gives it back. The browser does, once the thread runs no more, however it ended. The other threads of its
 * spaces ask for that lock together (`shared`): to whom it is granted, that is the certificate, and it buries the thread.
 *
 * States of a thread's certificate: asked for → held (CERTIFIED reads as THREAD) → granted to the others: the thread is dead.
 *
 *   C1. Nobody asks for another's lock before it is known to be held by its thread: an asker that came first would be granted it, and bury the
 *       living. It is known from its thread, which writes CERTIFIED once the lock is its own; or, as a thread may block before it hears of
 *       that, from the browser's own list of what is held. Only a thread itself asks for its lock alone, so who holds it alone is that thread.
 *   C2. CERTIFIED names the thread that is certified. So what is written late, when another sits there already, certifies nobody.
 *   C3. Who looks for whom to ask, waits for JOINS to be notified first, and then goes through the seats.
 *
 * A browser takes a request once the thread that made it has come back to its event loop, and grants it some milliseconds later. A thread that
 * ends before that leaves no certificate: what it held is for declareDead(). How long a death may take to be certified is the browser's affair:
 * Chromium gives a thread that is busy, or blocked, two seconds to end by itself.
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

const nameOf = (thread: number, words: readonly number[]): string => `interlock:${thread}:${words.join(':')}`

/** This thread's own life, and its watches over others, one for each space. */
export class Certificate {
  readonly #thread: number
  readonly #charges: number
  readonly #words: readonly number[] = [...crypto.getRandomValues(new Int32Array(2))]
  /** Only what is served securely has locks; but only that has shared memory, too. */
  readonly #locks: LockManager | undefined = (globalThis.navigator as Partial<Navigator> | undefined)?.locks
  readonly #watches = new Map<Watched, Watch>()
  #asked = false
  #held = false
  /** What would give the lock back. Kept, lest a browser collect a promise that nobody can resolve, and the lock with it. */
  #giveBack: (() => void) | undefined

  constructor(thread: number, mayBlock: boolean) {
    this.#thread = thread
    this.#charges = mayBlock ? CHARGES : Infinity
  }

  /** Asks for this thread's own lock. */
  ask(): void {
    if (this.#asked || this.#locks === undefined) return
    this.#asked = true
    const granted = (): Promise<void> => {
      this.#held = true
      for (const watch of this.#watches.values()) watch.certify()
      return new Promise((resolve) => {
        this.#giveBack = resolve
      })
    }
    // Refused where storage is: then nothing certifies the death of this thread.
    this.#locks.request(nameOf(this.#thread, this.#words), granted).catch(() => this.#giveBack?.())
  }

  /** This thread has taken the seat that lies at `at` in `space`, and is about to let it be known. */
  enter(space: Watched, at: number): void {
    if (this.#locks === undefined) return
    this.ask()
    for (const [index, word] of this.#words.entries()) Atomics.store(space.view, at + SEAT.CERTIFICATE + index, word)
    let watch = this.#watches.get(space)
    if (watch === undefined) {
      watch = new Watch(this.#locks, space, this.#thread, this.#charges)
      this.#watches.set(space, watch)
    }
    if (this.#held) watch.certify()
    watch.look()
  }

  leave(space: Watched): void {
    this.#watches.get(space)?.stop()
    this.#watches.delete(space)
  }
}

/** What one thread does about the others of a space. */
class Watch {
  readonly #locks: LockManager
  readonly #space: Watched
  readonly #thread: number
  readonly #charges: number
  /** The locks that this thread has asked for, by name. */
  readonly #asked = new Set<string>()
  readonly #stopped = new AbortController()
  #listening = false
  #looking = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #delay = FIRST_LOOK

  constructor(locks: LockManager, space: Watched, thread: number, charges: number) {
    this.#locks = locks
    this.#space = space
    this.#thread = thread
    this.#charges = charges
  }

  /** C2: this thread has its lock. */
  certify(): void {
    const { view, used } = this.#space
    for (let id = 0; id < used; id++) {
      const at = this.#space.seatAt(id)
      if (Atomics.load(view, at + SEAT.THREAD) === this.#thread + 1) {
        Atomics.store(view, at + SEAT.CERTIFIED, this.#thread + 1)
        Atomics.notify(view, this.#joins)
      }
    }
  }

  /** Asks for nothing more, and keeps nothing alive: the space may be gone. */
  stop(): void {
    this.#stopped.abort()
    clearTimeout(this.#timer)
    // Its own wait for it, which cannot be withdrawn. The others look once more than they need.
    Atomics.notify(this.#space.view, this.#joins)
  }

  /** Looks through the seats, once the running code has ended. */
  look(): void {
    if (this.#looking || this.#stopped.signal.aborted) return
    this.#looking = true
    clearTimeout(this.#timer)
    queueMicrotask(() => void this.#look())
  }

  async #look(): Promise<void> {
    const { view, joined } = this.#space
    // What comes up from here on is looked at again.
    this.#looking = false
    // Left at once; or it was full, and never joined.
    if (!joined || this.#stopped.signal.aborted) return
    // C3.
    this.#listen()
    const unknown: { at: number; thread: number; name: string }[] = []
    for (const at of this.#seats()) {
      const sits = Atomics.load(view, at + SEAT.THREAD)
      if (sits <= 0) continue
      const certified = Atomics.load(view, at + SEAT.CERTIFIED) === sits
      const words = [0, 1].map((index) => Atomics.load(view, at + SEAT.CERTIFICATE + index))
      const name = nameOf(sits - 1, words)
      if (certified) this.#ask(sits - 1, name)
      else unknown.push({ at, thread: sits - 1, name })
    }
    if (unknown.length === 0) {
      this.#delay = FIRST_LOOK
      return
    }
    const snapshot = await this.#locks.query().catch((): LockManagerSnapshot => ({ held: [] }))
    const alone = new Set(snapshot.held?.filter(({ mode }) => mode === 'exclusive').map(({ name }) => name))
    if (this.#stopped.signal.aborted) return
    let known = 0
    for (const { at, thread, name } of unknown) {
      if (!alone.has(name)) continue
      known++
      Atomics.compareExchange(view, at + SEAT.CERTIFIED, 0, thread + 1)
      this.#ask(thread, name)
    }
    if (known < unknown.length) this.#lookLater()
  }

  #lookLater(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.look(), this.#delay)
    this.#delay = Math.min(this.#delay * 2, LAST_LOOK)
  }

  /** Where the seats lie that this thread watches over, beginning behind its own. */
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
  #ask(thread: number, name: string): void {
    if (this.#asked.has(name)) return
    this.#asked.add(name)
    void this.#locks
      .request(name, { mode: 'shared', signal: this.#stopped.signal }, () => {
        if (this.#space.joined) this.#space.bury(thread)
      })
      .catch(() => {})
      .finally(() => {
        this.#asked.delete(name)
        // It watches over one less.
        this.look()
      })
  }

  get #joins(): number {
    return this.#space.base + SPACE.JOINS
  }

  /** Looks again when a thread joins, or has its lock. All who wait for that are notified, so none can take another's place. */
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
      if (this.#stopped.signal.aborted) return
      if (Atomics.load(this.#space.view, this.#joins) === seen) this.#poll(seen, heard)
      else heard()
    }, ROUND)
  }
}
