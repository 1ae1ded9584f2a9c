/** Condition over a Lock, against two arrays: those who wait to be notified, and those who wait for the lock. */
import fc from 'fast-check'
import { test } from 'vitest'
import { Condition } from '../../src/condition/index.ts'
import { Lock } from '../../src/lock/index.ts'
import { agree, attempt, manner, type Manner, Permits, Reference, type Terms } from './trial.ts'

interface Wait {
  id: number
  /** The hold that it gave up, and takes back. */
  hold: number
  notified: boolean
  interruption?: string
}

/** A hold is the number of the call that took it. A woken wait holds under no number until it goes on, a microtask later. */
class ConditionReference extends Reference {
  holder: number | { relocked: Wait } | null = null
  lockQueue: (number | Wait)[] = []
  waiting: Wait[] = []
  /** They have been given the lock, and go on with the next microtask. */
  #goingOn: { relocked: Wait }[] = []

  acquire(id: number, terms: Terms): void {
    this.wait(
      id,
      terms,
      () => (this.tryAcquire(id) ? 'permit' : null),
      () => this.lockQueue.push(id),
    )
  }

  tryAcquire(id: number): boolean {
    if (this.holder !== null) return false
    this.holder = id
    return true
  }

  release(): string {
    if (this.holder === null) return 'NotAcquiredError'
    this.holder = null
    const next = this.lockQueue.shift()
    if (typeof next === 'number') {
      this.holder = next
      this.fulfil(next, 'permit')
    } else if (next !== undefined) this.relocked(next)
    return 'done'
  }

  releasePermit(id: number): void {
    if (this.holder === id) this.release()
  }

  waitFor(id: number, terms: Terms): void {
    if (this.holder === null && !terms.aborted) return this.reject(id, 'NotAcquiredError')
    this.wait(
      id,
      terms,
      () => null,
      () => {
        this.waiting.push({ id, hold: typeof this.holder === 'number' ? this.holder : -1, notified: false })
        this.release()
      },
    )
  }

  notify(n: number): string {
    if (this.holder === null) return 'NotAcquiredError'
    this.wake(n)
    return 'done'
  }

  private wake(n: number): void {
    for (const wait of this.waiting.splice(0, n)) {
      wait.notified = true
      this.relock(wait)
    }
  }

  private relock(wait: Wait): void {
    if (this.holder === null) this.relocked(wait)
    else this.lockQueue.push(wait)
  }

  private relocked(wait: Wait): void {
    const holder = { relocked: wait }
    this.holder = holder
    this.#goingOn.push(holder)
  }

  override drained(): void {
    for (let next = this.#goingOn.shift(); next !== undefined; next = this.#goingOn.shift()) {
      const wait = next.relocked
      if (this.holder === next) this.holder = wait.hold
      if (wait.interruption === undefined) this.fulfil(wait.id, 'woken')
      else {
        if (wait.notified) this.wake(1)
        this.reject(wait.id, wait.interruption)
      }
    }
  }

  /** It rejects only once it holds the lock again; the latest reason counts. */
  protected override giveUp(ids: readonly number[], why: string): void {
    for (const id of ids) {
      const parked = this.parked.find((entry) => entry.id === id)!
      const wait =
        this.waiting.find((entry) => entry.id === id) ??
        this.lockQueue.find((entry): entry is Wait => typeof entry !== 'number' && entry.id === id) ??
        this.#goingOn.find((entry) => entry.relocked.id === id)?.relocked
      if (wait === undefined) {
        this.reject(id, why)
        this.forget([id])
        continue
      }
      parked.signal = undefined
      parked.deadline = Infinity
      wait.interruption = why
      if (!this.waiting.includes(wait)) continue
      this.waiting.splice(this.waiting.indexOf(wait), 1)
      this.relock(wait)
    }
  }

  protected override forget(ids: readonly number[]): void {
    this.lockQueue = this.lockQueue.filter((entry) => typeof entry !== 'number' || !ids.includes(entry))
  }
}

type Command =
  | { do: 'acquire'; how: Manner }
  | { do: 'tryAcquire' }
  | { do: 'release' }
  | { do: 'release permit'; which: number }
  | { do: 'wait'; how: Manner }
  | { do: 'notify'; n: number }
  | { do: 'notifyAll' }

/** One signal over waits for the lock and for the condition: what one abort does to both meets in release(). */
const how = fc.oneof(
  { weight: 2, arbitrary: manner },
  { weight: 1, arbitrary: fc.constant<Manner>({ signal: 'shared 0' }) },
)

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('acquire' as const), how }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tryAcquire' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release permit' as const), which: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), how }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('notify' as const), n: fc.constantFrom(0, 1, 1, 2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('notifyAll' as const) }) },
)

test.each(['its own lock', 'a Lock given to it'])(
  'a Condition over %s and its reference agree after every command',
  async (over) => {
    await agree(
      commands,
      (trial) => {
        const condition = over === 'its own lock' ? new Condition() : new Condition(new Lock({ name: 'shared' }))
        const lock = condition.lock as Lock
        const reference = new ConditionReference()
        const permits = new Permits()
        return {
          reference,
          run(command) {
            switch (command.do) {
              case 'acquire':
                return trial.call(
                  command.how,
                  (options) => condition.acquire(options),
                  (id, terms) => reference.acquire(id, terms),
                  permits.keep,
                )
              case 'tryAcquire': {
                const id = trial.number()
                return trial.same(permits.keepIfAny(condition.tryAcquire(), id), reference.tryAcquire(id))
              }
              case 'release':
                return trial.same(
                  attempt(() => condition.release()),
                  reference.release(),
                )
              case 'release permit': {
                const id = permits.release(command.which)
                return id === undefined ? undefined : reference.releasePermit(id)
              }
              case 'wait':
                return trial.call(
                  command.how,
                  (options) => condition.wait(options),
                  (id, terms) => reference.waitFor(id, terms),
                  (value) => (value === undefined ? 'woken' : `woken, with ${String(value)}`),
                )
              case 'notify':
                return trial.same(
                  attempt(() => condition.notify(command.n)),
                  reference.notify(command.n),
                )
              case 'notifyAll':
                return trial.same(
                  attempt(() => condition.notifyAll()),
                  reference.notify(Infinity),
                )
            }
          },
          shown() {
            const { ids } = permits
            const waiting = reference.waiting.length
            return [
              {
                locked: condition.locked,
                waiting: condition.waiting,
                forTheLock: lock.waiting,
                printed: String(condition),
                good: permits.good,
              },
              {
                locked: reference.holder !== null,
                waiting,
                forTheLock: reference.lockQueue.length,
                printed: `Condition <${reference.holder === null ? 'unlocked' : 'locked'}${waiting > 0 ? `, waiting: ${waiting}` : ''}>`,
                good: ids.filter((id) => reference.holder === id),
              },
            ]
          },
          letGo: {
            real: () => attempt(() => condition.release()),
            expected: () => reference.release(),
            unless: () => reference.holder === null,
          },
          async finish() {
            // A wait that goes on may pass its notification on, so there is more to release after each step.
            while (condition.locked || condition.waiting > 0) {
              trial.same(condition.tryAcquire() !== null, reference.tryAcquire(-2))
              condition.notifyAll()
              reference.notify(Infinity)
              condition.release()
              reference.release()
              await trial.drain(reference)
            }
          },
        }
      },
      // It has the most states of all.
      0.5,
    )
  },
)
