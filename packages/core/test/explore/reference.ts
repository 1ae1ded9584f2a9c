/** What core is held against: each primitive as one would explain it, in plain arrays. Calls are known by their numbers. */

export abstract class Reference {
  /** Calls in the order in which they were granted, and in which they were turned away. */
  readonly fulfilled: number[] = []
  readonly rejected: number[] = []

  /** What the primitive says of itself. */
  abstract get shown(): object

  /** A reaction of the primitive's own: what a Condition does once it has its lock. */
  react(): void {
    throw new Error('This primitive has no reactions')
  }

  /** Takes those out that wait, and answers which did. */
  protected abstract leave(ids: readonly number[]): readonly number[]
  /** Serves those behind. */
  protected abstract serve(): void

  /** These will not wait any more: all of them are out before anybody is served. */
  giveUp(ids: readonly number[]): void {
    for (const id of this.leave(ids)) this.refuse(id)
    this.serve()
  }

  isSettled(id: number): boolean {
    return this.fulfilled.includes(id) || this.rejected.includes(id)
  }

  refuse(id: number): void {
    this.rejected.push(id)
  }

  protected grant(id: number): void {
    this.fulfilled.push(id)
  }
}

/** Takes `ids` out of `queue`; which of them were there, in the order of the queue. */
function takeOut(queue: { readonly id: number }[], ids: readonly number[]): number[] {
  const gone = queue.filter(({ id }) => ids.includes(id)).map(({ id }) => id)
  queue.splice(0, queue.length, ...queue.filter(({ id }) => !ids.includes(id)))
  return gone
}

/** Permits of a semaphore; a lock is one of a single permit. Who asks for more than there is holds those behind him back. */
export class PermitsReference extends Reference {
  protected readonly queue: { readonly id: number; readonly permits: number }[] = []
  #free: number

  constructor(permits: number) {
    super()
    this.#free = permits
  }

  get shown(): object {
    return { free: this.#free, waiting: this.queue.length }
  }

  acquire(id: number, permits = 1): void {
    this.queue.push({ id, permits })
    this.serve()
  }

  release(permits = 1): void {
    this.#free += permits
    this.serve()
  }

  protected leave(ids: readonly number[]): readonly number[] {
    return takeOut(this.queue, ids)
  }

  protected serve(): void {
    for (let head = this.queue[0]; head !== undefined && head.permits <= this.#free; head = this.queue[0]) {
      this.queue.shift()
      this.#free -= head.permits
      this.grant(head.id)
    }
  }
}

export class ReadWriteReference extends Reference {
  readonly #queue: { readonly id: number; readonly writes: boolean }[] = []
  #readers = 0
  #writing = false

  get shown(): object {
    const writers = this.#queue.filter(({ writes }) => writes).length
    return { reading: this.#readers > 0, writing: this.#writing, readers: this.#queue.length - writers, writers }
  }

  acquire(id: number, writes: boolean): void {
    this.#queue.push({ id, writes })
    this.serve()
  }

  release(writes: boolean): void {
    if (writes) this.#writing = false
    else this.#readers--
    this.serve()
  }

  protected leave(ids: readonly number[]): readonly number[] {
    return takeOut(this.#queue, ids)
  }

  protected serve(): void {
    for (let head = this.#queue[0]; head !== undefined; head = this.#queue[0]) {
      if (this.#writing || (head.writes && this.#readers > 0)) return
      this.#queue.shift()
      if (head.writes) this.#writing = true
      else this.#readers++
      this.grant(head.id)
    }
  }
}

export class EventReference extends Reference {
  readonly #queue: { readonly id: number }[] = []
  #isSet = false

  get shown(): object {
    return { isSet: this.#isSet, waiting: this.#queue.length }
  }

  wait(id: number): void {
    if (this.#isSet) this.grant(id)
    else this.#queue.push({ id })
  }

  set(): void {
    this.#isSet = true
    for (const { id } of this.#queue.splice(0)) this.grant(id)
  }

  clear(): void {
    this.#isSet = false
  }

  protected leave(ids: readonly number[]): readonly number[] {
    return takeOut(this.#queue, ids)
  }

  protected serve(): void {}
}

export class BarrierReference extends Reference {
  readonly #queue: { readonly id: number }[] = []
  readonly #parties: number

  constructor(parties: number) {
    super()
    this.#parties = parties
  }

  get shown(): object {
    return { waiting: this.#queue.length }
  }

  wait(id: number): void {
    this.#queue.push({ id })
    if (this.#queue.length === this.#parties) for (const waiter of this.#queue.splice(0)) this.grant(waiter.id)
  }

  reset(): void {
    for (const { id } of this.#queue.splice(0)) this.refuse(id)
  }

  protected leave(ids: readonly number[]): readonly number[] {
    return takeOut(this.#queue, ids)
  }

  protected serve(): void {}
}

export class QueueReference extends Reference {
  readonly #getters: { readonly id: number }[] = []
  readonly #putters: { readonly id: number; readonly item: string }[] = []
  readonly #items: string[] = []
  readonly #maxsize: number
  /** Which call got what. */
  readonly got: Map<number, string> = new Map()

  constructor(maxsize: number) {
    super()
    this.#maxsize = maxsize
  }

  get shown(): object {
    return { size: this.#items.length }
  }

  put(id: number, item: string): void {
    this.#putters.push({ id, item })
    this.serve()
  }

  get(id: number): void {
    this.#getters.push({ id })
    this.serve()
  }

  protected leave(ids: readonly number[]): readonly number[] {
    return [...takeOut(this.#getters, ids), ...takeOut(this.#putters, ids)]
  }

  protected serve(): void {
    for (;;) {
      if (this.#getters.length > 0 && this.#items.length > 0) {
        const { id } = this.#getters.shift()!
        this.got.set(id, this.#items.shift()!)
        this.grant(id)
      } else if (this.#putters.length > 0 && this.#items.length < this.#maxsize) {
        const { id, item } = this.#putters.shift()!
        this.#items.push(item)
        this.grant(id)
      } else return
    }
  }
}

/** A lock and a Condition over it. Who is woken goes to the end of the lock's queue, and settles when he has reacted to having the lock. */
export class ConditionReference extends Reference {
  readonly #waiting: { readonly id: number }[] = []
  /** For the lock: those who acquire it, and those who relock. */
  readonly #queue: { readonly id: number; readonly relocks: boolean }[] = []
  readonly #notified = new Set<number>()
  readonly #interrupted = new Set<number>()
  #locked = false
  /** Has the lock, and has not reacted. */
  #relocked: number | undefined

  get shown(): object {
    return { locked: this.#locked, waiting: this.#waiting.length }
  }

  acquire(id: number): void {
    this.#queue.push({ id, relocks: false })
    this.serve()
  }

  release(): void {
    this.#locked = false
    this.serve()
  }

  wait(id: number): void {
    this.#waiting.push({ id })
    this.release()
  }

  notify(): void {
    const first = this.#waiting.shift()
    if (first === undefined) return
    this.#notified.add(first.id)
    this.#relock(first.id)
  }

  override react(): void {
    const id = this.#relocked!
    this.#relocked = undefined
    if (!this.#interrupted.has(id)) return this.grant(id)
    if (this.#notified.has(id)) this.notify()
    this.refuse(id)
  }

  override giveUp(ids: readonly number[]): void {
    super.giveUp(ids)
    for (const id of ids) {
      const waits = takeOut(this.#waiting, [id]).length > 0
      if (waits || this.#relocked === id || this.#queue.some((one) => one.id === id)) this.#interrupted.add(id)
      if (waits) this.#relock(id)
    }
  }

  /** Who relocks stays: he settles once he has the lock. */
  protected leave(ids: readonly number[]): readonly number[] {
    const leaves = this.#queue.filter(({ id, relocks }) => !relocks && ids.includes(id)).map(({ id }) => id)
    return takeOut(this.#queue, leaves)
  }

  protected serve(): void {
    if (this.#locked) return
    const head = this.#queue.shift()
    if (head === undefined) return
    this.#locked = true
    if (head.relocks) this.#relocked = head.id
    else this.grant(head.id)
  }

  #relock(id: number): void {
    this.#queue.push({ id, relocks: true })
    this.serve()
  }
}
