// What nothing can be much faster than: `await undefined`, and a hand-off stripped of everything but a promise for each waiter.
// The bare ones check nothing, cannot be aborted (but for what the abort rows need) and trust their callers: they are floors, not locks.
import { setMaxListeners } from 'node:events'
import { contextFloors } from './context-floors.ts'
import type { Library, Token } from './library.ts'
import { taskFloors } from './task-floors.ts'

export const AWAIT = 'await undefined'
export const BARE = 'bare hand-off'
export const BARE_PERMIT = 'bare hand-off, permit'

const RESOLVED = Promise.resolve()

// One executor for all promises, which leaves its `resolve` here: a closure for each promise costs more than the promise.
let lastResolve: (value: never) => void
let lastReject: (reason: unknown) => void
const keepResolve = (resolve: (value: never) => void): void => {
  lastResolve = resolve
}
const keepBoth = (resolve: (value: never) => void, reject: (reason: unknown) => void): void => {
  lastResolve = resolve
  lastReject = reject
}

class Waiter {
  resolve: (value: never) => void
  next: Waiter | null = null
  constructor(resolve: (value: never) => void) {
    this.resolve = resolve
  }
}

class Fifo {
  head: Waiter | null = null
  tail: Waiter | null = null

  park<T>(): Promise<T> {
    const promise = new Promise<T>(keepResolve as never)
    const waiter = new Waiter(lastResolve)
    if (this.tail === null) this.head = waiter
    else this.tail.next = waiter
    this.tail = waiter
    return promise
  }

  shift(): Waiter | null {
    const waiter = this.head
    if (waiter !== null) {
      this.head = waiter.next
      if (this.head === null) this.tail = null
    }
    return waiter
  }
}

/** Permits, and a FIFO of promises. */
export class BareSemaphore {
  private free: number
  private readonly waiters = new Fifo()
  constructor(permits: number) {
    this.free = permits
  }

  acquire(): Promise<void> {
    if (this.free > 0) {
      this.free--
      return RESOLVED
    }
    return this.waiters.park()
  }

  release(): void {
    const waiter = this.waiters.shift()
    if (waiter === null) this.free++
    else waiter.resolve(undefined as never)
  }
}

class BarePermit {
  private owner: BarePermitSemaphore | null
  constructor(owner: BarePermitSemaphore) {
    this.owner = owner
  }

  release(): void {
    const owner = this.owner
    if (owner === null) return
    this.owner = null
    owner.pass()
  }
}

/** The same, with an object for each hold that can be released once: what a permit adds by itself. */
export class BarePermitSemaphore {
  private free: number
  private readonly waiters = new Fifo()
  constructor(permits: number) {
    this.free = permits
  }

  acquire(): Promise<BarePermit> {
    if (this.free > 0) {
      this.free--
      return Promise.resolve(new BarePermit(this))
    }
    return this.waiters.park()
  }

  tryAcquire(): BarePermit | null {
    if (this.free === 0) return null
    this.free--
    return new BarePermit(this)
  }

  pass(): void {
    const waiter = this.waiters.shift()
    if (waiter === null) this.free++
    else waiter.resolve(new BarePermit(this) as never)
  }
}

/** Items in a list with a running head; a promise for each getter, and each putter, that has to wait. */
export class BareQueue {
  private items: number[] = []
  private first = 0
  private readonly bound: number
  private readonly getters = new Fifo()
  private readonly putters = new Fifo()
  constructor(bound = Infinity) {
    this.bound = bound
  }

  put(item: number): Promise<void> | undefined {
    const full = this.items.length - this.first >= this.bound
    this.putNow(item)
    return full ? this.putters.park() : RESOLVED
  }

  get(): Promise<number> {
    if (this.first === this.items.length) return this.getters.park()
    return Promise.resolve(this.getNow())
  }

  putNow(item: number): void {
    const getter = this.getters.shift()
    if (getter === null) this.items.push(item)
    else getter.resolve(item as never)
  }

  getNow(): number {
    const item = this.items[this.first] as number
    if (++this.first === this.items.length) {
      this.items = []
      this.first = 0
    }
    this.putters.shift()?.resolve(undefined as never)
    return item
  }
}

/**
 * A promise for each waiter and a listener for each signal, which rejects that signal's waiters one after the other. No way to leave the
 * line early.
 */
export class BareAbortable {
  private held = false
  private resolves: ((value: never) => void)[] = []
  private passed = 0
  private readonly bySignal = new Map<AbortSignal, ((reason: unknown) => void)[]>()

  acquire(): Promise<void> {
    if (!this.held) {
      this.held = true
      return RESOLVED
    }
    return new Promise((resolve) => this.resolves.push(resolve))
  }

  acquireWith(signal: AbortSignal): Promise<void> {
    const promise = new Promise<void>(keepBoth as never)
    this.resolves.push(lastResolve)
    const rejects = this.bySignal.get(signal)
    if (rejects !== undefined) {
      rejects.push(lastReject)
    } else {
      const line = [lastReject]
      this.bySignal.set(signal, line)
      signal.addEventListener('abort', () => {
        for (const reject of line) reject(signal.reason)
      })
    }
    return promise
  }

  release(): void {
    const resolve = this.resolves[this.passed]
    if (resolve === undefined) {
      this.held = false
      return
    }
    this.passed++
    resolve(undefined as never)
  }
}

const nothing = { style: 'held', make: () => undefined, wait: 'undefined', give: '' } as const
const bare = {
  style: 'held',
  make: (permits: number) => new BareSemaphore(permits),
  wait: 'lock.acquire()',
  give: 'lock.release()',
} as const
const permit = {
  style: 'held',
  make: (permits: number) => new BarePermitSemaphore(permits),
  wait: 'lock.acquire()',
  give: 'held.release()',
  tryTake: 'lock.tryAcquire()',
} as const

export const floors: Library[] = [
  {
    name: AWAIT,
    package: '',
    kind: 'floor',
    lock: nothing,
    semaphore: nothing,
    queue: {
      bounded: true,
      unbounded: true,
      work: { style: 'text', make: () => undefined, put: '', get: '(await undefined, index)' },
    },
  },
  {
    name: BARE,
    package: '',
    kind: 'floor',
    lock: bare,
    semaphore: bare,
    queue: {
      bounded: true,
      unbounded: true,
      work: {
        style: 'text',
        make: (bound) => new BareQueue(bound),
        put: 'await queue.put(item)',
        get: 'await queue.get()',
        putNow: 'queue.putNow(item)',
        getNow: 'queue.getNow()',
      },
    },
  },
  { name: BARE_PERMIT, package: '', kind: 'floor', variant: true, lock: permit, semaphore: permit },
  ...contextFloors,
  ...taskFloors,
]

/** A controller as a token. Libraries that add a listener for each waiter would have Node warn of a leak. */
export function abortToken(): Token {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) }
}
