/**
 * An actor: what one thread does under stress. Several tasks, each of which draws an operation of some primitive, blocking, awaiting or at once,
 * perhaps with a time-out or an abort, makes it, checks it in the ledger, and draws the next.
 */
import {
  Abort,
  Barrier,
  BrokenBarrierError,
  Condition,
  DeadlockError,
  Event,
  type Handle,
  Lock,
  Queue,
  QueueEmptyError,
  QueueFullError,
  ReadWriteLock,
  HandleError,
  Semaphore,
  Space,
} from '../../src/index.ts'
import { randomFrom } from '../random.ts'
import {
  CONDITION_LOCK,
  type Kind,
  type Ledger,
  type Mode,
  OBJECTS,
  type Outcome,
  PARTIES,
  PERMITS,
  SLOTS,
  STOCK_MOST,
  Violation,
} from './ledger.ts'

export interface Handles {
  readonly lock: Handle
  readonly semaphore: Handle
  readonly event: Handle
  readonly readWrite: Handle
  readonly condition: Handle
  readonly barrier: Handle
  readonly queue: Handle
  readonly space: Handle
}

/** How long a wait is at most, where a time-out is drawn: milliseconds. */
const LONGEST = 3
/** How long one that blocks is: the thread's other tasks hold what its neighbours wait for. */
const LONGEST_BLOCKED = 2

interface Way {
  readonly mode: Mode
  /** For a call that awaits. */
  readonly terms: { timeout?: number; signal?: AbortSignal }
  /** For one that blocks. */
  readonly termsSync: { timeout: number; abort?: Abort }
}

type Permit = { readonly abandoned: boolean; release(): void }

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export class Actor {
  readonly #slot: number
  readonly #ledger: Ledger
  readonly #random: () => number
  readonly #blocks: boolean
  readonly #lock: Lock
  readonly #semaphore: Semaphore
  readonly #event: Event
  readonly #readWrite: ReadWriteLock
  readonly #condition: Condition
  readonly #barrier: Barrier
  readonly #queue: Queue<Uint8Array>
  readonly #space: Space
  /** What this thread's blocking calls hear. Others abort it; then there is another. */
  #abort: Abort | undefined
  /** How many tasks of this thread read. */
  #reading = 0
  #stopped = false

  constructor(handles: Handles, ledger: Ledger, slot: number, seed: number, blocks: boolean) {
    this.#slot = slot
    this.#ledger = ledger
    this.#random = randomFrom(seed)
    this.#blocks = blocks
    this.#lock = Lock.from(handles.lock)
    this.#semaphore = Semaphore.from(handles.semaphore)
    this.#event = Event.from(handles.event)
    this.#readWrite = ReadWriteLock.from(handles.readWrite)
    this.#condition = Condition.from(handles.condition)
    this.#barrier = Barrier.from(handles.barrier)
    this.#queue = Queue.from<Uint8Array>(handles.queue)
    this.#space = Space.from(handles.space)
  }

  stop(): void {
    this.#stopped = true
  }

  /** Until it is stopped, or finds that something is wrong. `between` is called after each operation. */
  async run(tasks: number, between: () => void): Promise<void> {
    await Promise.all(Array.from({ length: tasks }, () => this.#task(between)))
  }

  async #task(between: () => void): Promise<void> {
    while (!this.#stopped) {
      const kind = this.#draw(this.#operations)
      const way = this.#way()
      this.#ledger.count(kind, way.mode, await this.#attempt(kind, way))
      between()
      // Tasks that never wait would keep the event loop from all else.
      if (this.#random() < 0.05) await later()
    }
  }

  readonly #operations: readonly Kind[] = [
    'Lock',
    'Lock',
    'Semaphore',
    'Semaphore',
    'Event',
    'ReadWriteLock',
    'ReadWriteLock',
    'Condition',
    'Barrier',
    'Queue',
    'Queue',
  ]

  async #attempt(kind: Kind, way: Way): Promise<Outcome> {
    try {
      return await this.#make(kind, way)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError') return 'timed out'
      if (error instanceof DOMException && error.name === 'AbortError') return 'aborted'
      if (
        error instanceof DeadlockError ||
        error instanceof BrokenBarrierError ||
        error instanceof QueueEmptyError ||
        error instanceof QueueFullError
      ) {
        return 'refused'
      }
      throw error
    }
  }

  #make(kind: Kind, way: Way): Promise<Outcome> {
    switch (kind) {
      case 'Lock':
        return this.#useLock(way)
      case 'Semaphore':
        return this.#useSemaphore(way)
      case 'Event':
        return this.#waitForEvent(way)
      case 'ReadWriteLock':
        return this.#random() < 0.7 ? this.#readIt(way) : this.#writeIt(way)
      case 'Condition':
        return this.#trade(way)
      case 'Barrier':
        return this.#meet(way)
      case 'Queue':
        return this.#random() < 0.5 ? this.#put(way) : this.#get(way)
    }
  }

  async #useLock(way: Way): Promise<Outcome> {
    const permit = await this.#acquired(this.#lock, way)
    if (permit === null) return 'refused'
    const object = OBJECTS.alone[0]
    this.#ledger.holdAlone(object, this.#slot, permit.abandoned)
    await this.#linger(way)
    this.#ledger.leaveAlone(object, this.#slot)
    permit.release()
    return 'served'
  }

  async #useSemaphore(way: Way): Promise<Outcome> {
    const permits = this.#random() < 0.7 ? 1 : 2
    const semaphore = this.#semaphore
    const permit =
      way.mode === 'blocking'
        ? semaphore.acquireSync({ ...way.termsSync, permits })
        : way.mode === 'awaiting'
          ? await semaphore.acquire({ ...way.terms, permits })
          : semaphore.tryAcquire(permits)
    if (permit === null) return 'refused'
    this.#ledger.hold(OBJECTS.permits, this.#slot, permits, PERMITS)
    await this.#linger(way)
    this.#ledger.leave(OBJECTS.permits, this.#slot, permits)
    permit.release()
    return 'served'
  }

  async #waitForEvent(way: Way): Promise<Outcome> {
    const { cleared } = this.#ledger
    if (way.mode === 'at once') {
      if (!this.#event.isSet) return 'refused'
    } else if (way.mode === 'blocking') this.#event.waitSync(way.termsSync)
    else await this.#event.wait(way.terms)
    this.#ledger.expectSetSince(cleared)
    return 'served'
  }

  async #readIt(way: Way): Promise<Outcome> {
    const permit = await this.#acquired(this.#readWrite.read, way)
    if (permit === null) return 'refused'
    if (this.#reading++ === 0) this.#ledger.read(OBJECTS.readWrite, this.#slot)
    await this.#linger(way)
    if (--this.#reading === 0) this.#ledger.stopReading(OBJECTS.readWrite, this.#slot)
    permit.release()
    return 'served'
  }

  async #writeIt(way: Way): Promise<Outcome> {
    const permit = await this.#acquired(this.#readWrite.write, way)
    if (permit === null) return 'refused'
    this.#ledger.write(OBJECTS.readWrite, this.#slot)
    await this.#linger(way)
    this.#ledger.stopWriting(OBJECTS.readWrite, this.#slot)
    permit.release()
    return 'served'
  }

  /** Brings to a stock, or takes from it, as there is room or something there. */
  async #trade(way: Way): Promise<Outcome> {
    const condition = this.#condition
    const brings = this.#random() < 0.5
    const possible = (): boolean => (brings ? this.#ledger.stock < STOCK_MOST : this.#ledger.stock > 0)
    const permit = await this.#acquired(condition, way)
    if (permit === null) return 'refused'
    const hold = (): void => this.#ledger.holdAlone(CONDITION_LOCK, this.#slot, permit.abandoned)
    const leave = (): void => this.#ledger.leaveAlone(CONDITION_LOCK, this.#slot)
    hold()
    try {
      while (!possible()) {
        if (way.mode === 'at once') return 'refused'
        leave()
        try {
          // Always in time: when all want the same, nobody brings about what they wait for.
          if (way.mode === 'blocking') condition.waitSync(way.termsSync)
          else await condition.wait({ ...way.terms, timeout: LONGEST })
        } finally {
          hold()
        }
      }
      this.#ledger.changeStock(brings ? 1 : -1, STOCK_MOST)
      if (this.#random() < 0.2) condition.notifyAll()
      else condition.notify()
      return 'served'
    } finally {
      leave()
      permit.release()
    }
  }

  async #meet(way: Way): Promise<Outcome> {
    const barrier = this.#barrier
    if (this.#random() < 0.01) barrier.abort()
    if (barrier.broken && this.#random() < 0.5) barrier.reset()
    // Always in time: the others may want something else.
    const place =
      way.mode === 'blocking'
        ? barrier.waitSync(way.termsSync)
        : await barrier.wait({ ...way.terms, timeout: way.mode === 'awaiting' ? LONGEST * 3 : 0 })
    if (!(place >= 0 && place < PARTIES)) throw new Violation(`a place at the barrier is ${place}`)
    return 'served'
  }

  async #put(way: Way): Promise<Outcome> {
    const item = this.#ledger.newItem()
    const bytes = new Uint8Array(4 + (item % 40))
    new DataView(bytes.buffer).setInt32(0, item)
    bytes.fill(item & 0xff, 4)
    try {
      if (way.mode === 'blocking') this.#queue.putSync(bytes, way.termsSync)
      else if (way.mode === 'awaiting') await this.#queue.put(bytes, { ...way.terms, timeout: LONGEST })
      else this.#queue.putNowait(bytes)
    } catch (error) {
      this.#ledger.dropItem(item)
      throw error
    }
    this.#ledger.hasPut()
    return 'served'
  }

  async #get(way: Way): Promise<Outcome> {
    const bytes =
      way.mode === 'blocking'
        ? this.#queue.getSync(way.termsSync)
        : way.mode === 'awaiting'
          ? await this.#queue.get({ ...way.terms, timeout: LONGEST })
          : this.#queue.getNowait()
    const item = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0)
    if (bytes.length !== 4 + (item % 40) || bytes.subarray(4).some((byte) => byte !== (item & 0xff))) {
      throw new Violation(`item ${item} came as ${bytes.join(' ')}`)
    }
    this.#ledger.got(item)
    return 'served'
  }

  async #acquired(
    from: {
      acquire(terms?: object): Promise<Permit>
      acquireSync(terms?: object): Permit
      tryAcquire(): Permit | null
    },
    way: Way,
  ): Promise<Permit | null> {
    if (way.mode === 'blocking') return from.acquireSync(way.termsSync)
    if (way.mode === 'awaiting') return from.acquire(way.terms)
    return from.tryAcquire()
  }

  /** Holds it for nothing, for a microtask, for a turn of the event loop; or, without letting any other task of this thread run, for a while. */
  async #linger({ mode }: Way): Promise<void> {
    const drawn = this.#random()
    if (drawn < 0.2) await Promise.resolve()
    else if (drawn < 0.25) await later()
    else if (drawn < 0.27) await new Promise((resolve) => void setTimeout(resolve, 1))
    else if (drawn < 0.3 && mode === 'blocking') for (let turn = 0; turn < 2000; turn++) this.#random()
  }

  #way(): Way {
    const drawn = this.#random()
    const mode = drawn < 0.35 && this.#blocks ? 'blocking' : drawn < 0.85 ? 'awaiting' : 'at once'
    const timeout = Math.floor(this.#random() * (LONGEST_BLOCKED + 1))
    const aborts = this.#random() < 0.2
    if (this.#random() < 0.1) this.#abortAnother()
    if (mode === 'blocking')
      return { mode, terms: {}, termsSync: aborts ? { timeout, abort: this.#freshAbort() } : { timeout } }
    if (mode === 'at once') return { mode, terms: {}, termsSync: { timeout: 0 } }
    const terms: Way['terms'] = {}
    if (this.#random() < 0.2) terms.timeout = Math.floor(this.#random() * LONGEST)
    if (aborts) {
      const controller = new AbortController()
      terms.signal = controller.signal
      const abort = (): void => controller.abort()
      if (this.#random() < 0.5) queueMicrotask(abort)
      else setImmediate(abort)
    }
    return { mode, terms, termsSync: { timeout } }
  }

  #freshAbort(): Abort {
    if (this.#abort?.aborted === true) {
      this.#abort.free()
      this.#abort = undefined
    }
    if (this.#abort === undefined) {
      this.#abort = new Abort({ space: this.#space })
      this.#ledger.setAbort(this.#slot, this.#abort.handle.index)
    }
    return this.#abort
  }

  #abortAnother(): void {
    const index = this.#ledger.abortOf(Math.floor(this.#random() * SLOTS))
    if (index === 0) return
    try {
      Abort.from({ ...this.#space.handle, kind: 'abort', index }).abort()
    } catch (error) {
      // It has been freed, or its thread has died.
      if (!(error instanceof HandleError)) throw error
    }
  }

  #draw<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)]!
  }
}
